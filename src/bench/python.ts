/**
 * The Python of the peers: PLUG_BENCH_PYTHON, or an environment of its own in `.venv-bench/`, made once for each
 * state of bench/requirements.txt. `npm run bench` without --peer never comes here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { displayPath, projectRoot } from '../paths.ts';
import { venvPython } from '../runtime/venv.ts';

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
  return venvPython({
    ...{ folder, env, asker: '--peer', requirements: join(root, 'bench/requirements.txt') },
    fix: 'mend what pip says and run again, or let PLUG_BENCH_PYTHON name a Python that has the packages',
    onMake: () => note(`making ${displayPath(folder)} with PyTorch and TRL, once (gigabytes are fetched) …`),
  });
}
