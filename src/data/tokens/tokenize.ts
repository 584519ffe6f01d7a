/**
 * Drives sequences through the tokenizer into writers, in order, a bounded number at once, so that memory stays flat
 * however many there are. `prepare.ts` says what goes in.
 */
import type { Segment } from '../../methods/parts/segment.ts';
import type { ChatTokenizer } from './chatTokenizer.ts';
import { type FitOptions, fitted, type Sequence, type SequenceStats } from './dataset.ts';
import { encodeExamples, type Tokens } from './encode.ts';
import type { SequenceWriter } from './sequences.ts';

/** A sequence, which language of a mixture it belongs to, and where it goes. */
export interface Task extends Sequence {
  group: number;
  to: { writer: SequenceWriter; stats: SequenceStats };
}

/** Sequences that are tokenized together, and the characters after which fewer are. */
const BATCH = 128;
const BATCH_CHARACTERS = 500_000;
/** Batches in work: while one is tokenized, the next is prepared and the last is written. */
const IN_WORK = 3;

const characters = (segments: Segment[]) => segments.reduce((sum, { text }) => sum + text.length, 0);

/**
 * Tokenizes every task, makes it fit, and writes it.
 * @param onProgress called with the number of sequences done, now and then
 */
export async function tokenize(
  tasks: AsyncIterable<Task> | Iterable<Task>,
  tokenizer: ChatTokenizer,
  options: FitOptions,
  onProgress?: (done: number) => void,
): Promise<void> {
  let done = 0;
  const running: { batch: Task[]; tokens: Promise<Tokens[]> }[] = [];
  const settleFirst = async () => {
    const { batch, tokens } = running.shift() as (typeof running)[number];
    for (const [i, each] of (await tokens).entries()) {
      const { id, group, to } = batch[i];
      const fitting = fitted({ id, ...each }, options, to.stats);
      if (fitting) await to.writer.add(fitting, group);
    }
    done += batch.length;
    onProgress?.(done);
  };
  const start = async (batch: Task[]) => {
    const segments = batch.map((task) => task.segments);
    const tokens = encodeExamples(segments, tokenizer);
    tokens.catch(() => {}); // it is awaited in its turn
    running.push({ batch, tokens });
    if (running.length >= IN_WORK) await settleFirst();
  };
  let batch: Task[] = [];
  let size = 0;
  for await (const task of tasks) {
    batch.push(task);
    size += characters(task.segments);
    if (batch.length < BATCH && size < BATCH_CHARACTERS) continue;
    await start(batch);
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) await start(batch);
  while (running.length > 0) await settleFirst();
}
