/** The doctor: what it reports of a machine that can train, and of one that lacks something. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosisText, doctor } from '../../src/cli/doctor.ts';
import { type Diagnosis, diagnose } from '../../src/runtime/diagnose.ts';
import { prepare } from '../../src/runtime/setup.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { cacheEntries, giveProgram, giveRealPip, makeWorld, removeWorlds, takeProgram } from './support.ts';

/** Runs the verb and returns its exit code and what it printed. */
async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const { log } = console;
  let text = '';
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  try {
    return { code: await doctor(args), text };
  } finally {
    console.log = log;
  }
}

describe('doctor', () => {
  before(async function () {
    this.timeout(240_000);
    await startTensorFlow();
  });
  after(removeWorlds);

  it('finds a machine that can train, as JSON and as text', async () => {
    const info = await startTensorFlow();
    const json = await run('--json');
    const diagnosis = JSON.parse(json.text) as Diagnosis;
    assert.equal(json.code, 0);
    assert.equal(diagnosis.ok, true);
    assert.deepEqual(diagnosis.problems, []);
    assert.equal(diagnosis.node.version, process.versions.node);
    assert.equal(diagnosis.tensorflow?.version, info.tensorflowVersion);
    assert.equal(diagnosis.device.kind, info.device);
    assert.ok(diagnosis.memory.totalBytes > 1e8);
    assert.ok(diagnosis.disk.cache.freeBytes > 0 && diagnosis.disk.work.writable);
    assert.equal(diagnosis.bf16?.available, true);
    assert.ok(diagnosis.bf16.speedup > 0);
    const text = diagnosisText(diagnosis);
    assert.match(text, /^✓ Node +\d+\./m);
    assert.ok(text.includes(`TensorFlow  ${info.tensorflowVersion} for `));
    assert.match(text, /Ready to train\.$/);
  });

  it('names everything that a set-up lacks, each with its command, and changes nothing', async () => {
    const world = makeWorld();
    takeProgram(world, 'python3');
    takeProgram(world, 'c++');
    const diagnosis = await diagnose(world.options);
    assert.equal(diagnosis.ok, false);
    assert.deepEqual(diagnosis.programs, { python: undefined, pip: undefined, compiler: undefined });
    const found = diagnosis.problems.map(({ what, fix }) => `${what} -> ${fix}`);
    assert.match(found[0], /^PATH: expected a C\+\+ compiler .*, got none -> .*(g\+\+|gcc|xcode)/);
    assert.match(found[1], /^PATH: expected python3 .*, got none -> .*python/);
    assert.equal(found[2], `${world.cache}: expected TensorFlow, got none -> npm run setup`);
    assert.equal(found.length, 3);
    assert.deepEqual(cacheEntries(world), []);
    const text = diagnosisText(diagnosis);
    assert.match(text, /^✗ TensorFlow +not set up/m);
    assert.match(text, /^✗ python +none/m);
    assert.match(text, /^To mend:/m);
  });

  it('asks only for the set-up where all it needs is there', async () => {
    const world = makeWorld();
    giveRealPip(world);
    const { problems, programs } = await diagnose(world.options);
    assert.deepEqual(
      problems.map(({ fix }) => fix),
      ['npm run setup'],
    );
    assert.match(programs.pip ?? '', /^pip \d/);
  });

  it('finds a library whose content alone changed, and the set-up that it names mends it', async () => {
    const world = makeWorld();
    const { library } = await prepare(world.options);
    const { atime, mtime } = statSync(library);
    writeFileSync(library, 'CC'.repeat(5000));
    utimesSync(library, atime, mtime);
    const [problem] = (await diagnose(world.options)).problems;
    assert.ok(problem.what.startsWith(`${library}: expected SHA-256 `), problem.what);
    await prepare({ ...world.options, checkHashes: true });
    assert.equal(readFileSync(library, 'utf8'), 'cc'.repeat(5000));
  });

  it('tells a full disk, a cache that cannot be written and a wrong PLUG_TENSORFLOW_DIR', async () => {
    const world = makeWorld();
    world.options.freeBytes = async () => 10;
    assert.match((await diagnose(world.options)).problems[0].what, /cache: expected .* free, got 10 bytes$/);
    delete world.options.freeBytes;
    world.env.PLUG_CACHE = path.join(world.bin, 'c++', 'cache');
    const unwritable = await diagnose(world.options);
    assert.equal(unwritable.disk.cache.writable, false);
    assert.match(
      unwritable.problems[0].what,
      /expected a folder to write in, got one that cannot be written$/,
    );
    world.env.PLUG_CACHE = world.cache;
    world.env.PLUG_TENSORFLOW_DIR = world.root;
    assert.match(
      (await diagnose(world.options)).problems[0].what,
      /^PLUG_TENSORFLOW_DIR: expected a folder with lib/,
    );
  });

  it('tells of a GPU that is there and why it is not used', async () => {
    const world = makeWorld();
    world.wheels['linux-x64-cuda'] = world.wheels['linux-x64-cpu'];
    giveProgram(world, 'nvidia-smi', 'echo "NVIDIA H100, 81559, 560.35"');
    const diagnosis = await diagnose(world.options);
    assert.equal(diagnosis.wanted, 'cuda');
    assert.equal(diagnosis.device.noGpu, 'TensorFlow is not set up');
    assert.match(diagnosisText(diagnosis), /✗ GPU +NVIDIA H100, 85\.5 GB, driver 560\.35/);
    world.env.PLUG_TENSORFLOW = 'cpu';
    assert.equal((await diagnose(world.options)).device.noGpu, 'PLUG_TENSORFLOW=cpu');
  });

  it('has a help, and refuses a flag that it does not know', async () => {
    const help = await run('--help');
    assert.equal(help.code, 0);
    assert.match(help.text, /^npm run doctor -- \[--json\]/);
    await assert.rejects(doctor(['--jsn']), /doctor: expected --json or --help, got --jsn/);
  });
});
