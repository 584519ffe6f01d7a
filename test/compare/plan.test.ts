/** What a comparison is to run, and how runs are named. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Comparison, planRuns } from '../../src/compare/plan.ts';
import { temporaryFolder } from '../support/files.ts';

describe('planRuns', () => {
  const dir = temporaryFolder();
  const data = join(dir, 'rows.jsonl');
  const write = (name: string, more: object = {}) => {
    const file = join(dir, `${name}.json`);
    writeFileSync(
      file,
      JSON.stringify({ name, method: { name: 'plug', target: 'ko' }, data: { train: data }, ...more }),
    );
    return file;
  };
  const row = (response: string) =>
    writeFileSync(data, JSON.stringify({ id: 'a', instruction_ko: '?', response_ko: response }));
  before(() => row('하나'));
  const plan = (more: Partial<Comparison> = {}) =>
    planRuns({
      recipes: [write('a'), write('b')],
      seeds: [42, 43],
      overrides: {},
      runs: join(dir, 'runs'),
      ...more,
    });
  const point = (limit: number) => ({ text: String(limit), overrides: { data: { limit } } });
  const sweep = { key: 'data.limit', points: [point(3), point(5)] };

  it('is every recipe at every point with every seed, seed by seed', async () => {
    const runs = await plan({ sweep, overrides: { train: { epochs: 2 } } });
    assert.deepEqual(
      runs.map(({ recipe, point, seed }) => [recipe.name, point, seed]),
      [42, 43].flatMap((seed) =>
        ['3', '5'].flatMap((limit) => ['a', 'b'].map((name) => [name, limit, seed])),
      ),
    );
    for (const { recipe, seed, point, target } of runs) {
      assert.deepEqual([recipe.train.seed, recipe.data.seed, recipe.train.epochs], [seed, seed, 2]);
      assert.deepEqual([String(recipe.data.limit), target], [point, 'ko']);
    }
    assert.equal(new Set(runs.map(({ dir }) => dir)).size, 8);
  });

  it('names a run by all that decides its result, and by nothing else', async () => {
    const name = async (more: Partial<Comparison> = {}, file = write('a')) => {
      const [{ dir }] = await plan({ recipes: [file], seeds: [42], ...more });
      return basename(dir);
    };
    const first = await name();
    assert.match(first, /^a-[0-9a-f]{10}$/);
    assert.equal(
      await name({}, write('a', { description: 'said otherwise', evaluate: { limit: 3 } })),
      first,
    );
    assert.equal(
      await name({
        sweep: { key: 'train.epochs', points: [{ text: '3', overrides: { train: { epochs: 3 } } }] },
      }),
      first,
      'a point that is the default',
    );
    assert.notEqual(await name({ overrides: { train: { learningRate: 0.5 } } }), first);
    assert.notEqual(await name({ seeds: [43] }), first);
    row('둘');
    assert.notEqual(await name(), first, 'other bytes of the same file');
    row('하나');
    assert.equal(await name(), first);
  });

  it('refuses two runs that are one, and a recipe that answers in several languages', async () => {
    await assert.rejects(plan({ recipes: [write('a'), write('a')] }), {
      message: /expected runs that differ, got a twice with seed 42; leave one out/,
    });
    const same = { key: 'generate.seed', points: [3, 3].map((limit) => point(limit)) };
    await assert.rejects(plan({ sweep: same }), /got a at generate\.seed 3 twice/);
    const both = write('both', { method: { name: 'plug', target: ['ko', 'zh'] } });
    await assert.rejects(plan({ recipes: [both] }), /expected one target language, got ko, zh/);
  });
});
