/**
 * Jupyter with a TypeScript kernel that knows this package: JupyterLab in `.venv-notebook/`, tslab in
 * `notebooks/jupyter/`, both made once for each state of their lists of packages, and the kernel's description.
 */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../errors.ts';
import { writeJson } from '../files.ts';
import { displayPath, projectRoot } from '../paths.ts';
import { onceFor } from '../runtime/once.ts';
import { findProgram, runProgram } from '../runtime/programs.ts';
import { venvPython } from '../runtime/venv.ts';
import { writeDeclarations } from './declarations.ts';

export interface JupyterPlace {
  env: NodeJS.ProcessEnv;
  /** The folder that holds notebooks/ and gets .venv-notebook/. */
  root: string;
}

/** The kernel's name in a notebook. */
export const KERNEL = 'tslab';

/**
 * Sets up what is missing.
 * @returns the Python that has JupyterLab and the kernel
 * @throws UserError when python3 or npm is missing, or packages cannot be fetched
 */
export async function setUpJupyter(
  note: (text: string) => void,
  { env, root }: JupyterPlace = { env: process.env, root: projectRoot },
): Promise<string> {
  const packages = join(root, 'notebooks/jupyter');
  const folder = join(root, '.venv-notebook');
  const python = await venvPython({
    ...{ folder, env, asker: 'notebook', requirements: join(packages, 'requirements.txt') },
    fix: 'mend what pip says and run again',
    onMake: () => note(`making ${displayPath(folder)} with JupyterLab, once …`),
  });
  await installPackages(packages, env, note);
  const kernels = join(folder, 'share/jupyter/kernels', KERNEL);
  await mkdir(kernels, { recursive: true });
  await writeJson(join(kernels, 'kernel.json'), kernelSpec(packages));
  await writeDeclarations(root, note);
  return python;
}

/**
 * How Jupyter starts tslab. tsx is loaded first: cells then import the package's TypeScript as it stands, and
 * Jupyter finds all of it wherever it was started.
 */
export function kernelSpec(packages: string) {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const tslab = join(packages, 'node_modules/tslab/bin/tslab');
  return {
    argv: [
      ...[process.execPath, '--import', tsx, tslab],
      ...['kernel', '--config-path', '{connection_file}'],
    ],
    display_name: 'TypeScript',
    language: 'typescript',
  };
}

async function installPackages(dir: string, env: NodeJS.ProcessEnv, note: (text: string) => void) {
  const lock = readFileSync(join(dir, 'package-lock.json'), 'utf8');
  await onceFor(join(dir, 'node_modules/ready'), lock, async () => {
    const npm = findProgram(['npm'], env);
    if (!npm) throw new UserError('notebook: expected npm on the PATH, got none; install it beside Node');
    note('fetching tslab, the TypeScript kernel, once …');
    const flags = ['--ignore-scripts', '--no-fund', '--no-audit'];
    const { code, stderr } = await runProgram(npm, ['ci', '--prefix', dir, ...flags], { env });
    if (code === 0) return;
    const says = stderr.split('\n').find((line) => /^npm err(or|!)/i.test(line)) ?? `exit status ${code}`;
    throw new UserError(`npm ci: expected it to finish, got ${says.trim()}; mend what it says and run again`);
  });
}
