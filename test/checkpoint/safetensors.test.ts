import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  readBits,
  readHeader,
  readInto,
  type TensorEntry,
  writeSafetensors,
} from '../../src/checkpoint/safetensors.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/files.ts';
import { parkMiller } from '../support/tiny.ts';

describe('safetensors', () => {
  const dir = temporaryFolder();
  const source = (name: string, shape: number[], values: number[]) => ({
    name,
    shape,
    lend: (write: (values: Float32Array) => Promise<void>) => write(Float32Array.from(values)),
  });

  const readTensor = async (entry: TensorEntry): Promise<number[]> => {
    const values = new Float32Array(entry.shape.reduce((product, dim) => product * dim, 1));
    await readInto(entry, values);
    return [...values];
  };

  it('gives back what was written, from data that begin at a multiple of eight', async () => {
    const file = join(dir, 'a.safetensors');
    await writeSafetensors(file, [source('b', [2, 2], [1, -2, 3.5, 1e-30]), source('가', [3], [4, 5, 6])]);
    const entries = await readHeader(file);
    assert.deepEqual([...entries.keys()], ['b', '가']);
    assert.deepEqual(entries.get('b')?.shape, [2, 2]);
    assert.equal((entries.get('b')?.start as number) % 8, 0);
    const [b, korean] = [...entries.values()];
    assert.deepEqual(await readTensor(b), [1, -2, 3.5, Math.fround(1e-30)]);
    assert.deepEqual(await readTensor(korean), [4, 5, 6]);
  });

  /** A file by hand: a header and bytes. */
  function write(name: string, header: unknown, bytes: Uint8Array, length?: number): string {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(length ?? text.length));
    writeFileSync(join(dir, name), Buffer.concat([prefix, text, bytes]));
    return join(dir, name);
  }

  it('reads half and bfloat16', async () => {
    // 1.5, −2, the smallest half above zero, infinity; then 1.5 and −2.25 in bfloat16.
    const halves = Uint16Array.of(0x3e00, 0xc000, 0x0001, 0x7c00, 0x3fc0, 0xc010);
    const header = {
      half: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
    };
    const file = write('halves', header, new Uint8Array(halves.buffer));
    const entries = await readHeader(file);
    const [half, brain] = [...entries.values()];
    assert.deepEqual(await readTensor(half), [1.5, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
    assert.deepEqual(await readTensor(brain), [1.5, -2.25]);
  });

  function emptyFile(): string {
    writeFileSync(join(dir, 'empty'), '');
    return join(dir, 'empty');
  }

  const eight = new Uint8Array(8);
  const good = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const bad: [string, () => string, RegExp][] = [
    [
      'a header longer than the file',
      () => write('long', '{}', eight, 5000),
      /header of at most 10 bytes, got 5000/,
    ],
    ['a header that is no JSON', () => write('text', 'hello', eight), /expected a JSON header/],
    [
      'an unknown dtype',
      () => write('dtype', { t: { ...good, dtype: 'I9' } }, eight),
      /t: dtype: expected BOOL.*F32.*"I9"/,
    ],
    [
      'a shape that is none',
      () => write('shape', { t: { ...good, shape: [-2] } }, eight),
      /t: shape: .*\[-2\]/,
    ],
    [
      'bytes that do not fit the shape',
      () => write('size', { t: { ...good, shape: [3] } }, eight),
      /t: expected 12 bytes/,
    ],
    [
      'a range beyond the file',
      () => write('cut', { t: good }, new Uint8Array(4)),
      /t: expected 8 bytes inside/,
    ],
    [
      'a range backwards',
      () => write('back', { t: { ...good, data_offsets: [8, 0] } }, eight),
      /t: expected 8 bytes/,
    ],
    [
      'a tensor over another',
      () => write('over', { t: good, u: { ...good, shape: [1], data_offsets: [4, 8] } }, eight),
      /u: expected to begin at \d+, behind t, got/,
    ],
    [
      'the same bytes for two tensors',
      () => write('same', { t: good, u: good }, eight),
      /u: expected to begin at/,
    ],
    [
      'bytes between tensors',
      () => write('gap', { t: { ...good, shape: [1], data_offsets: [4, 8] } }, eight),
      /4 bytes behind the header are no tensor's/,
    ],
    ['bytes behind the last', () => write('more', { t: good }, new Uint8Array(9)), /1 bytes behind t are no/],
    ['a list as header', () => write('list', [good], eight), /expected a JSON object/],
    ['an empty file', emptyFile, /at least 8 bytes, got 0/],
    ['no file', () => join(dir, 'none'), /expected a safetensors file, got ENOENT/],
  ];
  for (const [what, make, message] of bad) {
    it(`refuses ${what}`, () => assert.rejects(readHeader(make()), message));
  }

  it('leaves tensors of other dtypes alone, until they are read', async () => {
    const dtypes: [string, number[]][] = [
      ['I64', [1]],
      ['F8_E8M0', [8]],
      ['F8_E4M3', [8]],
      ['F4', [4, 4]],
      ['C64', [1]],
    ];
    for (const [dtype, shape] of dtypes) {
      const file = write('ids', { ids: { dtype, shape, data_offsets: [0, 8] } }, eight);
      const [ids] = (await readHeader(file)).values();
      await assert.rejects(
        readTensor(ids),
        new RegExp(`ids: dtype: expected F32, F16 or BF16, got ${dtype}, which is not supported`),
      );
    }
  });

  it('names a pointer of Git LFS, and no more tensors than any model has', async () => {
    writeFileSync(
      join(dir, 'pointer'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2\n',
    );
    await assert.rejects(
      readHeader(join(dir, 'pointer')),
      /got a Git LFS pointer to it; fetch it: git lfs pull/,
    );
    const none = '"dtype":"U8","shape":[0],"data_offsets":[0,0]';
    const header = Array.from({ length: 200_001 }, (_, i) => `"${i}":{${none}}`).join(',');
    await assert.rejects(
      readHeader(write('many', `{${header}}`, new Uint8Array())),
      /many: expected at most 200000 tensors, got 200001/,
    );
  });

  it('widens long tensors part by part', async () => {
    const count = (1 << 20) + 3;
    const halves = Uint16Array.from({ length: count }, (_, i) => (i % 7 === 0 ? 0xbf80 : i & 0x3fff));
    const header = { brain: { dtype: 'BF16', shape: [count], data_offsets: [0, 2 * count] } };
    const [entry] = (await readHeader(write('wide', header, new Uint8Array(halves.buffer)))).values();
    const values = new Float32Array(count);
    await readInto(entry, values);
    const bits = new Uint32Array(values.buffer);
    for (const [i, half] of halves.entries()) if (bits[i] !== (half << 16) >>> 0) assert.fail(`value ${i}`);
  });

  it('rounds whatever it reads to bfloat16, part by part', async () => {
    const count = (1 << 20) + 3;
    const random = parkMiller(5);
    const values = Float32Array.from({ length: count }, () => random() * 4 - 2);
    const file = join(dir, 'narrow.safetensors');
    for (const dtype of ['F32', 'F16', 'BF16']) {
      const tensor = { name: 'x', shape: [count], dtype };
      await writeSafetensors(file, [{ ...tensor, lend: (write) => write(values) }]);
      const [entry] = (await readHeader(file)).values();
      const [halves, stored] = [new Uint16Array(count), new Float32Array(count)];
      await readBits(entry, halves);
      await readInto(entry, stored);
      for (let i = 0; i < count; i += 997) {
        const read = new Float32Array(Uint32Array.of(halves[i] << 16).buffer)[0];
        assert.ok(
          Math.abs(read - stored[i]) <= Math.abs(stored[i]) * 2 ** -8,
          `${dtype} ${i}: ${read}, ${stored[i]}`,
        );
      }
    }
  });

  it('reads or refuses whatever bytes of a file are changed', async () => {
    const file = join(dir, 'whole');
    await writeSafetensors(file, [source('a', [2, 2], [1, 2, 3, 4]), source('b', [3], [5, 6, 7])]);
    const whole = readFileSync(file);
    const random = parkMiller(3);
    const pick = (count: number) => Math.floor(random() * count);
    for (let turn = 0; turn < 1500; turn++) {
      let bytes: Uint8Array = Uint8Array.from(whole);
      for (let i = pick(3); i >= 0; i--)
        bytes[pick(bytes.length - 28)] = pick(3) === 0 ? pick(256) : 48 + pick(10);
      if (pick(4) === 0) bytes = bytes.subarray(0, pick(bytes.length));
      writeFileSync(join(dir, 'changed'), bytes);
      try {
        for (const entry of (await readHeader(join(dir, 'changed'))).values()) await readTensor(entry);
      } catch (error) {
        assert.ok(error instanceof UserError, `turn ${turn}: ${(error as Error).stack}`);
        assert.match(error.message, /changed: /);
      }
    }
  });
});
