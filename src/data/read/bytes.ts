/**
 * The bytes of a file, streamed, and unpacked on the way where they are gzip or zstd, whatever the file is called.
 * All readers except that of Parquet use it. Errors of the system and of unpacking become one line for a person.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';
import { beginsLikeZstd, zstdFrames } from './zstd.ts';

export type Packing = 'gzip' | 'zstd';

const REASONS: Record<string, string> = {
  ENOENT: 'a file or folder of rows, got no such file',
  ENOTDIR: 'a file or folder of rows, got a path through a file',
  EISDIR: 'a file of rows, got a folder',
  EACCES: 'a file of rows, got no permission to read it',
  EPERM: 'a file of rows, got no permission to read it',
  ELOOP: 'a file of rows, got a link that leads in a circle',
  ENXIO: 'a file of rows, got a socket or a device',
};

/** An error of the system or of zlib as a UserError; any other as it is. */
export function readableError(error: unknown, path: string, packing: Packing = 'gzip'): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  let reason = REASONS[code] ?? `a file of rows, got ${code}`;
  if (code === 'Z_BUF_ERROR') reason = `${packing} data, got a file that ends early`;
  else if (/^(?:Z|ZSTD)_/.test(code)) reason = `${packing} data, got something else (${message})`;
  return new UserError(`${displayPath(path)}: expected ${reason}`);
}

const GZIP = 0x1f8b;

/** How a file is packed: by its first bytes, or else by its name; undefined for one that is not. */
export function packingOf(path: string, start: Buffer): Packing | undefined {
  if (start.length < 2) return undefined;
  if (start.readUInt16BE() === GZIP) return 'gzip';
  if (beginsLikeZstd(start)) return 'zstd';
  return /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'zstd' : undefined;
}

/** The first `size` bytes of the file as it is on the disk, or fewer. @throws UserError when it cannot be read */
export async function storedStart(path: string, size: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readableError(error, path);
  }
}

/** Chunks of the file's content. @throws UserError when it cannot be read or unpacked */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const packing = packingOf(path, await storedStart(path, 4));
  try {
    if (packing === 'zstd') yield* zstdBytes(path);
    else {
      const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
      yield* streamed(source, packing && zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
    }
  } catch (error) {
    throw readableError(error, path, packing);
  }
}

const CHUNK_BYTES = 1 << 18;

/** Pipes `source` through `unpack` where that is given, and ends both with it. */
async function* streamed(source: Readable, unpack?: Transform): AsyncGenerator<Buffer> {
  try {
    if (unpack) {
      source.once('error', (error) => unpack.destroy(error));
      source.pipe(unpack);
    }
    yield* unpack ?? source;
  } finally {
    source.destroy();
    unpack?.destroy();
  }
}

/** The content of zstd data, frame after frame. */
async function* zstdBytes(path: string): AsyncGenerator<Buffer> {
  // From Node 22.15 on.
  if (typeof zlib.createZstdDecompress !== 'function') {
    throw new UserError(
      `${displayPath(path)}: expected Node 22.15 or later to read zstd data, got ${process.version}; ` +
        'update Node, or unpack the file: zstd -d FILE',
    );
  }
  for await (const { start, end } of zstdFrames(path)) {
    const source = createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
    yield* streamed(source, zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES }));
  }
}

/** The first `size` bytes of the content, or fewer where it ends before. */
export async function readStart(path: string, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= size) break;
  }
  return Buffer.concat(chunks).subarray(0, size);
}
