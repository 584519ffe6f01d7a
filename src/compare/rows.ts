/**
 * The rows of a comparison as its table and page arrange them: by language, with one colour for the same kind of
 * recipe in each, and the groups of questions that were asked at all.
 */
import type { Group } from '../evaluate/score.ts';
import type { Report, ReportRow } from './report.ts';

/** Heading of each group, in the order in which they are shown. */
export const GROUP_TITLES: Record<Group, string> = {
  open: 'open questions',
  truthfulness: 'truthfulness',
  arithmetic: 'arithmetic',
  text: 'answers with a reference',
  other: 'other questions',
};

/** Colours that a page has; further recipes take the first ones again, dashed where they are lines. */
const COLOURS = 8;

/** Groups in which some row has an accuracy. */
export function judgedGroups(rows: ReportRow[]): Group[] {
  return (Object.keys(GROUP_TITLES) as Group[]).filter((group) =>
    rows.some((row) => accuracyOf(row, group) !== null),
  );
}

/** The group whose wins, ties and losses the table gives: the first that some row has any of. */
export function pairedGroup(rows: ReportRow[]): Group | undefined {
  const groups = ['open', 'text'] as const;
  return groups.find((group) => rows.some((row) => row.groups?.[group]?.against));
}

/** Mean, 0 to 1, and the ends of its interval where it has one. */
export interface Measured {
  mean: number;
  low?: number;
  high?: number;
}

/** Accuracy of a row in a group; null where there is none. */
export function accuracyOf(row: ReportRow, group: Group): Measured | null {
  const result = row.groups?.[group];
  const { mean, low, high } = result?.accuracy ?? { mean: result?.correct };
  if (!Number.isFinite(mean)) return null;
  const whole = Number.isFinite(low) && Number.isFinite(high);
  return whole ? { mean: mean as number, low, high } : { mean: mean as number };
}

/** Rows by target language, languages and rows in the order of the report. */
export function byTarget(rows: ReportRow[]): Map<string, ReportRow[]> {
  const targets = new Map<string, ReportRow[]>();
  for (const row of rows) targets.set(row.target, [...(targets.get(row.target) ?? []), row]);
  return targets;
}

/** Recipe and, in a sweep, its point. */
export const labelOf = ({ recipe, point }: Pick<ReportRow, 'recipe' | 'point'>) =>
  point === undefined ? recipe : `${recipe} · ${point}`;

/** A recipe's name less its language, as `plug` of `plug-ko`: the same of all languages is one series. */
const kindOf = ({ recipe, target }: ReportRow) =>
  recipe
    .split('-')
    .filter((part) => part !== target)
    .join('-');

/** Number of a row's series in colours and shapes, the same wherever it is shown. */
export function seriesNumber(row: ReportRow, rows: ReportRow[]): number {
  return [...new Set(rows.map(kindOf))].indexOf(kindOf(row));
}

/** Class that gives the series of that number its colour. */
export const seriesClass = (number: number) => `c${number % COLOURS}${number >= COLOURS ? ' again' : ''}`;

/** Recipes that the rows of a language are held against, in its open questions or else in any group. */
export function baselines(rows: ReportRow[]): string[] {
  const named = rows.flatMap(({ groups }) =>
    Object.values(groups ?? {}).flatMap((result) => result?.against?.recipe ?? []),
  );
  return [...new Set(named)];
}

/** The last part of the key that a sweep varies, as `learningRate` of `train.learningRate`. */
export const sweptName = ({ sweep }: Report) => sweep?.key.split('.').at(-1);
