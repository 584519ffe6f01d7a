/** Values of a JSON text are found whole, however the text is divided into chunks. */
import assert from 'node:assert/strict';
import { END, JsonBytes } from '../../src/data/read/jsonBytes.ts';

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const over = (text: string, size: number) => new JsonBytes(inChunks(text, size), 'x.json');
const SIZES = [1, 2, 3, 5, 7, 1000];

describe('JsonBytes', () => {
  const values = [
    '{"a":[{"b":"]}"}],"c":"\\\\"}',
    '"\\\\\\""',
    '["\\"",{"\\\\\\\\":[[]]}]',
    '-1.5e3',
    'NaN',
    '"한국어 😀 \\\\"',
    '{}',
    '[]',
    '""',
  ];

  it('gives value after value, whatever stands between them', async () => {
    for (const size of SIZES) {
      for (const between of [',', ' \n, ', ':', '\t']) {
        const json = over(values.join(between), size);
        for (const [i, value] of values.entries()) {
          if (i > 0 && between.trim() !== '') {
            assert.equal(String.fromCharCode(await json.peek()), between.trim());
            json.take();
          }
          await json.peek();
          assert.equal((await json.value())?.toString(), value, `chunks of ${size}`);
        }
        assert.equal(await json.peek(), END);
      }
    }
  });

  it('goes on within a list or an object, and passes over values', async () => {
    for (const size of SIZES) {
      const json = over(` {"a": "]\\"}", "b": [1]} , {"c":"\\\\"} 5`, size);
      await json.peek();
      json.take();
      assert.equal((await json.value(true))?.toString(), '"a": "]\\"}", "b": [1]}');
      await json.peek();
      json.take();
      await json.peek();
      assert.equal(await json.skipValue(), true);
      await json.peek();
      assert.equal((await json.value())?.toString(), '5');
    }
  });

  it('says that a text ends within a value', async () => {
    const text = '{"a":["\\"x\\\\"]}';
    for (const size of SIZES) {
      for (let end = 1; end < text.length; end++) {
        assert.equal(await over(text.slice(0, end), size).value(), null, text.slice(0, end));
        assert.equal(await over(text.slice(0, end), size).skipValue(), false, text.slice(0, end));
      }
      assert.equal((await over(text, size).value())?.toString(), text);
    }
  });

  it('keeps what it reads from a place on, when asked to', async () => {
    for (const size of SIZES) {
      const json = over('  {"a":1} , [2] x', size);
      await json.peek();
      json.record();
      await json.value();
      await json.peek();
      assert.equal(json.recorded(false).toString(), '{"a":1} ');
      assert.equal(json.recordedLength, 8);
      json.take();
      await json.peek();
      await json.value();
      assert.equal(json.recorded(true).toString(), '{"a":1} , [2]');
    }
  });
});
