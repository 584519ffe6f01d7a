/**
 * What a run leaves in its folder, read for a report. Nothing here is required: a file that is missing, cut
 * off by a kill, or not what was expected gives a report without that part.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findWeights } from '../checkpoint/weights.ts';

/** A line of metrics.jsonl: `StepMetrics`, of which all but the step may be missing. */
export interface StepRecord {
  step: number;
  steps?: number;
  epoch?: number;
  loss?: number;
  spanLoss?: Record<string, number>;
  learningRate?: number;
  gradientNorm?: number;
  tokens?: number;
  supervisedTokens?: number;
  seconds?: number;
  validation?: { loss?: number; spanLoss?: Record<string, number> };
}

/** An answer of the model beside what was expected; one of the list in answers.json. */
export interface SampleAnswer {
  instruction: string;
  reference: string;
  answer: string;
  /** Its language; that of the run where it says none. */
  target?: string;
  /** As `Answer` has it; `not found` where no answer could be read from what was written. */
  status: string;
  pivotInstruction?: string;
  pivotResponse?: string;
}

/** Parsed JSON of which nothing is known yet. */
export type Fields = Record<string, unknown>;

export interface RunRecords {
  recipe: Fields | null;
  /** Ascending by step, each step once. */
  metrics: StepRecord[];
  data: Fields | null;
  answers: SampleAnswer[];
  /** Number of weights in the folder's model. */
  parameters: number | null;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readJson(file: string): Promise<unknown> {
  return parsed(await readFile(file, 'utf8').catch(() => ''));
}

/**
 * Where a step stands twice, as after a resume, its last line counts. Read by line: the file of a long run is
 * large.
 */
export async function readMetrics(file: string): Promise<StepRecord[]> {
  const byStep = new Map<number, StepRecord>();
  const handle = await open(file).catch(() => null);
  if (!handle) return [];
  for await (const line of handle.readLines()) {
    const fields = parsed(line);
    if (isFields(fields) && Number.isFinite(fields.step))
      byStep.set(fields.step as number, fields as unknown as StepRecord);
  }
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

async function countParameters(dir: string): Promise<number | null> {
  try {
    let sum = 0;
    for (const { shape } of (await findWeights(dir)).values()) sum += shape.reduce((a, b) => a * b, 1);
    return sum;
  } catch {
    return null;
  }
}

/** Everything of a run's folder that a report shows. */
export async function readRun(dir: string): Promise<RunRecords> {
  const [recipe, data, answers] = await Promise.all(
    ['recipe.json', 'data.json', 'answers.json'].map((name) => readJson(join(dir, name))),
  );
  return {
    recipe: isFields(recipe) ? recipe : null,
    metrics: await readMetrics(join(dir, 'metrics.jsonl')),
    data: isFields(data) ? data : null,
    answers: (Array.isArray(answers) ? answers.filter(isFields) : []) as unknown as SampleAnswer[],
    parameters: await countParameters(dir),
  };
}
