/**
 * The Python of the peers: PLUG_BENCH_PYTHON, or an environment of its own in `.venv-bench/`, made once for each
 * state of bench/requirements.txt. `npm run bench` without --peer never comes here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { displayPath, projectRoot } from '../recipe/paths.ts';
import { installCommand } from '../runtime/errors.ts';
import { findProgram, runProgram } from '../runtime/programs.ts';

export interface PythonPlace {
  env: NodeJS.ProcessEnv;
  /** The folder that holds bench/ and gets .venv-bench/. */
  root: string;
}

/** A script of the peers. */
export const peerScript = (name: string) => join(projectRoot, 'bench', name);

/**
 * The Python to run the peers with.
 * @throws UserError when there is none, or pip cannot fill the environment
 */
export async function benchPython(
  note: (text: string) => void,
  { env, root }: PythonPlace = { env: process.env, root: projectRoot },
): Promise<string> {
  const given = env.PLUG_BENCH_PYTHON;
  if (given) {
    if (existsSync(given)) return given;
    const fix = 'name a Python that has bench/requirements.txt installed, or unset it';
    throw new UserError(`PLUG_BENCH_PYTHON: expected a Python, got no file at ${given}; ${fix}`);
  }
  const folder = join(root, '.venv-bench');
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'ready');
  const requirements = join(root, 'bench/requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(python)) return python;
  const base = findProgram(['python3', 'python'], env);
  if (!base) {
    const fix = `run: ${installCommand('python', `${process.platform}-${process.arch}`)}`;
    throw new UserError(`--peer: expected python3 on the PATH, got none; ${fix}`);
  }
  note(`making ${displayPath(folder)} with PyTorch and TRL, once (gigabytes are fetched) …`);
  await must(base, ['-m', 'venv', '--clear', folder], env, 'install python3-venv and run again');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  const fix =
    'mend what pip says and run again, or let PLUG_BENCH_PYTHON name a Python that has the packages';
  await must(python, pip, env, fix);
  await writeFile(stamp, wanted);
  return python;
}

async function must(program: string, args: string[], env: NodeJS.ProcessEnv, fix: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(program, args, { env });
  if (code === 0) return;
  const says = (stderr.trim() || stdout.trim()).split('\n').filter((line) => !line.startsWith('WARNING'));
  const what = `python ${args.slice(0, 3).join(' ')}`;
  throw new UserError(`${what}: expected it to finish, got ${says.at(-1) || `exit status ${code}`}; ${fix}`);
}
