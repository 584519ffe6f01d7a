/** A short mark of a model's weights, by which an adapter knows whether its base is still the one it was trained on. */
import { createHash } from 'node:crypto';
import { sizeOf } from '../shapes.ts';
import { readBits, type TensorEntry } from './safetensors.ts';

/** Values of each tensor that count, from its middle: training changes all of them. */
const SAMPLE = 64;

/** The same for the same weights in float32 and in bf16. */
export async function markOf(entries: ReadonlyMap<string, TensorEntry>): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, entry] of entries) {
    const size = sizeOf(entry.shape);
    const halves = new Uint16Array(Math.min(SAMPLE, size));
    const start = entry.start + Math.floor((size - halves.length) / 2) * (entry.dtype === 'F32' ? 4 : 2);
    await readBits({ ...entry, start }, halves);
    hash.update(`\0${name} ${entry.shape}\0`).update(halves);
  }
  return hash.digest('hex').slice(0, 16);
}
