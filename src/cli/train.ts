/**
 * `npm run train`: prepares or resumes a run, and shows its progress, its report and its first answers. What keeps the
 * run in its folder is `train/fitRun.ts`, the loop itself `train/train.ts`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Mode } from '../compile/index.ts';
import { allowXla } from '../compile/xla.ts';
import { UserError } from '../errors.ts';
import { writeJson } from '../files.ts';
import { withFolderLock } from '../folderLock.ts';
import { generate } from '../generate/generate.ts';
import { note } from '../note.ts';
import { displayPath } from '../paths.ts';
import { loadRecipe } from '../recipe/loadRecipe.ts';
import type { Recipe } from '../recipe/schema.ts';
import { writeReport } from '../report/report.ts';
import type { Lock } from '../runtime/lock.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { canResume, finishedRun, refuseOthers, runStatus } from '../train/checkpoints.ts';
import { differencesText, isLength } from '../train/difference.ts';
import { fitRun, openRun, type RunDir } from '../train/fitRun.ts';
import { parameterNumbers } from '../train/memory.ts';
import { outputFolder } from '../train/output.ts';
import { settle } from '../train/replace.ts';
import type { Run } from '../train/run.ts';
import { dataStatsLines } from './dataStats.ts';
import { dryRun, dryRunLines } from './dryRun.ts';
import { parseFlags, type Verb } from './flags.ts';
import { answerableTurns, askAfter, askBefore, lacksScores } from './heldOut.ts';
import { verbHelp } from './help.ts';
import { type Stop, stopOnInterrupt } from './interrupt.ts';
import { derivedLines } from './languages.ts';
import { clock, type Progress, spansText, trainingProgress } from './progress.ts';

/** Held-out instructions that are answered at the end, and how many of these are printed. */
const ANSWERS_KEPT = 12;
const ANSWERS_PRINTED = 3;
const PRINTED_LENGTH = 200;
/** A report reads all metrics of the run so far, so it is not written at every save. */
const REPORT_SECONDS = 60;

const VERB = {
  name: 'train',
  summary: 'Tune a model by a recipe, or resume where a run stopped',
  examples: [
    'npm run train -- --recipe plug-ko',
    'npm run train -- --recipe plug-ko --resume',
    'npm run train -- --recipe plug-zh --data.train pairs.jsonl --tokenizer tokenizer.model --train.steps 500',
  ],
  flags: {
    recipe: { kind: 'string', value: 'NAME', help: 'Recipe to train: a name under recipes/, or a file.' },
    output: { kind: 'string', value: 'DIR', help: 'Folder of the run; default checkpoints/NAME.' },
    resume: { kind: 'boolean', help: 'Go on from the last saved step.' },
    overwrite: {
      kind: 'boolean',
      help: 'Begin again where there is a run; it is kept until the first checkpoint of the new one is whole.',
    },
    force: { kind: 'boolean', help: 'Train also where the memory is estimated to be too small.' },
    json: { kind: 'boolean', help: 'Print the metrics of each step as JSON lines.' },
    compile: {
      kind: 'string',
      value: 'on|off',
      help: 'off computes op by op, several times slower, for debugging; default on.',
    },
    'dry-run': {
      kind: 'boolean',
      help: 'Read the data, print the memory that the run needs, and whether it fits; train nothing.',
    },
    xla: {
      kind: 'boolean',
      help: 'Let XLA compile parts of the step: a start of some 20 s, then 2.5 times the speed on a GPU.',
    },
  },
  recipe: 'all',
} satisfies Verb;

/** @param print where results for a person go; a program that reads stdout gets JSON alone */
export async function train(args: string[], print: (text: string) => void = console.log): Promise<number> {
  const { flags, recipeOverrides } = parseFlags(args, VERB);
  const say = flags.json ? note : print;
  if (flags.help) {
    console.log(
      verbHelp(VERB, flags.help, flags.recipe ? await loadRecipe(flags.recipe, recipeOverrides) : undefined),
    );
    return 0;
  }
  if (!flags.recipe) throw new UserError('train: expected --recipe NAME, such as --recipe plug-ko');
  const recipe = await loadRecipe(flags.recipe, recipeOverrides);
  const dir = await outputFolder(flags.output, recipe);
  if (flags['dry-run']) {
    const progress = trainingProgress();
    const found = await dryRun(recipe, progress.note).finally(progress.done);
    console.log(flags.json ? JSON.stringify(found) : dryRunLines(found, recipe.model.from).join('\n'));
    return 0;
  }
  const mode = modeOf(flags.compile, flags.xla);
  await refuseOthers(dir);
  return withFolderLock(dir, 'train', async (lock) => {
    for (const line of await settle(dir)) console.error(line);
    try {
      return await trainIn(dir, recipe, { ...flags, mode, lock, say });
    } finally {
      for (const line of await settle(dir)) console.error(line);
    }
  });
}

