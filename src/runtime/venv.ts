/**
 * Python environments of this project's own: a folder with the packages of a requirements.txt, made once for each state
 * of that file. The peers of `npm run bench` and the notebook each have one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { installCommand } from './errors.ts';
import { onceFor } from './once.ts';
import { findProgram, runProgram } from './programs.ts';

export interface Venv {
  /** The folder of the environment. */
  folder: string;
  /** The file that lists its packages. */
  requirements: string;
  /** Who needs it, to begin an error with. */
  asker: string;
  /** What to do where pip fails. */
  fix: string;
  env: NodeJS.ProcessEnv;
  /** Called before it is made. */
  onMake: () => void;
}

/**
 * The environment's Python.
 * @throws UserError when there is no Python to make it with, or pip cannot fill it
 */
export async function venvPython({ folder, requirements, asker, fix, env, onMake }: Venv): Promise<string> {
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'ready');
  if (!existsSync(python)) await rm(stamp, { force: true });
  await onceFor(stamp, readFileSync(requirements, 'utf8'), async () => {
    const base = findProgram(['python3', 'python'], env);
    if (!base) {
      const install = installCommand('python', `${process.platform}-${process.arch}`);
      throw new UserError(`${asker}: expected python3 on the PATH, got none; run: ${install}`);
    }
    onMake();
    await must(base, ['-m', 'venv', '--clear', folder], env, 'install python3-venv and run again');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await must(python, pip, env, fix);
  });
  return python;
}

async function must(program: string, args: string[], env: NodeJS.ProcessEnv, fix: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(program, args, { env });
  if (code === 0) return;
  const says = (stderr.trim() || stdout.trim()).split('\n').filter((line) => !line.startsWith('WARNING'));
  const what = `python ${args.slice(0, 3).join(' ')}`;
  throw new UserError(`${what}: expected it to finish, got ${says.at(-1) || `exit status ${code}`}; ${fix}`);
}
