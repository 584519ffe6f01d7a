import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Encoded } from '../../src/data/tokens/encode.ts';
import { fileWriter, memoryWriter, openSequences } from '../../src/data/tokens/sequences.ts';
import { temporaryFolder } from '../support/files.ts';

const sequences: [Encoded, number][] = ['하나', 'b#2', ''].map((id, i) => [
  {
    id,
    ids: Int32Array.from({ length: 5 * i + 1 }, (_, j) => 100_000 * i + j),
    spans: Int8Array.from({ length: 5 * i + 1 }, (_, j) => (j % 5) - 1),
  },
  2 - i,
]);

describe('sequences on disk', () => {
  const dir = temporaryFolder();
  const write = async (some: typeof sequences, path: string) => {
    const [file, memory] = [fileWriter(path), memoryWriter()];
    for (const [sequence, group] of some) {
      await file.add(sequence, group);
      await memory.add(sequence, group);
    }
    return { file: await file.finish(), memory: await memory.finish(), inMemory: memory.sequences() };
  };

  it('come back as those in memory, in any order', async () => {
    const { inMemory, ...hashes } = await write(sequences, join(dir, 'three'));
    const onDisk = openSequences(join(dir, 'three'));
    assert.equal(onDisk.count, 3);
    for (const key of ['lengths', 'groups'] as const) assert.deepEqual(onDisk[key], inMemory[key]);
    for (const i of [2, 0, 1, 1]) {
      assert.deepEqual(onDisk.get(i), inMemory.get(i));
      assert.deepEqual(onDisk.get(i), sequences[i][0]);
    }
    assert.equal(hashes.file, hashes.memory);
    onDisk.close();
  });

  it('are named by a hash of tokens and mask', async () => {
    const hash = async (some: typeof sequences) => (await write(some, join(dir, 'hash'))).file;
    const [one, two, three] = sequences;
    const masked: Encoded = { ...three[0], spans: three[0].spans.map((span) => (span === 3 ? -1 : span)) };
    const hashes = await Promise.all(
      [
        [one, two, three],
        [two, one, three],
        [one, two],
      ].map(hash),
    );
    assert.equal(new Set([...hashes, await hash([one, two, [masked, 0]])]).size, 4);
    assert.equal(await hash(sequences), await hash(sequences));
  });

  it('can be none', async () => {
    const { inMemory } = await write([], join(dir, 'none'));
    const onDisk = openSequences(join(dir, 'none'));
    assert.deepEqual([onDisk.count, inMemory.count], [0, 0]);
    for (const some of [onDisk, inMemory]) assert.throws(() => some.get(0), RangeError);
    onDisk.close();
  });

  it('are kept when there are more than fit into one write', async () => {
    const big: [Encoded, number][] = Array.from({ length: 700 }, (_, i) => [
      { id: `n${i}`, ids: new Int32Array(1000).fill(i), spans: new Int8Array(1000).fill(i % 4) },
      0,
    ]);
    await write(big, join(dir, 'big'));
    const onDisk = openSequences(join(dir, 'big'));
    for (const i of [0, 233, 699]) assert.deepEqual(onDisk.get(i), big[i][0]);
    onDisk.close();
  });
});
