import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onceFor } from '../../src/runtime/once.ts';
import { venvPython } from '../../src/runtime/venv.ts';
import { temporaryFolder } from '../support/files.ts';

/** A `python3` that makes environments whose Python logs that pip was called, then does `pip`. */
function placeWith(root: string, name: string, pip: string) {
  const dir = join(root, name);
  mkdirSync(join(dir, 'programs'), { recursive: true });
  writeFileSync(join(dir, 'requirements.txt'), 'torch==1\n');
  const program = join(dir, 'programs/python3');
  writeFileSync(
    program,
    `#!/bin/sh
mkdir -p "$4/bin"
printf '#!/bin/sh\\necho "$@" >> "$LOG"\\n${pip}\\n' > "$4/bin/python"
chmod +x "$4/bin/python"
`,
  );
  chmodSync(program, 0o755);
  let made = 0;
  return {
    dir,
    made: () => made,
    venv: {
      ...{ folder: join(dir, 'venv'), requirements: join(dir, 'requirements.txt') },
      ...{ asker: 'this', fix: 'mend it', onMake: () => void made++ },
      env: { PATH: `${join(dir, 'programs')}:/bin:/usr/bin`, LOG: join(dir, 'log') } as NodeJS.ProcessEnv,
    },
  };
}

describe('a Python environment', () => {
  const root = temporaryFolder();

  it('is made once, and again when its requirements change or it is gone', async () => {
    const { dir, made, venv } = placeWith(root, 'once', 'exit 0');
    assert.equal(await venvPython(venv), join(dir, 'venv/bin/python'));
    await venvPython(venv);
    const calls = () => readFileSync(join(dir, 'log'), 'utf8').trim().split('\n');
    assert.deepEqual([made(), calls().length], [1, 1]);
    assert.match(calls()[0], /^-m pip install .*-r .*requirements\.txt$/);
    writeFileSync(venv.requirements, 'torch==2\n');
    await venvPython(venv);
    assert.deepEqual([made(), calls().length], [2, 2]);
    rmSync(join(dir, 'venv/bin'), { recursive: true });
    await venvPython(venv);
    assert.deepEqual([made(), calls().length], [3, 3]);
  });

  it('is not taken for ready when pip fails, and the error is what pip said last, with the fix', async () => {
    const { dir, venv } = placeWith(
      root,
      'failing',
      'echo WARNING: old >&2; echo No such version >&2; exit 1',
    );
    await assert.rejects(
      venvPython(venv),
      /^UserError: python -m pip install: expected it to finish, got No such version; mend it$/,
    );
    assert.ok(!existsSync(join(dir, 'venv/ready')));
  });

  it('says who needs python3 where there is none', async () => {
    const { made, venv } = placeWith(root, 'none', '');
    await assert.rejects(
      venvPython({ ...venv, env: { PATH: '/nowhere' } }),
      /^UserError: this: expected python3 on the PATH, got none; run: /,
    );
    assert.equal(made(), 0);
  });
});

describe('onceFor', () => {
  const root = temporaryFolder();

  it('runs once for a state, and again after a failure', async () => {
    const stamp = join(root, 'deep/ready');
    const made: string[] = [];
    const make = (state: string, fails = false) =>
      onceFor(stamp, state, async () => {
        made.push(state);
        if (fails) throw new Error('no');
      });
    await make('a');
    await make('a');
    await assert.rejects(make('b', true), /no/);
    await make('a');
    assert.deepEqual(made, ['a', 'b', 'a']);
  });
});
