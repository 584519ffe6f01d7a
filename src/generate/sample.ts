/** Choosing the next token from logits, on the host and with a generator of our own, so that a seed decides all. */

export interface SamplingOptions {
  /** Divides the logits; 0 is greedy. */
  temperature: number;
  /** Only the K likeliest tokens; 0 is off. */
  topK: number;
  /** Only the likeliest tokens that together have this mass (nucleus sampling, arXiv 1904.09751); 1 is off. */
  topP: number;
}

/** @param random uniform in [0, 1) */
export function sampleToken(logits: Float32Array, options: SamplingOptions, random: () => number): number {
  if (options.temperature === 0) return argmax(logits);
  const { temperature, topK, topP } = options;
  let candidates = Array.from(logits, (_, id) => id);
  if (topK > 0 || topP < 1) candidates.sort((a, b) => logits[b] - logits[a] || a - b);
  if (topK > 0) candidates = candidates.slice(0, topK);
  const highest = logits[argmax(logits)];
  let weights = candidates.map((id) => Math.exp((logits[id] - highest) / temperature));
  if (topP < 1) weights = weights.slice(0, countToMass(weights, topP * sum(weights)));
  let rest = random() * sum(weights);
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return candidates[i];
  }
  return candidates[weights.length - 1];
}

/** Index of the highest value, the first of equals. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** How many of `weights`, from the first, reach `mass`: the one that crosses it counts, so at least one does. */
function countToMass(weights: number[], mass: number): number {
  let reached = 0;
  for (const [i, weight] of weights.entries()) {
    reached += weight;
    if (reached >= mass) return i + 1;
  }
  return weights.length;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
