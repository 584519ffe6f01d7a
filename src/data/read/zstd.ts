/**
 * Where the frames of zstd data begin and end, by their headers (RFC 8878, section 3.1). Node unpacks one frame, and
 * its first releases with zstd do not notice that a frame is cut off; a file may have any number of frames.
 */
import { type FileHandle, open } from 'node:fs/promises';

const MAGIC = 0xfd2fb528;
/** Sixteen numbers that begin a frame without content, as pzstd writes them. */
const SKIPPABLE = 0x184d2a50;

/** Bytes of a field, by the flag of two bits in the frame's header that tells its size. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];
const CHECKSUM_BYTES = 4;

const isSkippable = (magic: number) => (magic & 0xfffffff0) >>> 0 === SKIPPABLE;

/** Whether bytes begin like zstd data. */
export function beginsLikeZstd(start: Buffer): boolean {
  return start.length >= 4 && (start.readUInt32LE() === MAGIC || isSkippable(start.readUInt32LE()));
}

/** An error like those of zlib: what is there is no zstd data, or ends early. */
const failure = (code: 'Z_BUF_ERROR' | 'Z_DATA_ERROR', message: string) =>
  Object.assign(new Error(message), { code });

/** `length` bytes of the file. @throws an error like zlib's where it ends before */
async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw failure('Z_BUF_ERROR', 'unexpected end of file');
  return buffer;
}

/** Where the frame that begins at `at` ends. */
async function frameEnd(file: FileHandle, at: number): Promise<number> {
  const magic = (await bytesAt(file, at, 4)).readUInt32LE();
  if (isSkippable(magic)) return at + 8 + (await bytesAt(file, at + 4, 4)).readUInt32LE();
  if (magic !== MAGIC) throw failure('Z_DATA_ERROR', 'unknown frame');
  const flags = (await bytesAt(file, at + 4, 1))[0];
  const single = Boolean(flags & 0x20);
  const sizeBytes = SIZE_BYTES[flags >> 6] || Number(single);
  let next = at + 5 + Number(!single) + DICTIONARY_BYTES[flags & 3] + sizeBytes;
  for (let last = false; !last; ) {
    const header = (await bytesAt(file, next, 3)).readUIntLE(0, 3);
    last = Boolean(header & 1);
    // A block of one byte repeated holds that byte alone.
    const repeated = ((header >> 1) & 3) === 1;
    next += 3 + (repeated ? 1 : header >> 3);
  }
  return next + (flags & 4 ? CHECKSUM_BYTES : 0);
}

/** First byte and end of each frame of the file. @throws an error like zlib's where one is cut off or is none */
export async function* zstdFrames(path: string): AsyncGenerator<{ start: number; end: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let start = 0; start < size; ) {
      const end = await frameEnd(file, start);
      if (end > size) throw failure('Z_BUF_ERROR', 'unexpected end of file');
      yield { start, end };
      start = end;
    }
  } finally {
    await file.close();
  }
}
