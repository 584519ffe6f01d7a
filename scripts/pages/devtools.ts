/** A headless Chromium, driven by the DevTools protocol over a pipe: commands out, answers and events in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Browser } from './unpack.ts';

export type Fields = Record<string, unknown>;
export interface Event {
  method: string;
  params: Fields;
}

export interface Devtools {
  /** @throws Error with the browser's own message where it refuses, and where it has ended */
  send(method: string, params?: Fields): Promise<Fields>;
  /** Every event of the page since the last call. */
  takeEvents(): Event[];
  /** Resolves at the next event of that name. */
  next(method: string): Promise<void>;
  close(): Promise<void>;
}

const FLAGS = ['--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu', '--hide-scrollbars'];

interface Waiting {
  resolve(value: Fields): void;
  reject(error: Error): void;
}

/** Starts the browser with one page in it. */
export async function startBrowser({ program, env }: Browser): Promise<Devtools> {
  const profile = await mkdtemp(join(tmpdir(), 'plug-tune-pages-'));
  const child: ChildProcess = spawn(
    program,
    [...FLAGS, '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [output, commands, replies] = [child.stderr, child.stdio[3], child.stdio[4]] as [
    Readable,
    Writable,
    Readable,
  ];
  let said = '';
  output.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  const waiting = new Map<number, Waiting>();
  const listeners: { method: string; resolve(): void }[] = [];
  let events: Event[] = [];
  let ended = false;
  const end = (reason: string) => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(`${program}: ${reason}\n${said}`));
  };
  child.on('error', (error) => end(error.message));
  child.on('exit', (code) => end(`ended with ${code}`));
  commands.on('error', () => {});

  let rest = '';
  replies.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() as string;
    for (const message of messages) {
      const { id, result, error, method, params } = JSON.parse(message);
      if (id === undefined) {
        events.push({ method, params });
        for (const listener of listeners.splice(0)) {
          if (listener.method === method) listener.resolve();
          else listeners.push(listener);
        }
        continue;
      }
      const one = waiting.get(id);
      waiting.delete(id);
      if (error) one?.reject(new Error(error.message));
      else one?.resolve(result);
    }
  });

  let last = 0;
  let sessionId: string | undefined;
  const send = (method: string, params: Fields = {}) =>
    new Promise<Fields>((resolve, reject) => {
      if (ended) return reject(new Error(`${program}: has ended\n${said}`));
      waiting.set(++last, { resolve, reject });
      commands.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  sessionId = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId as string;
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  return {
    send,
    takeEvents: () => events.splice(0),
    next: (method) => new Promise((resolve) => listeners.push({ method, resolve })),
    async close() {
      if (!ended) {
        const gone = once(child, 'exit');
        child.kill();
        await gone;
      }
      events = [];
      await rm(profile, { recursive: true, force: true });
    },
  };
}
