/** What differs between two recipes, as a person is told it. */
import assert from 'node:assert/strict';
import { differencesOf, differencesText, isLength } from '../../src/train/difference.ts';
import { temporaryFolder } from '../support/files.ts';
import { colourRecipe } from './support.ts';

describe('differences between recipes', () => {
  const folder = temporaryFolder();
  const saved = () => JSON.parse(JSON.stringify(colourRecipe(folder)));

  it('are named key by key, with both values, and counted where there are many', () => {
    const recipe = colourRecipe(folder, { learningRate: 0.5, warmupSteps: 3, steps: 9 });
    const differences = differencesOf(saved(), recipe);
    assert.deepEqual(differences.map(({ key, before, now }) => [key, before, now]).sort(), [
      ['train.learningRate', '0.01', '0.5'],
      ['train.steps', '6', '9'],
      ['train.warmupSteps', 'not set', '3'],
    ]);
    assert.deepEqual(
      differences.filter(isLength).map(({ key }) => key),
      ['train.steps'],
    );
    const many = Array.from({ length: 11 }, (_, i) => ({ key: `k${i}`, before: '1', now: '2' }));
    assert.match(differencesText(many), /^k0: expected 1, as the run began with, got 2; .*; and 3 more$/);
  });

  it('are none in what changes no number, nor in a key that an earlier version did not have', () => {
    const recipe = colourRecipe(folder, { saveEvery: 3, keepSteps: 7, validateEvery: 2 });
    const { train, generate: _, evaluate: __, ...rest } = saved();
    const { dropout: ___, ...older } = train;
    assert.deepEqual(differencesOf({ ...rest, train: older }, recipe), []);
    assert.equal(differencesOf({ ...rest, train: { ...older, dropout: 0.1 } }, recipe).length, 1);
  });
});
