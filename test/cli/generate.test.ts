/** What the terminal shows of an answer while it is written: only what stays. */
import assert from 'node:assert/strict';
import { answerStream } from '../../src/cli/answers.ts';
import type { Generation } from '../../src/generate/generate.ts';
import { getMethod } from '../../src/methods/index.ts';

const pair = { target: 'ko', pivot: 'en' };
const written =
  'English instruction:\nWhat colour\nis it?\n\nEnglish response:\nIt is a very red thing.\n\n한국어 응답:\n아주\n 빨간색.';
const dim = (text: string) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/** What is printed, piece by piece, of a text that grows letter by letter. */
function printed(text: string, name = 'plug', more: Partial<Generation> = {}, stop: string[] = []): string[] {
  const method = getMethod(name);
  const pieces: string[] = [];
  const stream = answerStream((piece) => pieces.push(piece), { dim, stop });
  for (let end = 1; end <= text.length; end++) {
    const so = text.slice(0, end);
    if (!stop.some((one) => so.includes(one))) stream.part(method.answer(so, pair));
  }
  const end = stop.map((one) => text.indexOf(one)).find((at) => at >= 0);
  const whole = text.slice(0, end);
  stream.end({
    ...{ instruction: '', text: whole, tokens: 9, stopped: 'end' },
    ...method.answer(whole, pair),
    ...more,
  });
  return pieces;
}

describe('answers in the terminal', () => {
  it('show the draft apart and the answer as they come, without headings', () => {
    const pieces = printed(written);
    assert.equal(
      pieces.join(''),
      '  UNDERSTOOD: WHAT COLOUR\n  IS IT?\n  DRAFT: IT IS A VERY RED THING.\n아주\n 빨간색.\n',
    );
    assert.ok(pieces.length > 10, 'they come in pieces');
  });

  it('show the whole text where it is the answer', () => {
    assert.equal(printed('아주 빨간색.', 'monolingual').join(''), '아주 빨간색.\n');
  });

  it('keep a stop text and half a letter back', () => {
    assert.equal(printed('가나User:', 'monolingual', {}, ['User:']).join(''), '가나\n');
    assert.equal(printed('가\ufffd', 'monolingual', { answer: '가나' }).join(''), '가나\n');
  });

  it('say that an answer is missing, or cut off', () => {
    assert.match(
      printed('English instruction:\nHm').join(''),
      /no answer found in: English instruction:\nHm/,
    );
    assert.match(printed('가', 'monolingual', { stopped: 'length' }).join(''), /^가\n\(CUT OFF/);
  });
});
