/** The study's one number: how much better than monolingual tuning a method answers, relatively, over all languages. */
import type { Group } from '../evaluate/score.ts';
import type { Report, ReportRow } from './report.ts';

export interface Verdict {
  group: Group;
  /** Accuracies of both, means over the languages. */
  method: number;
  monolingual: number;
  /** Their relative difference: 0.29 is 29 % better. Null where the baseline answers nothing rightly. */
  gain: number | null;
  /** Languages that both were tuned for. */
  targets: string[];
}

const accuracyOf = (row: ReportRow, group: Group) => row.groups[group]?.accuracy?.mean;

/** Rows of method `name` against the monolingual rows of the same languages, group by group. */
export function verdictsOf({ rows }: Report, name = 'plug'): Verdict[] {
  const find = (method: string, target: string) =>
    rows.find((row) => row.method === method && row.target === target);
  const groups = ['open', 'truthfulness', 'arithmetic'] as const;
  return groups.flatMap((group): Verdict[] => {
    const pairs = [...new Set(rows.map(({ target }) => target))].flatMap((target) => {
      const [ours, base] = [find(name, target), find('monolingual', target)];
      const [a, b] = [ours && accuracyOf(ours, group), base && accuracyOf(base, group)];
      return a === undefined || b === undefined ? [] : [{ target, a, b }];
    });
    if (pairs.length === 0) return [];
    const mean = (of: (pair: (typeof pairs)[number]) => number) =>
      pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
    const [method, monolingual] = [mean(({ a }) => a), mean(({ b }) => b)];
    const gain = monolingual > 0 ? method / monolingual - 1 : null;
    return [{ group, method, monolingual, gain, targets: pairs.map(({ target }) => target) }];
  });
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Lines for a person. */
export function verdictLines(report: Report): string[] {
  return verdictsOf(report).map(({ group, method, monolingual, gain, targets }) => {
    const change = gain === null ? '' : `: ${gain >= 0 ? '+' : ''}${percent(gain)}`;
    return `${group}, ${targets.join(' ')}: PLUG ${percent(method)}, monolingual ${percent(monolingual)}${change}`;
  });
}
