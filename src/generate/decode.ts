/** Token by token generation with a cache of keys and values, for a batch of prompts of unequal length. */
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { UserError } from '../errors.ts';
import { type Cache, forward, type Inputs, logits, type Model } from '../model/decoder.ts';
import { type SamplingOptions, sampleToken } from './sample.ts';

export interface DecodeOptions extends SamplingOptions {
  maxNewTokens: number;
  seed: number;
  /** Number of the first prompt among all of a longer list; default 0. */
  firstRow?: number;
  /** Called with each new token of prompt `row`, the end token excluded. */
  onToken?: (id: number, row: number) => void;
}

export interface Decoded {
  /** New tokens, the end token excluded. */
  ids: number[];
  /** `end`: the model ended its turn. `length`: maxNewTokens or the model's maxSeqLen was reached. */
  stopped: 'end' | 'length';
}

/**
 * Continues each prompt until the end token. Every row samples with a generator of its own, seeded by `seed` and
 * its place, so that a row's text does not depend on its neighbours.
 * @throws UserError when a prompt leaves no room for an answer
 */
export async function decode(
  model: Model,
  prompts: ArrayLike<number>[],
  options: DecodeOptions,
): Promise<Decoded[]> {
  const { maxSeqLen, eosId, padId } = model.config;
  for (const { length } of prompts) {
    if (length < maxSeqLen) continue;
    throw new UserError(
      `prompt: expected fewer than ${maxSeqLen} tokens, as the model can read, got ${length}`,
    );
  }
  const rows = prompts.map((prompt, row) => ({
    ids: [] as number[],
    stopped: null as Decoded['stopped'] | null,
    room: Math.min(options.maxNewTokens, maxSeqLen - prompt.length),
    random: seedrandom.alea(`${options.seed}/${(options.firstRow ?? 0) + row}`) as () => number,
  }));
  let inputs: HostInputs = leftPadded(prompts, padId);
  let cache: Cache | undefined;
  try {
    while (rows.some(({ stopped }) => stopped === null)) {
      const result = step(model, inputs, cache);
      disposeCache(cache);
      cache = result.cache;
      const values = await result.logits.data<'float32'>();
      result.logits.dispose();
      const { vocabSize } = model.config;
      const next = rows.map((row, i) => {
        if (row.stopped) return padId;
        const id = sampleToken(values.subarray(i * vocabSize, (i + 1) * vocabSize), options, row.random);
        if (id === eosId) row.stopped = 'end';
        else {
          row.ids.push(id);
          options.onToken?.(id, i);
          if (row.ids.length >= row.room) row.stopped = 'length';
        }
        return id;
      });
      inputs = {
        tokens: next,
        positions: rows.map(({ ids }, i) => prompts[i].length + ids.length - 1),
        documents: rows.map(() => 0),
        seq: 1,
      };
    }
  } finally {
    disposeCache(cache);
  }
  return rows.map(({ ids, stopped }) => ({ ids, stopped: stopped ?? 'length' }));
}

/** Row-major [batch, seq] on the host. */
interface HostInputs {
  tokens: ArrayLike<number>;
  positions: ArrayLike<number>;
  documents: ArrayLike<number>;
  seq: number;
}

/** One pass; the logits [batch, vocabSize] are those of the last position. */
function step(model: Model, host: HostInputs, cache?: Cache): { logits: tf.Tensor2D; cache: Cache } {
  const batch = host.tokens.length / host.seq;
  const result = tf.tidy(() => {
    const tensor = (values: ArrayLike<number>) =>
      tf.tensor2d(Int32Array.from(values), [batch, host.seq], 'int32');
    const inputs: Inputs = {
      tokens: tensor(host.tokens),
      positions: tensor(host.positions),
      documents: tensor(host.documents),
    };
    const { hidden, cache: next } = forward(model, inputs, { cache });
    const last = tf.reshape(tf.slice(hidden, [0, host.seq - 1, 0], [batch, 1, -1]), [batch, -1]);
    return { logits: logits(model, last as tf.Tensor2D), ...next };
  });
  const { logits: rowLogits, ...next } = result;
  return { logits: rowLogits, cache: next };
}

/** Prompts end to end on the right, so that the last position is each one's last token. */
function leftPadded(prompts: ArrayLike<number>[], padId: number): HostInputs {
  const seq = Math.max(...prompts.map(({ length }) => length));
  const tokens = new Int32Array(prompts.length * seq).fill(padId);
  const positions = new Int32Array(tokens.length);
  const documents = new Int32Array(tokens.length).fill(-1);
  for (const [row, prompt] of prompts.entries()) {
    const start = row * seq + seq - prompt.length;
    for (let i = 0; i < prompt.length; i++) {
      tokens[start + i] = prompt[i];
      positions[start + i] = i;
      documents[start + i] = 0;
    }
  }
  return { tokens, positions, documents, seq };
}

function disposeCache(cache?: Cache): void {
  if (cache) tf.dispose([...cache.keys, ...cache.values, cache.positions, cache.documents]);
}
