/** Weights of model directories: whole, in shards, and what is refused. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInto, writeSafetensors } from '../../src/checkpoint/safetensors.ts';
import { findWeights, writeWeights } from '../../src/checkpoint/weights.ts';
import { temporaryFolder } from '../support/files.ts';

describe('weights of a model directory', () => {
  const dir = temporaryFolder();
  const tensors = [4, 1, 6, 3].map((size, i) => ({
    name: `t${i}`,
    shape: [size],
    lend: (write: (values: Float32Array) => Promise<void>) => write(new Float32Array(size).fill(i)),
  }));
  const read = async () => {
    const found: Record<string, number[]> = {};
    for (const [name, entry] of await findWeights(dir)) {
      const values = new Float32Array(entry.shape[0]);
      await readInto(entry, values);
      found[name] = [...values];
    }
    return found;
  };
  const expected = Object.fromEntries(
    tensors.map(({ name, shape }, i) => [name, new Array(shape[0]).fill(i)]),
  );
  const files = () => readdirSync(dir).filter((name) => name.startsWith('model'));

  it('come back from shards, none above its size but for a tensor that is', async () => {
    await writeWeights(dir, tensors, { shardBytes: 20 });
    assert.deepEqual(files(), [
      'model-00001-of-00003.safetensors',
      'model-00002-of-00003.safetensors',
      'model-00003-of-00003.safetensors',
      'model.safetensors.index.json',
    ]);
    assert.deepEqual(await read(), expected);
    const index = JSON.parse(readFileSync(join(dir, 'model.safetensors.index.json'), 'utf8'));
    assert.equal(index.metadata.total_size, 4 * 14);
    assert.equal(index.weight_map.t1, 'model-00001-of-00003.safetensors');
  });

  it('replace those of other sizes', async () => {
    await writeWeights(dir, tensors, { shardBytes: 40 });
    assert.deepEqual(files(), [
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
    ]);
    assert.deepEqual(await read(), expected);
    await writeWeights(dir, tensors);
    assert.deepEqual(files(), ['model.safetensors']);
    assert.deepEqual(await read(), expected);
  });

  it('name the shard that is missing, or lacks a tensor, and an index that leads out of the folder', async () => {
    await writeWeights(dir, tensors, { shardBytes: 20 });
    const second = join(dir, 'model-00002-of-00003.safetensors');
    renameSync(second, join(dir, 'aside'));
    await assert.rejects(
      findWeights(dir),
      /model-00002-of-00003\.safetensors: expected a safetensors file, got ENOENT/,
    );
    await writeSafetensors(second, [tensors[0]]);
    await assert.rejects(findWeights(dir), /model-00002-of-00003\.safetensors: t2: expected it here/);
    const index = join(dir, 'model.safetensors.index.json');
    for (const shard of ['../elsewhere.safetensors', '/model.safetensors', 7]) {
      writeFileSync(index, JSON.stringify({ weight_map: { t0: shard } }));
      await assert.rejects(findWeights(dir), /index\.json: t0: expected a \.safetensors file beside it, got/);
    }
    writeFileSync(index, '{"weight_map": null}');
    await assert.rejects(findWeights(dir), /weight_map: expected files by tensor, got null/);
  });

  it('count all of them in the shards, as in transformers, each once', async () => {
    await writeWeights(dir, tensors, { shardBytes: 20 });
    const index = join(dir, 'model.safetensors.index.json');
    const map = JSON.parse(readFileSync(index, 'utf8')).weight_map;
    const { t0, ...others } = map;
    writeFileSync(index, JSON.stringify({ weight_map: others }));
    assert.deepEqual(await read(), expected);
    await writeSafetensors(join(dir, 'model-00003-of-00003.safetensors'), tensors.slice(1));
    await assert.rejects(
      findWeights(dir),
      /00003-of-00003\.safetensors: t1: expected once, got it in .*00001-of-00003\.safetensors too/,
    );
    for (const weightMap of [['t0'], { t0: '../t0.safetensors' }, { t0: 'a\0.safetensors' }]) {
      writeFileSync(index, JSON.stringify({ weight_map: weightMap }));
      await assert.rejects(findWeights(dir), /index\.json: (weight_map|t0): expected .*, got/);
    }
  });

  it('are not read from pickled files', async () => {
    await writeWeights(dir, tensors);
    renameSync(join(dir, 'model.safetensors'), join(dir, 'pytorch_model.bin'));
    assert.ok(!existsSync(join(dir, 'model.safetensors')));
    await assert.rejects(
      findWeights(dir),
      /found neither but pytorch_model\.bin, which can run programs.*safe_serialization/,
    );
  });
});
