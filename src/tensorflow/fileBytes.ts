/**
 * Reads files straight into TensorFlow's memory. Large JavaScript arrays would count with the garbage collector, which
 * would run again and again.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import type { CApi, Pointer } from './capi.ts';

/** Bytes of a file from `start` on. */
export interface FileBytes {
  file: string;
  start: number;
  /** Called with some of the bytes, from byte `from` on, which are to be used at once; it throws what is wrong. */
  check?(bytes: Uint8Array, from: number): void;
}

/** A tensor to fill with bytes of a file. */
interface Filling extends FileBytes {
  tensor: Pointer;
  /** Called once the tensor is filled. */
  onFull(): void;
}

/** Some bytes of a filling. */
interface Chunk {
  filling: Filling;
  /** Bytes of the whole filling. */
  byteLength: number;
  memory: Pointer;
  from: number;
  size: number;
  /** To be called once they are read. */
  done(): void;
}

const CHUNK_BYTES = 1 << 22;
/** Chunks read at a time: one thread alone does not reach the memory's bandwidth. */
const PARALLEL_READS = 4;
/** Bytes copied and checked at a time: they fit in the cache of a core. */
const CHECKED_BYTES = 1 << 18;

/**
 * Fills tensors in order, without a pause between them.
 * @throws UserError when a file is too short, and what `check` throws
 */
export async function fillTensors(api: CApi, fillings: Filling[]): Promise<void> {
  const chunks = chunksOf(api, fillings);
  const handles = new Map<string, Promise<FileHandle>>();
  const handleOf = (file: string) => {
    const handle = handles.get(file) ?? open(file, 'r');
    handles.set(file, handle);
    return handle;
  };
  const readChunks = async () => {
    const copy = Buffer.alloc(CHECKED_BYTES);
    // A failure closes the generator, so that the other readers stop too.
    for (const chunk of chunks) {
      await readChunk(api, await handleOf(chunk.filling.file), chunk);
      checkChunk(api, chunk, copy);
      chunk.done();
    }
  };
  // All readers must end before the memory may be freed.
  const ends = await Promise.allSettled(Array.from({ length: PARALLEL_READS }, readChunks));
  for (const end of await Promise.allSettled(handles.values()))
    if (end.status === 'fulfilled') await end.value.close();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function* chunksOf(api: CApi, fillings: Filling[]): Generator<Chunk> {
  for (const filling of fillings) {
    const { tensor, onFull } = filling;
    const byteLength = Number(api.tensorByteSize(tensor));
    const memory: Pointer = api.tensorData(tensor);
    let missing = Math.ceil(byteLength / CHUNK_BYTES);
    const done = () => {
      missing -= 1;
      if (missing === 0) onFull();
    };
    if (missing === 0) onFull();
    for (let from = 0; from < byteLength; from += CHUNK_BYTES)
      yield { filling, byteLength, memory, from, size: Math.min(CHUNK_BYTES, byteLength - from), done };
  }
}

/** Through a copy: an array over the tensor's memory would count for the garbage collector. */
function checkChunk(api: CApi, { filling, memory, from, size }: Chunk, copy: Buffer): void {
  if (!filling.check) return;
  for (let at = from; at < from + size; at += CHECKED_BYTES) {
    const length = Math.min(CHECKED_BYTES, from + size - at);
    api.copy(copy, memory + BigInt(at), length);
    filling.check(copy.subarray(0, length), at);
  }
}

async function readChunk(api: CApi, handle: FileHandle, chunk: Chunk): Promise<void> {
  const { filling, byteLength, memory, from, size } = chunk;
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

/** Linux 5.14 and newer; older kernels ignore it. */
const MADV_POPULATE_WRITE = 23;
const PAGE_BYTES = 4096n;

/** Maps new memory at once, instead of page by page while it is read into: that saves a sixth of a large model's loading. */
async function populate(api: CApi, memory: Pointer, size: number): Promise<void> {
  if (process.platform !== 'linux') return;
  const start = (memory / PAGE_BYTES) * PAGE_BYTES;
  const length = Number(memory - start) + size;
  await new Promise((resolve) => api.advise.async(start, length, MADV_POPULATE_WRITE, resolve));
}
