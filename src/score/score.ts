/**
 * How likely a model finds texts, token by token: for perplexity, for choosing among candidates, and for comparing one
 * program with another.
 */
import type { LoadedWeights } from '../checkpoint/model.ts';
import { compile, readAndDispose, withInputs } from '../compile/index.ts';
import { type Batch, makeBatch } from '../data/batches/batch.ts';
import { UserError } from '../errors.ts';
import { notNumbers } from '../model/notNumbers.ts';
import { type BatchTensors, batchTensors, rowLosses } from '../train/loss.ts';

/** A model and how to compute with it: what `loadModel` gives. */
export type Scored = Omit<LoadedWeights, 'dispose'>;

export interface ScoreOptions {
  /** Texts at once; default 8. */
  batchSize?: number;
}

/** Scores texts; holds the program until it is disposed. */
export interface TextScorer {
  /** See `score`. */
  score(texts: ArrayLike<number>[], options?: ScoreOptions): Promise<Float32Array[]>;
  dispose(): void;
}

/**
 * The log-probability of each token given those before it, in nats: for texts of n token ids, n − 1 each.
 * @throws UserError for a text that is empty, too long for the model, or has ids that it does not know
 */
export async function score(
  scored: Scored,
  texts: ArrayLike<number>[],
  options: ScoreOptions = {},
): Promise<Float32Array[]> {
  const scorer = openScorer(scored);
  try {
    return await scorer.score(texts, options);
  } finally {
    scorer.dispose();
  }
}

/** For many calls of `score`. */
export function openScorer({ model, mode, precision }: Scored): TextScorer {
  const program = compile(
    function score(batch: BatchTensors) {
      return rowLosses(model, batch);
    },
    { mode, precision },
  );
  const { maxSeqLen, vocabSize, padId } = model.config;

  const scoreBatch = async (texts: ArrayLike<number>[]): Promise<Float32Array[]> => {
    const rows = texts.map((ids, i) => [
      { id: String(i), ids: Int32Array.from(ids), spans: new Int8Array(ids.length) },
    ]);
    const batch: Batch = makeBatch(rows, padId, { maxSeqLen });
    if (batch.supervisedCount === 0) return texts.map(() => new Float32Array(0));
    const losses = await readAndDispose(await withInputs([batchTensors(batch, 1)], program));
    if (losses.some(Number.isNaN)) throw notNumbers('log-probabilities');
    let next = 0;
    return texts.map(({ length }) => Float32Array.from({ length: length - 1 }, () => -losses[next++]));
  };

  return {
    async score(texts, { batchSize = 8 } = {}) {
      for (const [i, text] of texts.entries()) checkText(text, `text ${i + 1}`, { maxSeqLen, vocabSize });
      const scores: Float32Array[] = new Array(texts.length);
      // Texts of like length go together: less is filled up.
      const order = [...texts.keys()].sort((a, b) => texts[b].length - texts[a].length);
      for (let start = 0; start < order.length; start += batchSize) {
        const places = order.slice(start, start + batchSize);
        const found = await scoreBatch(places.map((i) => texts[i]));
        for (const [row, place] of places.entries()) scores[place] = found[row];
      }
      return scores;
    },
    dispose: () => program.dispose(),
  };
}

/** @throws UserError where a model of this length and vocabulary cannot read the text. @param where names it */
export function checkText(
  ids: ArrayLike<number>,
  where: string,
  { maxSeqLen, vocabSize }: { maxSeqLen: number; vocabSize: number },
): void {
  if (ids.length === 0 || ids.length > maxSeqLen) {
    throw new UserError(
      `${where}: expected 1 to ${maxSeqLen} tokens, as the model can read, got ${ids.length}`,
    );
  }
  for (let i = 0; i < ids.length; i++) {
    if (Number.isInteger(ids[i]) && ids[i] >= 0 && ids[i] < vocabSize) continue;
    throw new UserError(`${where}: expected ids from 0 to ${vocabSize - 1}, got ${JSON.stringify(ids[i])}`);
  }
}
