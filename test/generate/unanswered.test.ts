/** Prompts that the model cannot read: they are named, and the others are answered as if they were not there. */
import assert from 'node:assert/strict';
import { answerableTurns } from '../../src/cli/heldOut.ts';
import { type GenerateOptions, generate, promptTokens } from '../../src/generate/generate.ts';
import type { Run } from '../../src/train/run.ts';
import { few } from '../support/characters.ts';
import { tinyAnswerer } from './support.ts';

describe('generate', () => {
  const answerer = tinyAnswerer();
  const MAX = 400;
  const method = { name: 'monolingual', target: 'ko', pivot: 'en' };
  const sampling = { temperature: 1, topK: 20, topP: 1, seed: 3, maxNewTokens: 6, method };
  const ask = (texts: string[], more: Partial<GenerateOptions> = {}) =>
    generate(answerer, texts, { ...sampling, ...more });
  const LONG = '길'.repeat(MAX);

  it('goes past a prompt that is too long, and answers the others as ever', async () => {
    for (const batchSize of [1, 2, 8]) {
      const [a, long, b, c] = await ask(['차는?', LONG, '물은?', '불은?'], { batchSize });
      const tokens = await promptTokens(answerer, LONG, { method });
      assert.deepEqual(long, {
        instruction: LONG,
        ...{ answer: '', status: 'prompt too long', text: '', tokens: 0, stopped: 'length' },
        unanswered: `the prompt has ${tokens} tokens, and the model reads fewer than ${MAX}`,
      });
      const others = await ask(['차는?', '다른?', '물은?', '불은?'], { batchSize });
      assert.deepEqual([a, b, c], [others[0], others[2], others[3]]);
      assert.ok(a.text !== '' && !('unanswered' in a));
    }
  });

  it('answers a prompt that leaves room for one token, and none that leaves no room', async () => {
    const room = MAX - (await promptTokens(answerer, '', { method }));
    const [fits, full] = await ask(['a'.repeat(room - 1), 'a'.repeat(room)]);
    assert.deepEqual([fits.tokens, fits.stopped, full.status], [1, 'length', 'prompt too long']);
  });

  it('says so where all prompts are too long, and tells nothing of them as they are written', async () => {
    const parts: number[] = [];
    const all = await ask([LONG, LONG], { onPart: (_, index) => parts.push(index) });
    assert.deepEqual([all.map(({ status }) => status), parts], [['prompt too long', 'prompt too long'], []]);
    await ask([LONG, '차는?'], { onPart: (_, index) => parts.push(index) });
    assert.deepEqual([...new Set(parts)], [1]);
  });

  it('has nothing to go on with in an empty prompt of running text', async () => {
    const bare = { ...answerer, model: answerer.model, tokenizer: { ...few, bosId: null } };
    const plain = { ...sampling, method: { ...method, name: 'plain-text' } };
    const [empty, some] = await generate(bare, ['', '차'], plain);
    assert.deepEqual([empty.status, empty.unanswered], ['empty prompt', 'the prompt is empty']);
    assert.ok(some.text !== '');
  });

  it('ends the passes of a prompt that is too long in any of them', async () => {
    const passes = { ...method, name: 'translate-test' };
    const [long, short] = await ask([LONG, '차는?'], { method: passes });
    assert.deepEqual([long.status, long.answer, long.tokens], ['prompt too long', '', 0]);
    const [alone] = await ask(['차는?'], { method: passes, firstRow: 1 });
    assert.deepEqual(short, alone);
  });
});

describe('turns that were held out', () => {
  const MAX = 60;
  const run = (method: object, ...turns: [id: string, instruction: string, response: string][]) =>
    ({
      recipe: { method: { target: 'ko', pivot: 'en', ...method } },
      tokenizer: few,
      model: { config: { maxSeqLen: MAX } },
      heldOut: turns.map(([id, instruction, response]) => ({
        pair: { target: 'ko', pivot: 'en' },
        example: { id, turns: { ko: [{ instruction, response }] } },
      })),
    }) as unknown as Run;
  const LONG = '길'.repeat(MAX);

  it('are asked where the model can read them, whatever was dropped in training', async () => {
    const some = run(
      { name: 'verbatim' },
      ['a', LONG, '답'],
      ['b', '둘?', LONG],
      ['c', '셋?', '답'],
      ['d', '넷?', '답'],
    );
    const { turns, tooLong } = await answerableTurns(some, 2);
    assert.deepEqual(
      turns.map(({ instruction, target }) => [instruction, target]),
      [
        ['둘?', 'ko'],
        ['셋?', 'ko'],
      ],
    );
    assert.deepEqual(tooLong, ['a']);
  });

  it('of running text are cut to what the model can go on with', async () => {
    const text = Array.from({ length: 5000 }, (_, i) => String.fromCharCode(0xac00 + i)).join('');
    const { turns, tooLong } = await answerableTurns(
      run({ name: 'plain-text' }, ['a', '', text], ['b', '', '짧다']),
      9,
    );
    assert.deepEqual(tooLong, []);
    const [cut, short] = turns;
    assert.ok(text.startsWith(cut.instruction + cut.response));
    assert.ok(cut.instruction.length < MAX && cut.instruction.length > MAX / 4, `${cut.instruction.length}`);
    assert.deepEqual([short.instruction, short.response], ['짧', '다']);
  });
});
