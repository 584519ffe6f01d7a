/** Variables that are read from a file without passing through JavaScript. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { lendValues, newVariables } from '../../src/compile/index.ts';
import { UserError } from '../../src/errors.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array | Uint16Array) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

describe('variables stored in a file', () => {
  let folder: string;
  before(async () => {
    await startTensorFlow();
    folder = mkdtempSync(join(tmpdir(), 'plug-bytes-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Somewhat more than two chunks, after `start` other bytes. */
  const size = 2 * 2 ** 20 + 3;
  const start = 5;
  const values = Float32Array.from({ length: size }, (_, i) => (i % 509) / 4 - 60);
  const write = (name: string, bytes: Buffer) => {
    const file = join(folder, name);
    writeFileSync(file, Buffer.concat([Buffer.alloc(start, 1), bytes, Buffer.alloc(7, 1)]));
    return file;
  };
  const never = () => assert.fail('filled, though its bytes are in the file');

  it('have its values, whatever lies around them', async () => {
    const file = write('float32', bytesOf(values));
    const { a, b } = await newVariables({ a: [size], b: [2] }, (into) => void into.fill(3), {
      stored: (name) => (name === 'a' ? { file, start } : null),
    });
    await lendValues(a, (found) => assert.ok(bytesOf(found).equals(bytesOf(values))));
    assert.deepEqual([...(await b.data())], [3, 3]);
    tf.dispose([a, b]);
  });

  it('have its bits, where they are kept in bf16', async () => {
    const upper = new Uint16Array(values.buffer).filter((_, i) => i % 2 === 1);
    const file = write('bf16', bytesOf(upper));
    const { a } = await newVariables({ a: [size] }, never, {
      trainable: false,
      bf16: { names: new Set(['a']), fill: never },
      stored: () => ({ file, start }),
    });
    const bits = Uint32Array.from(upper, (half) => half << 16);
    await lendValues(a, (found) => assert.ok(bytesOf(found).equals(bytesOf(bits))));
    a.dispose();
  });

  it('are filled op by op, where there is no session to read into', async () => {
    const { a } = await newVariables({ a: [2] }, (into) => void into.fill(3), {
      mode: 'eager',
      stored: never,
    });
    assert.deepEqual([...a.dataSync()], [3, 3]);
    a.dispose();
  });

  it('are checked part by part, and not made where a check fails', async () => {
    const before = tf.memory().numTensors;
    const file = write('checked', bytesOf(values));
    const seen: [number, number][] = [];
    const check = (bytes: Uint8Array, from: number) => {
      assert.ok(
        bytesOf(values)
          .subarray(from, from + bytes.length)
          .equals(bytes),
      );
      seen.push([from, bytes.length]);
    };
    const found = await newVariables({ b: [size] }, never, { stored: () => ({ file, start, check }) });
    const ends = seen.sort(([a], [b]) => a - b).map(([from, length]) => [from, from + length]);
    assert.deepEqual([0, ...ends.map(([, end]) => end)], [...ends.map(([from]) => from), 4 * size]);
    tf.dispose(found);
    const refuse = () => {
      throw new UserError('no');
    };
    const stored = () => ({ file, start, check: refuse });
    await assert.rejects(newVariables({ b: [size] }, never, { stored }), new UserError('no'));
    assert.equal(tf.memory().numTensors, before);
  });

  it('are not made where the file is shorter or gone', async () => {
    const before = tf.memory().numTensors;
    const file = write('short', bytesOf(values));
    truncateSync(file, start + 6_000_000);
    const stored = () => ({ file, start });
    await assert.rejects(
      newVariables({ a: [2], b: [size] }, never, { stored }),
      new UserError(`${file}: expected ${4 * size} bytes at ${start}, got 6000000; the file is cut off`),
    );
    rmSync(file);
    await assert.rejects(newVariables({ a: [2] }, never, { stored }), { code: 'ENOENT' });
    assert.equal(tf.memory().numTensors, before);
  });
});
