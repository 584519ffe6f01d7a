/** Setting Jupyter up in a project whose python3, npm and tsc are small scripts that log how they were called. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KERNEL, kernelSpec, setUpJupyter } from '../../src/notebook/jupyter.ts';
import { projectRoot } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';

function write(file: string, text: string, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function projectIn(root: string, name: string, npm: string | null) {
  const dir = join(root, name);
  const log = join(dir, 'log');
  write(join(dir, 'notebooks/jupyter/requirements.txt'), 'jupyterlab==1\n');
  write(join(dir, 'notebooks/jupyter/package-lock.json'), '{}');
  write(join(dir, 'src/index.ts'), 'export {};');
  write(log, '');
  const shell = (text: string) => `#!/bin/sh\n${text}\n`;
  const python = `mkdir -p "$4/bin"; printf '#!/bin/sh\\necho pip >> ${log}\\n' > "$4/bin/python"; chmod +x "$4/bin/python"`;
  write(join(dir, 'programs/python3'), shell(python), 0o755);
  if (npm !== null) write(join(dir, 'programs/npm'), shell(`echo npm "$@" >> ${log}\n${npm}`), 0o755);
  const tsc = `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'tsc ' + process.argv.slice(2).join(' ') + '\\n');`;
  write(join(dir, 'node_modules/typescript/bin/tsc'), tsc);
  write(join(dir, 'node_modules/package.json'), '{"type":"commonjs"}');
  const calls = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
  const env: NodeJS.ProcessEnv = { PATH: `${join(dir, 'programs')}:/bin:/usr/bin` };
  return { dir, env, calls, log };
}

describe('setUpJupyter', () => {
  const root = temporaryFolder();
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);

  it('makes the environment, the kernel and the types once, and again what has changed', async () => {
    const { dir, env, calls } = projectIn(root, 'once', 'mkdir -p "$3/node_modules"');
    const python = await setUpJupyter(note, { env, root: dir });
    assert.equal(python, join(dir, '.venv-notebook/bin/python'));
    assert.deepEqual(calls(), ['pip', 'npm', 'tsc']);
    await setUpJupyter(note, { env, root: dir });
    assert.deepEqual([calls().length, notes.length], [3, 3]);
    write(join(dir, 'src/deep/more.ts'), 'export {};');
    await setUpJupyter(note, { env, root: dir });
    assert.deepEqual(calls().slice(3), ['tsc']);
    write(join(dir, 'notebooks/jupyter/package-lock.json'), '{"other":1}');
    write(join(dir, 'notebooks/jupyter/requirements.txt'), 'jupyterlab==2\n');
    await setUpJupyter(note, { env, root: dir });
    assert.deepEqual(calls().slice(4), ['pip', 'npm']);
    // The environment is made from scratch when its packages change, and the kernel is in it again.
    assert.ok(existsSync(join(dir, `.venv-notebook/share/jupyter/kernels/${KERNEL}/kernel.json`)));
  });

  it('says what npm said, and tries again', async () => {
    const failing = 'echo "npm warn old" >&2; echo "npm error code ENOTFOUND" >&2; exit 1';
    const { dir, env, calls } = projectIn(root, 'failing', failing);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        setUpJupyter(note, { env, root: dir }),
        /^UserError: npm ci: expected it to finish, got npm error code ENOTFOUND; mend what it says and run again$/,
      );
    }
    assert.deepEqual(calls(), ['pip', 'npm', 'npm']);
  });

  it('says that python3 is missing', async () => {
    const { dir } = projectIn(root, 'none', null);
    await assert.rejects(
      setUpJupyter(note, { env: { PATH: '/nowhere' }, root: dir }),
      /^UserError: notebook: expected python3 on the PATH, got none; run: /,
    );
  });

  it('describes a kernel by paths that hold wherever Jupyter runs', () => {
    const { argv } = kernelSpec(join(projectRoot, 'notebooks/jupyter'));
    const [node, flag, tsx, tslab, ...rest] = argv;
    assert.deepEqual(
      [node, flag, ...rest],
      [process.execPath, '--import', 'kernel', '--config-path', '{connection_file}'],
    );
    assert.ok(existsSync(new URL(tsx)));
    assert.equal(tslab, join(projectRoot, 'notebooks/jupyter/node_modules/tslab/bin/tslab'));
  });
});
