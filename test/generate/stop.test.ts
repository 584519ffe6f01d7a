/** Texts that end an answer, and what is told of an answer while it is written. */
import assert from 'node:assert/strict';
import { type GenerateOptions, generate } from '../../src/generate/generate.ts';
import type { Answer } from '../../src/methods/parts/segment.ts';
import { tinyAnswerer } from './support.ts';

describe('generate', () => {
  const answerer = tinyAnswerer();
  const instructions = ['차는?', '물은?'];
  const method = { name: 'monolingual', target: 'ko', pivot: 'en' };
  const ask = (more: Partial<GenerateOptions> = {}) =>
    generate(answerer, instructions, {
      temperature: 1,
      topK: 20,
      seed: 3,
      maxNewTokens: 12,
      method,
      ...more,
    });

  it('ends an answer at a stop text, which is left out, and leaves the others alone', async () => {
    const [first, second] = await ask();
    const stop = first.answer.slice(5, 7);
    assert.ok(!second.answer.includes(stop) && first.answer.indexOf(stop) === 5, 'the trial tells something');
    const [cut, whole] = await ask({ stop: ['not there', stop] });
    assert.equal(cut.answer, first.answer.slice(0, 5));
    assert.deepEqual([cut.stopped, cut.tokens], ['end', 7]);
    assert.deepEqual(whole, second);
  });

  it('tells of each answer as it grows', async () => {
    const told: Partial<Answer>[][] = [[], []];
    const answers = await ask({ onPart: (part, index) => told[index].push(part) });
    for (const [i, { answer, tokens }] of answers.entries()) {
      assert.equal(told[i].length, tokens);
      assert.deepEqual(
        told[i].map((part) => part.answer),
        told[i].map((_, j) => answer.slice(0, j + 1)),
      );
    }
  });

  it('tells of passes with what the earlier ones wrote', async () => {
    const told: Partial<Answer>[] = [];
    const onPart = (part: Partial<Answer>, index: number) => {
      if (index === 1) told.push(part);
    };
    const passes = { method: { ...method, name: 'translate-test' }, onPart };
    const { pivotInstruction, pivotResponse, answer } = (await ask(passes))[1];
    const written = told.filter((part) => part.answer !== undefined);
    assert.ok(
      written.every(
        (part) => part.pivotInstruction === pivotInstruction && part.pivotResponse === pivotResponse,
      ),
    );
    assert.deepEqual(written.at(-1)?.answer, answer);
    assert.deepEqual(
      told.findLast((part) => part.pivotResponse === undefined),
      { pivotInstruction },
    );
  });
});
