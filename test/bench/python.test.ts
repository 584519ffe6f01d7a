import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchPython } from '../../src/bench/python.ts';
import { temporaryFolder } from '../support/files.ts';

/** A project with requirements, and a `python3` that is a shell script. */
function projectWith(root: string, name: string, script: string): { root: string; env: NodeJS.ProcessEnv } {
  const folder = join(root, name);
  mkdirSync(join(folder, 'bench'), { recursive: true });
  mkdirSync(join(folder, 'programs'));
  writeFileSync(join(folder, 'bench/requirements.txt'), 'torch==1\n');
  const program = join(folder, 'programs/python3');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return {
    root: folder,
    env: { PATH: `${join(folder, 'programs')}:/bin:/usr/bin`, LOG: join(folder, 'log') },
  };
}

/** Makes an environment whose Python logs that pip was called, then does `pip`. */
const venv = (pip: string) => `
mkdir -p "$4/bin"
printf '#!/bin/sh\\necho "$@" >> "$LOG"\\n${pip}\\n' > "$4/bin/python"
chmod +x "$4/bin/python"`;

describe('the Python of the peers', () => {
  const root = temporaryFolder();
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);

  it('is the one that PLUG_BENCH_PYTHON names', async () => {
    const env = { PLUG_BENCH_PYTHON: process.execPath };
    assert.equal(await benchPython(note, { env, root }), process.execPath);
    await assert.rejects(
      benchPython(note, { env: { PLUG_BENCH_PYTHON: '/no/python' }, root }),
      /PLUG_BENCH_PYTHON: expected a Python, got no file at \/no\/python; name a Python/,
    );
  });

  it('is an environment that is made once, and again when the requirements change', async () => {
    const project = projectWith(root, 'once', venv('exit 0'));
    const python = await benchPython(note, project);
    assert.equal(python, join(project.root, '.venv-bench/bin/python'));
    assert.equal(await benchPython(note, project), python);
    const calls = () => readFileSync(join(project.root, 'log'), 'utf8').trim().split('\n');
    assert.equal(calls().length, 1);
    assert.match(calls()[0], /^-m pip install .*-r .*bench\/requirements\.txt$/);
    writeFileSync(join(project.root, 'bench/requirements.txt'), 'torch==2\n');
    await benchPython(note, project);
    assert.equal(calls().length, 2);
    assert.equal(notes.length, 2);
  });
});
