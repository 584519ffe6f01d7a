// @ts-check
/**
 * The thread between the program and the process that runs tokenizers: it passes requests on and answers back, so
 * that the program can wait for an answer while its own thread is blocked. It starts the process at the first request,
 * ends it where loading takes too long, and says why it ended. `pipeline.ts` starts this thread.
 */
import { fork } from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * @typedef {{ id: number, blocking: boolean, load?: { json: string }, drop?: number }} Request see `process.mjs`
 * @typedef {{ id: number, [key: string]: unknown }} Answer
 * @typedef {{ flag: Int32Array, port: import('node:worker_threads').MessagePort }} Given
 */

/** @type {Given} A caller that is blocked waits for `flag`, then reads `port`. */
const { flag, port } = workerData;

/** Time for loading, in ms: usual are 10 s for 100 MB. */
const baseTime = 30_000;
const timePerByte = 0.005;

/** @param {boolean} blocking @param {Answer} answer */
function pass(blocking, answer) {
  if (!blocking) return parentPort?.postMessage(answer);
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

/** Starts a process; `send` passes a request to it, `alive` says whether it still takes any. */
function start() {
  const { NODE_OPTIONS, ...env } = process.env; // its loaders and inspectors are for the program
  const child = fork(new URL('process.mjs', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...env, RUST_BACKTRACE: '0' },
  });
  /** @type {Map<number, { blocking: boolean, timer?: NodeJS.Timeout }>} Requests without an answer. */
  const waiting = new Map();
  let alive = true;
  let reason = '';
  let said = '';

  /** @param {Answer} message */
  const answer = (message) => {
    const request = waiting.get(message.id);
    if (!request) return;
    waiting.delete(message.id);
    clearTimeout(request.timer);
    pass(request.blocking, message);
  };
  /** @param {string} how */
  const gone = (how) => {
    alive = false;
    const panic = /panicked at [^\n]*\n([^\n]+)/.exec(said)?.[1];
    const error = reason || panic || said.trim().split('\n').at(-1) || how;
    for (const id of [...waiting.keys()]) answer({ id, error });
  };
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(0, 10_000);
  });
  child.on('message', (/** @type {Answer & { ended?: string }} */ message) => {
    if (message.ended) reason = message.ended;
    else answer(message);
  });
  child.on('error', ({ message }) => gone(message));
  child.on('exit', () => {
    alive = false;
  });
  child.on('close', (code, signal) => gone(`the end of its process (${signal ?? code})`));

  return {
    alive: () => alive && child.connected,
    /** @param {Request} request */
    send({ blocking, ...request }) {
      const { id } = request;
      const limit = request.load ? baseTime + request.load.json.length * timePerByte : 0;
      const stop = () => {
        reason = `no end within ${Math.round(limit / 1000)} s`;
        child.kill('SIGKILL');
      };
      waiting.set(id, { blocking, timer: limit > 0 ? setTimeout(stop, limit) : undefined });
      child.send(request, (error) => {
        if (error && !alive) gone(error.message);
      });
    },
  };
}

/** @type {ReturnType<typeof start> | undefined} */
let engine;

parentPort?.on('message', (/** @type {Request} */ request) => {
  try {
    if (!engine?.alive()) {
      if (request.drop !== undefined) return;
      engine = start();
    }
    engine.send(request);
  } catch (error) {
    pass(request.blocking, { id: request.id, error: error instanceof Error ? error.message : String(error) });
  }
});
