// @ts-check
/**
 * The process in which every tokenizer.json runs, by Hugging Face's own Rust library. It is a process apart because
 * a hostile file can end it or keep it busy for ever: a pattern that backtracks too far aborts the whole process, and
 * a normalizer can double a text again and again. It watches its own processor time and memory, and ends itself when
 * a request takes too much of them. `thread.mjs` starts it. Plain JavaScript, since Node 20 runs no TypeScript.
 */
import { cpuUsage, memoryUsage } from 'node:process';
import tokenizers from 'tokenizers';

/**
 * @typedef {{ id: number, load: { key: number, json: string, tokens: string[] } }} Load
 * @typedef {{ id: number, drop: number }} Drop
 * @typedef {{ id: number, key: number, texts: string[], starts: boolean }} Encode `starts` asks where each id begins
 * @typedef {{ id: number, key: number, tokens: Int32Array }} Decode
 * @typedef {Load | Drop | Encode | Decode} Request
 */

/** Processor time that a request may take, in microseconds: usual is 1 for each byte of text. */
const baseTime = 5e6;
const timePerByte = 20;
/** Memory that requests may take, in bytes: usual are 200 for each byte of text. */
const baseMemory = 1e9;
const memoryPerByte = 400;

/** @type {Map<number, tokenizers.Tokenizer>} */
const pipelines = new Map();
/** @type {Map<number, { bytes: number, end: number }>} What each request may take. */
const running = new Map();
/** @type {NodeJS.Timeout | undefined} */
let watch;
/** Memory of the process before the requests that run now. */
let memoryBefore = 0;

const processorTime = () => {
  const { user, system } = cpuUsage();
  return user + system;
};

/** @param {unknown} message */
const send = (message) => process.send?.(message);

/** Ends the process, even where a thread of it is busy. @param {string} reason */
function end(reason) {
  clearInterval(watch);
  process.send?.({ ended: reason }, () => process.kill(process.pid, 'SIGKILL'));
}

function check() {
  let allowed = baseMemory;
  for (const { bytes } of running.values()) allowed += bytes * memoryPerByte;
  const taken = memoryUsage.rss() - memoryBefore;
  if (taken > allowed) return end(`${Math.round(taken / 1e6)} MB of memory taken`);
  const now = processorTime();
  for (const { bytes, end: limit } of running.values()) {
    if (now > limit) return end(`no end within ${Math.round((baseTime + bytes * timePerByte) / 1e6)} s`);
  }
}

/**
 * Counts what `work` takes while it runs.
 * @template T
 * @param {number} id
 * @param {number} bytes
 * @param {() => Promise<T>} work
 */
async function watched(id, bytes, work) {
  running.set(id, { bytes, end: processorTime() + baseTime + bytes * timePerByte });
  if (!watch) {
    memoryBefore = memoryUsage.rss();
    watch = setInterval(check, 50);
  }
  try {
    return await work();
  } finally {
    running.delete(id);
    if (running.size === 0) {
      clearInterval(watch);
      watch = undefined;
    }
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
  if ('load' in request) return { ids: load(request.load) };
  if ('drop' in request) return { dropped: pipelines.delete(request.drop) };
  const tokenizer = pipelines.get(request.key);
  if (!tokenizer) return { unknown: true };
  if ('texts' in request) {
    const bytes = request.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return watched(request.id, bytes, () => encode(tokenizer, request));
  }
  const ids = Array.from(request.tokens);
  return { text: await watched(request.id, 8 * ids.length, () => tokenizer.decode(ids, false)) };
}

process.on('message', async (/** @type {Request} */ request) => {
  const { id } = request;
  try {
    send({ id, ...(await answer(request)) });
  } catch (error) {
    send({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
// The terminal sends these to every process; this one ends with the one that started it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
