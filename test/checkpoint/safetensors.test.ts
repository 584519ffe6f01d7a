import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHeader, readTensor, writeSafetensors } from '../../src/checkpoint/safetensors.ts';
import { temporaryFolder } from '../support/files.ts';

describe('safetensors', () => {
  const dir = temporaryFolder();
  const source = (name: string, shape: number[], values: number[]) => ({
    name,
    shape,
    lend: (write: (values: Float32Array) => Promise<void>) => write(Float32Array.from(values)),
  });

  it('gives back what was written, from data that begin at a multiple of eight', async () => {
    const file = join(dir, 'a.safetensors');
    await writeSafetensors(file, [source('b', [2, 2], [1, -2, 3.5, 1e-30]), source('가', [3], [4, 5, 6])]);
    const entries = await readHeader(file);
    assert.deepEqual([...entries.keys()], ['b', '가']);
    assert.deepEqual(entries.get('b')?.shape, [2, 2]);
    assert.equal((entries.get('b')?.start as number) % 8, 0);
    const [b, korean] = [...entries.values()];
    assert.deepEqual([...(await readTensor(file, b))], [1, -2, 3.5, Math.fround(1e-30)]);
    assert.deepEqual([...(await readTensor(file, korean))], [4, 5, 6]);
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
    assert.deepEqual([...(await readTensor(file, half))], [1.5, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
    assert.deepEqual([...(await readTensor(file, brain))], [1.5, -2.25]);
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
      /t: dtype: expected F32.*"I9"/,
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
    ['an empty file', emptyFile, /at least 8 bytes, got 0/],
    ['no file', () => join(dir, 'none'), /expected a safetensors file, got ENOENT/],
  ];
  for (const [what, make, message] of bad) {
    it(`refuses ${what}`, () => assert.rejects(readHeader(make()), message));
  }
});
