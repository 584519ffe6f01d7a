/**
 * What is measured, as a list of names with a function each, and which of them are compared. Ours and PyTorch's
 * steps are on rows of random tokens, ours and TRL's on PLUG text.
 */
import { toHuggingFace } from '../model/architectures/huggingFace.ts';
import { runChild, runWorker } from './child.ts';
import type { Measured, Pair } from './figures.ts';
import { peerScript } from './python.ts';
import { LEARNING_RATE, type StepSize } from './sizes.ts';
import type { StepJob } from './steps.ts';
import type { Prepared } from './text.ts';

export interface Variant {
  name: string;
  /** Measures it once, in a process of its own. */
  run(): Promise<Measured>;
}

export interface Plan {
  variants: Variant[];
  pairs: Pair[];
}

export interface Counts {
  warmUp: number;
  steps: number;
}

export interface GeneratePlan {
  python: string | null;
  folder: string;
  precisions: ('float32' | 'bf16')[];
  /** Prompts at once. */
  batches: number[];
  newTokens: number;
  repeats: number;
}

/** Our greedy generation, and that of transformers with either of its caches. */
export function generations({ python, precisions, batches, ...rest }: GeneratePlan): Plan {
  const plan: Plan = { variants: [], pairs: [] };
  for (const batch of batches) {
    for (const precision of precisions) {
      const what = `${precision}, ${batch} ${batch === 1 ? 'prompt' : 'prompts'}`;
      const ours = `ours ${what}`;
      const job = { ...rest, batch };
      plan.variants.push({ name: ours, run: () => runWorker(ours, { kind: 'generate', ...job, precision }) });
      for (const cache of python ? ['dynamic', 'static'] : []) {
        const theirs = `transformers ${cache} ${what}`;
        const args = [
          peerScript('generate.py'),
          JSON.stringify({ ...job, cache, bf16: precision === 'bf16' }),
        ];
        plan.variants.push({ name: theirs, run: () => runChild(theirs, python as string, args) });
        plan.pairs.push({ ours, theirs });
      }
    }
  }
  return plan;
}

/** What a side can do on this machine. */
export interface Means {
  bf16: boolean;
  /** Whether our step is measured with XLA too: on a CPU it gains next to nothing. */
  xla: boolean;
}

const XLA = 'compiled bf16 with XLA';

/** Our step eager and compiled. */
export function ownSteps(size: StepSize, counts: Counts, { bf16, xla }: Means): Plan {
  type Way = Pick<StepJob, 'mode' | 'precision' | 'xla'>;
  const own = (name: string, way: Way): Variant => ({
    name,
    run: () => runWorker(name, { kind: 'step', size, ...way, ...counts }),
  });
  return {
    variants: [
      own('eager float32', { mode: 'eager', precision: 'float32' }),
      own('compiled float32', { mode: 'graph', precision: 'float32' }),
      ...(bf16 ? [own('compiled bf16', { mode: 'graph', precision: 'bf16' })] : []),
      ...(bf16 && xla ? [own(XLA, { mode: 'graph', precision: 'bf16', xla })] : []),
    ],
    pairs: [
      { ours: 'compiled float32', theirs: 'eager float32' },
      { ours: 'compiled bf16', theirs: 'compiled float32' },
      { ours: XLA, theirs: 'compiled bf16' },
    ],
  };
}

/** PyTorch's step, eager and by torch.compile, in float32 and under autocast. */
export function torchSteps(python: string, size: StepSize, counts: Counts, { bf16 }: Means): Plan {
  const plan: Plan = { variants: [], pairs: [] };
  for (const precision of bf16 ? ['float32', 'bf16'] : ['float32']) {
    for (const way of ['eager', 'compile']) {
      const name = `torch ${way} ${precision}`;
      const job = { size, ...counts, learningRate: LEARNING_RATE };
      const modes = { compile: way === 'compile', bf16: precision === 'bf16' };
      const args = [peerScript('torch_step.py'), JSON.stringify({ ...job, ...modes })];
      plan.variants.push({ name, run: () => runChild(name, python, args) });
      plan.pairs.push({ ours: `compiled ${precision}`, theirs: name });
      if (precision === 'bf16') plan.pairs.push({ ours: XLA, theirs: name });
    }
  }
  return plan;
}

export interface TextPlan extends Counts {
  python: string;
  size: StepSize;
  /** Whether both sides compute in bf16. */
  bf16: boolean;
  prepared: Prepared;
  sequences: string;
  /** A folder that will be removed. */
  folder: string;
}

/** Our training on PLUG text and TRL's, padded and packed. */
export function textSteps({ python, size, bf16, prepared, sequences, folder, ...counts }: TextPlan): Plan {
  const { seq, batch } = size;
  const { config } = prepared;
  const precision = bf16 ? 'bf16' : 'float32';
  const shared = { sequences, seq, ...counts };
  const own = (packed: boolean): Variant => {
    const name = packed ? 'PLUG packed' : 'PLUG padded';
    return {
      name,
      run: () => runWorker(name, { kind: 'text', config, precision, packed, batch, ...shared }),
    };
  };
  const trl = (name: string, packed: boolean, accumulate: number): Variant => {
    const rows = { packed, bf16, batch: batch / accumulate, accumulate, learningRate: LEARNING_RATE };
    const job = { ...shared, ...rows, config: toHuggingFace(config), folder };
    const args = [peerScript('trl_step.py'), JSON.stringify(job)];
    return { name, run: () => runChild(name, python, args) };
  };
  const pair = (ours: string, theirs: string): Pair => ({ ours, theirs });
  return {
    variants: [
      own(false),
      own(true),
      trl('TRL padded', false, 1),
      trl('TRL packed', true, 1),
      trl('TRL packed row by row', true, batch),
    ],
    pairs: [
      pair('PLUG packed', 'TRL padded'),
      pair('PLUG padded', 'TRL padded'),
      pair('PLUG packed', 'TRL packed'),
      pair('PLUG packed', 'TRL packed row by row'),
    ],
  };
}
