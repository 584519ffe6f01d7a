import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callerDir, displayPath, projectRoot } from '../../src/paths.ts';
import { loadRecipe, recipeNames } from '../../src/recipe/loadRecipe.ts';

const inProject = (path: string) => join(projectRoot, path);
const fromHere = (path: string) => join(callerDir(), path);
const least = { name: 'x', method: { target: 'ko' }, data: { train: 'a.jsonl' } };

describe('loadRecipe', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plug-recipe-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };

  it('loads each of the recipes that come with the project, named as its file', async () => {
    for (const name of recipeNames()) assert.equal((await loadRecipe(name)).name, name);
    for (const target of ['ko', 'zh', 'it', 'es']) {
      const plug = await loadRecipe(`plug-${target}`);
      assert.deepEqual(plug.method, { name: 'plug', target, pivot: 'en', chat: 'paper' });
      const mono = await loadRecipe(`mono-${target}`);
      assert.deepEqual(mono.method, { name: 'monolingual', target, pivot: 'en', chat: 'paper' });
    }
  });

  it("takes a recipe's paths from the project", async () => {
    const recipe = await loadRecipe('plug-ko');
    assert.equal(recipe.data.train, inProject('datasets/world/tune.jsonl'));
    assert.equal(recipe.data.validation, inProject('datasets/world/validation.jsonl'));
  });

  it('lays overrides over the keys, and takes their paths from the folder of the command', async () => {
    const recipe = await loadRecipe('plug-ko', {
      train: { steps: 5, learningRate: 1e-4 },
      model: { from: 'models/a' },
      tokenizer: { path: '/abs/tokenizer.json' },
      data: { validation: 'v.jsonl' },
    });
    assert.equal(recipe.train.steps, 5);
    assert.equal(recipe.train.learningRate, 1e-4);
    const { weightDecay } = (await loadRecipe('plug-ko')).train;
    assert.equal(recipe.train.weightDecay, weightDecay, 'keys beside stay');
    assert.notEqual(weightDecay, 0);
    assert.equal(recipe.model.from, fromHere('models/a'));
    assert.equal(recipe.tokenizer.path, '/abs/tokenizer.json');
    assert.equal(recipe.data.validation, fromHere('v.jsonl'));
    assert.equal(recipe.data.train, inProject('datasets/world/tune.jsonl'));
  });

  it("leaves out the recipe's validation file where the training data are others", async () => {
    const other = await loadRecipe('plug-ko', { data: { train: ['b.jsonl', 'c.jsonl'] } });
    assert.deepEqual(other.data.train, [fromHere('b.jsonl'), fromHere('c.jsonl')]);
    assert.equal(other.data.validation, undefined);
    assert.ok(other.data.validationShare > 0);
    const given = { data: { train: 'b.jsonl' }, tokenizer: { path: 't.model' } };
    const { tokenizer } = await loadRecipe('plug-ko', given);
    assert.equal(tokenizer.path, fromHere('t.model'));
    assert.equal(given.data.train, 'b.jsonl', 'what was given stays as it was');
    const both = await loadRecipe('plug-ko', { data: { train: 'b.jsonl', validation: 'v.jsonl' } });
    assert.equal(both.data.validation, fromHere('v.jsonl'));
  });

  it('gives a fresh copy each time', async () => {
    const first = await loadRecipe('plug-ko');
    first.train.batchSize = 999;
    delete first.data.validation;
    const second = await loadRecipe('plug-ko');
    assert.notEqual(second.train.batchSize, 999);
    assert.ok(second.data.validation);
  });

  it('replaces the columns, or parts of them', async () => {
    const map = { instruction: 'q_{lang}', response: 'a_{lang}' };
    const file = write('r.json', JSON.stringify({ ...least, data: { train: 'a', columns: map } }));
    const over = await loadRecipe(file, { data: { columns: { response: 'b' } } });
    assert.deepEqual(over.data.columns, { instruction: 'q_{lang}', response: 'b' });
    const auto = await loadRecipe(file, { data: { columns: 'auto' } });
    assert.equal(auto.data.columns, 'auto');
  });

  it('loads JSON, and the recipe.json in a directory', async () => {
    write('recipe.json', JSON.stringify(least));
    const recipe = await loadRecipe(dir);
    assert.equal(recipe.data.train, fromHere('a.jsonl'));
    assert.deepEqual(await loadRecipe(join(dir, 'recipe.json')), recipe);
  });

  it('loads what it gave, unchanged', async () => {
    const recipe = await loadRecipe('mono-zh', { data: { limit: 5 } });
    assert.deepEqual(await loadRecipe(write('again.json', JSON.stringify(recipe))), recipe);
  });

  it('loads a module from elsewhere, its paths taken from its own folder', async () => {
    const file = write('own.ts', `export default ${JSON.stringify(least)};`);
    assert.equal((await loadRecipe(file)).data.train, join(dir, 'a.jsonl'));
  });

  it('suggests a recipe for a mistyped name, and lists all', async () => {
    await assert.rejects(loadRecipe('plug-kr'), (error: Error) => {
      assert.equal(error.name, 'UserError');
      assert.match(error.message, /^no recipe plug-kr, did you mean plug-ko\? Recipes: .*mono-zh.*plug-zh/);
      return true;
    });
    await assert.rejects(loadRecipe('shared'), /^UserError: no recipe shared\. Recipes/);
  });

  it('names the file of a recipe that does not pass', async () => {
    const define = JSON.stringify(inProject('src/recipe/defineRecipe.ts'));
    const file = write(
      'bad.ts',
      `import { defineRecipe } from ${define};
       export default defineRecipe({ name: 'x', method: { target: 'ko' }, data: { train: 'a' }, train: { steps: '9' } });`,
    );
    await assert.rejects(loadRecipe(file), {
      message: `${displayPath(file)}: train.steps must be an integer >= 1, got "9"`,
    });
  });

  it('leaves out what belongs to the own data and the own model, where others are given', async () => {
    const own = await loadRecipe('plug-ko');
    assert.ok(own.model.from && own.data.limit && own.evaluate.data);
    const others = await loadRecipe('plug-ko', { data: { train: 'pairs.jsonl' }, model: { from: 'none' } });
    assert.deepEqual(
      [others.model.from, others.data.limit, others.data.validation, others.evaluate.data],
      [undefined, undefined, undefined, undefined],
    );
    const limited = await loadRecipe('plug-ko', { data: { train: 'pairs.jsonl', limit: 5 } });
    assert.deepEqual([limited.data.limit, limited.model.from], [5, own.model.from]);
  });

  it('names a module without a default export, JSON that is none, and a bad override', async () => {
    const empty = write('empty.ts', 'export const recipe = 1;');
    await assert.rejects(loadRecipe(empty), /empty\.ts: expected `export default defineRecipe/);
    await assert.rejects(
      loadRecipe(write('bad.json', '{"name": ')),
      /bad\.json:1:10: expected a recipe as JSON, got /,
    );
    await assert.rejects(loadRecipe('plug-ko', { train: { learningRate: -1 } }), {
      message: 'recipes/plug-ko.ts with overrides: train.learningRate must be a number > 0, got -1',
    });
  });
});

describe('callerDir', () => {
  const before = process.env.INIT_CWD;
  afterEach(() => {
    if (before === undefined) delete process.env.INIT_CWD;
    else process.env.INIT_CWD = before;
  });

  it('is the folder of the command when npm has changed into the project', () => {
    process.env.INIT_CWD = tmpdir();
    assert.equal(callerDir(), process.cwd() === projectRoot ? tmpdir() : process.cwd());
  });

  it('is the working directory otherwise', () => {
    delete process.env.INIT_CWD;
    assert.equal(callerDir(), process.cwd());
  });
});
