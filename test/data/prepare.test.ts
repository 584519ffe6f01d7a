import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTokenizer, loadSplit } from '../../src/data/prepare.ts';
import { getMethod } from '../../src/methods/index.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { Recipe } from '../../src/recipe/schema.ts';

describe('prepare', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plug-prepare-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  const file = (name: string, count: number) => {
    const rows = Array.from({ length: count }, (_, i) => ({
      ...{ id: `${name}-${i}`, instruction_ko: `질문 ${i}`, response_ko: '답이에요' },
      ...{ instruction_en: `Question ${i}`, response_en: 'The answer' },
    }));
    writeFileSync(join(dir, name), rows.map((row) => JSON.stringify(row)).join('\n'));
    return join(dir, name);
  };
  const recipeOf = (data: Partial<Recipe['data']>, more: object = {}) =>
    defineRecipe({
      name: 'x',
      method: { target: 'ko' },
      data: { train: file('train', 40), ...data },
      ...more,
    });
  const method = getMethod('plug');

  it('reads the languages that the method needs', async () => {
    const plug = await loadSplit(recipeOf({}), method);
    assert.deepEqual(Object.keys(plug.train[0].turns).sort(), ['en', 'ko']);
    const mono = await loadSplit(recipeOf({}), getMethod('monolingual'));
    assert.deepEqual(Object.keys(mono.train[0].turns), ['ko']);
  });

  it('holds a share out where there is no validation file', async () => {
    const { train, validation, account } = await loadSplit(recipeOf({ validationShare: 0.2 }), method);
    assert.equal(train.length + validation.length, 40);
    assert.ok(validation.length > 2);
    assert.equal(account.kept, 40);
  });

  it('reads the whole validation file where there is one, whatever the limit', async () => {
    const data = { validation: file('held', 7), limit: 5 };
    const { train, validation, account } = await loadSplit(recipeOf(data), method);
    assert.deepEqual([train.length, validation.length, account.kept], [5, 7, 5]);
    assert.equal(validation[0].id, 'held-0');
  });

  it('trains a tokenizer on the text of the method, and else takes the one at hand', async () => {
    const recipe = recipeOf({}, { tokenizer: { vocabSize: 300 } });
    const { train } = await loadSplit(recipe, method);
    const trained = await findTokenizer(recipe, method, train);
    assert.equal(trained.vocabSize, 300);
    assert.ok(trained.encode('English response').length < 8, 'pieces of the text that it was trained on');

    const saved = join(dir, 'tokenizer');
    await trained.save(saved);
    const other = join(dir, 'other');
    await (await findTokenizer(recipeOf({}, { tokenizer: { vocabSize: 260 } }), method, train)).save(other);
    const pieces = async (more: object, from?: string) =>
      (await findTokenizer(recipeOf({}, more), method, train, from)).vocabSize;
    assert.equal(await pieces({ model: { from: saved } }), 300);
    assert.equal(await pieces({ model: { from: saved }, tokenizer: { path: other } }), 260);
    assert.equal(await pieces({ tokenizer: { path: other } }, saved), 300);
  });
});
