/** Setting up where all goes well: from a wheel, a folder, the Python at hand; kept, moved, mended. */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { readManifest } from '../../src/runtime/cache.ts';
import { prepare } from '../../src/runtime/setup.ts';
import {
  cacheEntries,
  giveProgram,
  giveRealPip,
  makeWorld,
  RUNTIME,
  removeWorlds,
  takeProgram,
  WHEEL,
  type World,
} from './support.ts';

/** Unpacks the world's wheel as an installed package in `site`. */
function install(world: World, site: string): string {
  mkdirSync(path.join(site, 'tensorflow/include/tensorflow/c/eager'), { recursive: true });
  mkdirSync(path.join(site, 'tensorflow_cpu-2.21.0.dist-info'));
  for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', '__init__.py']) {
    writeFileSync(path.join(site, 'tensorflow', file), file);
  }
  for (const file of ['c_api.h', 'eager/c_api.h']) {
    writeFileSync(path.join(site, 'tensorflow/include/tensorflow/c', file), '//');
  }
  rmSync(path.join(world.shelf, WHEEL));
  return path.join(site, 'tensorflow');
}

describe('runtime: setting up', () => {
  after(removeWorlds);

  it('fetches the wheel, keeps what is needed and builds the binding once', async () => {
    const world = makeWorld();
    giveRealPip(world);
    const runtime = await prepare(world.options);
    assert.equal(runtime.folder, path.join(world.cache, RUNTIME));
    assert.equal(readFileSync(runtime.library, 'utf8'), 'cc'.repeat(5000));
    assert.equal(readFileSync(runtime.binding, 'utf8'), 'compiled\n');
    assert.equal(runtime.manifest.tensorflowVersion, '2.21.0');
    assert.ok(existsSync(path.join(runtime.folder, 'tensorflow/include/tensorflow/c/eager/c_api.h')));
    assert.ok(!existsSync(path.join(runtime.folder, 'tensorflow/python')), 'unpacks only what is needed');
    assert.ok(!existsSync(path.join(runtime.folder, 'download')), 'deletes the wheel');
    assert.deepEqual(cacheEntries(world), [RUNTIME]);
    assert.equal(world.builds(), 1);
    assert.ok(world.lines.some((line) => line.startsWith('Fetching tensorflow-cpu 2.21.0')));
  });

  it('starts no program and says nothing once the cache is filled', async () => {
    const world = makeWorld();
    const first = await prepare(world.options);
    world.lines.length = 0;
    giveProgram(world, 'python3', 'echo python3 >> "$BUILDS"');
    giveProgram(world, 'c++', 'echo c++ >> "$BUILDS"');
    assert.deepEqual(await prepare(world.options), first);
    assert.equal(world.builds(), 1);
    assert.deepEqual(world.lines, []);
  });

  it('uses the folder that PLUG_TENSORFLOW_DIR names, where it lies', async () => {
    const world = makeWorld();
    const folder = install(world, path.join(world.root, 'elsewhere'));
    world.env.PLUG_TENSORFLOW_DIR = folder;
    takeProgram(world, 'python3');
    const runtime = await prepare(world.options);
    assert.equal(runtime.manifest.source, 'folder');
    assert.equal(runtime.library, path.join(folder, 'libtensorflow_cc.so.2'));
    assert.ok(runtime.binding.startsWith(world.cache));
  });

  it('refuses a PLUG_TENSORFLOW_DIR that is too old', async () => {
    const world = makeWorld();
    const folder = install(world, path.join(world.root, 'elsewhere'));
    renameSync(`${folder}_cpu-2.21.0.dist-info`, `${folder}_cpu-2.9.1.dist-info`);
    world.env.PLUG_TENSORFLOW_DIR = folder;
    await assert.rejects(
      prepare(world.options),
      /PLUG_TENSORFLOW_DIR: expected TensorFlow 2\.18 or newer, got 2\.9\.1;/,
    );
  });

  it('uses the TensorFlow of the Python at hand before fetching one, and again without Python', async () => {
    const world = makeWorld();
    const site = path.join(world.root, 'site');
    const folder = install(world, site);
    world.env.PYTHONPATH = site;
    const runtime = await prepare(world.options);
    assert.equal(runtime.manifest.source, 'installed');
    assert.equal(runtime.library, path.join(folder, 'libtensorflow_cc.so.2'));
    takeProgram(world, 'python3');
    assert.equal((await prepare(world.options)).library, runtime.library);
    assert.equal(world.builds(), 1);
  });

  it('builds again for an installed TensorFlow that was replaced', async () => {
    const world = makeWorld();
    const site = path.join(world.root, 'site');
    const folder = install(world, site);
    world.env.PYTHONPATH = site;
    await prepare(world.options);
    writeFileSync(path.join(folder, 'libtensorflow_cc.so.2'), 'another release');
    await prepare(world.options);
    assert.equal(world.builds(), 2);
  });

  it('passes over an installed TensorFlow of another release', async () => {
    const world = makeWorld();
    const site = path.join(world.root, 'site');
    const wheel = readFileSync(path.join(world.shelf, WHEEL));
    const folder = install(world, site);
    writeFileSync(path.join(world.shelf, WHEEL), wheel);
    renameSync(`${folder}_cpu-2.21.0.dist-info`, `${folder}_cpu-2.15.0.dist-info`);
    world.env.PYTHONPATH = site;
    assert.equal((await prepare(world.options)).manifest.source, 'wheel');
  });

  it('gives each TensorFlow its own folder and binding', async () => {
    const world = makeWorld();
    const wheel = await prepare(world.options);
    world.env.PLUG_TENSORFLOW_DIR = install(world, path.join(world.root, 'elsewhere'));
    const folder = await prepare(world.options);
    assert.notEqual(folder.binding, wheel.binding);
    delete world.env.PLUG_TENSORFLOW_DIR;
    assert.deepEqual(await prepare(world.options), wheel);
    assert.equal(world.builds(), 2);
  });

  it('accepts a cache that was copied, its times changed', async () => {
    const world = makeWorld();
    await prepare(world.options);
    const copy = path.join(world.root, 'copy');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    cpSync(world.cache, copy, { recursive: true });
    world.env.PLUG_CACHE = copy;
    const runtime = await prepare(world.options);
    assert.equal(runtime.library, path.join(copy, RUNTIME, 'tensorflow/libtensorflow_cc.so.2'));
    assert.equal(world.builds(), 1);
    const seconds = Math.floor(statSync(runtime.library).mtimeMs / 1000);
    assert.equal(runtime.manifest.libraries[0].mtime, seconds);
    assert.equal(readManifest(runtime.folder)?.libraries[0].mtime, seconds, 'the next start need not hash');
  });

  it('fetches again when a library was damaged, and says which', async () => {
    const world = makeWorld();
    const { library } = await prepare(world.options);
    writeFileSync(library, 'cut');
    await prepare(world.options);
    assert.equal(readFileSync(library, 'utf8'), 'cc'.repeat(5000));
    assert.ok(world.lines.includes(`${library}: expected 10000 bytes, got 3; setting it up again`));
  });

  it('notices a library of the right size whose content and time changed', async () => {
    const world = makeWorld();
    const { library } = await prepare(world.options);
    writeFileSync(library, 'CC'.repeat(5000));
    utimesSync(library, new Date(0), new Date(0));
    await prepare(world.options);
    assert.equal(readFileSync(library, 'utf8'), 'cc'.repeat(5000));
    assert.match(
      world.lines.find((line) => line.startsWith(library)) ?? '',
      /expected SHA-256 \w+, got \w+; setting/,
    );
  });

  it('builds only the binding when that alone was lost', async () => {
    const world = makeWorld();
    const { binding, library } = await prepare(world.options);
    rmSync(binding);
    rmSync(path.join(world.shelf, WHEEL));
    takeProgram(world, 'python3');
    await prepare(world.options);
    assert.ok(existsSync(binding) && existsSync(library));
    assert.equal(world.builds(), 2);
    assert.deepEqual(cacheEntries(world), [RUNTIME]);
  });

  it('takes the CUDA build where a driver is, and the CPU build when told so', async () => {
    const world = makeWorld();
    world.wheels['linux-x64-cuda'] = world.wheels['linux-x64-cpu'];
    giveProgram(world, 'nvidia-smi', 'exit 0');
    assert.equal((await prepare(world.options)).manifest.flavour, 'cuda');
    world.env.PLUG_TENSORFLOW = 'cpu';
    assert.equal((await prepare(world.options)).manifest.flavour, 'cpu');
    assert.deepEqual(cacheEntries(world), [RUNTIME, RUNTIME.replace('cpu', 'cuda')]);
    world.env.PLUG_TENSORFLOW = 'tpu';
    await assert.rejects(prepare(world.options), /PLUG_TENSORFLOW: expected cpu or cuda, got "tpu";/);
  });
});
