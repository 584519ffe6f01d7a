/**
 * The safetensors format: eight bytes of header length, a JSON header with dtype, shape and byte range of each
 * tensor, then the bytes. Tensors are written and read one at a time.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { POINTER_BYTES, refuseLfsPointer } from '../gitLfs.ts';
import { NARROW, WIDEN } from '../halves.ts';
import { sizeOf } from '../shapes.ts';
import { shown } from '../shown.ts';

/** Where a tensor lies. */
export interface TensorEntry {
  file: string;
  name: string;
  dtype: string;
  shape: number[];
  /** Byte range in the file. */
  start: number;
  end: number;
}

/** A tensor to write: float32 values, lent when their turn comes, and rounded to its dtype. */
export interface TensorSource {
  name: string;
  shape: number[];
  /** F32, F16 or BF16; default F32. */
  dtype?: string;
  lend(write: (values: Float32Array) => Promise<void>): Promise<void>;
}

/** Bits of one value, of every dtype of the format. Only F32, F16 and BF16 are read; files may hold others too. */
const BITS: Record<string, number> = {
  ...{ BOOL: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6, U8: 8, I8: 8 },
  ...{ F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, C64: 64, F64: 64, I64: 64, U64: 64 },
};
/** The format's own bound on the header; a longer one is a lie or not safetensors. */
const MAX_HEADER_BYTES = 100_000_000;
/** Of one file: more than any model has. */
export const MAX_TENSORS = 200_000;

/** Bytes of a tensor in the file. */
export const bytesOf = ({ shape, dtype = 'F32' }: TensorSource): number => (sizeOf(shape) * BITS[dtype]) / 8;

/** Writes tensors to `file` and flushes it to disk. @param metadata texts by name, which other programs pass over */
export async function writeSafetensors(
  file: string,
  tensors: TensorSource[],
  metadata: Record<string, string> = {},
): Promise<void> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  for (const tensor of tensors) {
    const { name, shape, dtype = 'F32' } = tensor;
    const end = offset + bytesOf(tensor);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
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
    for (const { name, shape, dtype = 'F32', lend } of tensors) {
      await lend(async (values) => {
        if (values.length !== sizeOf(shape)) {
          throw new Error(`${file}: ${name}: expected ${sizeOf(shape)} values, got ${values.length}`);
        }
        if (dtype !== 'F32') await writeHalves(handle, values, NARROW[dtype]);
        else await writeAll(handle, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Entries of a file by name; together they fill it, none over another.
 * @param metadata gets the texts of the file by name
 * @throws UserError naming file and tensor
 */
export async function readHeader(
  file: string,
  metadata: Record<string, unknown> = {},
): Promise<Map<string, TensorEntry>> {
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    const bad = (what: string) =>
      new UserError(`${file}: ${what}; the file is damaged or no safetensors file`);
    if (size < 8) throw bad(`expected at least 8 bytes, got ${size}`);
    const start = Buffer.alloc(Math.min(size, POINTER_BYTES));
    await readExactly(handle, file, 0, start);
    refuseLfsPointer(file, start);
    const prefix = start.subarray(0, 8);
    const length = Number(prefix.readBigUInt64LE());
    if (length > Math.min(size - 8, MAX_HEADER_BYTES)) {
      throw bad(`expected a header of at most ${Math.min(size - 8, MAX_HEADER_BYTES)} bytes, got ${length}`);
    }
    const text = Buffer.alloc(length);
    await readExactly(handle, file, 8, text);
    // Before it is parsed, which takes ten times its memory.
    const tensors = countOf(text, '"data_offsets"');
    if (tensors > MAX_TENSORS) throw bad(`expected at most ${MAX_TENSORS} tensors, got ${tensors}`);
    let header: unknown;
    try {
      header = JSON.parse(text.toString('utf8'));
    } catch {
      throw bad('expected a JSON header, got something else');
    }
    if (typeof header !== 'object' || header === null || Array.isArray(header))
      throw bad('expected a JSON object as header');
    const entries = new Map<string, TensorEntry>();
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') {
        Object.assign(metadata, value);
        continue;
      }
      entries.set(name, { file, ...checkEntry(name, value, 8 + length, size, bad) });
    }
    checkRanges([...entries.values()], 8 + length, size, bad);
    return entries;
  } finally {
    await handle.close();
  }
}

function countOf(text: Buffer, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

/** Reads one tensor into `values` as float32, from F32, F16 or BF16. @throws UserError for other dtypes */
export async function readInto(entry: TensorEntry, values: Float32Array): Promise<void> {
  const widen = widenerOf(entry);
  const handle = await openForReading(entry.file);
  try {
    if (widen) return await readHalves(handle, entry, values, widen);
    await readExactly(handle, entry.file, entry.start, bytesIn(values));
  } finally {
    await handle.close();
  }
}

/** Reads the bits of one tensor as BF16, rounded to the nearest where it is F32 or F16. @throws UserError for other dtypes */
export async function readBits(entry: TensorEntry, halves: Uint16Array): Promise<void> {
  const widen = widenerOf(entry);
  const { file, start } = entry;
  const handle = await openForReading(file);
  try {
    const values = new Float32Array(Math.min(HALVES, halves.length));
    for (let from = 0; from < halves.length; from += HALVES) {
      const part = values.subarray(0, Math.min(HALVES, halves.length - from));
      if (widen) await readHalves(handle, { file, start: start + 2 * from }, part, widen);
      else await readExactly(handle, file, start + 4 * from, bytesIn(part));
      NARROW.BF16(new Uint32Array(part.buffer, 0, part.length), halves.subarray(from, from + part.length));
    }
  } finally {
    await handle.close();
  }
}

/** @throws UserError where the dtype of a tensor is none that is read */
export function requireReadable({ file, name, dtype }: TensorEntry): void {
  if (dtype === 'F32' || Object.hasOwn(WIDEN, dtype)) return;
  throw new UserError(
    `${file}: ${name}: dtype: expected F32, F16 or BF16, got ${dtype}, which is not supported; ` +
      'save the model with transformers in one of these: model.to(torch.bfloat16).save_pretrained(DIR)',
  );
}

function widenerOf(entry: TensorEntry) {
  requireReadable(entry);
  return WIDEN[entry.dtype];
}

const bytesIn = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Halves at a time that are read and widened, or the other way: little memory. The next are read meanwhile. */
const HALVES = 1 << 20;

async function writeHalves(
  handle: FileHandle,
  values: Float32Array,
  narrow: (bits: Uint32Array, halves: Uint16Array) => void,
): Promise<void> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const buffer = new Uint16Array(Math.min(HALVES, values.length));
  for (let from = 0; from < bits.length; from += HALVES) {
    const part = bits.subarray(from, from + HALVES);
    const halves = buffer.subarray(0, part.length);
    narrow(part, halves);
    await writeAll(handle, Buffer.from(halves.buffer, 0, halves.byteLength));
  }
}

async function readHalves(
  handle: FileHandle,
  { file, start }: Pick<TensorEntry, 'file' | 'start'>,
  values: Float32Array,
  widen: (halves: Uint16Array, bits: Uint32Array) => void,
): Promise<void> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const size = Math.min(HALVES, values.length);
  const buffers = [new Uint16Array(size), new Uint16Array(size)];
  const read = async (from: number, turn: number): Promise<Uint16Array> => {
    const halves = buffers[turn % 2].subarray(0, Math.min(HALVES, values.length - from));
    await readExactly(handle, file, start + 2 * from, new Uint8Array(halves.buffer, 0, halves.byteLength));
    return halves;
  };
  let next = read(0, 0);
  for (let from = 0, turn = 1; from < values.length; from += HALVES, turn++) {
    const halves = await next;
    if (from + HALVES < values.length) next = read(from + HALVES, turn);
    widen(halves, bits.subarray(from, from + halves.length));
  }
}

function checkEntry(
  name: string,
  value: unknown,
  dataStart: number,
  size: number,
  bad: (what: string) => UserError,
): Omit<TensorEntry, 'file'> {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(BITS, dtype)) {
    throw bad(`${name}: dtype: expected ${Object.keys(BITS).join(', ')}, got ${shown(dtype)}`);
  }
  const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw bad(`${name}: shape: expected a list of sizes, got ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw bad(`${name}: data_offsets: expected two positions, got ${shown(offsets)}`);
  }
  const [start, end] = offsets.map((offset) => dataStart + offset);
  const bytes = (sizeOf(shape) * BITS[dtype]) / 8;
  if (end - start !== bytes || end > size) {
    throw bad(`${name}: expected ${bytes} bytes inside the file's ${size}, got the range ${start} to ${end}`);
  }
  return { name, dtype, shape, start, end };
}

