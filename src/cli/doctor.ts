/**
 * `npm run doctor`: says what is installed, what is missing and the command that mends it, for a person or (--json)
 * for a program. It looks and loads, and changes nothing; the looking is done by `src/runtime/diagnose.ts`.
 */
import os from 'node:os';
import { UserError } from '../errors.ts';
import { type Diagnosis, diagnose, type Place } from '../runtime/diagnose.ts';
import { formatBytes } from '../runtime/errors.ts';
import { wrap } from '../wrap.ts';

const HELP = `npm run doctor -- [--json]

Says what is installed, what is missing and how to mend it: Node, TensorFlow (checked by size and hash,
and loaded), the device and its memory, bfloat16, free disk, and the programs that the set-up runs.
It changes nothing. Exit code 0 when one can train, 1 otherwise.

  --json   the same as one JSON object, for programs
  --help   this text

PLUG_CACHE, PLUG_TENSORFLOW_DIR and PLUG_TENSORFLOW=cpu|cuda decide what it looks at; docs/runtime.md
tells about them.`;

/** @returns the exit code. */
export async function doctor(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) throw new UserError(`doctor: expected --json or --help, got ${unknown}`);
  // The line about a missing GPU is part of the report below.
  const diagnosis = await diagnose({ log: () => {} });
  console.log(args.includes('--json') ? JSON.stringify(diagnosis, null, 2) : diagnosisText(diagnosis));
  return diagnosis.ok ? 0 : 1;
}

const SOURCES = {
  wheel: 'its wheel, fetched',
  installed: 'the Python at hand',
  folder: 'PLUG_TENSORFLOW_DIR',
};

/** The report for a person: a row for each thing, then what to do. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { node, tensorflow, wanted, device, memory, bf16, disk, programs, problems } = diagnosis;
  const cpu = [device.cpu.model, `${device.cpu.cores} cores`, device.cpu.instructions.join(' ')];
  const rows: [boolean, string, string][] = [
    [node.supported, 'Node', node.version],
    tensorflow
      ? [
          true,
          'TensorFlow',
          `${tensorflow.version} for ${buildName(tensorflow.flavour)}, from ${SOURCES[tensorflow.source]}`,
        ]
      : [false, 'TensorFlow', `not set up (the build for ${buildName(wanted)} fits here)`],
    ...(tensorflow ? ([[true, '', shorten(tensorflow.library)]] as [boolean, string, string][]) : []),
    [true, 'CPU', cpu.filter(Boolean).join(', ')],
    ...device.gpus.map((gpu): [boolean, string, string] => [
      device.kind === 'gpu',
      'GPU',
      `${gpu.name}, ${formatBytes(gpu.memoryBytes)}, driver ${gpu.driver}`,
    ]),
    [true, 'Trains on', device.kind === 'gpu' ? 'the GPU' : `the CPU: ${device.noGpu}`],
    [true, 'Memory', `${formatBytes(memory.freeBytes)} free of ${formatBytes(memory.totalBytes)}`],
    ...(bf16 ? ([[bf16.available, 'bf16', bf16Text(bf16)]] as [boolean, string, string][]) : []),
    [disk.cache.writable, 'Cache', placeText(disk.cache)],
    [disk.work.writable, 'Working in', placeText(disk.work)],
    ...(['python', 'pip', 'compiler'] as const).map((name): [boolean, string, string] => [
      programs[name] !== undefined,
      name,
      programs[name] ?? (tensorflow ? 'none (only a set-up needs it)' : 'none'),
    ]),
  ];
  const lines = rows.map(
    ([good, name, text]) => `${name ? (good ? '✓' : '✗') : ' '} ${name.padEnd(12)}${text}`,
  );
  const advice = problems.flatMap(({ what, fix }) => [...wrap(what, 100), `  ${fix}`]);
  const verdict = diagnosis.ok ? ['Ready to train.'] : ['To mend:', ...advice.map((line) => `  ${line}`)];
  return [...lines, '', ...verdict].join('\n');
}

const buildName = (flavour: 'cpu' | 'cuda') => (flavour === 'cuda' ? 'NVIDIA GPUs' : 'CPUs');

function bf16Text({ available, speedup }: { available: boolean; speedup: number }): string {
  if (!available) return 'matrix products are not available';
  const compared =
    speedup >= 1 ? `${speedup.toFixed(1)} times as fast as` : `slower than (${speedup.toFixed(1)} of)`;
  return `matrix products are ${compared} float32`;
}

function placeText({ path, freeBytes, writable }: Place): string {
  return `${shorten(path)}, ${formatBytes(freeBytes)} free${writable ? '' : ', cannot be written'}`;
}

const shorten = (path: string) => {
  const home = os.homedir();
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
};
