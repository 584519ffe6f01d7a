/**
 * The command line: `tsx src/cli/main.ts VERB [flags]`, behind the scripts of package.json. Each verb's file
 * is imported only when it is called, so that a start takes no longer than the verb needs.
 */
import { UserError } from '../errors.ts';
import { setQuiet } from '../note.ts';
import { closest } from '../recipe/suggest.ts';
import { errorText, guardProcess, hasFlag, isDebug, withoutFlags } from './door.ts';

/** What a verb's file exports: arguments in, exit code out. */
type Run = (args: string[]) => Promise<number>;

/** Flags of every verb, taken out before the verb reads its own. */
const COMMON = ['--quiet', '--debug'];
const VERSION = ['--version', '-V'];

const VERBS: Record<string, { summary: string; load: () => Promise<Run> }> = {
  train: {
    summary: 'Tune a model by a recipe, or resume where a run stopped',
    load: async () => (await import('./train.ts')).train,
  },
  generate: {
    summary: 'Ask a tuned model, once or in a chat',
    load: async () => (await import('./generate.ts')).generate,
  },
  score: {
    summary: 'Log-probabilities of texts, token by token',
    load: async () => (await import('./score.ts')).score,
  },
  merge: {
    summary: 'Put a LoRA adapter into its base model',
    load: async () => (await import('./merge.ts')).merge,
  },
  evaluate: {
    summary: 'Ask a tuned model the evaluation files and score its answers',
    load: async () => (await import('./evaluate.ts')).evaluate,
  },
  compare: {
    summary: 'Train and evaluate recipes side by side, and report what differs',
    load: async () => (await import('./compare.ts')).compare,
  },
  study: {
    summary: 'Compare all methods on the made-up world: four languages, three seeds, a control',
    load: async () => (await import('./study.ts')).study,
  },
  data: {
    summary: 'Write the starter data, or show what a recipe trains on',
    load: async () => (await import('./data.ts')).data,
  },
  bench: {
    summary: 'Measure a training step, beside PyTorch and TRL where asked',
    load: async () => (await import('./bench.ts')).bench,
  },
  notebook: {
    summary: 'Open the notebook in JupyterLab, with a TypeScript kernel that knows this package',
    load: async () => (await import('./notebook.ts')).notebook,
  },
  languages: {
    summary: 'List the languages that prompts and headings are known for, and your own',
    load: async () => (await import('./languages.ts')).languages,
  },
  doctor: {
    summary: 'Say what is installed, what is missing, and how to mend it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
};

function overview(): string {
  const verbs = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return [
    'plug-tune: tune language models by pivot-language guided generation (PLUG)',
    '',
    'npm run VERB -- [flags]',
    '',
    ...verbs,
    '',
    'npm run VERB -- --help shows the flags used most, --help all shows every one.',
    'Every verb takes --quiet (results and errors alone) and --debug (the stack of an error); --version prints the version.',
  ].join('\n');
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const [verb] = args;
    if (name === 'help' && verb !== undefined && Object.hasOwn(VERBS, verb))
      return main([verb, '--help', ...args.slice(1)]);
    console.log(overview());
    return name === undefined ? 1 : 0;
  }
  if (VERSION.includes(name) || (args.length === 1 && VERSION.includes(args[0]))) {
    const { versionText } = await import('./version.ts');
    console.log(await versionText());
    return 0;
  }
  if (!Object.hasOwn(VERBS, name)) {
    const names = Object.keys(VERBS);
    const meant = closest(name, names);
    throw new UserError(
      `no verb ${name}${meant ? `, did you mean ${meant}?` : '.'} Verbs: ${names.join(', ')}`,
    );
  }
  const run = await VERBS[name].load();
  return run(args);
}

const args = process.argv.slice(2);
const debug = isDebug(args);
const done = guardProcess(debug);
setQuiet(hasFlag(args, '--quiet'));
// No top-level await: where it never ended, Node would add a warning to the line of the door.
main(withoutFlags(args, COMMON))
  .catch((error) => {
    console.error(errorText(error, debug));
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
    done();
  });
