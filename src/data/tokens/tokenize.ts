/**
 * Drives sequences through an encoder into writers, in order, a bounded number at once, so that memory stays flat
 * however many there are. `prepare.ts` says what goes in.
 */
import type { Segment } from '../../methods/parts/segment.ts';
import type { ChatTokenizer } from './chatTokenizer.ts';
import { type EncodingAccount, type FitOptions, fitted, type Sequence } from './dataset.ts';
import type { Tokens } from './encode.ts';
import { type Encoder, inlineEncoder, threadEncoder } from './encoder.ts';
import type { SequenceWriter } from './sequences.ts';

/** A sequence, which language of a mixture it belongs to, and where it goes. */
export interface Task extends Sequence {
  group: number;
  to: { writer: SequenceWriter; account: EncodingAccount };
}

/** Sequences that go to the encoder at once. */
const BATCH = 64;
/** Characters tokenized in this thread before others are started: about a second's work. */
const INLINE_CHARACTERS = 4_000_000;

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
  let encoder: Encoder = inlineEncoder(tokenizer);
  let threadsTried = false;
  let seen = 0;
  let done = 0;
  const running: { batch: Task[]; tokens: Promise<Tokens[]> }[] = [];
  const settleFirst = async () => {
    const { batch, tokens } = running.shift() as (typeof running)[number];
    for (const [i, each] of (await tokens).entries()) {
      const { id, group, to } = batch[i];
      const fitting = fitted({ id, ...each }, options, to.account);
      if (fitting) await to.writer.add(fitting, group);
    }
    done += batch.length;
    onProgress?.(done);
  };
  const start = async (batch: Task[]) => {
    if (seen > INLINE_CHARACTERS && !threadsTried) {
      threadsTried = true;
      while (running.length > 0) await settleFirst();
      encoder = (await threadEncoder(tokenizer)) ?? encoder;
    }
    const tokens = encoder.encode(batch.map(({ segments }) => segments));
    tokens.catch(() => {}); // it is awaited in its turn
    running.push({ batch, tokens });
    while (running.length >= encoder.parallel) await settleFirst();
  };
  try {
    let batch: Task[] = [];
    for await (const task of tasks) {
      batch.push(task);
      seen += characters(task.segments);
      if (batch.length < BATCH) continue;
      await start(batch);
      batch = [];
    }
    if (batch.length > 0) await start(batch);
    while (running.length > 0) await settleFirst();
  } finally {
    await encoder.close();
  }
}
