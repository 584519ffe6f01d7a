import assert from 'node:assert/strict';
import { bootstrap } from '../../src/evaluate/bootstrap.ts';

const coins = (count: number, right: number) => Array.from({ length: count }, (_, i) => Number(i < right));

describe('bootstrap', () => {
  it('gives the interval of a share, as the normal approximation has it', () => {
    const found = bootstrap([coins(400, 200)], { resamples: 4000 });
    assert.ok(found);
    // 1.96 · sqrt(0.25 / 400) = 0.049
    assert.equal(found.mean, 0.5);
    assert.ok(
      Math.abs(found.low - 0.451) < 0.006 && Math.abs(found.high - 0.549) < 0.006,
      JSON.stringify(found),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const runs = [coins(50, 20)];
    assert.deepEqual(bootstrap(runs), bootstrap(runs));
    assert.notDeepEqual(
      bootstrap(runs, { seed: 1, resamples: 50 }),
      bootstrap(runs, { seed: 2, resamples: 50 }),
    );
  });

  it('is wider where runs differ from each other', () => {
    const alike = bootstrap([coins(200, 100), coins(200, 100), coins(200, 100)]);
    const apart = bootstrap([coins(200, 40), coins(200, 100), coins(200, 160)]);
    assert.ok(alike && apart);
    assert.equal(apart.mean, alike.mean);
    assert.ok(apart.high - apart.low > 2 * (alike.high - alike.low));
  });

  it('has no width where all is right, and is null without a question', () => {
    assert.deepEqual(bootstrap([coins(5, 5)]), { mean: 1, low: 1, high: 1 });
    assert.equal(bootstrap([[]]), null);
    assert.throws(() => bootstrap([[1], [1, 0]]), /expected 1 questions in every run, got 2/);
  });
});
