/** The chat without terminal and model: commands, what it remembers, what fits, and answers that are ended. */
import assert from 'node:assert/strict';
import { type ChatHost, type ChatLimits, chat } from '../../src/cli/chat.ts';
import type { Generation } from '../../src/generate/generate.ts';
import type { Turn } from '../../src/methods/parts/example.ts';

interface Asked {
  instruction: string;
  seen: string[];
  draft: boolean;
}

/** A chat with `lines` typed; a model that reads a token a letter and repeats what it is told, in capitals. */
async function chatted(lines: string[], limits: Partial<ChatLimits> = {}, more: Partial<ChatHost> = {}) {
  const asked: Asked[] = [];
  const remarks: string[] = [];
  const left = [...lines];
  const host: ChatHost = {
    read: async () => left.shift() ?? null,
    remark: (text) => remarks.push(text),
    interrupted: () => false,
    promptTokens: async (instruction, history) => [instruction, ...history.map(turnText)].join('').length,
    async answer(instruction, history, { draft, onPart }) {
      asked.push({ instruction, seen: history.map(turnText), draft });
      const answer = instruction.toUpperCase();
      for (let end = 1; end <= answer.length; end++) onPart({ answer: answer.slice(0, end) });
      return { answer } as Generation;
    },
    ...more,
  };
  await chat(host, { maxSeqLen: 100, maxNewTokens: 10, ...limits });
  return { asked, remarks: remarks.slice(1), left };
}
const turnText = ({ instruction, response }: Turn) => `${instruction}${response}`;

describe('the chat', () => {
  it('remembers earlier turns, until it is told to forget', async () => {
    const { asked } = await chatted(['a', '', '  b ', '/reset', 'c']);
    assert.deepEqual(asked, [
      { instruction: 'a', seen: [], draft: true },
      { instruction: 'b', seen: ['aA'], draft: true },
      { instruction: 'c', seen: [], draft: true },
    ]);
  });

  it('sees as many turns as --turns says', async () => {
    const seen = async (turns?: number) => (await chatted(['a', 'b', 'c'], { turns })).asked[2].seen;
    assert.deepEqual(await seen(0), []);
    assert.deepEqual(await seen(1), ['bB']);
    assert.deepEqual(await seen(), ['aA', 'bB']);
  });

  it('drops the oldest turns where they do not fit beside an answer, and says so once', async () => {
    const word = (letter: string) => letter.repeat(20);
    const { asked, remarks } = await chatted(['a', 'b', 'c', 'd', 'e'].map(word), { maxSeqLen: 110 });
    assert.deepEqual(
      asked.map(({ seen }) => seen.length),
      [0, 1, 2, 2, 2],
    );
    assert.deepEqual(asked[4].seen, [`${word('c')}${word('C')}`, `${word('d')}${word('D')}`]);
    assert.equal(remarks.length, 1);
    assert.match(remarks[0], /no longer sees the oldest turns: 2 of 3 fit/);
  });

  it('says that a prompt is too long, and goes on', async () => {
    const { asked, remarks } = await chatted(['x'.repeat(100), 'y']);
    assert.match(remarks[0], /^prompt: expected fewer than 100 tokens, .* got 100; shorten it$/);
    assert.deepEqual(
      asked.map(({ instruction }) => instruction),
      ['y'],
    );
  });

  it('shows and hides drafts, lists its commands, and ends', async () => {
    const { asked, remarks, left } = await chatted(
      ['/draft off', 'a', '/Draft ON', 'b', '/draft maybe', '/help', '/hlep', '//a', '/exit', 'never'],
      {},
    );
    assert.deepEqual(
      asked.map(({ instruction, draft }) => [instruction, draft]),
      [
        ['a', false],
        ['b', true],
        ['/a', true],
      ],
    );
    assert.deepEqual(remarks.slice(0, 4), [
      '(drafts are not shown)',
      '(drafts are shown)',
      '/draft: expected on or off, got maybe',
      '(drafts are shown)',
    ]);
    assert.match(remarks[4], /\/reset .*\n.*\/draft on\|off .*\n.*\/exit /);
    assert.equal(remarks[5], 'unknown command /hlep, did you mean /help?');
    assert.deepEqual(left, ['never']);
  });

  it('keeps what was written of an answer that is ended, and no empty one', async () => {
    let parts = 0;
    const { asked, remarks } = await chatted(
      ['abcdef', 'x', 'y'],
      {},
      { interrupted: () => [3, 4].includes(++parts) },
    );
    assert.deepEqual(asked[1].seen, ['abcdefABC']);
    assert.deepEqual(asked[2].seen, ['abcdefABC', 'xX']);
    assert.equal(remarks.filter((text) => text.includes('(ended)')).length, 2);
  });

  it('tells an error in one line and goes on', async () => {
    let calls = 0;
    const { remarks, left } = await chatted(
      ['a', 'b'],
      {},
      {
        async answer() {
          calls += 1;
          throw new TypeError('broken\nbadly');
        },
      },
    );
    assert.equal(calls, 2);
    assert.deepEqual(left, []);
    assert.match(remarks[0], /^plug-tune: .*TypeError: broken badly; .*--debug$/);
  });
});
