/**
 * The process that runs every tokenizer.json, with Hugging Face's Rust library. It is a separate process because a
 * hostile file can end it or keep it busy without end: a pattern that backtracks too far aborts the whole process, and a
 * normalizer can double a text again and again. `watch.mjs` ends the process when a request takes too much time or
 * memory. `thread.mjs` starts it. These files are JavaScript because Node 20 runs no TypeScript without a loader.
 */
import { cpuUsage, memoryUsage } from 'node:process';
import { Worker } from 'node:worker_threads';
import tokenizers from 'tokenizers';

/**
 * @typedef {{ id: number, load: { key: number, json: string, tokens: string[] } }} Load
 * @typedef {{ id: number, drop: number }} Drop
 * @typedef {{ id: number, key: number, texts: string[], starts: boolean }} Encode `starts` asks where each id begins
 * @typedef {{ id: number, key: number, tokens: Int32Array }} Decode
 * @typedef {Load | Drop | Encode | Decode} Request
 */

/** Processor time that a request may take, in microseconds. Usual: 0.1 a byte of a file, 1 a byte of text. */
const baseTime = 3e6;
const timePerByte = { load: 4, use: 20 };
/** Memory that a request may take, in bytes. Usual: 20 a byte of a file, 200 to 450 a byte of text. */
const baseMemory = 1e9;
const memoryPerByte = { load: 50, use: 600 };

/** @type {Map<number, tokenizers.Tokenizer>} */
const pipelines = new Map();
/**
 * What each request may take: `time` microseconds of processor time since the process had taken `start`, and `memory`
 * bytes.
 * @type {Map<number, { start: number, time: number, memory: number }>}
 */
const running = new Map();
/** Memory of the process without the requests that run now. */
let memoryBefore = 0;
/** Processor time in microseconds and memory in bytes at which the process ends; infinite while no request runs. */
const limits = new Float64Array(new SharedArrayBuffer(16)).fill(Number.POSITIVE_INFINITY);
const watch = new Worker(new URL('watch.mjs', import.meta.url), { workerData: limits });
watch.unref();

/** Processor time that the process has taken, in microseconds. */
function timeTaken() {
  const { user, system } = cpuUsage();
  return user + system;
}

/** @param {'time' | 'memory'} what @returns what all requests together may take */
function sum(what) {
  let total = 0;
  for (const one of running.values()) total += one[what];
  return total;
}

/** Only the time of the whole process is known, so a request that waits for others is allowed their time too. */
function setLimits() {
  const none = running.size === 0;
  limits[0] = Math.min(...Array.from(running.values(), ({ start }) => start)) + sum('time');
  limits[1] = none ? Number.POSITIVE_INFINITY : baseMemory + memoryBefore + sum('memory');
}

/**
 * Runs `work` with limits on time and memory that grow with `bytes`, the size of its input.
 * @template T
 * @param {number} id
 * @param {'load' | 'use'} kind
 * @param {number} bytes
 * @param {() => T | Promise<T>} work
 */
async function bounded(id, kind, bytes, work) {
  if (running.size === 0) memoryBefore = memoryUsage.rss();
  const time = baseTime + bytes * timePerByte[kind];
  const request = { start: timeTaken(), time, memory: bytes * memoryPerByte[kind] };
  running.set(id, request);
  setLimits();
  try {
    return await work();
  } finally {
    running.delete(id);
    const taken = Math.min(time, timeTaken() - request.start);
    for (const other of running.values()) other.start += taken;
    // The system gets its memory back later.
    const left = memoryUsage.rss() - memoryBefore - sum('memory');
    memoryBefore += Math.max(0, Math.min(request.memory, left));
    setLimits();
  }
}

/** @param {Load['load']} load @returns the id of each of `tokens`, −1 where it is none */
function load({ key, json, tokens }) {
  const tokenizer = tokenizers.Tokenizer.fromString(json);
  pipelines.set(key, tokenizer);
  return tokens.map((token) => tokenizer.tokenToId(token) ?? -1);
}

/**
 * The ids of each text, or where each id begins, in code points: one array for all texts, and the length of each text.
 * @param {tokenizers.Tokenizer} tokenizer
 * @param {Encode} request
 */
async function encode(tokenizer, { texts, starts }) {
  const options = { addSpecialTokens: false };
  const encodings =
    texts.length === 1
      ? [await tokenizer.encode(texts[0], null, options)]
      : await tokenizer.encodeBatch(texts, options);
  const lengths = Int32Array.from(encodings, (one) => one.getLength());
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const one of encodings) {
    ids.set(starts ? one.getOffsets().map(([start]) => start) : one.getIds(), at);
    at += one.getLength();
  }
  return { lengths, ids };
}

/** @param {Request} request */
async function answer(request) {
  const { id } = request;
  if ('load' in request) {
    return { ids: await bounded(id, 'load', request.load.json.length, () => load(request.load)) };
  }
  if ('drop' in request) return { dropped: pipelines.delete(request.drop) };
  const tokenizer = pipelines.get(request.key);
  if (!tokenizer) return { unknown: true };
  if ('texts' in request) {
    const bytes = request.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return bounded(id, 'use', bytes, () => encode(tokenizer, request));
  }
  const ids = Array.from(request.tokens);
  return { text: await bounded(id, 'use', 8 * ids.length, () => tokenizer.decode(ids, false)) };
}

process.on('message', async (/** @type {Request} */ request) => {
  const { id } = request;
  try {
    process.send?.({ id, ...(await answer(request)) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
// The terminal sends these signals to every process. This one ends when the program closes the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
