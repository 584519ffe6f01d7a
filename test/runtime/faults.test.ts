/** Each way in which a set-up can fail: one clear line, nothing left behind, and success after the mend. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SetupError } from '../../src/runtime/errors.ts';
import { prepare } from '../../src/runtime/setup.ts';
import {
  cacheEntries,
  giveCompiler,
  giveProgram,
  givePython,
  giveRealPip,
  makeWorld,
  RUNTIME,
  removeWorlds,
  takeProgram,
  WHEEL,
  type World,
} from './support.ts';

/** The set-up fails with this code and line, and leaves nothing. */
async function fails(world: World, code: string, line: RegExp): Promise<void> {
  const error = await prepare(world.options).then(
    () => assert.fail('the set-up succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SetupError, String((error as Error).stack));
  assert.match(error.message, line);
  assert.equal(error.code, code);
  assert.ok(!error.message.includes('\n'), 'one line');
  assert.deepEqual(cacheEntries(world), [], 'nothing left in the cache');
}

async function worksNow(world: World): Promise<void> {
  const runtime = await prepare(world.options);
  assert.equal(readFileSync(runtime.library, 'utf8'), 'cc'.repeat(5000));
  assert.deepEqual(cacheEntries(world), [RUNTIME]);
}

/** A package index on the loopback that serves the wheel by `send`. */
async function serve(
  world: World,
  send: (body: Buffer) => { length: number; body: Buffer },
): Promise<Server> {
  const wheel = readFileSync(path.join(world.shelf, WHEEL));
  const server = createServer((request, response) => {
    if (!request.url?.endsWith('.whl')) {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<a href="/${WHEEL}">${WHEEL}</a>`);
      return;
    }
    const { length, body } = send(wheel);
    response.writeHead(200, { 'Content-Length': length });
    response.write(body, () => (body.length < length ? response.destroy() : response.end()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  useIndex(world, (server.address() as AddressInfo).port);
  return server;
}

function useIndex(world: World, port: number): void {
  giveRealPip(world);
  delete world.env.PIP_NO_INDEX;
  world.env.PIP_FIND_LINKS = '';
  world.env.PIP_INDEX_URL = `http://127.0.0.1:${port}/simple`;
}

function useShelf(world: World): void {
  world.env.PIP_NO_INDEX = '1';
  world.env.PIP_FIND_LINKS = world.shelf;
}

describe('runtime: faults of a set-up', () => {
  after(removeWorlds);

  it('no Python', async () => {
    const world = makeWorld();
    takeProgram(world, 'python3');
    await fails(world, 'python', /^PATH: expected python3 .*, got none; run: .*python3/);
    givePython(world);
    await worksNow(world);
  });

  it('no pip', async () => {
    const world = makeWorld();
    giveProgram(world, 'python3', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
    await fails(world, 'pip', /python3: expected pip, got none; run: .*pip/);
    givePython(world);
    await worksNow(world);
  });

  it('no compiler: said before anything is fetched', async () => {
    const world = makeWorld();
    takeProgram(world, 'c++');
    await fails(world, 'compiler', /^PATH: expected a C\+\+ compiler .*, got none; run: /);
    assert.deepEqual(world.lines, []);
    giveCompiler(world);
    await worksNow(world);
  });

  it('a CXX that does not exist', async () => {
    const world = makeWorld();
    world.env.CXX = 'no-such-compiler -flag';
    await fails(world, 'compiler', /got CXX="no-such-compiler -flag"; run: /);
    world.env.CXX = 'c++ -flag';
    await worksNow(world);
  });

  it('a compiler without its own headers', async () => {
    const world = makeWorld();
    giveProgram(
      world,
      'c++',
      'echo "check.cc:1:10: fatal error: string: No such file or directory" >&2; exit 1',
    );
    await fails(world, 'headers', /c\+\+: expected the header string, got no such file; run: /);
    giveCompiler(world);
    await worksNow(world);
  });

  it('a compiler that fails at the binding, after the download', async () => {
    const world = makeWorld();
    const failing = 'case "$*" in *tfjs_backend.cc*) echo "x.cc:1: error: no luck" >&2; exit 1 ;; esac';
    giveCompiler(world, failing);
    await fails(world, 'compiler', /c\+\+: expected the binding compiled, got x\.cc:1: error: no luck; /);
    giveCompiler(world);
    await worksNow(world);
  });

  it('a TensorFlow folder without headers', async () => {
    const world = makeWorld();
    const folder = path.join(world.root, 'tensorflow');
    mkdirSync(folder);
    world.env.PLUG_TENSORFLOW_DIR = folder;
    await fails(
      world,
      'tensorflow',
      /^PLUG_TENSORFLOW_DIR: expected a folder with libtensorflow_cc\.so\.2, got /,
    );
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      writeFileSync(path.join(folder, name), name);
    }
    await fails(
      world,
      'headers',
      /expected a folder with include\/tensorflow\/c\/c_api\.h, got .*; name the folder/,
    );
    delete world.env.PLUG_TENSORFLOW_DIR;
    await worksNow(world);
  });

  it('no network', async () => {
    const world = makeWorld();
    useIndex(world, 1);
    world.env.PIP_RETRIES = '1';
    await fails(
      world,
      'network',
      /^tensorflow-cpu==2\.21\.0: expected an answer from the package index, got none; /,
    );
    // Told to try once, pip does not say why it found nothing.
    world.env.PIP_RETRIES = '0';
    await fails(
      world,
      'download',
      /got no such file there; check the network, and the package index or mirror/,
    );
    useShelf(world);
    await worksNow(world);
  });

  it('an index without the wheel', async () => {
    const world = makeWorld();
    giveRealPip(world);
    world.env.PIP_FIND_LINKS = world.bin;
    await fails(
      world,
      'download',
      /^tensorflow-cpu==2\.21\.0: expected it in the package index, got no such file/,
    );
    useShelf(world);
    await worksNow(world);
  });

  it('a download cut off by the server', async () => {
    const world = makeWorld();
    const server = await serve(world, (wheel) => ({ length: wheel.length, body: wheel.subarray(0, 700) }));
    world.env.PIP_RESUME_RETRIES = '0';
    await fails(
      world,
      'download',
      /expected the whole file, got a download cut off; run again|it was cut off/,
    );
    server.close();
    useShelf(world);
    await worksNow(world);
  });

  it('a shorter file than the table says', async () => {
    const world = makeWorld();
    const entry = world.wheels['linux-x64-cpu'].wheels[0];
    entry.bytes += 1000;
    await fails(
      world,
      'download',
      new RegExp(`expected ${entry.bytes} bytes, got ${entry.bytes - 1000}; it was cut off`),
    );
    entry.bytes -= 1000;
    await worksNow(world);
  });

  it('a wheel with another hash', async () => {
    const world = makeWorld();
    const entry = world.wheels['linux-x64-cpu'].wheels[0];
    const right = entry.sha256;
    entry.sha256 = 'ab'.repeat(32);
    await fails(world, 'hash', new RegExp(`^${WHEEL}: expected SHA-256 ${entry.sha256}, got ${right}; `));
    entry.sha256 = right;
    await worksNow(world);
  });

  it('a disk without the room: refused before the download', async () => {
    const world = makeWorld();
    world.wheels['linux-x64-cpu'].wheels[0].unpackedBytes = 3e9;
    world.options.freeBytes = async () => 1.5e9;
    await fails(
      world,
      'disk',
      /cache: expected 3\.0 GB free, got 1\.5 GB; free some space, or set PLUG_CACHE/,
    );
    assert.deepEqual(world.lines, []);
    delete world.options.freeBytes;
    world.wheels['linux-x64-cpu'].wheels[0].unpackedBytes = 0;
    await worksNow(world);
  });

  it('a disk that fills up while pip writes', async () => {
    const world = makeWorld();
    givePython(
      world,
      'echo x > /dev/full || { echo "OSError: [Errno 28] No space left on device" >&2; exit 1; }',
    );
    await fails(
      world,
      'disk',
      /cache: expected room for tensorflow-cpu==2\.21\.0, got a full disk; free some space/,
    );
    givePython(world);
    await worksNow(world);
  });

  it('a disk that fills up while the binding is linked', async () => {
    const world = makeWorld();
    const full = 'echo "ld: final link failed: No space left on device" >&2; exit 1';
    giveCompiler(world, `case "$*" in *tfjs_backend.cc*) ${full} ;; esac`);
    await fails(world, 'disk', /got a full disk; free some space/);
    giveCompiler(world);
    await worksNow(world);
  });

  it('a cache that cannot be made', async () => {
    const world = makeWorld();
    for (const place of [
      path.join(world.bin, 'python3', 'cache'),
      '/proc/plug-tune',
      path.join(world.bin, 'c++'),
    ]) {
      world.env.PLUG_CACHE = place;
      await fails(
        world,
        'cache',
        /: expected a folder to write in, got E[A-Z]+ at .*; set PLUG_CACHE to a folder/,
      );
    }
    world.env.PLUG_CACHE = world.cache;
    await worksNow(world);
  });

  it('a cache that pip cannot write', async () => {
    const world = makeWorld();
    givePython(world, 'echo "ERROR: [Errno 30] Read-only file system: x" >&2; exit 1');
    await fails(world, 'cache', /cache: expected a folder to write in, got pip: /);
    givePython(world);
    await worksNow(world);
  });

  it('a platform without a wheel', async () => {
    const world = makeWorld();
    world.options.platform = 'win32-x64';
    await fails(
      world,
      'platform',
      /^platform: expected one of linux-x64-cpu, got win32-x64-cpu; set PLUG_TENSORFLOW_DIR/,
    );
    world.options.platform = 'linux-x64';
    world.options.glibc = false;
    await fails(world, 'platform', /^platform: expected Linux with glibc, got one with musl; /);
    world.options.glibc = true;
    await worksNow(world);
  });

  it('a pip that fails for a reason of its own', async () => {
    const world = makeWorld();
    givePython(world, 'echo "ERROR: the moon is full" >&2; exit 2');
    await fails(world, 'pip', /expected pip to fetch it, got ERROR: the moon is full; mend what pip says/);
    givePython(world);
    await worksNow(world);
  });

  it('a wheel that holds no library', async () => {
    const world = makeWorld();
    world.options.platform = 'darwin-arm64';
    world.wheels['darwin-arm64-cpu'] = world.wheels['linux-x64-cpu'];
    await fails(
      world,
      'tensorflow',
      /expected tensorflow\/libtensorflow_cc\.2\.dylib in the wheel, got a wheel without it/,
    );
    rmSync(world.cache, { recursive: true });
    world.options.platform = 'linux-x64';
    await worksNow(world);
  });
});
