/** Git LFS leaves small text files, pointers, in place of large files that were not fetched. */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from './errors.ts';

const START = 'version https://git-lfs.github.com/spec/';
/** Bytes at the start of a file that are enough to recognise a pointer. */
export const POINTER_BYTES = START.length;

/**
 * @param start the first `POINTER_BYTES` bytes of the file, or more
 * @throws UserError where they are the start of a pointer
 */
export function refuseLfsPointer(file: string, start: string | Uint8Array): void {
  const text = typeof start === 'string' ? start : Buffer.from(start.subarray(0, POINTER_BYTES)).toString();
  if (!text.startsWith(START)) return;
  throw new UserError(
    `${file}: expected the file itself, got a Git LFS pointer to it; fetch it: git lfs pull`,
  );
}

/** The same for those files of a folder that are there. */
export async function refuseLfsPointers(dir: string, names: string[]): Promise<void> {
  for (const name of names) {
    const file = join(dir, name);
    const info = await stat(file).catch(() => null);
    // Opening a FIFO would wait for a writer.
    if (!info?.isFile()) continue;
    const handle = await open(file, 'r').catch(() => null);
    if (!handle) continue;
    try {
      const start = Buffer.alloc(POINTER_BYTES);
      const { bytesRead } = await handle.read(start, 0, POINTER_BYTES, 0);
      refuseLfsPointer(file, start.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }
}
