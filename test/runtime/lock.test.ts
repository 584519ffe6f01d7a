/** Several processes at one cache: built once, waited for, and taken over from the dead. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { holderOf, takeLock, withLock } from '../../src/runtime/lock.ts';
import { isRunning, startOf, thisProcess } from '../../src/runtime/process.ts';
import { prepare } from '../../src/runtime/setup.ts';
import { cacheEntries, giveCompiler, makeWorld, RUNTIME, removeWorlds, type World } from './support.ts';

interface Child {
  process: ChildProcess;
  output(): string;
  /** Resolves once the output holds the text. */
  says(text: string): Promise<void>;
  ended: Promise<number | string>;
}

/** Runs `prepare` in another process. */
function start(world: World): Child {
  const script = fileURLToPath(new URL('prepareOnce.ts', import.meta.url));
  const { env, wheels, platform, glibc, driverFiles } = world.options;
  const json = JSON.stringify({ env, wheels, platform, glibc, driverFiles });
  const child = spawn(process.execPath, ['--import', 'tsx', script, json], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  const says = async (wanted: string) => {
    while (!text.includes(wanted)) {
      assert.equal(child.exitCode, null, `ended early: ${text}`);
      await sleep(20);
    }
  };
  return { process: child, output: () => text, says, ended };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const temporaries = (world: World) => readdirSync(world.cache).filter((name) => name.startsWith('.making'));

/** A compiler that stays in the binding until the file `go` is there. */
function giveSlowCompiler(world: World): string {
  const go = path.join(world.root, 'go');
  const wait = `while [ ! -e "${go}" ]; do /bin/sleep 0.05; done`;
  giveCompiler(world, `case "$*" in *tfjs_backend.cc*) ${wait} ;; esac`);
  return go;
}

/** Takes the lock and gives `done`; fails when it would have to wait. */
const withoutWaiting = (file: string) =>
  withLock(
    file,
    () => assert.fail('waited'),
    async () => 'done',
  );

describe('runtime: the lock', () => {
  after(removeWorlds);

  it('two processes at once build once; the second says that it waits', async () => {
    const world = makeWorld();
    const go = giveSlowCompiler(world);
    const first = start(world);
    await first.says('Building');
    const second = start(world);
    await second.says(`Process ${first.process.pid} is setting TensorFlow up in ${world.cache}: waiting`);
    writeFileSync(go, '');
    assert.deepEqual(await Promise.all([first.ended, second.ended]), [0, 0]);
    assert.equal(world.builds(), 1);
    assert.ok(!second.output().includes('Fetching'));
    assert.deepEqual(cacheEntries(world), [RUNTIME]);
  });

  it('takes over from a killed process and removes what it left', async () => {
    const world = makeWorld();
    const go = giveSlowCompiler(world);
    const killed = start(world);
    await killed.says('Building');
    killed.process.kill('SIGKILL');
    await killed.ended;
    assert.equal(temporaries(world).length, 1);
    assert.ok(existsSync(path.join(world.cache, 'set-up.lock')));
    writeFileSync(go, '');
    await prepare(world.options);
    assert.deepEqual(cacheEntries(world), [RUNTIME]);
  });

  it('a process that waits takes over when the holder is killed', async () => {
    const world = makeWorld();
    const go = giveSlowCompiler(world);
    const killed = start(world);
    await killed.says('Building');
    const waiting = start(world);
    await waiting.says('waiting');
    killed.process.kill('SIGKILL');
    await waiting.says('Building');
    writeFileSync(go, '');
    assert.equal(await waiting.ended, 0);
    assert.deepEqual(cacheEntries(world), [RUNTIME]);
  });

  it('an interrupted process leaves nothing', async () => {
    const world = makeWorld();
    const go = giveSlowCompiler(world);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = start(world);
      await child.says('Building');
      child.process.kill(signal);
      assert.equal(await child.ended, signal === 'SIGINT' ? 130 : 143);
      assert.deepEqual(cacheEntries(world), []);
    }
    writeFileSync(go, '');
  });

  it('two calls in one process build once', async () => {
    const world = makeWorld();
    const [first, second] = await Promise.all([prepare(world.options), prepare(world.options)]);
    assert.equal(first.binding, second.binding);
    assert.equal(world.builds(), 1);
  });

  it('keeps waiting for a live holder, and goes on once it is done', async () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    const order: string[] = [];
    let release = () => {};
    const held = withLock(
      file,
      () => {},
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    const waiting = withLock(
      file,
      (pid) => order.push(`waits for ${pid}`),
      async () => order.push('second'),
    );
    await sleep(500);
    assert.deepEqual(order, [`waits for ${process.pid}`]);
    order.push('released');
    release();
    await Promise.all([held, waiting]);
    assert.deepEqual(order, [`waits for ${process.pid}`, 'released', 'second']);
    assert.ok(!existsSync(file));
  });

  it('takes over a lock that nobody has touched for a minute, whatever machine it names', async () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    for (const content of [JSON.stringify({ pid: process.pid, host: 'elsewhere', id: 'x' }), '']) {
      writeFileSync(file, content);
      const old = new Date(Date.now() - 120_000);
      utimesSync(file, old, old);
      assert.equal(await withoutWaiting(file), 'done');
    }
  });

  it('takes over when its process id is now ours', async () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: os.hostname(), id: 'of a former life' }));
    assert.equal(await withoutWaiting(file), 'done');
  });

  it('tells who holds it, and takes over from a process id that another program has now', async () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    const other = spawn('sleep', ['60']);
    const holder = { ...thisProcess(), pid: other.pid as number, id: 'x', doing: 'train' };
    const take = (change: object) => {
      writeFileSync(file, JSON.stringify({ ...holder, started: startOf(other.pid as number), ...change }));
      const found = takeLock(file, 'evaluate');
      if ('release' in found) found.release();
      return 'release' in found ? 'taken' : found.doing;
    };
    assert.equal(take({}), 'train');
    assert.equal(take({ started: 'long ago' }), 'taken');
    // A machine that has started again, and a container, number their processes themselves.
    assert.equal(take({ boot: 'another', started: 'long ago' }), 'train');
    assert.equal(take({ namespace: 'another', started: 'long ago' }), 'train');
    const before = new Date(Date.now() - 3600_000);
    writeFileSync(file, JSON.stringify({ ...holder, started: startOf(other.pid as number) }));
    utimesSync(file, before, before);
    assert.equal(holderOf(file)?.doing, 'train', 'a suspended process is not dead');
    other.kill('SIGKILL');
    await new Promise((resolve) => other.on('close', resolve));
    assert.equal(holderOf(file), null);
    assert.equal(take({}), 'taken');
  });

  it('takes over from a process that has ended but whose parent has not noticed', async function () {
    if (process.platform !== 'linux') this.skip();
    // The shell's child ends at once and stays a zombie while the shell, replaced by sleep, never asks for it.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    while (!/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) await sleep(10);
    assert.equal(isRunning(pid), false);
    parent.kill('SIGKILL');
  });

  it('knows when it was taken over', () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    const lock = takeLock(file);
    assert.ok('release' in lock && !lock.isTaken());
    writeFileSync(file, JSON.stringify({ ...thisProcess(), id: 'another' }));
    assert.ok(lock.isTaken());
    lock.release();
    assert.ok(existsSync(file), "another's lock is left alone");
  });

  it('is released when the work fails', async () => {
    const world = makeWorld();
    mkdirSync(world.cache);
    const file = path.join(world.cache, 'lock');
    const failing = withLock(
      file,
      () => {},
      () => Promise.reject(new Error('no')),
    );
    await assert.rejects(failing, /no/);
    assert.ok(!existsSync(file));
  });
});
