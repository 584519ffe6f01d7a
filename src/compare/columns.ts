/** The columns of the table of a comparison, in the terminal and on the page: what stands in each for a row. */
import type { Group } from '../evaluate/score.ts';
import type { TextScore } from '../evaluate/text/measure.ts';
import { count, isNumber, sizeText } from '../report/numbers.ts';
import type { ReportRow } from './report.ts';
import { accuracyOf, GROUP_TITLES, judgedGroups, pairedGroup } from './rows.ts';
import { DASH, leadOf, measuredText, pairText, percentText, signedText, tokensPerAnswer } from './texts.ts';

export interface Column {
  id: string;
  /** Heading in the terminal, and on the page where there is room for more. */
  heading: string;
  title: string;
  text(row: ReportRow): string;
  /** With less in it, for a narrow terminal. */
  short?(row: ReportRow): string;
  /** What is compared, the higher the better; absent where no row is better for it. */
  value?(row: ReportRow): number;
}

/**
 * Columns that a narrow terminal does without, the least important first. Before accuracies go, they lose their
 * intervals.
 */
export const DROPPED_FIRST = [
  'trainSeconds',
  'tokensTrained',
  'tokensPerAnswer',
  'pairs',
  'language',
  'draft',
  'unanswered',
  'exact',
  'rougeL',
  'f1',
  'lead',
  'rumour',
  'chrf',
  'arithmetic',
  'truthfulness',
  'open',
];

function accuracyColumn(group: Group): Column {
  const title = GROUP_TITLES[group];
  return {
    id: group,
    heading: title.replace(' questions', ''),
    title,
    text: (row) => measuredText(accuracyOf(row, group)),
    short: (row) => percentText(accuracyOf(row, group)?.mean),
    value: (row) => accuracyOf(row, group)?.mean ?? Number.NaN,
  };
}

/** How near answers are to their references, in percent. */
function measureColumn(id: keyof TextScore, heading: string, title = heading): Column {
  const measure = (row: ReportRow) => row.groups?.text?.measures?.[id];
  return {
    ...{ id, heading, title },
    text: (row) => percentText(measure(row)),
    value: (row) => measure(row) ?? Number.NaN,
  };
}

/** Answers that a model could not be asked for, in all groups. */
function unansweredOf(row: ReportRow): number {
  return results(row).reduce((sum, { unanswered = 0 }) => sum + unanswered, 0);
}

const results = ({ groups }: ReportRow) => Object.values(groups ?? {});

/** Share of answers in the language asked for, over all groups, each with the weight of its rows. */
export function languageShare(row: ReportRow): number {
  const judged = results(row).filter(({ language }) => isNumber(language));
  const rows = judged.reduce((sum, one) => sum + one.rows, 0);
  return judged.reduce((sum, one) => sum + (one.language as number) * one.rows, 0) / rows;
}

/** Wins, ties and losses in one group. */
const pairColumns = (group: Group): Column[] => [
  { id: 'pairs', heading: 'W/T/L', title: 'W/T/L', text: (row) => pairText(row.groups?.[group]?.against) },
  {
    id: 'lead',
    heading: 'W−L',
    title: 'W−L, %',
    text: (row) => signedText(leadOf(row.groups?.[group]?.against)),
  },
];

const MEASURES: Column[] = [
  measureColumn('exact', 'exact', 'exact match'),
  measureColumn('f1', 'F1', 'F1 of words'),
  measureColumn('chrf', 'chrF'),
  measureColumn('rougeL', 'ROUGE-L'),
];

const UNANSWERED: Column = {
  id: 'unanswered',
  heading: 'unanswered',
  title: 'not answered',
  text: (row) => (unansweredOf(row) > 0 ? count(unansweredOf(row)) : DASH),
};

const QUALITY: Column[] = [
  {
    id: 'rumour',
    heading: 'rumour',
    title: 'believe the rumour',
    text: (row) => percentText(results(row).find(({ belief }) => belief)?.belief?.rumour),
  },
  {
    id: 'language',
    heading: 'language',
    title: 'in the language asked',
    text: (row) => percentText(languageShare(row)),
  },
  {
    id: 'draft',
    heading: 'draft',
    title: 'open drafts right',
    text: ({ groups }) => percentText(groups?.open?.draft ?? undefined),
  },
];

const COST: Column[] = [
  {
    id: 'tokensTrained',
    heading: 'trained',
    title: 'training tokens',
    text: ({ cost }) => sizeText(Math.round(cost?.tokensTrained)),
  },
  {
    id: 'trainSeconds',
    heading: 'seconds',
    title: 'training, s',
    text: ({ cost }) => count(cost?.trainSeconds),
  },
  {
    id: 'tokensPerAnswer',
    heading: 'tok/answer',
    title: 'tokens an answer',
    text: ({ cost }) => (isNumber(tokensPerAnswer(cost)) ? tokensPerAnswer(cost).toFixed(1) : DASH),
  },
];

/** The columns in which some row has something. */
export function columnsOf(rows: ReportRow[]): Column[] {
  const groups = judgedGroups(rows).filter((group) => group !== 'other');
  const pairs = pairedGroup(rows);
  const rest = [...MEASURES, ...QUALITY, ...(pairs ? pairColumns(pairs) : []), UNANSWERED, ...COST];
  return [
    ...groups.map(accuracyColumn),
    ...rest.filter(({ text }) => rows.some((row) => text(row) !== DASH)),
  ];
}

/** The rows that are best in a column; none where all are alike. */
export function bestRows(rows: ReportRow[], { value }: Column): ReportRow[] {
  if (!value) return [];
  const values = rows.map(value).filter(isNumber);
  const best = Math.max(...values);
  if (values.length < 2 || values.every((one) => one === best)) return [];
  return rows.filter((row) => value(row) === best);
}
