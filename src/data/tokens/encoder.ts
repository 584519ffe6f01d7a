/**
 * Tokenizing many sequences: in this thread, or in worker threads once there is enough to do that their start pays.
 * The outcome is the same either way. `tokenize.ts` drives it; `encodeWorker.ts` is what a thread runs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Segment } from '../../methods/parts/segment.ts';
import { type ChatTokenizer, chatOf } from './chatTokenizer.ts';
import { encodeExample, type Tokens } from './encode.ts';

export interface Encoder {
  /** Batches that it works on at once. */
  parallel: number;
  encode(batch: Segment[][]): Promise<Tokens[]>;
  close(): Promise<void>;
}

/** Tokenizes in the calling thread. */
export const inlineEncoder = (tokenizer: ChatTokenizer): Encoder => ({
  parallel: 1,
  encode: async (batch) => batch.map((segments) => encodeExample(segments, tokenizer)),
  close: async () => {},
});

/** Threads beside the calling one, which reads and writes; more than eight wait for it. */
export const encoderThreads = () => Math.max(1, Math.min(8, availableParallelism() - 1));

/** A thread knows nothing of TypeScript by itself, however this process was told: it registers tsx first. */
const tsx = createRequire(import.meta.url)
  .resolve('tsx/esm/api')
  .replace(/\.cjs$/, '.mjs');
const START = `
  import(${JSON.stringify(pathToFileURL(tsx).href)})
    .then(({ register }) => (register(), import(${JSON.stringify(new URL('./encodeWorker.ts', import.meta.url).href)})))
    .catch((error) => process.nextTick(() => { throw error; }));
`;

/** What a worker answers: the arrays of a batch end to end, or an error. */
export interface Answer {
  lengths: Int32Array;
  ids: Int32Array;
  spans: Int8Array;
}

/**
 * Tokenizes in `threads` worker threads, each with a tokenizer of its own.
 * @returns null where threads cannot be started, as in a notebook that runs no TypeScript in them
 */
export async function threadEncoder(
  tokenizer: ChatTokenizer,
  threads = encoderThreads(),
): Promise<Encoder | null> {
  const dir = await mkdtemp(join(tmpdir(), 'plug-tune-tokenizer-'));
  const workers: Worker[] = [];
  try {
    await tokenizer.save(dir);
    for (let i = 0; i < threads; i++) {
      workers.push(new Worker(START, { eval: true, workerData: { dir, chat: chatOf(tokenizer) } }));
    }
    await Promise.all(workers.map(firstMessage));
  } catch {
    await Promise.all(workers.map((worker) => worker.terminate()));
    return null;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = () =>
    new Promise<Worker>((resolve) => {
      const worker = idle.pop();
      if (worker) resolve(worker);
      else waiting.push(resolve);
    });
  const giveBack = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };
  return {
    parallel: 2 * threads,
    async encode(batch) {
      const worker = await take();
      try {
        const answer = firstMessage<Answer>(worker);
        worker.postMessage(batch);
        return unpack(await answer);
      } finally {
        giveBack(worker);
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The next message of `worker`; its death is an error. */
function firstMessage<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (message: T) => settle(() => resolve(message));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`a tokenizing thread ended with ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

function unpack({ lengths, ids, spans }: Answer): Tokens[] {
  let start = 0;
  return Array.from(lengths, (length) => {
    const end = start + length;
    const tokens = { ids: ids.slice(start, end), spans: spans.slice(start, end) };
    start = end;
    return tokens;
  });
}
