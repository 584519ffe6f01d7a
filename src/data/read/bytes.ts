/**
 * The bytes of a file, streamed, unpacked on the way where its name ends in `.gz`. All readers but the one of
 * Parquet begin here; what the system or the unpacking refuses comes out as a line for a person.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';
import { displayPath } from '../../recipe/paths.ts';

export const isGzip = (path: string) => /\.gz$/i.test(path);

const REASONS: Record<string, string> = {
  ENOENT: 'a file or folder of rows, got no such file',
  EISDIR: 'a file of rows, got a folder',
  EACCES: 'a file of rows, got no permission to read it',
  Z_BUF_ERROR: 'gzip data, got a file that ends early',
  Z_DATA_ERROR: 'gzip data, got something else',
};

/** An error of the system or of zlib as a UserError; any other as it is. */
export function readableError(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  const detail = code === 'Z_DATA_ERROR' ? ` (${message})` : '';
  return new UserError(
    `${displayPath(path)}: expected ${REASONS[code] ?? `a file of rows, got ${code}`}${detail}`,
  );
}

/** Chunks of the file's content. @throws UserError when it cannot be read, or is no gzip although named so */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  let stream: AsyncIterable<Buffer> = source;
  if (isGzip(path)) {
    const gunzip = createGunzip({ chunkSize: 1 << 18 });
    source.once('error', (error) => gunzip.destroy(error));
    stream = source.pipe(gunzip);
  }
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw readableError(error, path);
  } finally {
    source.destroy();
  }
}

/** The first `size` bytes, or fewer where the content ends before; `whole` tells which. */
export async function readStart(path: string, size: number): Promise<{ start: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > size) return { start: Buffer.concat(chunks).subarray(0, size), whole: false };
  }
  return { start: Buffer.concat(chunks), whole: true };
}
