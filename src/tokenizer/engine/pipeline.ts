/**
 * Pipelines of Hugging Face's Rust library (npm `tokenizers`): the whole way of a text through a tokenizer.json, from
 * normalizer to ids and back. The library answers later only; here a caller can also wait, which `Tokenizer.encode`
 * does. `process.mjs` runs the library, `thread.mjs` stands between.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { UserError } from '../../errors.ts';

export interface Pipeline {
  /**
   * Loads it, which otherwise waits for the first text.
   * @returns the id of each of `tokens`, −1 where it has none
   */
  open(tokens: string[]): Promise<number[]>;
  /** Ids of each text, with none added. The thread is blocked until they are there. */
  encode(texts: string[]): Int32Array[];
  /** Where each id of each text begins, in code points. The thread is blocked until that is there. */
  starts(texts: string[]): Int32Array[];
  /** The same later, in as many threads as there are cores. */
  encodeLater(texts: string[]): Promise<Int32Array[]>;
  startsLater(texts: string[]): Promise<Int32Array[]>;
  /** Text of `ids`, whatever they are. The thread is blocked until it is there. */
  decode(ids: Int32Array): string;
}

/** What the process answers. */
interface Answer {
  id: number;
  error?: string;
  /** It is a new process, without this pipeline. */
  unknown?: true;
  ids?: Int32Array | number[];
  lengths?: Int32Array;
  text?: string;
}

type Ask = { load: { key: number; json: string; tokens: string[] } } | { drop: number } | Use;
type Use = { key: number; texts: string[]; starts: boolean } | { key: number; tokens: Int32Array };

interface Engine {
  worker: Worker;
  flag: Int32Array;
  port: MessagePort;
  pending: Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>;
}

let engine: Engine | undefined;
let requests = 0;

function start(): Engine {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('thread.mjs', import.meta.url), {
    workerData: { flag, port: port2 },
    transferList: [port2],
    execArgv: [],
  });
  const started: Engine = { worker, flag, port: port1, pending: new Map() };
  worker.on('message', (answer: Answer) => {
    started.pending.get(answer.id)?.resolve(answer);
    settle(started, answer.id);
  });
  worker.on('error', (error: Error) => {
    if (engine === started) engine = undefined;
    for (const { reject } of started.pending.values()) reject(error);
    started.pending.clear();
  });
  worker.unref(); // it keeps the program alive only while an answer is awaited
  return started;
}

function settle({ worker, pending }: Engine, id: number): void {
  if (pending.delete(id) && pending.size === 0) worker.unref();
}

function askNow(request: Ask): Answer {
  engine ??= start();
  const { worker, flag, port } = engine;
  Atomics.store(flag, 0, 0);
  worker.postMessage({ ...request, id: ++requests, blocking: true });
  Atomics.wait(flag, 0, 0);
  return receiveMessageOnPort(port)?.message as Answer;
}

function askLater(request: Ask): Promise<Answer> {
  engine ??= start();
  const { worker, pending } = engine;
  const id = ++requests;
  return new Promise((resolve, reject) => {
    if (pending.size === 0) worker.ref();
    pending.set(id, { resolve, reject });
    worker.postMessage({ ...request, id, blocking: false });
  });
}

/** Pipelines that nobody holds any more are taken out of the process. */
const dropped = new FinalizationRegistry<number>((key) => {
  engine?.worker.postMessage({ drop: key, id: ++requests, blocking: false });
});
let keys = 0;

/**
 * A pipeline, loaded when it is opened or used.
 * @param define gives the JSON of a tokenizer.json; called again where the process has ended in the meantime
 * @param where name of the file, for errors: a UserError says what the library refused, or could not end
 * @param parts what the file is made of, for errors
 */
export function pipelineOf(define: () => string, where: string, parts: string): Pipeline {
  const key = ++keys;
  const load = (tokens: string[]): Ask => ({ load: { key, json: define(), tokens } });
  const loaded = (answer: Answer): number[] => {
    if (answer.error === undefined) return Array.from(answer.ids ?? []);
    // The place is one in what the library was given, which is not the file.
    const reason = answer.error.replace(/ at line \d+ column \d+$/, '');
    throw new UserError(
      `${where}: expected a tokenizer.json that Hugging Face's tokenizers can run, got: ${reason} (${parts}); ` +
        'is it whole, and made by a current release?',
    );
  };
  const done = (answer: Answer, use: Use): Answer => {
    if (answer.error === undefined) return answer;
    throw new UserError(
      `${where}: expected to ${naming(use)}, got: ${answer.error}; look at the patterns and parts of this file`,
    );
  };
  const now = (use: Use): Answer => {
    const answer = askNow(use);
    if (!answer.unknown) return done(answer, use);
    loaded(askNow(load([])));
    return done(askNow(use), use);
  };
  let loading: Promise<unknown> | undefined;
  const later = async (use: Use): Promise<Int32Array[]> => {
    let answer = await askLater(use);
    if (answer.unknown) {
      loading ??= pipeline.open([]).finally(() => {
        loading = undefined;
      });
      await loading;
      answer = await askLater(use);
    }
    return cut(done(answer, use));
  };
  const pipeline: Pipeline = {
    open: async (tokens) => loaded(await askLater(load(tokens))),
    encode: (texts) => cut(now({ key, texts, starts: false })),
    starts: (texts) => cut(now({ key, texts, starts: true })),
    encodeLater: (texts) => later({ key, texts, starts: false }),
    startsLater: (texts) => later({ key, texts, starts: true }),
    decode: (tokens) => now({ key, tokens }).text ?? '',
  };
  dropped.register(pipeline, key);
  return pipeline;
}

/** What was asked for, for an error. */
function naming(use: Use): string {
  if ('tokens' in use) return `decode ${use.tokens.length} ids`;
  const text = use.texts.find((one) => one !== '') ?? '';
  return `encode ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)}`;
}

function cut({ ids = [], lengths = new Int32Array(0) }: Answer): Int32Array[] {
  const all = Int32Array.from(ids);
  let end = 0;
  return Array.from(lengths, (length) => {
    end += length;
    return all.subarray(end - length, end);
  });
}
