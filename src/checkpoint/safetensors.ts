/**
 * The safetensors format: eight bytes of header length, a JSON header with dtype, shape and byte range of each
 * tensor, then the bytes. Tensors are written and read one at a time.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '../errors.ts';

export type Dtype = 'F32' | 'F16' | 'BF16';

export interface TensorEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** Byte range in the file. */
  start: number;
  end: number;
}

/** A tensor to write: float32 values, lent when their turn comes. */
export interface TensorSource {
  name: string;
  shape: number[];
  lend(write: (values: Float32Array) => Promise<void>): Promise<void>;
}

const BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2 };
/** The format's own bound on the header; a longer one is a lie or not safetensors. */
const MAX_HEADER_BYTES = 100_000_000;

const countOf = (shape: number[]) => shape.reduce((product, dim) => product * dim, 1);

/** Writes float32 tensors to `file` and flushes it to disk. */
export async function writeSafetensors(file: string, tensors: TensorSource[]): Promise<void> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const { name, shape } of tensors) {
    const end = offset + countOf(shape) * BYTES.F32;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  // Padded with spaces, as the format asks, so that the data begin at a multiple of eight bytes.
  const padded = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8), ' '));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const handle = await open(file, 'w');
  try {
    await writeAll(handle, length);
    await writeAll(handle, padded);
    for (const { name, shape, lend } of tensors) {
      await lend(async (values) => {
        if (values.length !== countOf(shape)) {
          throw new Error(`${file}: ${name}: expected ${countOf(shape)} values, got ${values.length}`);
        }
        await writeAll(handle, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Entries of a file by name, each checked against the file's size. @throws UserError naming file and tensor */
export async function readHeader(file: string): Promise<Map<string, TensorEntry>> {
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    const bad = (what: string) =>
      new UserError(`${file}: ${what}; the file is damaged or no safetensors file`);
    if (size < 8) throw bad(`expected at least 8 bytes, got ${size}`);
    const prefix = Buffer.alloc(8);
    await readExactly(handle, 0, prefix);
    const length = Number(prefix.readBigUInt64LE());
    if (length > Math.min(size - 8, MAX_HEADER_BYTES)) {
      throw bad(`expected a header of at most ${Math.min(size - 8, MAX_HEADER_BYTES)} bytes, got ${length}`);
    }
    const text = Buffer.alloc(length);
    await readExactly(handle, 8, text);
    let header: unknown;
    try {
      header = JSON.parse(text.toString('utf8'));
    } catch {
      throw bad('expected a JSON header, got something else');
    }
    if (typeof header !== 'object' || header === null) throw bad('expected a JSON object as header');
    const entries = new Map<string, TensorEntry>();
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      entries.set(name, checkEntry(name, value, 8 + length, size, bad));
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/** Reads one tensor into `values` as float32, whatever the dtype in the file. */
export async function readInto(file: string, entry: TensorEntry, values: Float32Array): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const handle = await openForReading(file);
  try {
    if (entry.dtype === 'F32') return await readExactly(handle, entry.start, bytes);
    const halves = new Uint16Array(values.length);
    await readExactly(handle, entry.start, new Uint8Array(halves.buffer));
    toFloat32(halves, entry.dtype, values);
  } finally {
    await handle.close();
  }
}

/** Values of one tensor as float32. */
export async function readTensor(file: string, entry: TensorEntry): Promise<Float32Array> {
  const values = new Float32Array(countOf(entry.shape));
  await readInto(file, entry, values);
  return values;
}

function checkEntry(
  name: string,
  value: unknown,
  dataStart: number,
  size: number,
  bad: (what: string) => UserError,
): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype)) {
    throw bad(`${name}: dtype: expected ${Object.keys(BYTES).join(', ')}, got ${JSON.stringify(dtype)}`);
  }
  const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw bad(`${name}: shape: expected a list of sizes, got ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw bad(`${name}: data_offsets: expected two positions, got ${JSON.stringify(offsets)}`);
  }
  const [start, end] = offsets.map((offset) => dataStart + offset);
  const bytes = countOf(shape) * BYTES[dtype as Dtype];
  if (end - start !== bytes || end > size) {
    throw bad(`${name}: expected ${bytes} bytes inside the file's ${size}, got the range ${start} to ${end}`);
  }
  return { name, dtype: dtype as Dtype, shape, start, end };
}

function toFloat32(halves: Uint16Array, dtype: 'F16' | 'BF16', values: Float32Array): void {
  if (dtype === 'BF16') {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  } else {
    for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i]);
  }
}

/** IEEE 754 half precision to a number. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

async function openForReading(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw new UserError(`${file}: expected a safetensors file, got ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Chunks bound each call: one read or write of over 2 GiB fails on Linux. */
const CHUNK = 1 << 30;

async function readExactly(handle: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  const { length } = bytes;
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(CHUNK, length - done), position + done);
    if (bytesRead === 0) throw new Error(`expected ${length} bytes at ${position}, got ${done}`);
    done += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(CHUNK, bytes.length - done));
    done += bytesWritten;
  }
}
