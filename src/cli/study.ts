/**
 * `npm run study`: the comparisons that ask the paper's question of the made-up world, one after the other. Stopped, it
 * goes on by the same command.
 */
import { join } from 'node:path';
import type { Report } from '../compare/report.ts';
import { QUICK, STUDY, type StudyPart, startingFrom } from '../compare/study.ts';
import { verdictLines } from '../compare/verdict.ts';
import { note } from '../note.ts';
import { fromCaller } from '../paths.ts';
import { comparisonOf, showComparison } from './compare.ts';
import { needOne, parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { train } from './train.ts';

const VERB = {
  name: 'study',
  summary: 'Compare all methods on the made-up world: four languages, three seeds, a control',
  examples: ['npm run study -- --quick', 'npm run study'],
  flags: {
    quick: { kind: 'boolean', help: 'Korean alone, one seed, five methods: minutes.' },
    seeds: { kind: 'integer', help: 'Runs of each recipe in the comparison of methods; default 3.' },
    output: { kind: 'string', value: 'DIR', help: 'Folder of the reports; default reports/study.' },
    runs: { kind: 'string', value: 'DIR', help: 'Folder that runs are kept in; default checkpoints/runs.' },
    json: { kind: 'boolean', help: 'Print each report as JSON.' },
  },
} satisfies Verb;

export async function study(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  needOne(VERB, { seeds: flags.seeds });
  const parts = flags.quick ? QUICK : STUDY;
  const output = fromCaller(flags.output ?? join('reports', 'study'));
  for (const part of parts) {
    note(`\n${part.name}: ${part.question}`);
    const base =
      part.base === undefined
        ? 0
        : await train(['--recipe', part.base, '--resume'], flags.json ? note : undefined);
    if (base !== 0) return base;
    const report = await showComparison(
      comparisonOf({
        recipes: part.recipes,
        seeds: part.seeds > 1 ? (flags.seeds ?? part.seeds) : part.seeds,
        sweep: part.sweep && `${part.sweep.key}=${part.sweep.values.join(',')}`,
        overrides: part.base === undefined ? {} : startingFrom(part.base),
        runs: flags.runs,
      }),
      { name: part.name, command: commandOf(flags), output: join(output, part.name) },
      flags,
    );
    if (report.code !== 0) return report.code;
    for (const line of flags.json ? [] : verdictsText(report, part)) console.log(line);
  }
  return 0;
}

/** The command that makes the report again. */
function commandOf({ quick, seeds }: { quick: boolean; seeds?: number }): string {
  const flags = [quick && '--quick', seeds !== undefined && `--seeds ${seeds}`].filter(Boolean);
  return ['npm run study', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
}

const verdictsText = (report: Report, { sweep }: StudyPart) => (sweep ? [] : verdictLines(report));
