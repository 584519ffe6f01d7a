/**
 * Pipelines of Hugging Face's Rust library (npm `tokenizers`). A pipeline is a whole tokenizer.json: normalizer,
 * pre-tokenizer, model and decoder. The library's calls are asynchronous; this module also offers calls that block, for
 * `Tokenizer.encode`. `process.mjs` runs the library; `thread.mjs` passes requests to it and answers back.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { UserError } from '../../errors.ts';

export interface Pipeline {
  /**
   * Loads the pipeline now; without this, the first text loads it.
   * @returns the id of each of `tokens`, −1 for a token that the pipeline does not have
   */
  open(tokens: string[]): Promise<number[]>;
  /** Ids of each text; the post-processor adds none. Blocks the thread. */
  encode(texts: string[]): Int32Array[];
  /** Where each id of each text begins, in code points. Blocks the thread. */
  starts(texts: string[]): Int32Array[];
  /** The same without blocking, on all cores. */
  encodeLater(texts: string[]): Promise<Int32Array[]>;
  startsLater(texts: string[]): Promise<Int32Array[]>;
  /** Text of any `ids`, special tokens included. Blocks the thread. */
  decode(ids: Int32Array): string;
}

/** What the process answers. */
interface Answer {
  id: number;
  error?: string;
  /** Something else ended the process. */
  fromOutside?: boolean;
  /** The process is new and does not have this pipeline. */
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
  worker.unref(); // it keeps the program alive only while a request has no answer
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
  waitUntilSet(flag);
  return receiveMessageOnPort(port)?.message as Answer;
}

/**
 * Blocks the thread until `flag` is not 0. One wait is not enough: the thread that sets the flag first stores and then
 * notifies, so the notice of one answer can come while the next answer is awaited.
 */
export function waitUntilSet(flag: Int32Array): void {
  while (Atomics.load(flag, 0) === 0) Atomics.wait(flag, 0, 0);
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

/** A pipeline without a reference is removed from the process. */
const dropped = new FinalizationRegistry<number>((key) => {
  engine?.worker.postMessage({ drop: key, id: ++requests, blocking: false });
});
let keys = 0;

const endedOutside = 'another program ended it, or memory ran out; give the command again';

/**
 * A pipeline, loaded at its first use or by `open`.
 * @param define gives the JSON of a tokenizer.json; called again if the process has ended since
 * @param where name of the file, for errors: a UserError says what the library refused, or could not end
 * @param parts what the file is made of, for errors
 */
export function pipelineOf(define: () => string, where: string, parts: string): Pipeline {
  const key = ++keys;
  const load = (tokens: string[]): Ask => ({ load: { key, json: define(), tokens } });
  const loaded = (answer: Answer): number[] => {
    if (answer.error === undefined) return Array.from(answer.ids ?? []);
    if (answer.fromOutside) {
      throw new UserError(`${where}: expected to load it, got: ${answer.error}; ${endedOutside}`);
    }
    // The place is one in what the library was given, which is not the file.
    const reason = answer.error.replace(/ at line \d+ column \d+$/, '');
    throw new UserError(
      `${where}: expected a tokenizer.json that Hugging Face's tokenizers can run, got: ${reason} (${parts}); ` +
        'is it whole, and made by a current release?',
    );
  };
  const done = (answer: Answer, use: Use): Answer => {
    if (answer.error === undefined && !answer.unknown) return answer;
    const outside = answer.fromOutside || answer.unknown;
    const fix = outside ? endedOutside : 'look at the patterns and parts of this file';
    const reason = answer.error ?? 'the end of its process';
    throw new UserError(`${where}: expected to ${naming(use)}, got: ${reason}; ${fix}`);
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
