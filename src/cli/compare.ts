/**
 * `npm run compare`: trains recipes on the same examples with the same seeds, evaluates each, and lays them side by
 * side: a table here, `report.json` and `report.html` in the report's folder.
 */
import { join } from 'node:path';
import { type CompareEvents, type CompareOptions, compare as runComparison } from '../compare/compare.ts';
import type { Comparison, PlannedRun, Point } from '../compare/plan.ts';
import type { Report } from '../compare/report.ts';
import { tableLines } from '../compare/table.ts';
import { UserError } from '../errors.ts';
import { note } from '../note.ts';
import { displayPath, fromCaller } from '../paths.ts';
import type { RecipeOverrides } from '../recipe/schema.ts';
import { refuseEmpty } from '../train/output.ts';
import { needOne, parseFlags, pathsOf, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress, trainingProgress } from './progress.ts';
import { takesColour } from './show.ts';

const FIRST_SEED = 42;
const VERB = {
  name: 'compare',
  summary: 'Train and evaluate recipes side by side, and report what differs',
  examples: [
    'npm run compare -- --recipes mono-ko,plug-ko,translate-test-ko --seeds 3',
    'npm run compare -- --recipes mono-ko,plug-ko --sweep data.limit=32,64,128,256,512',
    'npm run compare -- --recipes mono-zh,plug-zh --model MODEL --data.train pairs.jsonl --data questions.jsonl',
  ],
  flags: {
    recipes: { kind: 'string', value: 'NAME,…', help: 'Recipes to compare: names under recipes/, or files.' },
    seeds: { kind: 'integer', help: 'Runs of each recipe, with seeds from 42 on; default 1.' },
    sweep: { kind: 'string', value: 'KEY=A,B,…', help: 'Also vary a key of the recipes over some values.' },
    data: {
      kind: 'string',
      value: 'FILE,…',
      help: "Evaluation files or folders; default the recipes', or the made-up world's.",
    },
    limit: { kind: 'integer', help: 'Rows to ask of each file, the first ones; default all.' },
    batchSize: { kind: 'integer', help: 'Instructions asked at once; default as the recipe says.' },
    name: { kind: 'string', value: 'NAME', help: 'Name of the report; default made of the recipes.' },
    output: { kind: 'string', value: 'DIR', help: 'Folder of the report; default reports/NAME.' },
    runs: { kind: 'string', value: 'DIR', help: 'Folder that runs are kept in; default checkpoints/runs.' },
    force: { kind: 'boolean', help: 'Train also where the memory is estimated to be too small.' },
    json: { kind: 'boolean', help: 'Print the report as JSON.' },
  },
  recipe: 'all',
} satisfies Verb;

export async function compare(args: string[]): Promise<number> {
  const { flags, recipeOverrides } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  for (const flag of ['output', 'runs', 'name'] as const) refuseEmpty(flag, flags[flag]);
  const recipes = flags.recipes?.split(',').map((name) => name.trim()) ?? [];
  if (recipes.length === 0) {
    throw new UserError('compare: expected --recipes NAME,NAME, such as --recipes mono-ko,plug-ko');
  }
  needOne(VERB, { seeds: flags.seeds, limit: flags.limit, batchSize: flags.batchSize });
  const comparison = comparisonOf({
    ...{ recipes, overrides: recipeOverrides },
    ...{ seeds: flags.seeds, sweep: flags.sweep, runs: flags.runs },
  });
  const name = flags.name ?? [...recipes, ...(comparison.sweep ? [comparison.sweep.key] : [])].join('-');
  const options = {
    name,
    command: `npm run compare -- ${args.map(quoted).join(' ')}`,
    output: fromCaller(flags.output ?? join('reports', name)),
    files: pathsOf(flags.data),
    limit: flags.limit,
    batchSize: flags.batchSize,
  };
  const report = await showComparison(comparison, options, flags);
  return report.code;
}

/** A comparison as flags name it. */
export function comparisonOf(flags: {
  recipes: string[];
  overrides: RecipeOverrides;
  seeds?: number;
  sweep?: string;
  runs?: string;
}): Comparison {
  const { recipes, overrides, seeds = 1, sweep, runs = join('checkpoints', 'runs') } = flags;
  return {
    ...{ recipes, overrides, ...(sweep !== undefined && { sweep: sweepOf(sweep) }) },
    seeds: Array.from({ length: seeds }, (_, i) => FIRST_SEED + i),
    runs: fromCaller(runs),
  };
}

/** Runs a comparison before the eyes of a person, and prints what it found. @returns the report, and the exit code */
export async function showComparison(
  comparison: Comparison,
  options: CompareOptions,
  { json, force = false }: { json: boolean; force?: boolean },
): Promise<Report & { code: number }> {
  const steps = trainingProgress();
  const answers = countProgress('answer');
  const stop = stopOnInterrupt(steps);
  const events: CompareEvents = {
    note: steps.note,
    warn: steps.warn,
    force,
    stopping: () => stop.asked,
    onRun: (run, index, total) => steps.line(`${index + 1}/${total}  ${runText(run)}`),
    onStep: steps.update,
    onBegin: answers.begin,
    onAnswer: answers.update,
  };
  let report: Report;
  try {
    report = await runComparison(comparison, options, events);
  } finally {
    stop.release();
    steps.done();
    answers.done();
  }
  if (json) console.log(JSON.stringify(report));
  else {
    const width = process.stdout.columns ?? 120;
    console.log(tableLines(report, { colour: takesColour(), width }).join('\n'));
  }
  note(`\nReport: ${displayPath(join(options.output, 'report.html'))}`);
  if (report.done < report.total) {
    console.error(`Stopped after ${report.done} of ${report.total} runs. Go on: the same command`);
  }
  return { ...report, code: report.done < report.total ? stop.code : 0 };
}

const runText = ({ recipe, point, seed }: PlannedRun) =>
  [recipe.name, point, `seed ${seed}`].filter((part) => part !== undefined).join(', ');

/** `data.limit=32,64`: a key of recipes, and its values as flags would give them. */
function sweepOf(text: string): { key: string; points: Point[] } {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  const values = text
    .slice(equals + 1)
    .split(',')
    .map((value) => value.trim());
  if (equals < 1 || values.some((value) => value === '')) {
    throw new UserError(
      `compare: --sweep: expected KEY=A,B, such as data.limit=32,64, got ${JSON.stringify(text)}`,
    );
  }
  const points = values.map((value) => ({
    text: value,
    overrides: parseFlags([`--${key}=${value}`], { ...VERB, flags: {} }).recipeOverrides,
  }));
  return { key, points };
}

/** An argument as one would type it. */
const quoted = (arg: string) => (/^[\w./:=,@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`);
