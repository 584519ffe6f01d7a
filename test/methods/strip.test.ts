/** Answers keep the indentation of their first line, in training and where they are read back. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withChat } from '../../src/data/tokens/chatTokenizer.ts';
import { encodeExample } from '../../src/data/tokens/encode.ts';
import { continuation } from '../../src/generate/generate.ts';
import { getMethod } from '../../src/methods/index.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { strip, stripAfterHeading } from '../../src/methods/parts/strip.ts';
import type { ChatTemplate } from '../../src/tokenizer/chatTemplate.ts';
import { temporaryFolder } from '../support/files.ts';
import { cases } from '../tokenizer/support.ts';

const CODE = '    return x\n\n\tif y:\n        pass';
const pair = { target: 'ko', pivot: 'en' };

describe('strip', () => {
  const texts: [string, string][] = [
    ['a', 'a'],
    [' a \n', 'a'],
    ['\n\n  a\n b\n', '  a\n b'],
    ['\ta', '\ta'],
    [' \ta', ' \ta'],
    ['\r\n    a', '    a'],
    ['   \n a', 'a'],
    ['\u3000\u3000a', 'a'],
    ['\u3000  a', 'a'],
    [' \n\t ', ''],
  ];
  for (const [text, stripped] of texts) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(stripped)}`, () => {
      assert.equal(strip(text), stripped);
      assert.equal(strip(stripped), stripped);
      if (!/^[ \t]/.test(stripped)) assert.equal(stripped, text.trim());
    });
  }

  it('keeps no space behind a heading on its own line', () => {
    assert.equal(stripAfterHeading('  a'), 'a');
    assert.equal(stripAfterHeading('\n  a'), '  a');
    assert.equal(stripAfterHeading(' \n\n\ta\n'), '\ta');
  });

  it('is quick on white space of any length', () => {
    const started = performance.now();
    strip(`${`${' '.repeat(20_000)}\n`.repeat(50)}a`);
    assert.ok(performance.now() - started < 1000);
  });
});

describe('an answer in code', () => {
  const turn = (text: string) => ({ instruction: `${text}?`, response: text });
  const example: Example = {
    id: 'a',
    turns: { ko: [turn(CODE), turn('둘')], en: [turn(CODE), turn('two')] },
  };
  /** All that the model writes, and the answer that a method reads in it. */
  const written = (name: string, one = example, turn = 0) => {
    const segments = getMethod(name).segments(one, pair)[turn];
    return segments.flatMap(({ text, supervised }) => (supervised ? text : [])).join('');
  };

  for (const name of [
    'plug',
    'plug-no-pivot-instruction',
    'plug-no-pivot-response',
    'monolingual',
    'verbatim',
  ]) {
    it(`comes back as it was, by ${name}`, () => {
      assert.equal(getMethod(name).answer(written(name), pair).answer, CODE);
    });
  }

  it('has the pivot response come back too, and stays in an earlier turn', () => {
    const plug = getMethod('plug');
    assert.equal(plug.answer(written('plug'), pair).pivotResponse, CODE);
    const [, second] = plug.segments(example, pair);
    assert.ok(
      second.some(({ role, text, supervised }) => role === 'targetResponse' && !supervised && text === CODE),
    );
  });

  it('changes nothing in what is asked, nor in an answer without indentation', () => {
    const plain = { ...example, turns: { ko: [turn(` ${'말'} \n`)], en: [turn('\n word')] } };
    assert.equal(
      written('plug', plain),
      'English instruction:\nword?\n\nEnglish response:\nword\n\n한국어 응답:\n말',
    );
    const [segments] = getMethod('monolingual').segments(example, pair);
    assert.equal(segments.find(({ role }) => role === 'user')?.text, `${CODE.trim()}?`);
  });
});

describe('an answer in code, as tokens', () => {
  const folder = temporaryFolder();
  const example = (response: string): Example => ({
    id: 'a',
    turns: { ko: [{ instruction: '코드?', response }] },
  });
  const monolingual = getMethod('monolingual');

  for (const { name, load, lossless } of cases.filter((one) => one.lossless)) {
    it(`of ${name} is read as it was learned`, async () => {
      const dir = join(folder, name.replace(/\W/g, '-'));
      mkdirSync(dir);
      const tokenizer = await load(dir);
      assert.ok(lossless);
      for (const text of [CODE, '  두 칸', '\t탭', '보통', 'plain']) {
        const { ids, spans } = encodeExample(monolingual.segments(example(text), pair)[0], tokenizer);
        const start = spans.findIndex((span) => span >= 0);
        const read = continuation(tokenizer, ids.subarray(0, start), ids.subarray(start, ids.length - 1));
        assert.equal(monolingual.answer(read, pair).answer, text);
      }
    });
  }

  /** Chats whose template puts a space before an answer, and trims it or not. */
  const template = (trims: boolean): ChatTemplate => ({
    source: `test ${trims}`,
    render: (messages) =>
      messages
        .map(({ role, content }) =>
          role === 'assistant' ? ` ${trims ? content.trim() : content}\n` : `[${content}]`,
        )
        .join(''),
  });

  it("is read as it was learned in a model's own chat, unless its template trims", async () => {
    const dir = join(folder, 'chat');
    mkdirSync(dir);
    const bare = await cases[0].load(dir);
    for (const trims of [false, true]) {
      const tokenizer = withChat({ ...bare, chatTemplate: template(trims) }, 'model');
      assert.equal(tokenizer.chat?.lead, ' ');
      const { ids, spans } = encodeExample(monolingual.segments(example(CODE), pair)[0], tokenizer);
      const start = spans.findIndex((span) => span >= 0);
      const read = continuation(tokenizer, ids.subarray(0, start), ids.subarray(start, ids.length - 1));
      assert.equal(monolingual.answer(read, pair).answer, trims ? CODE.trim() : CODE);
    }
  });
});
