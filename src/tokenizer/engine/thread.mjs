/**
 * The thread between the program and the process that runs tokenizers. It passes requests to the process and answers
 * to the program. The program's own thread cannot do that while it is blocked. The thread starts the process at the
 * first request and reports why the process ended. `pipeline.ts` starts this thread.
 */
import { fork } from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * @typedef {{ id: number, blocking: boolean, drop?: number }} Request see `process.mjs`
 * @typedef {{ id: number, [key: string]: unknown }} Answer
 * @typedef {{ flag: Int32Array, port: import('node:worker_threads').MessagePort }} Given
 */

/** @type {Given} A blocked caller waits for `flag`, then reads `port`. */
const { flag, port } = workerData;

/** @param {boolean} blocking @param {Answer} answer */
function pass(blocking, answer) {
  if (!blocking) return parentPort?.postMessage(answer);
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

/** Starts a process. `send` passes a request to it; `alive` says whether it still takes requests. */
function start() {
  const { NODE_OPTIONS, ...env } = process.env; // loaders and inspectors of the program are not for this process
  const child = fork(new URL('process.mjs', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...env, RUST_BACKTRACE: '0' },
  });
  /** @type {Map<number, boolean>} Requests without an answer; true where the program is blocked until it comes. */
  const waiting = new Map();
  let alive = true;
  let said = '';

  /** @param {Answer} message */
  const answer = (message) => {
    const blocking = waiting.get(message.id);
    if (waiting.delete(message.id)) pass(blocking === true, message);
  };
  /** @param {string} how */
  const gone = (how) => {
    alive = false;
    const panic = /panicked at [^\n]*\n([^\n]+)/.exec(said)?.[1];
    const reason = panic || said.trim().split('\n').at(-1);
    for (const id of [...waiting.keys()]) answer({ id, error: reason || how, fromOutside: !reason });
  };
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-10_000);
  });
  child.on('message', (/** @type {Answer} */ message) => answer(message));
  child.on('error', ({ message }) => gone(message));
  child.on('exit', () => {
    alive = false;
  });
  child.on('close', (code, signal) => gone(`the end of its process (${signal ?? code})`));

  return {
    alive: () => alive && child.connected,
    /** @param {Request} request */
    send({ blocking, ...request }) {
      waiting.set(request.id, blocking);
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
