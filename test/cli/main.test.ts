import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.ts';
import { startCli } from '../support/cli.ts';

function run(...args: string[]) {
  const command = ['--import', 'tsx', join(projectRoot, 'src/cli/main.ts'), ...args];
  return spawnSync(process.execPath, command, { cwd: projectRoot, encoding: 'utf8' });
}

describe('the command line', () => {
  it('lists the verbs', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    for (const verb of ['train', 'generate', 'data', 'bench', 'notebook', 'doctor'])
      assert.match(stdout, new RegExp(`^  ${verb} `, 'm'));
  });

  it('suggests the verb that was meant, in one line', () => {
    const { status, stdout, stderr } = run('tarin');
    assert.deepEqual([status, stdout], [1, '']);
    assert.equal(
      stderr,
      'no verb tarin, did you mean train? Verbs: train, generate, score, merge, evaluate, compare, study, data, bench, notebook, languages, doctor\n',
    );
  });

  it('prints an error of ours in one line, and calls the verb with its arguments', () => {
    const { status, stderr } = run('data', '--show', 'plug-kr');
    assert.equal(status, 1);
    assert.match(stderr, /^no recipe plug-kr, did you mean plug-ko\? Recipes: .*\n$/);
  });

  it('shows the help of a verb', () => {
    const { status, stdout } = run('data', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /--show RECIPE/);
    assert.equal(run('help', 'data').stdout, stdout);
    assert.ok(run('data', '--help', 'all').stdout.length > stdout.length);
  });

  it('prints its version, under both names and with a verb', () => {
    const { status, stdout } = run('--version');
    assert.equal(status, 0);
    assert.match(stdout, /^plug-tune \d+\.\d+\.\d+ \(TensorFlow (\d\S+|not set up yet), Node \d\S+\)\n$/);
    assert.equal(run('-V').stdout, stdout);
    assert.equal(run('train', '--version').stdout, stdout);
  });

  it('shows the stack of an error with --debug alone, for every verb', () => {
    for (const args of [
      ['generate', '--lr', '1'],
      ['doctor', '--jsn'],
    ]) {
      const [short, long] = [run(...args).stderr, run(...args, '--debug').stderr];
      assert.equal(short.split('\n').length, 2, short);
      assert.ok(long.startsWith(short), long);
      assert.match(long, /\n +at .*src\/cli\/\w+\.ts:\d+/);
    }
  });

  it('prints results and no progress with --quiet', () => {
    const { status, stdout, stderr } = run(
      '--quiet',
      'data',
      '--stats',
      'plug-ko',
      '--data.limit',
      '20',
      '--json',
    );
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(JSON.parse(stdout).recipe, 'plug-ko');
  });

  it('puts errors that nobody waits for on one line too', () => {
    const dir = mkdtempSync(join(tmpdir(), 'plug-tune-door-'));
    const fails = (name: string, code: string) => {
      writeFileSync(
        join(dir, name),
        `${code}\nexport default { name: 'x', method: { target: 'ko' }, data: { train: 'a' } };`,
      );
      return run('data', '--stats', join(dir, name));
    };
    try {
      const late = fails('late.ts', "Promise.reject(new RangeError('a\\nb'));");
      assert.equal(late.status, 1);
      assert.match(
        late.stderr,
        /^plug-tune: expected a recipe or method that runs, got RangeError: a b; .*--debug\n$/,
      );
      const never = fails('never.ts', 'await new Promise(() => {});');
      assert.equal(never.status, 13);
      assert.match(never.stderr, /^plug-tune: .*waits for something that never comes; .*\n$/);
      for (const [code, status] of [
        [0, 1],
        [3, 3],
      ]) {
        const leaves = fails(`leaves-${code}.ts`, `process.exit(${code});`);
        assert.equal(leaves.status, status);
        assert.match(leaves.stderr, /^plug-tune: .*got one that calls process\.exit\(\d\); .*\n$/);
      }
      const lines = fails('lines.ts', "throw new Error('a\\nb');");
      assert.match(lines.stderr, /lines\.ts:1:7: expected a recipe that runs, got Error: a b\n$/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('says that its output cannot be written', function () {
    if (process.platform !== 'linux') this.skip();
    const command = ['--import', 'tsx', join(projectRoot, 'src/cli/main.ts'), '--help'];
    const full = openSync('/dev/full', 'w');
    const options = { cwd: projectRoot, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync(process.execPath, command, {
      ...options,
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    assert.equal(status, 1);
    assert.match(stderr, /^stdout: expected room on the disk, got a full disk \(ENOSPC\); .*\n$/);
  });

  it('ends without a word where its reader has seen enough', async function () {
    if (process.platform !== 'linux') this.skip();
    const { child, ended } = startCli(projectRoot, ['data', '--show', 'plug-ko', '--count', '300']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, error } = await ended;
    assert.deepEqual([code, error], [141, '']);
  });
});
