import assert from 'node:assert/strict';
import { RecipeError } from '../../src/recipe/check.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { RecipeInput } from '../../src/recipe/schema.ts';

const least = { name: 'x', method: { target: 'ko' }, data: { train: 'a.jsonl' } };

/** The problems of a recipe that is `least` with `change` laid over its sections. */
function problems(change: Record<string, unknown>): string[] {
  try {
    defineRecipe({ ...least, ...change } as RecipeInput);
  } catch (error) {
    assert.ok(error instanceof RecipeError);
    return error.problems;
  }
  return [];
}

describe('defineRecipe', () => {
  it('fills in the defaults', () => {
    const recipe = defineRecipe(least);
    assert.deepEqual(recipe.method, { name: 'plug', target: 'ko', pivot: 'en', chat: 'paper' });
    assert.deepEqual(recipe.data, {
      train: 'a.jsonl',
      validationShare: 0.02,
      columns: 'auto',
      sampling: 'first',
      seed: 42,
      deduplicate: 'exact',
      mixing: 1,
      onBadRow: 'stop',
      truncation: 'drop',
    });
    assert.equal(recipe.train.epochs, 3);
    assert.equal(recipe.train.steps, undefined);
    assert.equal(recipe.train.beta2, 0.999);
    assert.equal(recipe.tokenizer.vocabSize, 4096);
    assert.equal(recipe.generate.temperature, 0);
    assert.equal(recipe.model.nKvHeads, undefined);
  });

  it('gives the same recipe when checked again, also through JSON', () => {
    const recipe = defineRecipe(least);
    assert.deepEqual(defineRecipe(JSON.parse(JSON.stringify(recipe))), recipe);
  });

  it('says where, what was expected and what came', () => {
    assert.throws(() => defineRecipe({ ...least, train: { learningRate: '3e-5' as never } }), {
      name: 'RecipeError',
      message: 'recipe x: train.learningRate must be a number > 0, got "3e-5"',
    });
  });

  const cases: [string, Record<string, unknown>, string][] = [
    ['a number out of range', { train: { beta1: 1 } }, 'train.beta1 must be a number in [0, 1), got 1'],
    ['a fraction', { train: { batchSize: 1.5 } }, 'train.batchSize must be an integer >= 1, got 1.5'],
    [
      'a number that is none',
      { train: { epochs: Number.NaN } },
      'train.epochs must be a number > 0, got NaN',
    ],
    ['an open range', { generate: { topP: 0 } }, 'generate.topP must be a number in (0, 1], got 0'],
    [
      'a choice',
      { train: { schedule: 'cos' } },
      'train.schedule must be one of "linear", "cosine", "constant", got "cos"',
    ],
    ['a yes or no', { model: { tieEmbeddings: 1 } }, 'model.tieEmbeddings must be true or false, got 1'],
    [
      'a language',
      { method: { target: 'Korean' } },
      'method.target must be a language code such as "ko", or a list of such codes, got "Korean"',
    ],
    [
      'a name',
      { name: 'a/b' },
      'name must be a name fit for a folder (letters, digits, ".", "_", "-"), got "a/b"',
    ],
    [
      'an empty list',
      { data: { train: [] } },
      'data.train must be a file, a folder, or a list of them, got []',
    ],
    ['a list item', { data: { train: ['a', 3] } }, 'data.train[1] must be a non-empty string, got 3'],
    [
      'a union',
      { data: { train: 'a', columns: 'foo' } },
      'data.columns must be "auto" or { id?, system?, history?, instruction, input?, response }, { id?, system?, dialogue } or { id?, text } with column names such as ' +
        '"instruction_{lang}", got "foo"',
    ],
    [
      'a missing column',
      { data: { train: 'a', columns: { instruction: 'q_{lang}' } } },
      'data.columns must name instruction and response, or dialogue alone, or text alone',
    ],
    ['a section of another kind', { train: 3 }, 'train must be an object, got 3'],
    [
      'a missing key',
      { method: {} },
      'method.target is missing, it must be a language code such as "ko", or a list of such codes',
    ],
    [
      'a missing section',
      { data: undefined },
      'data.train is missing, it must be a file, a folder, or a list of them',
    ],
    [
      'a typing error',
      { train: { lerningRate: 1 } },
      'unknown key train.lerningRate, did you mean train.learningRate?',
    ],
    [
      'another section',
      { model: { batchSize: 1 } },
      'unknown key model.batchSize, did you mean train.batchSize?',
    ],
    ['no section', { learningRate: 1 }, 'unknown key learningRate, did you mean train.learningRate?'],
    ['a mistyped section', { trian: {} }, 'unknown key trian, did you mean train?'],
    ['nothing similar', { train: { zzzzzzzz: 1 } }, 'unknown key train.zzzzzzzz'],
    [
      'heads that do not divide',
      { model: { nKvHeads: 3 } },
      'model.nKvHeads must divide model.nHeads (4), got 3',
    ],
    [
      'a width that does not divide',
      { model: { dModel: 130 } },
      'model.dModel must be a multiple of model.nHeads (4) when no headDim is given, got 130',
    ],
    [
      'an odd head given',
      { model: { headDim: 7 } },
      'model.headDim must be even (rotary positions turn pairs), got 7',
    ],
    [
      'an odd head computed',
      { model: { dModel: 28 } },
      'model.headDim must be even (rotary positions turn pairs), got 7, from dModel 28 / nHeads 4',
    ],
  ];
  for (const [what, change, problem] of cases) {
    it(`names ${what}`, () => assert.deepEqual(problems(change), [problem]));
  }

  it('names all that is wrong, a line each', () => {
    const found = problems({ train: { batchSize: 0, schedule: 'x' }, generate: { topK: -1 } });
    assert.equal(found.length, 3);
    assert.throws(() => defineRecipe({ ...least, name: '' } as never), /^RecipeError: recipe : name must/);
  });

  it('leaves the shape alone where a model directory decides it', () => {
    assert.deepEqual(problems({ model: { from: 'models/a', dModel: 130 } }), []);
  });
});
