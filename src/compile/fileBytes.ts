/**
 * Reads files straight into TensorFlow's memory. As an array of JavaScript's, large memory counts with the garbage
 * collector, which then runs again and again; here no array is made.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import type { CApi, Pointer } from './capi.ts';

/** Bytes of a file, as many as are wanted, from `start` on. */
export interface FileBytes {
  file: string;
  start: number;
  /** Called with some of the bytes, from byte `from` on, which are to be used at once; it throws what is wrong. */
  check?(bytes: Uint8Array, from: number): void;
}

/** A tensor that is to be filled from a file. */
export interface Filling extends FileBytes {
  tensor: Pointer;
  /** Called once it is full. */
  full(): void;
}

/** Some bytes of one of them. */
interface Part {
  filling: Filling;
  byteLength: number;
  memory: Pointer;
  from: number;
  size: number;
  /** To be called once they are there. */
  done(): void;
}

/** Bytes of a part, and parts side by side: one thread does not fill memory as fast as it can be filled. */
const PART = 1 << 22;
const STRANDS = 4;
/** Bytes that are copied and checked at a time: they stay in the cache of a core. */
const CHECKED = 1 << 18;

/**
 * Fills tensors one after the other, without a pause between them.
 * @throws UserError where a file is shorter, and what `check` throws
 */
export async function fillTensors(api: CApi, fillings: Filling[]): Promise<void> {
  const parts = partsOf(api, fillings);
  const handles = new Map<string, Promise<FileHandle>>();
  const opened = (file: string) => {
    const handle = handles.get(file) ?? open(file, 'r');
    handles.set(file, handle);
    return handle;
  };
  const strand = async () => {
    const copy = Buffer.alloc(CHECKED);
    // Whoever fails closes `parts`, so that the others find no more of them.
    for (const part of parts) {
      await readPart(api, await opened(part.filling.file), part);
      checkPart(api, part, copy);
      part.done();
    }
  };
  // All end before the memory may be freed.
  const ends = await Promise.allSettled(Array.from({ length: STRANDS }, strand));
  for (const end of await Promise.allSettled(handles.values()))
    if (end.status === 'fulfilled') await end.value.close();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function* partsOf(api: CApi, fillings: Filling[]): Generator<Part> {
  for (const filling of fillings) {
    const { tensor, full } = filling;
    const byteLength = Number(api.tensorByteSize(tensor));
    const memory: Pointer = api.tensorData(tensor);
    let missing = Math.ceil(byteLength / PART);
    const done = () => {
      missing -= 1;
      if (missing === 0) full();
    };
    if (missing === 0) full();
    for (let from = 0; from < byteLength; from += PART)
      yield { filling, byteLength, memory, from, size: Math.min(PART, byteLength - from), done };
  }
}

/** Through a copy, since an array over the memory itself would count with the garbage collector. */
function checkPart(api: CApi, { filling, memory, from, size }: Part, copy: Buffer): void {
  if (!filling.check) return;
  for (let at = from; at < from + size; at += CHECKED) {
    const length = Math.min(CHECKED, from + size - at);
    api.copy(copy, memory + BigInt(at), length);
    filling.check(copy.subarray(0, length), at);
  }
}

async function readPart(api: CApi, handle: FileHandle, part: Part): Promise<void> {
  const { filling, byteLength, memory, from, size } = part;
  const { file, start } = filling;
  await populate(api, memory + BigInt(from), size);
  for (let at = from; at < from + size; ) {
    const count = await new Promise<number>((resolve, reject) => {
      const done = (error: unknown, count: number | bigint) =>
        error ? reject(error) : resolve(Number(count));
      api.readAt.async(handle.fd, memory + BigInt(at), from + size - at, start + at, done);
    });
    if (count <= 0) {
      const got = Math.max(0, (await handle.stat()).size - start);
      throw new UserError(
        `${file}: expected ${byteLength} bytes at ${start}, got ${got}; the file is cut off`,
      );
    }
    at += count;
  }
}

/** Of Linux 5.14 and newer; older ones do nothing. */
const MADV_POPULATE_WRITE = 23;
const PAGE = 4096n;

/** Has new memory made at once, and not page by page while it is read into: a sixth of the time of a large model. */
async function populate(api: CApi, memory: Pointer, size: number): Promise<void> {
  if (process.platform !== 'linux') return;
  const start = (memory / PAGE) * PAGE;
  const length = Number(memory - start) + size;
  await new Promise((resolve) => api.advise.async(start, length, MADV_POPULATE_WRITE, resolve));
}