/** Every byte behind the header belongs to one tensor, as the format asks. */
function checkRanges(
  entries: TensorEntry[],
  dataStart: number,
  size: number,
  bad: (what: string) => UserError,
): void {
  let last = { name: 'the header', end: dataStart };
  for (const entry of entries.sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start < last.end) {
      throw bad(`${entry.name}: expected to begin at ${last.end}, behind ${last.name}, got ${entry.start}`);
    }
    if (entry.start > last.end)
      throw bad(`${entry.start - last.end} bytes behind ${last.name} are no tensor's`);
    last = entry;
  }
  if (last.end !== size) throw bad(`${size - last.end} bytes behind ${last.name} are no tensor's`);
}

async function openForReading(file: string): Promise<FileHandle> {
  const refused = (got: unknown) => new UserError(`${file}: expected a safetensors file, got ${got}`);
  try {
    // Opening a FIFO would wait for a writer.
    const info = await stat(file);
    if (!info.isFile()) throw refused(info.isDirectory() ? 'a folder' : 'something that is no file');
    return await open(file, 'r');
  } catch (error) {
    throw error instanceof UserError ? error : refused((error as NodeJS.ErrnoException).code);
  }
}

/** Chunks bound each call: one read or write of over 2 GiB fails on Linux. */
const CHUNK = 1 << 30;

async function readExactly(
  handle: FileHandle,
  file: string,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  const { length } = bytes;
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(CHUNK, length - done), position + done);
    if (bytesRead === 0)
      throw new UserError(
        `${file}: expected ${length} bytes at ${position}, got ${done}; the file is cut off`,
      );
    done += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(CHUNK, bytes.length - done));
    done += bytesWritten;
  }
}
