/** Pastes of several lines stay one question. */
import assert from 'node:assert/strict';
import { pasteStream, withBreaks } from '../../src/cli/paste.ts';

/** What comes out for chunks of keys, with the signs for line breaks made visible again. */
async function typed(...chunks: (string | Buffer)[]): Promise<string> {
  const stream = pasteStream();
  let out = '';
  stream.on('data', (chunk) => (out += chunk));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.on('end', resolve));
  return out;
}
const [START, END] = ['\x1b[200~', '\x1b[201~'];

describe('pasteStream', () => {
  it('gives keys as they are', async () => {
    assert.equal(await typed('a', 'b', '\x1b[A', '\x7f', '\x03', '\r'), 'ab\x1b[A\x7f\x03\r');
    assert.equal(await typed('가나\r'), '가나\r');
  });

  it('keeps a marked paste in one line, also where it comes in pieces', async () => {
    assert.equal(await typed(`${START}a\nb\r\nc${END}`, '\r'), 'a⏎b⏎c\r');
    const keys = Buffer.from(`x${START}가\n나\n${END}!\r`);
    for (let cut = 1; cut < keys.length; cut++) {
      const out = await typed(keys.subarray(0, cut), keys.subarray(cut));
      assert.equal(out, 'x가⏎나⏎!\r', `cut at ${cut}`);
    }
  });

  it('takes several lines in one read for a paste, the last line break for Enter', async () => {
    assert.equal(await typed('a\nb\n'), 'a⏎b\r');
    assert.equal(await typed('a\r'), 'a\r');
  });

  it('gives line breaks back', () => assert.equal(withBreaks('a⏎b⏎⏎c'), 'a\nb\n\nc'));
});
