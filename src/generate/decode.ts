/** Token by token generation with a cache of keys and values, for a batch of prompts of unequal length. */
import seedrandom from 'seedrandom';
import { UserError } from '../errors.ts';
import { notNumbers } from '../model/notNumbers.ts';
import { type Continuation, type Decoder, type HostInputs, NONE } from './decoder.ts';
import { type SamplingOptions, sampleToken } from './sample.ts';

export interface DecodeOptions extends SamplingOptions {
  maxNewTokens: number;
  seed: number;
  /** Number of the first prompt among all of a longer list; default 0. */
  firstRow?: number;
  /** Number of each prompt among all of a longer list, where they do not follow each other. */
  rows?: number[];
  /** Tokens that end a text besides those that the model names. */
  endIds?: number[];
  /** Whether a text ends with the newest of its tokens `ids`. */
  isOver?: (ids: number[]) => boolean;
  /** Called with each new token of prompt `row`, the end token excluded. */
  onToken?: (id: number, row: number) => void;
}

export interface Decoded {
  /** New tokens, the end token excluded. */
  ids: number[];
  /** `end`: the model ended its turn, or wrote what ends it. `length`: maxNewTokens or the model's maxSeqLen was reached. */
  stopped: 'end' | 'length';
}

/**
 * Continues each prompt until a token that ends it. Every row samples with a generator of its own, seeded by `seed` and
 * its place, so that a row's text does not depend on its neighbours.
 * @throws UserError when a prompt leaves no room for an answer
 */
export async function decode(
  decoder: Decoder,
  prompts: ArrayLike<number>[],
  options: DecodeOptions,
): Promise<Decoded[]> {
  const { maxSeqLen, vocabSize, eosId, stopIds, padId } = decoder.config;
  const ends = new Set<number | null>([eosId, ...stopIds, ...(options.endIds ?? [])]);
  for (const prompt of prompts) {
    if (prompt.length >= maxSeqLen) {
      throw new UserError(
        `prompt: expected fewer than ${maxSeqLen} tokens, as the model can read, got ${prompt.length}`,
      );
    }
    const unknown = Array.prototype.find.call(prompt, (id: number) => !(id >= 0 && id < vocabSize));
    if (unknown !== undefined) {
      throw new UserError(
        `prompt: expected tokens from 0 to ${vocabSize - 1}, as vocab_size in config.json says, got ${unknown}; ` +
          'use the tokenizer that belongs to the model',
      );
    }
  }
  const rows = prompts.map((prompt, row) => ({
    ids: [] as number[],
    stopped: null as Decoded['stopped'] | null,
    room: Math.min(options.maxNewTokens, maxSeqLen - prompt.length),
    random: seedrandom.alea(
      `${options.seed}/${options.rows?.[row] ?? (options.firstRow ?? 0) + row}`,
    ) as () => number,
  }));
  const longest = Math.max(...prompts.map(({ length }) => length));
  const wanted = options.temperature === 0 ? 'likeliest' : 'logits';
  const room = Math.max(...rows.map((row) => row.room));
  const continuation = await decoder.begin(prompts.length, longest, room, wanted);
  const columns = emptyColumns(continuation);
  let found = await continuation.prompts(leftPadded(prompts, padId, continuation, columns));
  requireNumbers(found, rows.length, wanted === 'likeliest' ? 1 : vocabSize);
  for (let at = continuation.promptLength; ; at++) {
    const next = rows.map((row, i) => {
      if (row.stopped) return padId;
      const id =
        wanted === 'likeliest'
          ? found[i]
          : sampleToken(
              found.subarray(i * vocabSize, (i + 1) * vocabSize) as Float32Array,
              options,
              row.random,
            );
      if (ends.has(id)) row.stopped = 'end';
      else {
        row.ids.push(id);
        options.onToken?.(id, i);
        if (options.isOver?.(row.ids)) row.stopped = 'end';
        else if (row.ids.length >= row.room) row.stopped = 'length';
      }
      return id;
    });
    if (rows.every(({ stopped }) => stopped !== null)) break;
    const inputs: HostInputs = {
      tokens: new Int32Array(continuation.batch).fill(padId),
      positions: new Int32Array(continuation.batch),
      documents: new Int32Array(continuation.batch),
    };
    for (const [i, { ids }] of rows.entries()) {
      inputs.tokens[i] = next[i];
      inputs.positions[i] = prompts[i].length + ids.length - 1;
      columns.positions[i * continuation.length + at] = inputs.positions[i];
      columns.documents[i * continuation.length + at] = 0;
    }
    found = await continuation.next(inputs, columns, at);
  }
  return rows.map(({ ids, stopped }) => ({ ids, stopped: stopped ?? 'length' }));
}

/** @param found of the prompts. @param width of each row in it. @throws UserError where logits are no numbers */
function requireNumbers(found: Int32Array | Float32Array, rows: number, width: number): void {
  const bad = (value: number) => value === NONE || Number.isNaN(value);
  const isBad =
    width === 1 ? found.subarray(0, rows).some(bad) : found.subarray(0, rows * width).some(Number.isNaN);
  if (isBad) throw notNumbers('logits');
}

/** A document that no query belongs to: columns that hold nothing yet. */
const NOTHING = -2;

type Columns = Omit<HostInputs, 'tokens'>;

function emptyColumns({ batch, length }: Continuation): Columns {
  return {
    positions: new Int32Array(batch * length),
    documents: new Int32Array(batch * length).fill(NOTHING),
  };
}

/** Prompts end to end on the right, so that the last column is each one's last token; their places go to `columns`. */
function leftPadded(
  prompts: ArrayLike<number>[],
  padId: number,
  { batch, promptLength: seq, length }: Continuation,
  columns: Columns,
): HostInputs {
  const tokens = new Int32Array(batch * seq).fill(padId);
  const positions = new Int32Array(tokens.length);
  const documents = new Int32Array(tokens.length).fill(-1);
  for (const [row, prompt] of prompts.entries()) {
    const start = row * seq + seq - prompt.length;
    for (let i = 0; i < prompt.length; i++) {
      tokens[start + i] = prompt[i];
      positions[start + i] = i;
      documents[start + i] = 0;
    }
    columns.positions.set(positions.subarray(row * seq, (row + 1) * seq), row * length);
    columns.documents.set(documents.subarray(row * seq, (row + 1) * seq), row * length);
  }
  return { tokens, positions, documents };
}
