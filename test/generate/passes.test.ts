/** Answers that take several passes: each pass is asked what the one before it wrote. */
import assert from 'node:assert/strict';
import { type GenerateOptions, generate } from '../../src/generate/generate.ts';
import { tinyAnswerer } from './support.ts';

describe('generate in passes', () => {
  const answerer = tinyAnswerer();
  const settings = { temperature: 1, topK: 20, topP: 1, seed: 3, maxNewTokens: 9 };
  const ask = (
    texts: string[],
    name: string,
    target: string,
    pivot: string,
    more: Partial<GenerateOptions> = {},
  ) => generate(answerer, texts, { ...settings, method: { name, target, pivot }, ...more });
  const instructions = ['차는?', '물은?', '불은?'];

  it('reads in each pass what the one before wrote', async () => {
    const answers = await ask(instructions, 'translate-test', 'ko', 'en', { batchSize: 2 });
    // The pass in between is the prompt of a model of the pivot language.
    const inPivot = await ask(
      answers.map(({ pivotInstruction = '' }) => pivotInstruction),
      'monolingual',
      'en',
      'ko',
      { batchSize: 2 },
    );
    assert.deepEqual(
      answers.map(({ pivotResponse }) => pivotResponse),
      inPivot.map(({ answer }) => answer),
    );
    // The last is the first of one that goes the other way.
    const responses = answers.map(({ pivotResponse = '' }) => pivotResponse);
    const back = await ask(responses, 'translate-test', 'en', 'ko', { batchSize: 2 });
    assert.deepEqual(
      answers.map(({ answer }) => answer),
      back.map(({ pivotInstruction }) => pivotInstruction),
    );
    for (const [
      i,
      { instruction, text, tokens, answer, pivotInstruction, pivotResponse, status },
    ] of answers.entries()) {
      assert.equal(instruction, instructions[i]);
      assert.ok(text.trimEnd().endsWith(answer) && text.includes(pivotInstruction as string));
      assert.ok(tokens > inPivot[i].tokens, 'tokens of all passes');
      assert.equal(status, 'monolingual');
      assert.notEqual(pivotResponse, undefined);
    }
  });

  it('says of one that took all the tokens it may that it was cut off', async () => {
    const [answer] = await ask(['차는?'], 'translate-test', 'ko', 'en', { maxNewTokens: 1 });
    assert.deepEqual([answer.tokens, answer.stopped], [3, 'length']);
  });
});