interface TrainOptions {
  resume: boolean;
  overwrite: boolean;
  force: boolean;
  json: boolean;
  mode: Mode;
  lock: Lock;
  /** Prints results for a person. */
  say: (text: string) => void;
}

/** Trains in a folder that no other process works in. @returns the exit code */
async function trainIn(dir: string, recipe: Recipe, options: TrainOptions): Promise<number> {
  const { force, mode, lock, say } = options;
  const begin = await beginningOf(dir, recipe, options);
  if (begin === 'nothing') return 0;
  const resume = begin !== 'new';
  const progress = trainingProgress();
  const opened = await openRun(dir, recipe, {
    resume,
    note: progress.note,
    warn: progress.warn,
    mode,
    force,
  });
  const runDir = { ...opened, lock };
  progress.done();
  const stop = stopOnInterrupt(progress);
  let finished: boolean;
  try {
    if (begin === 'longer' && runDir.run.step >= runDir.run.steps) {
      say(finishedText(dir, runDir.run.steps));
      return 0;
    }
    await describe(runDir, resume);
    if (!resume) await askBefore(runDir, () => stop.asked);
    finished = !(stop.asked && runDir.run.step === 0) && (await show(runDir, progress, stop, options));
    if (stop.asked) console.error(stoppedText(runDir));
  } finally {
    stop.release();
    runDir.run.dispose();
  }
  if (!finished || stop.asked) return stop.code;
  for (const line of await askAfter(dir, recipe)) say(line);
  say(talkHint(dir));
  return 0;
}

/**
 * What there is to do in a folder: begin, go on, go on longer than the run was once to be, or nothing.
 * @throws UserError where that is for the user to say
 */
async function beginningOf(
  dir: string,
  recipe: Recipe,
  { resume, overwrite, say }: Pick<TrainOptions, 'resume' | 'overwrite' | 'say'>,
): Promise<'new' | 'on' | 'longer' | 'nothing'> {
  const status = await runStatus(dir);
  if (status === 'new' || overwrite) return 'new';
  const name = displayPath(dir);
  if (status === 'interrupted') {
    if (resume) return 'on';
    throw new UserError(`${name}: an interrupted run; --resume goes on with it, --overwrite begins again`);
  }
  const { steps, differences, changes } = await finishedRun(dir, recipe);
  const others = differences.filter((one) => !isLength(one));
  if (others.length + changes.length > 0) {
    throw new UserError(
      `${name}: finished with other settings or data: ${differencesText(differences, changes)}; ` +
        'train into another folder with --output NEW, or replace this run with --overwrite',
    );
  }
  if (differences.length > 0) return 'longer';
  if (await lacksAnswers(dir, recipe)) {
    console.error(`${name} is trained, but answers of it are missing: they are asked now`);
    return 'on';
  }
  say(finishedText(dir, steps));
  return 'nothing';
}

/** Whether a run was ended between its last step and its last answer. Runs of comparisons have no answers of their own. */
async function lacksAnswers(dir: string, recipe: Recipe): Promise<boolean> {
  if (!(await canResume(dir))) return false;
  return !existsSync(join(dir, 'answers.json')) || (await lacksScores(dir, recipe));
}

const finishedText = (dir: string, steps: number) =>
  `${displayPath(dir)} is finished, ${steps} steps; a larger --train.steps or --train.epochs goes on with it, ` +
  `--overwrite begins again\n${talkHint(dir)}`;

const stoppedText = ({ run: { step, steps } }: RunDir) =>
  step === 0
    ? 'Stopped before the first step: nothing is saved yet'
    : step < steps
      ? `Stopped at step ${step} of ${steps}, saved. Go on: the same command with --resume`
      : `Stopped behind the last step, ${steps}, saved; its answers and its report are left out`;

