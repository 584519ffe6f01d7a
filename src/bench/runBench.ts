/**
 * A whole benchmark: gathers what is to be measured, measures it in rounds that go through all variants by turns, and
 * gives rows and ratios. The command line and the tests call it with their own sizes.
 */
import { join } from 'node:path';
import { runWorker, withFolder } from './child.ts';
import { type Measured, type Ratio, type Row, ratiosOf, rowsOf } from './figures.ts';
import { describeMachine, type Machine, measuresBf16 } from './machine.ts';
import { benchPython } from './python.ts';
import { type StepSize, sizeText, WARM_UP_STEPS } from './sizes.ts';
import type { Prepared, TextSource } from './text.ts';
import { generations, ownSteps, type Plan, textSteps, torchSteps, type Variant } from './variants.ts';

export interface BenchOptions {
  size: StepSize;
  /** Timed steps a round. */
  steps: number;
  /** Untimed steps before them. */
  warmUp?: number;
  rounds: number;
  /** Also what is not meant for this machine: bf16 in software. */
  all?: boolean;
  torch?: boolean;
  /** The text that our training and TRL's are compared on. */
  text?: TextSource;
  /** Only with `text`: leaves the steps on random tokens out. */
  textAlone?: boolean;
  /** Told what is being done. */
  note?: (text: string) => void;
}

export interface BenchResult {
  machine: Machine;
  rows: Row[];
  ratios: Ratio[];
}

export interface GenerateBenchOptions extends Pick<BenchOptions, 'size' | 'rounds' | 'all' | 'note'> {
  newTokens: number;
  /** Beside transformers. */
  peer: boolean;
  /** Timed texts a round, behind one that is not. */
  repeats: number;
}

/** How fast texts are generated, one prompt at once and all of them. @throws UserError when a variant cannot be measured */
export async function runGenerateBench(options: GenerateBenchOptions): Promise<BenchResult> {
  const { size, newTokens, rounds, repeats, peer, all = false, note = () => {} } = options;
  return withFolder(async (folder) => {
    const machine = await describeMachine();
    const native = measuresBf16(machine);
    const python = peer ? await benchPython(note) : null;
    if (!native && !all) machine.notes.push(SOFTWARE_BF16);
    machine.measured.push(
      `generation: ${sizeText(size)}, prompts of ${size.seq} tokens, ${newTokens} new ones, greedy`,
    );
    note('making a random model …');
    await runWorker('a model', { kind: 'makeModel', folder, size, newTokens });
    const { variants, pairs } = generations({
      ...{ python, folder, newTokens, repeats, batches: [...new Set([1, size.batch])] },
      precisions: native || all ? ['float32', 'bf16'] : ['float32'],
    });
    const { measured, ...result } = await measurePlans(machine, [{ variants, pairs }], rounds, note);
    for (const { ours, theirs } of pairs) {
      const [mine, other] = [ours, theirs].map((name) => measured.get(name)?.[0].written ?? []);
      const same = mine.filter((text, row) => String(text) === String(other[row])).length;
      machine.notes.push(`${same} of ${mine.length} texts are the same: ${ours}, ${theirs}`);
    }
    return result;
  });
}

/** Places of a row of text. */
const TEXT_SEQ = 512;

const SOFTWARE_BF16 =
  'bf16 is not measured: this CPU has no instructions for it and computes it in software; --all measures it nevertheless';

/** @throws UserError when a variant cannot be measured */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { size, steps, warmUp = WARM_UP_STEPS, rounds, all = false, note = () => {} } = options;
  return withFolder(async (folder) => {
    const machine = await describeMachine();
    const native = measuresBf16(machine);
    const counts = { warmUp, steps };
    const plans: Plan[] = [];
    const python = options.torch || options.text ? await benchPython(note) : '';
    if (!options.textAlone) {
      machine.measured.push(`training steps on random tokens: ${sizeText(size)}, ${steps} steps a round`);
      if (!native && !all) machine.notes.push(SOFTWARE_BF16);
      const means = { bf16: native || all, xla: machine.device === 'gpu' };
      plans.push(ownSteps(size, counts, means));
      if (options.torch) plans.push(torchSteps(python, size, counts, means));
    }
    if (options.text) {
      const { data, tokenizer, target, limit } = options.text;
      const places = { ...size, seq: TEXT_SEQ };
      const sequences = join(folder, 'sequences.jsonl');
      const atLeast = size.batch * (warmUp + steps);
      note('making PLUG text …');
      const prepared = await runWorker<Prepared>('PLUG text', {
        ...{ kind: 'prepare', data, tokenizer, target, limit },
        ...{ size: places, sequences, atLeast },
      });
      machine.measured.push(textNote(prepared, places, steps, native));
      machine.notes.push(
        'TRL without FlashAttention packs by a mask over all rows of a batch in one; "row by row" is the same ' +
          'step in micro-batches of one row, which spares that',
      );
      const rest = { python, size: places, bf16: native, prepared, sequences, folder };
      plans.push(textSteps({ ...rest, ...counts }));
    }
    const { measured: _, ...result } = await measurePlans(machine, plans, rounds, note);
    return result;
  });
}

/** Measures what is planned; `measured` is what each variant gave in each round. */
async function measurePlans(
  machine: Machine,
  plans: Plan[],
  rounds: number,
  note: (text: string) => void,
): Promise<BenchResult & { measured: Map<string, Measured[]> }> {
  const measured = await measureRounds(
    plans.flatMap(({ variants }) => variants),
    rounds,
    note,
  );
  for (const { versions } of [...measured.values()].flat()) Object.assign(machine.versions, versions);
  const pairs = plans.flatMap((plan) => plan.pairs);
  return { machine, rows: rowsOf(measured), ratios: ratiosOf(measured, pairs), measured };
}

/**
 * Measures every variant once a round. Every second round goes backwards, so that what slows the machine down for a
 * while meets all of them alike.
 */
export async function measureRounds(
  variants: readonly Variant[],
  rounds: number,
  note: (text: string) => void,
): Promise<Map<string, Measured[]>> {
  const measured = new Map(variants.map(({ name }): [string, Measured[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? variants : [...variants].reverse()) {
      const one = await run();
      measured.get(name)?.push(one);
      const speed = Math.round(one.supervisedTokensPerSecond ?? one.tokensPerSecond).toLocaleString('en');
      const kind = one.supervisedTokensPerSecond === undefined ? '' : 'supervised ';
      note(`round ${round + 1} of ${rounds}: ${name}, ${speed} ${kind}tokens/s`);
    }
  }
  return measured;
}

function textNote(
  { count, tokens, supervised, config }: Prepared,
  size: StepSize,
  steps: number,
  bf16: boolean,
) {
  const number = (value: number) => value.toLocaleString('en');
  const text = `${number(count)} sequences, ${number(tokens)} tokens, ${number(supervised)} supervised`;
  const shape = sizeText({ ...size, vocabSize: config.vocabSize });
  return `training on PLUG text (${text}): ${shape}, ${bf16 ? 'bf16' : 'float32'}, ${steps} steps a round`;
}
