/** From finished runs to the report: rows over all seeds, each held against the baseline of its language. */
import type { ScoredAnswer } from '../evaluate/answer.ts';
import { comparePairs, type PairTotals } from '../evaluate/pairs.ts';
import { GROUPS, type Group } from '../evaluate/score.ts';
import { type GroupScores, isJudged, summarize as scoresOf, share } from '../evaluate/summary.ts';
import { targetOf } from '../generate/generate.ts';
import { displayPath } from '../paths.ts';
import { thin } from '../report/thin.ts';
import type { Cost, GroupResult, Report, ReportRow, ReportRun, Sample } from './report.ts';
import type { FinishedRun } from './run.ts';

/** Points of a loss curve, about. */
const CURVE_POINTS = 300;
/** Questions of each language and group that are shown with all their answers. */
const SAMPLES = 4;

/** A run as `reportOf` takes it: with a folder from a comparison, without one from a script. */
export type EvaluatedRun = Pick<FinishedRun, 'recipe' | 'answers' | 'metrics'> & Partial<FinishedRun>;

/** What a report says of itself; without more than a name, that its runs are all there are. */
type About = Pick<Report, 'name'> & Partial<Omit<Report, 'rows' | 'samples'>>;

/**
 * The report of runs that were trained and evaluated, in the order given.
 * @throws UserError for a recipe of several target languages in a run that does not name one
 */
export function reportOf(runs: EvaluatedRun[], about: About): Report {
  const whole = runs.map(({ recipe, ...run }): FinishedRun => {
    const { target = targetOf(recipe.method), seed = recipe.train.seed, dir = '' } = run;
    return { ...run, recipe, target, seed, dir };
  });
  return {
    ...{ command: '', seeds: [...new Set(whole.map(({ seed }) => seed))], total: runs.length },
    ...{ done: runs.length, ...about },
    ...{ rows: summarizeRuns(whole), samples: samplesOf(whole) },
  };
}

/** Runs of one recipe at one point. */
export function rowsOf(runs: FinishedRun[]): FinishedRun[][] {
  const rows = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.recipe.name, run.point]);
    rows.set(key, [...(rows.get(key) ?? []), run]);
  }
  return [...rows.values()];
}

/** Rows of a report, in the order of `runs`. */
export function summarizeRuns(runs: FinishedRun[]): ReportRow[] {
  const rows = rowsOf(runs);
  return rows.map((row) => {
    const [{ recipe, target, point }] = row;
    const baseline = baselineOf(rows, row);
    return {
      recipe: recipe.name,
      ...(recipe.description && { description: recipe.description }),
      ...{ method: recipe.method.name, target, pivot: recipe.method.pivot },
      ...(point !== undefined && { point }),
      runs: row.map(runOf),
      groups: groupsOf(row, baseline),
      cost: costOf(row),
    };
  });
}

/** What a row is held against: monolingual tuning of the same language at the same point, or else the first row there. */
function baselineOf(rows: FinishedRun[][], [{ target, point }]: FinishedRun[]): FinishedRun[] {
  const beside = rows.filter(([one]) => one.target === target && one.point === point);
  return beside.find(([one]) => one.recipe.method.name === 'monolingual') ?? beside[0];
}

function groupsOf(row: FinishedRun[], baseline: FinishedRun[]): ReportRow['groups'] {
  const scores = scoresOf(row.map(({ answers }) => answers));
  const groups = Object.entries(scores) as [Group, GroupScores][];
  return Object.fromEntries(
    groups.map(([group, scores]): [Group, GroupResult] => [
      group,
      { ...scores, ...(row !== baseline && { against: pairsOf(row, baseline, group) }) },
    ]),
  );
}

/** Question by question, each seed against the same seed of the baseline; of questions whose content was judged. */
function pairsOf(row: FinishedRun[], baseline: FinishedRun[], group: Group): GroupResult['against'] {
  const of = ({ answers }: FinishedRun) =>
    answers.filter((answer) => answer.group === group && isJudged(answer));
  const totals: PairTotals = { win: 0, tie: 0, loss: 0, rows: 0 };
  for (const run of row) {
    const other = baseline.find(({ seed }) => seed === run.seed);
    if (!other) continue;
    const pairs = comparePairs(of(run), of(other));
    for (const key of ['win', 'tie', 'loss', 'rows'] as const) totals[key] += pairs[key];
  }
  return totals.rows > 0 ? { ...totals, recipe: baseline[0].recipe.name } : undefined;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function runOf({ seed, dir, answers, metrics }: FinishedRun): ReportRun {
  const accuracy = GROUPS.flatMap((group) => {
    const correct = share(answers.filter((answer) => answer.group === group).map(({ correct }) => correct));
    return correct === null ? [] : [[group, correct]];
  });
  const loss = metrics.map(({ step, loss = Number.NaN }): [number, number] => [step, loss]);
  return {
    ...{ seed, folder: dir && displayPath(dir), accuracy: Object.fromEntries(accuracy) },
    loss: thin(loss, CURVE_POINTS / 2).map(([step, value]) => [step, Number(value.toPrecision(4))]),
  };
}

function costOf(row: FinishedRun[]): Cost {
  const mean = (of: (run: FinishedRun) => number) => sum(row.map(of)) / row.length;
  const ofSteps = (key: 'tokens' | 'supervisedTokens' | 'seconds') =>
    mean(({ metrics }) => sum(metrics.map((step) => step[key] ?? 0)));
  const ofAnswers = (of: (answer: ScoredAnswer) => number) => mean(({ answers }) => sum(answers.map(of)));
  return {
    tokensTrained: ofSteps('tokens'),
    supervisedTokens: ofSteps('supervisedTokens'),
    trainSeconds: ofSteps('seconds'),
    tokensGenerated: ofAnswers(({ tokens }) => tokens),
    generateSeconds: ofAnswers(({ seconds = 0 }) => seconds),
    answers: mean(({ answers }) => answers.length),
  };
}

/** Some questions of each language and group with the answers of every row's first run. */
export function samplesOf(runs: FinishedRun[]): Sample[] {
  const firsts = rowsOf(runs).map(([first]) => first);
  const samples: Sample[] = [];
  for (const target of new Set(firsts.map((run) => run.target))) {
    const beside = firsts.filter((run) => run.target === target);
    const [{ answers }] = beside;
    for (const group of GROUPS) {
      const asked = answers.flatMap((answer, i) => (answer.group === group ? [i] : []));
      const step = Math.max(1, Math.floor(asked.length / SAMPLES));
      for (const i of asked.filter((_, at) => at % step === 0).slice(0, SAMPLES)) {
        const { id, instruction, reference } = answers[i];
        samples.push({
          ...{ id, group, target, instruction, ...(reference && { reference }) },
          answers: beside.map(({ recipe, point, answers }) => ({
            recipe: recipe.name,
            ...(point !== undefined && { point }),
            answer: answers[i].answer,
            correct: answers[i].correct,
            ...(answers[i].measures && { chrf: answers[i].measures?.chrf }),
            ...(answers[i].unanswered !== undefined && { unanswered: answers[i].unanswered }),
          })),
        });
      }
    }
  }
  return samples;
}