/** Checks the flags that say how a step is computed. */
function modeOf(compile = 'on', xla: boolean): Mode {
  if (compile !== 'on' && compile !== 'off') {
    throw new UserError(`train: --compile: expected on or off, got ${compile}`);
  }
  if (xla && compile === 'off') throw new UserError('train: --xla: expected --compile on with it, got off');
  if (xla) allowXla();
  return compile === 'on' ? 'graph' : 'eager';
}

/** The loop with what a person sees of it. @returns whether the last step was reached */
async function show(
  runDir: RunDir,
  progress: Progress,
  stop: Stop,
  { json, say }: Pick<TrainOptions, 'json' | 'say'>,
): Promise<boolean> {
  const { dir, run } = runDir;
  const started = performance.now();
  let reported = Number.NEGATIVE_INFINITY;
  let finished: boolean;
  try {
    finished = await fitRun(runDir, {
      stopping: () => stop.asked,
      warn: progress.warn,
      onStep(line) {
        if (json) process.stdout.write(`${JSON.stringify(line)}\n`);
        progress.update(line);
        const { step, validation } = line;
        if (!validation) return;
        const loss = `${validation.loss.toFixed(4)} (${spansText(validation.spanLoss)})`;
        progress.line(`step ${step}  validation loss ${loss}`);
      },
      async onSave() {
        if (performance.now() - reported < REPORT_SECONDS * 1000) return;
        await writeReport(dir);
        reported = performance.now();
      },
    });
  } finally {
    progress.done();
  }
  if (!finished || stop.asked) return finished;
  const { best } = runDir;
  const took = clock((performance.now() - started) / 1000);
  const bestText = best ? `; best validation loss ${best.loss.toFixed(4)} at step ${best.step}` : '';
  note(`Trained ${run.steps} steps in ${took}${bestText}\n`);
  await showAnswers(run, dir, say);
  await writeReport(dir);
  return true;
}

async function describe({ run, dir }: RunDir, resumed: boolean): Promise<void> {
  const { tensorflowVersion, device } = await startTensorFlow();
  const { config, lora } = run.model;
  const { all, trained } = parameterNumbers(config, lora);
  const millions = (count: number) => `${(count / 1e6).toFixed(1)} M`;
  const adapting = lora ? `, ${millions(trained)} of them trained` : '';
  const lines = [
    `${run.recipe.name} → ${displayPath(dir)}/${resumed ? `, resumed at step ${run.step}` : ''}`,
    `TensorFlow ${tensorflowVersion} on ${device}, ${run.precision}, ${millions(all)} parameters${adapting}, ` +
      `${config.vocabSize.toLocaleString('en')} pieces, ${run.steps} steps`,
    ...derivedLines(run.recipe.languages),
    ...dataStatsLines(run.dataStats),
  ];
  for (const line of lines) note(line);
}

/** How the model answers held-out instructions: three are printed, all go into `answers.json` for the report. */
async function showAnswers(run: Run, dir: string, say: (text: string) => void): Promise<void> {
  const { turns: asked, tooLong } = await answerableTurns(run, ANSWERS_KEPT);
  if (tooLong.length > 0) {
    const ids = shortened(tooLong.join(', '));
    console.error(
      `Held-out rows whose prompt is too long for the model, not asked: ${tooLong.length} (${ids})`,
    );
  }
  const answers = [];
  for (const target of new Set(asked.map((one) => one.target))) {
    const some = asked.filter((one) => one.target === target);
    const method = { ...run.recipe.method, target };
    const generations = await generate(
      run,
      some.map(({ instruction }) => instruction),
      { method },
    );
    answers.push(...generations.map((one, i) => ({ ...one, target, reference: some[i].response })));
  }
  await writeJson(join(dir, 'answers.json'), answers);
  for (const { instruction, reference, answer, pivotResponse } of answers.slice(0, ANSWERS_PRINTED)) {
    say(`▸ ${shortened(instruction)}`);
    if (pivotResponse) say(`  draft   ${shortened(pivotResponse)}`);
    say(`  answer  ${shortened(answer) || '(none)'}`);
    say(`  right   ${shortened(reference)}\n`);
  }
}

/** As much of a text as a line in the terminal is good for. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > PRINTED_LENGTH ? `${line.slice(0, PRINTED_LENGTH)} …` : line;
}

const talkHint = (dir: string) =>
  `Its report: ${displayPath(join(dir, 'report.html'))}\nTalk to it: npm run generate -- --checkpoint ${displayPath(dir)}`;
