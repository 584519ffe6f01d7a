/**
 * Reads a file straight into TensorFlow's memory. As an array of JavaScript's, large memory counts with the garbage
 * collector, which then runs again and again; here no array is made.
 */
import { open } from 'node:fs/promises';
import type { CApi, Pointer } from './capi.ts';

/** Bytes of a file, as many as are wanted, from `start` on. */
export interface FileBytes {
  file: string;
  start: number;
}

/** Bytes a call, and calls side by side: one thread does not fill memory as fast as it can be filled. */
const PART = 1 << 22;
const STRANDS = 4;

/** Fills a tensor. @throws Error where the file is shorter */
export async function readBytes(api: CApi, { file, start }: FileBytes, tensor: Pointer): Promise<void> {
  const memory: Pointer = api.tensorData(tensor);
  const length = Number(api.tensorByteSize(tensor));
  const handle = await open(file, 'r');
  const readAt = (from: number) =>
    new Promise<number>((resolve, reject) => {
      const most = Math.min(PART - (from % PART), length - from);
      const done = (error: unknown, count: number | bigint) =>
        error ? reject(error) : resolve(Number(count));
      api.readAt.async(handle.fd, memory + BigInt(from), most, start + from, done);
    });
  let next = 0;
  const strand = async () => {
    while (next < length) {
      const from = next;
      next += PART;
      for (let at = from; at < Math.min(from + PART, length); ) {
        const count = await readAt(at);
        if (count <= 0) throw new Error(`${file}: expected ${length} bytes at ${start}, got ${at}`);
        at += count;
      }
    }
  };
  try {
    // All end before the memory may be freed.
    const ends = await Promise.allSettled(Array.from({ length: STRANDS }, strand));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await handle.close();
  }
}
