/** Git LFS leaves small text files, pointers, in place of large files that were not fetched. */
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
