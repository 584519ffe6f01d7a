/**
 * Runs the notebook top to bottom in a real tslab kernel and says what is wrong with its outputs. `make test-notebooks`
 * leaves the executed copy beside; `--write`, as `make notebooks` has it, puts the outputs into the notebook itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setUpJupyter } from '../../src/notebook/jupyter.ts';
import { displayPath, projectRoot } from '../../src/paths.ts';
import { faultsOf, type Notebook } from './check.ts';
import { drawCharts } from './draw.ts';

const NOTEBOOK = join(projectRoot, 'notebooks/plug.ipynb');
const DIR = join(projectRoot, '.cache/notebooks');
/** For one cell, on a slow machine. */
const SECONDS = 1200;

const start = performance.now();
const python = await setUpJupyter(console.error);
await mkdir(DIR, { recursive: true });
const executed = join(DIR, 'plug.ipynb');
const script = join(import.meta.dirname, 'execute.py');
const child = spawn(python, [script, NOTEBOOK, executed, String(SECONDS)], { stdio: 'inherit' });
const [code] = await once(child, 'exit');
if (code !== 0) process.exit(1);

const notebook: Notebook = JSON.parse(await readFile(executed, 'utf8'));
await drawCharts(notebook);
const text = `${JSON.stringify(notebook, null, 1)}\n`;
await writeFile(executed, text);
const faults = faultsOf(notebook);
for (const fault of faults) console.error(`plug.ipynb: ${fault}`);
const write = process.argv.includes('--write') && faults.length === 0;
if (write) await writeFile(NOTEBOOK, text);
const cells = notebook.cells.filter(({ cell_type }) => cell_type === 'code').length;
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`notebook: ${cells} cells ran in ${seconds} s, ${faults.length} faults`);
console.log(`outputs in ${displayPath(write ? NOTEBOOK : executed)}`);
if (faults.length > 0) process.exitCode = 1;
