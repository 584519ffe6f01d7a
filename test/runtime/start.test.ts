/** Starting the real TensorFlow of this machine: silent, repeatable, from the cache, with a CUDA build on a CPU too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../src/runtime/cache.ts';
import { prepare } from '../../src/runtime/setup.ts';
import { type RuntimeInfo, startTensorFlow } from '../../src/runtime/start.ts';
import { makeWorld, removeWorlds } from './support.ts';

interface Started {
  info: RuntimeInfo;
  milliseconds: number;
  backend: string;
  product: number[][];
  topk: number[];
  bindings: string[];
  env: Record<string, string>;
}

const script = fileURLToPath(new URL('startOnce.ts', import.meta.url));

/** Starts TensorFlow in another process that finds no program on its PATH. */
function startElsewhere(
  env: NodeJS.ProcessEnv = {},
  ...args: string[]
): { started: Started; stderr: string } {
  const bare: NodeJS.ProcessEnv = { ...process.env, PATH: '/nowhere', ...env };
  for (const name of [
    'TF_CPP_MIN_LOG_LEVEL',
    'TF_DETERMINISTIC_OPS',
    'TF_FORCE_GPU_ALLOW_GROWTH',
    'NODE_OPTIONS',
  ]) {
    if (!(name in env)) delete bare[name];
  }
  const child = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    env: bare,
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  assert.equal(child.stdout.trim().split('\n').length, 1, `no noise on stdout: ${child.stdout}`);
  return { started: JSON.parse(child.stdout) as Started, stderr: child.stderr };
}

describe('runtime: starting TensorFlow', () => {
  after(removeWorlds);

  let info: RuntimeInfo;
  before(async function () {
    this.timeout(240_000);
    info = await startTensorFlow();
  });

  it('starts once in a process', async () => {
    assert.equal(startTensorFlow(), startTensorFlow());
    assert.equal(await startTensorFlow(), info);
  });

  it('starts from the cache in silence, with no program and the binding of the cache', () => {
    const { started, stderr } = startElsewhere();
    assert.equal(stderr, '');
    assert.equal(started.backend, 'tensorflow');
    assert.deepEqual(started.product, [
      [3, 3],
      [3, 3],
    ]);
    assert.match(started.info.tensorflowVersion, /^2\.\d+\.\d+/);
    assert.equal(started.info.folder, info.folder);
    if (process.platform === 'linux') {
      assert.equal(started.bindings.length, 1);
      assert.ok(started.bindings[0].startsWith(info.folder), started.bindings[0]);
    }
    assert.ok(started.milliseconds < 5_000, `${started.milliseconds} ms`);
  });

  it('asks for repeatable results and little GPU memory, and leaves what the user set', () => {
    const defaults = {
      TF_CPP_MIN_LOG_LEVEL: '2',
      TF_DETERMINISTIC_OPS: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    };
    assert.deepEqual(startElsewhere().started.env, defaults);
    assert.equal(startElsewhere(defaults).stderr, '', 'silent in a process that inherits ours');
    const own = { TF_CPP_MIN_LOG_LEVEL: '0', TF_DETERMINISTIC_OPS: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'false' };
    const { started, stderr } = startElsewhere(own);
    assert.deepEqual(started.env, own);
    assert.notEqual(stderr, '', 'the log that was asked for');
  });

  it('runs where node:util lacks what tfjs-node calls', () => {
    assert.deepEqual(startElsewhere({}, '--without-utilities').started.topk, [1, 2]);
  });

  it('says on one line that a library does not load', async function () {
    if (`${process.platform}-${process.arch}` !== 'linux-x64') this.skip();
    const world = makeWorld();
    // Its libraries and binding are text.
    const { folder } = await prepare(world.options);
    const env = { ...process.env, PLUG_CACHE: world.cache, PLUG_TENSORFLOW: 'cpu', PLUG_TENSORFLOW_DIR: '' };
    const child = spawnSync(process.execPath, ['--import', 'tsx', script], { env, encoding: 'utf8' });
    assert.equal(child.status, 1);
    assert.match(
      child.stderr,
      /^SetupError: TensorFlow: expected a library that loads, got .*file too short; delete /m,
    );
    assert.ok(child.stderr.includes(`delete ${folder} and run again`));
  });

  it('says on one line why a CUDA build has no GPU, and goes on with the CPU', function () {
    const { folder } = info;
    if (info.device === 'gpu' || info.source !== 'wheel') this.skip();
    const cache = mkdtempSync(path.join(os.tmpdir(), 'plug-runtime-'));
    try {
      // This machine's library, said to be a CUDA build.
      const fake = path.join(cache, path.basename(folder).replace(`-${info.flavour}-`, '-cuda-'));
      mkdirSync(fake);
      const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
      writeFileSync(path.join(fake, 'manifest.json'), JSON.stringify({ ...manifest, flavour: 'cuda' }));
      symlinkSync(path.join(folder, 'tensorflow'), path.join(fake, 'tensorflow'));
      for (const name of Object.keys(manifest.bindings)) {
        cpSync(path.join(folder, name), path.join(fake, name), { recursive: true, preserveTimestamps: true });
      }
      const env = { PLUG_CACHE: cache, PLUG_TENSORFLOW: 'cuda', CUDA_VISIBLE_DEVICES: '-1' };
      const { started, stderr } = startElsewhere(env);
      const reason = 'CUDA_VISIBLE_DEVICES="-1" hides every GPU';
      assert.equal(stderr, `No GPU in use: ${reason}. Going on with the CPU\n`);
      assert.equal(started.info.noGpu, reason);
      assert.equal(started.info.device, 'cpu');
      assert.deepEqual(started.topk, [1, 2]);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
});
