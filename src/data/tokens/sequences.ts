/**
 * Encoded examples by number, wherever they lie: in memory, or in a file of which only an index is held, so that a
 * million of them cost little memory. Training reads its rows through this one interface.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import type { Encoded } from './encode.ts';

export interface Sequences {
  count: number;
  /** Number of tokens of each, [count]. */
  lengths: Int32Array;
  /** Which language of a mixture each belongs to, an index into the recipe's targets, [count]. */
  groups: Int32Array;
  /** @throws RangeError when there is no such sequence */
  get(index: number): Encoded;
  close(): void;
}

/** Where sequences go as they are encoded. */
export interface SequenceWriter {
  add(sequence: Encoded, group: number): Promise<void>;
  /** Ends the writing. @returns a hash of all tokens and spans, in order */
  finish(): Promise<string>;
}

/** Sequences held in memory; `groups` are all 0 when not given. */
export function inMemory(encoded: Encoded[], groups: number[] = []): Sequences {
  return {
    count: encoded.length,
    lengths: Int32Array.from(encoded, ({ ids }) => ids.length),
    groups: Int32Array.from(encoded, (_, i) => groups[i] ?? 0),
    get(index) {
      if (index in encoded) return encoded[index];
      throw new RangeError(`sequence ${index} of ${encoded.length}`);
    },
    close() {},
  };
}

/** A writer into memory, and the sequences that it took. */
export function memoryWriter(): SequenceWriter & { sequences(): Sequences } {
  const [encoded, groups]: [Encoded[], number[]] = [[], []];
  const hash = createHash('sha256');
  return {
    async add(sequence, group) {
      hash.update(sequence.ids).update(sequence.spans);
      encoded.push(sequence);
      groups.push(group);
    },
    finish: async () => hash.digest('hex'),
    sequences: () => inMemory(encoded, groups),
  };
}

/** Fields of an entry of the index: tokens, bytes of the name, group. */
const FIELDS = 3;
const FLUSH_BYTES = 1 << 20;

/** A writer into `PATH.bin` (ids, spans and name of each sequence) and `PATH.index`. */
export function fileWriter(path: string): SequenceWriter {
  let file: FileHandle | undefined;
  const hash = createHash('sha256');
  const index: number[] = [];
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const flush = async () => {
    file ??= await open(`${path}.bin`, 'w');
    await file.writev(pending);
    pending = [];
    pendingBytes = 0;
  };
  return {
    async add({ id, ids, spans }, group) {
      hash.update(ids).update(spans);
      const name = Buffer.from(id);
      const record = [Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength), Buffer.from(spans), name];
      pending.push(...record);
      pendingBytes += ids.byteLength + spans.byteLength + name.byteLength;
      index.push(ids.length, name.byteLength, group);
      if (pendingBytes > FLUSH_BYTES) await flush();
    },
    async finish() {
      await flush();
      await file?.close();
      await writeFile(`${path}.index`, Int32Array.from(index));
      return hash.digest('hex');
    },
  };
}

/** The sequences that `fileWriter(path)` wrote. The file stays open until `close`. */
export function openSequences(path: string): Sequences {
  const bytes = readFileSync(`${path}.index`);
  const index = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const count = index.length / FIELDS;
  const field = (which: number) => Int32Array.from({ length: count }, (_, i) => index[i * FIELDS + which]);
  const [lengths, names, groups] = [field(0), field(1), field(2)];
  const offsets = new Float64Array(count);
  for (let i = 1; i < count; i++) offsets[i] = offsets[i - 1] + lengths[i - 1] * 5 + names[i - 1];
  const file = openSync(`${path}.bin`, 'r');
  return {
    count,
    lengths,
    groups,
    get(i) {
      if (!(i >= 0 && i < count)) throw new RangeError(`sequence ${i} of ${count}`);
      const record = Buffer.from(new ArrayBuffer(lengths[i] * 5 + names[i]));
      const read = readSync(file, record, 0, record.length, offsets[i]);
      if (read < record.length) throw new Error(`${path}.bin: expected ${record.length} bytes, got ${read}`);
      return {
        id: record.toString('utf8', lengths[i] * 5),
        ids: new Int32Array(record.buffer, 0, lengths[i]),
        spans: new Int8Array(record.buffer, lengths[i] * 4, lengths[i]),
      };
    },
    close: () => closeSync(file),
  };
}
