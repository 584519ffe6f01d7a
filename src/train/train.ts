/**
 * The training loop. It yields the metrics of each step and does nothing else: logging, validation and saving hang
 * on from outside, so the command line, a script, a notebook and a test all drive this same loop.
 */
import type { Batch } from '../data/batches/batch.ts';
import { UserError } from '../errors.ts';
import type { Span } from '../methods/parts/segment.ts';
import type { Recipe } from '../recipe/schema.ts';
import { meanLoss, spanLosses } from './gradients.ts';
import type { StepResult } from './programs.ts';
import { prepareRun, type Run, rowsPerStep, stepBatches, warmupStepsOf } from './run.ts';
import { learningRateAt } from './schedule.ts';

/** Of one step. Losses are means in nats a supervised token, before the step's update. */
export interface StepMetrics {
  /** From 1. */
  step: number;
  steps: number;
  /** Passes over the data made so far. */
  epoch: number;
  loss: number;
  spanLoss: Partial<Record<Span, number>>;
  learningRate: number;
  /** Before clipping. */
  gradientNorm: number;
  /** Tokens of the step, padding not counted, and those of them with a loss. */
  tokens: number;
  supervisedTokens: number;
  /** Share of the places in the step's batches that holds tokens; the rest is padding. */
  utilisation: number;
  seconds: number;
}

/**
 * Trains step by step, up to the run's last one.
 * @param source a recipe, or a run to keep hold of the model; between two steps its state is whole and may be saved
 * @throws UserError when a loss or gradient is not finite, with the run left as it was before that step
 */
export async function* train(source: Recipe | Run): AsyncGenerator<StepMetrics, void, void> {
  const run = 'optimizer' in source ? source : await prepareRun(source);
  const { recipe, steps } = run;
  const schedule = { ...recipe.train, warmupSteps: warmupStepsOf(run) };
  while (run.step < steps) {
    const start = performance.now();
    const step = run.step + 1;
    const learningRate = learningRateAt(step, steps, schedule);
    const batches = stepBatches(run, step);
    const found = await run.programs.step(batches, learningRate);
    const loss = meanLoss(found.spans);
    if (!Number.isFinite(loss + found.norm)) throw notFinite(step, learningRate, found, batches);
    run.step = step;
    yield {
      step,
      steps,
      epoch: run.order.epochsAt(step * rowsPerStep(recipe)),
      loss,
      spanLoss: spanLosses(found.spans),
      learningRate,
      gradientNorm: found.norm,
      ...tokenCounts(batches),
      seconds: (performance.now() - start) / 1000,
    };
  }
}

function tokenCounts(batches: Batch[]) {
  const sum = (of: (batch: Batch) => number) => batches.reduce((total, batch) => total + of(batch), 0);
  const tokens = sum((batch) => batch.tokenCount);
  const supervisedTokens = sum((batch) => batch.supervisedCount);
  return { tokens, supervisedTokens, utilisation: tokens / sum(({ batch, seq }) => batch * seq) };
}

function notFinite(
  step: number,
  learningRate: number,
  { spans, norm }: StepResult,
  batches: { exampleIds: string[] }[],
): UserError {
  const ids = batches.flatMap(({ exampleIds }) => exampleIds);
  return new UserError(
    `step ${step}: expected a finite loss and gradient, got loss ${meanLoss(spans)} and gradient norm ${norm} ` +
      `at learning rate ${learningRate}; try a lower --train.learningRate. Examples of the step: ${ids.join(', ')}`,
  );
}
