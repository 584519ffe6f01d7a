import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../src/recipe/paths.ts';

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
  });
});
