/**
 * The process in which every tokenizer.json runs, by Hugging Face's own Rust library. It is a process apart because a
 * hostile file can end it or keep it busy for ever: a pattern that backtracks too far aborts the whole process, and a
 * normalizer can double a text again and again. `watch.mjs` ends it when a request takes too much. `thread.mjs` starts
 * it. These files are plain JavaScript, since Node 20 runs no TypeScript.
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

/** Processor time that a request may take, in microseconds. Usual are 0.1 for a byte of a file, and 1 for one of text. */
const baseTime = 3e6;
const timePerByte = { load: 4, use: 20 };
/** Memory that it may take, in bytes. Usual are 20 for a byte of a file, and 200 for one of text. */
const baseMemory = 1e9;
const memoryPerByte = { load: 50, use: 400 };

/** @type {Map<number, tokenizers.Tokenizer>} */
const pipelines = new Map();
/** @type {Map<number, { time: number, memory: number }>} What each request may take, the time from the process's start. */
const running = new Map();
/** Memory of the process before the requests that run now. */
let memoryBefore = 0;
/** The processor time, in microseconds, and the memory at which the process ends; infinite while it does nothing. */
const limits = new Float64Array(new SharedArrayBuffer(16)).fill(Number.POSITIVE_INFINITY);
const watch = new Worker(new URL('watch.mjs', import.meta.url), { workerData: limits });
watch.unref();

function setLimits() {
  const all = [...running.values()];
  const memory = all.reduce((sum, one) => sum + one.memory, baseMemory + memoryBefore);
  limits[0] = Math.min(Number.POSITIVE_INFINITY, ...all.map(({ time }) => time));
  limits[1] = all.length === 0 ? Number.POSITIVE_INFINITY : memory;
}

/**
 * Bounds what `work` takes, by the bytes that it is about.
 * @template T
 * @param {number} id
 * @param {'load' | 'use'} kind
 * @param {number} bytes
 * @param {() => T | Promise<T>} work
 */
async function bounded(id, kind, bytes, work) {
  const { user, system } = cpuUsage();
  if (running.size === 0) memoryBefore = memoryUsage.rss();
  const time = user + system + baseTime + bytes * timePerByte[kind];
  running.set(id, { time, memory: bytes * memoryPerByte[kind] });
  setLimits();
  try {
    return await work();
  } finally {
    running.delete(id);
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
 * The ids of each text, or where each of them begins, in code points; end to end, with the number of each.
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
// The terminal sends these to every process; this one ends with the one that started it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
