/**
 * `npm run notebook`: sets up Jupyter with its TypeScript kernel, then opens JupyterLab on a notebook. What it sets up is
 * in `src/notebook/`.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { note } from '../note.ts';
import { setUpJupyter } from '../notebook/jupyter.ts';
import { fromCaller, projectRoot } from '../paths.ts';
import { prepare } from '../runtime/setup.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';

const VERB = {
  name: 'notebook',
  summary: 'Open the notebook in JupyterLab, with a TypeScript kernel that knows this package',
  examples: [
    'npm run notebook',
    'npm run notebook -- --no-open --port 8899',
    'npm run notebook -- notebooks/plug.ipynb -- --ip=0.0.0.0',
  ],
  positionals:
    'The notebook to open; without one notebooks/plug.ipynb. What follows a lone -- goes to JupyterLab as it is.',
  flags: {
    'no-open': { kind: 'boolean', help: 'Start JupyterLab and print its address, but open no browser.' },
    'setup-only': { kind: 'boolean', help: 'Set up what is missing and start nothing.' },
    port: { kind: 'integer', help: 'Port of JupyterLab; default 8888, or the next free one.' },
  },
} satisfies Verb;

export async function notebook(args: string[]): Promise<number> {
  const end = args.indexOf('--');
  const [own, passed] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const { flags, positionals } = parseFlags(own, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  if (positionals.length > 1) {
    throw new UserError(`notebook: expected one notebook, got ${positionals.join(', ')}`);
  }
  const file = positionals[0] ? fromCaller(positionals[0]) : join(projectRoot, 'notebooks/plug.ipynb');
  if (!existsSync(file)) throw new UserError(`notebook: expected a notebook, got no file at ${file}`);
  await prepare();
  const python = await setUpJupyter(note);
  if (flags['setup-only']) return 0;
  return run(python, [
    ...['-m', 'jupyterlab', file, '--ServerApp.root_dir', projectRoot],
    ...(flags['no-open'] ? ['--no-browser'] : []),
    ...(flags.port === undefined ? [] : [`--port=${flags.port}`]),
    ...passed,
  ]);
}

/** Runs a program in the terminal until it ends; Ctrl-C is its own to answer. */
function run(program: string, args: string[]): Promise<number> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const child = spawn(program, args, { stdio: 'inherit' });
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 130));
  }).finally(() => process.off('SIGINT', ignore));
}
