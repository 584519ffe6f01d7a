/**
 * Runs the real command on hostile inputs, and shows how each ended: exit code, seconds, memory, and the one line that it
 * said. Fails where a command shows a stack, says more than one line of error, takes too long or too much memory, or
 * ends otherwise than it should. `make test-hostile` runs it; minutes. The measured table is in docs/hostile.md.
 * node --import tsx scripts/hostile/run.ts [--json] [PART OF A NAME …]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, measure } from './command.ts';
import { others } from './files.ts';
import { type Attack, type HostileInput, writeTiny } from './input.ts';
import { models } from './models.ts';

const LIMITS = { seconds: 60, megabytes: 1500 };

/** Characters of a line that a person still reads. */
const LONGEST_LINE = 2500;

interface Result {
  input: string;
  code: number | string;
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
  line: string;
  faults: string[];
}

const isWarning = (line: string) => line.startsWith('Warning: ');

/** What is wrong with how a command ended. */
function faultsOf({ code, signal, seconds, megabytes, out, error }: Measured, end: Attack['end']): string[] {
  const lines = error.split('\n').filter((line) => line.trim() !== '');
  const faults: string[] = [];
  if (/^\s+at .*[:(]/m.test(`${out}\n${error}`)) faults.push('a stack');
  if (/expected no error of the program itself/.test(error)) faults.push('an error that is ours');
  const errors = lines.filter((line) => !isWarning(line));
  const refused = code !== 0;
  if (refused && errors.length !== 1) faults.push(`${errors.length} lines of error`);
  if (!refused && errors.length > 0) faults.push(`says ${errors.length} lines, though it is done`);
  if (seconds > LIMITS.seconds) faults.push(`more than ${LIMITS.seconds} s`);
  if (megabytes > LIMITS.megabytes) faults.push(`more than ${LIMITS.megabytes} MB`);
  if (lines.some((line) => line.length > LONGEST_LINE)) faults.push('a line without end');
  if (code === null) faults.push(`ended by ${signal}`);
  if (end !== 'either' && refused !== (end !== 'done')) faults.push(`exit code ${code}`);
  return faults;
}

async function attack({ name, make }: HostileInput, folder: string, model: string): Promise<Result> {
  const { args, end, close, ...more } = await make(folder, model);
  try {
    const found = await measure(folder, [...args, '--quiet'], LIMITS, more);
    const said = found.error.split('\n').filter((line) => line.trim() !== '');
    return {
      input: name,
      code: found.code ?? String(found.signal),
      seconds: Math.round(found.seconds * 10) / 10,
      cpuSeconds: Math.round(found.cpuSeconds * 10) / 10,
      megabytes: Math.round(found.megabytes),
      line: shortened(plain(said.find((line) => !isWarning(line)) ?? said[0] ?? '', folder)),
      faults: faultsOf(found, end),
    };
  } finally {
    close?.();
  }
}

/** The line without the name of the temporary folder. */
const plain = (line: string, folder: string) => line.replaceAll(`${folder}/`, '');

/** As much of a line as a table can hold. */
const shortened = (line: string, most = 160) => (line.length > most ? `${line.slice(0, most)} …` : line);

const cell = (text: string) => text.replaceAll('|', '\\|');

const row = ({ input, code, seconds, cpuSeconds, megabytes, line }: Result) =>
  `| ${cell(input)} | ${code} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${megabytes} | ${cell(line)} |`;

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => arg !== '--json');
const inputs = [...models, ...others].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
const base = mkdtempSync(join(tmpdir(), 'plug-hostile-'));
const results: Result[] = [];
try {
  const good = await measure(base, writeTiny(base), LIMITS);
  if (good.code !== 0) throw new Error(`the good model: ${good.error}`);
  if (!json)
    console.log(
      '| input | exit code | seconds | CPU seconds | MB | what it said |\n| --- | ---: | ---: | ---: | ---: | --- |',
    );
  for (const [i, input] of inputs.entries()) {
    const folder = join(base, `input-${i}`);
    mkdirSync(folder);
    const result = await attack(input, folder, join(base, 'run'));
    rmSync(folder, { recursive: true, force: true });
    results.push(result);
    if (!json) console.log(row(result));
    for (const fault of result.faults) console.error(`${input.name}: ${fault}`);
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
const faulty = results.filter(({ faults }) => faults.length > 0);
if (json) console.log(JSON.stringify({ limits: LIMITS, results }, null, 2));
else console.log(`\nhostile: ${results.length - faulty.length} passed, ${faulty.length} failed`);
if (faulty.length > 0) process.exitCode = 1;
