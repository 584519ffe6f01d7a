/** Learning rate by step: linear warm-up, then constant, linear or cosine decay. */
export interface Schedule {
  schedule: 'linear' | 'cosine' | 'constant';
  learningRate: number;
  warmupSteps: number;
  /** Last learning rate over `learningRate`. */
  finalLearningRateRatio: number;
}

/**
 * Learning rate of step `step`, counted from 1 to `steps`. Warm-up reaches `learningRate` at step `warmupSteps`;
 * decay would reach its floor one step after the last, so that no step is made at a rate of zero.
 */
export function learningRateAt(step: number, steps: number, options: Schedule): number {
  const { schedule, learningRate, warmupSteps, finalLearningRateRatio } = options;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (schedule === 'constant') return learningRate;
  const progress = Math.min(1, (step - 1 - warmupSteps) / Math.max(1, steps - warmupSteps));
  const fraction = schedule === 'linear' ? 1 - progress : (1 + Math.cos(Math.PI * progress)) / 2;
  return learningRate * (finalLearningRateRatio + (1 - finalLearningRateRatio) * fraction);
}
