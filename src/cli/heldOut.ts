/**
 * What training did to the answers: the recipe's evaluation files, asked before the first step and after the last. The
 * answers lie in the run's folder, where `npm run evaluate` finds them again.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { evaluate } from '../evaluate/evaluate.ts';
import { evaluateFolder } from '../evaluate/folder.ts';
import type { Scores } from '../evaluate/summary.ts';
import { makeFolder, readJson, writeJson } from '../files.ts';
import { obstacleOf, promptTokens } from '../generate/generate.ts';
import type { Turn } from '../methods/parts/example.ts';
import type { Recipe } from '../recipe/schema.ts';
import type { RunDir } from '../train/fitRun.ts';
import type { Run } from '../train/run.ts';
import { countProgress } from './progress.ts';

const beforeFile = (dir: string) => join(dir, 'evaluations', 'before.json');

/** Scores by target language. */
type ByTarget = Record<string, Scores>;

/** What to ask, target by target; nothing where the recipe names no files. */
const askedOf = ({ method, evaluate: { data = [], limit, batchSize } }: Recipe) =>
  [data].flat().length === 0
    ? []
    : [method.target].flat().map((target) => ({
        files: [data].flat(),
        method: { ...method, target },
        target,
        limit,
        batchSize,
      }));

/** Folder of the answers in one of so many target languages. */
const outputOf = (dir: string, target: string, targets: number) =>
  targets > 1 ? join(dir, 'evaluations', target) : join(dir, 'evaluations');

/** Whether a finished run was not asked all that its recipe names. */
export async function lacksScores(dir: string, recipe: Recipe): Promise<boolean> {
  const asked = askedOf(recipe);
  for (const { target } of asked) {
    const names: string[] = await readdir(outputOf(dir, target, asked.length)).catch(() => []);
    if (!names.some((name) => name.startsWith('scores'))) return true;
  }
  return false;
}

/** Asks a run that has made no step yet. @param stopping asked before each batch: true ends it there */
export async function askBefore({ run, dir }: RunDir, stopping?: () => boolean): Promise<void> {
  const scores: ByTarget = {};
  for (const { target, files: data, ...asked } of askedOf(run.recipe)) {
    const progress = countProgress('before training: answer');
    const onAnswer = (_: unknown, done: number, total: number) => progress.update(done, total);
    const found = await evaluate(run, { data, ...asked, onAnswer, stopping }).finally(progress.done);
    if (stopping?.()) return;
    scores[target] = found.scores;
  }
  if (Object.keys(scores).length === 0) return;
  await makeFolder(join(dir, 'evaluations'));
  await writeJson(beforeFile(dir), scores);
}

/** Asks the model of a finished run. @returns lines that say how many answers were right, before and now */
export async function askAfter(dir: string, recipe: Recipe): Promise<string[]> {
  const asked = askedOf(recipe);
  if (asked.length === 0) return [];
  const before = (await readJson(beforeFile(dir)).catch(() => null)) as ByTarget | null;
  const lines = ['Held-out questions answered rightly: before training, and now'];
  for (const { target, ...questions } of asked) {
    const progress = countProgress('after training: answer');
    const output = outputOf(dir, target, asked.length);
    const events = { onBegin: progress.begin, onAnswer: progress.update };
    const found = await evaluateFolder(dir, { ...questions, ...events, output }).finally(progress.done);
    if (found)
      lines.push(...comparedLines(asked.length > 1 ? `${target} ` : '', before?.[target], found.scores));
  }
  return lines;
}

/** A held-out turn, and the language it is asked in. */
export interface HeldOutTurn extends Turn {
  target: string;
}

/** The first `most` turns that were held out and that the model can read, and the ids of those that it cannot. */
export async function answerableTurns(
  run: Run,
  most: number,
): Promise<{ turns: HeldOutTurn[]; tooLong: string[] }> {
  const turns: HeldOutTurn[] = [];
  const tooLong: string[] = [];
  for (const { pair, example } of run.heldOut) {
    if (turns.length === most) break;
    const [turn] = example.turns[pair.target] ?? example.turns[pair.pivot];
    const method = { ...run.recipe.method, target: pair.target };
    const { maxSeqLen } = run.model.config;
    const fits = async ({ instruction }: Turn) =>
      !obstacleOf(await promptTokens(run, instruction, { method }), maxSeqLen);
    const asked = turn.instruction ? turn : await halves(turn.response, maxSeqLen, fits);
    if (await fits(asked)) turns.push({ ...asked, target: pair.target });
    else tooLong.push(example.id);
  }
  return { turns, tooLong };
}

/** Characters of running text for each token that the model reads: no tokenizer needs more to fill it. */
const CHARACTERS = 8;

/** Running text as something to go on with: as much of it as the model can read at most, and what follows. */
async function halves(
  text: string,
  maxSeqLen: number,
  fits: (turn: Turn) => Promise<boolean>,
): Promise<Turn> {
  for (let length = Math.min(text.length, CHARACTERS * maxSeqLen); ; length = Math.ceil(length / 2)) {
    const half = Math.ceil(length / 2);
    const turn = { instruction: text.slice(0, half), response: text.slice(half, length) };
    if (length < 2 || (await fits(turn))) return turn;
  }
}

const percent = (share: number | null | undefined) =>
  (typeof share === 'number' ? `${(100 * share).toFixed(1)} %` : '–').padStart(9);

function comparedLines(where: string, before: Scores | undefined, after: Scores): string[] {
  return Object.entries(after).map(([group, { rows, judged, correct, measures }]) => {
    const was = before?.[group as keyof Scores];
    // Rows with a reference alone are never quite right, but more or less near it.
    const [then, now] = measures ? [was?.measures?.chrf, measures.chrf] : [was?.correct, correct];
    const what = measures ? '   chrF' : judged > 0 ? '' : '   content not judged';
    return `  ${`${where}${group}`.padEnd(16)}${percent(then)}${percent(now)}   of ${rows}${what}`;
  });
}
