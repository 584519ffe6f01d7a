/**
 * `npm run evaluate`: asks a tuned model the instructions of the evaluation files and scores the answers. What was
 * answered before, by the same model under the same settings, is not asked again.
 */
import { join } from 'node:path';
import { decidingFiles } from '../checkpoint/identity.ts';
import { UserError } from '../errors.ts';
import { evaluateFolder, type FolderEvaluation } from '../evaluate/folder.ts';
import { scoreLines } from '../evaluate/table.ts';
import { withFolderLock } from '../folderLock.ts';
import { note } from '../note.ts';
import { displayPath, fromCaller } from '../paths.ts';
import { runFolderOf } from '../train/mark.ts';
import { refuseEmpty } from '../train/output.ts';
import { askedMethod, MODEL_FLAGS, needOne, parseFlags, pathsOf, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress } from './progress.ts';
import { leftCount, leftLines, unreadLine } from './unanswered.ts';

const VERB = {
  name: 'evaluate',
  summary: 'Ask a tuned model the evaluation files and score its answers',
  examples: [
    'npm run evaluate -- --model checkpoints/plug-ko',
    'npm run evaluate -- --model checkpoints/plug-mixture --method.target it --output evaluations/it',
    "npm run evaluate -- --model checkpoints/plug-zh --data msvamp.jsonl --data.columns.instruction 'question_{lang}'",
  ],
  flags: {
    ...MODEL_FLAGS,
    data: {
      kind: 'string',
      value: 'FILE,…',
      help: "Evaluation files or folders; default the made-up world's: open, truthfulness, arithmetic.",
    },
    'data.columns.instruction': {
      kind: 'string',
      value: 'NAME',
      help: 'Column of the instruction; default instruction_{lang}, question_{lang}, instruction and the like.',
    },
    'data.columns.input': { kind: 'string', value: 'NAME', help: 'Column of an input to the instruction.' },
    'data.columns.id': { kind: 'string', value: 'NAME', help: 'Column of the id; default id.' },
    limit: { kind: 'integer', help: 'Rows to ask of each file, the first ones; default all.' },
    output: {
      kind: 'string',
      value: 'DIR',
      help: "Folder of the answers; default evaluations in the model's.",
    },
    batchSize: { kind: 'integer', help: 'Instructions asked at once; default 8.' },
    json: { kind: 'boolean', help: 'Print the scores as JSON.' },
  },
  recipe: ['method', 'generate'],
} satisfies Verb;

export async function evaluate(args: string[]): Promise<number> {
  const { flags, recipeOverrides } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const given = flags.model ?? flags.checkpoint;
  if (!given) throw new UserError('evaluate: expected --model DIR, such as --model checkpoints/plug-ko');
  refuseEmpty('output', flags.output);
  needOne(VERB, { limit: flags.limit, batchSize: flags.batchSize });
  const dir = fromCaller(given);
  const output = flags.output === undefined ? join(dir, 'evaluations') : fromCaller(flags.output);
  const progress = countProgress('answer');
  const stop = stopOnInterrupt({ line: (text) => console.error(text) });
  const work = () =>
    evaluateFolder(dir, {
      files: pathsOf(flags.data),
      columns: columnsOf(flags),
      limit: flags.limit,
      method: askedMethod(recipeOverrides),
      generate: recipeOverrides.generate,
      batchSize: flags.batchSize,
      output,
      onBegin: progress.begin,
      onAnswer: progress.update,
      onUnread: (columns) => console.error(unreadLine(columns)),
      stopping: () => stop.asked,
    });
  let evaluation: FolderEvaluation | null;
  try {
    // Before a folder is made in it.
    await decidingFiles(dir);
    evaluation = await withFolderLock(await runFolderOf(output), 'evaluate', work);
  } finally {
    stop.release();
    progress.done();
  }
  if (!evaluation) {
    console.error('Stopped; the answers so far are kept. Go on: the same command');
    return stop.code;
  }
  const { target, files, scores, scoresFile, answers, unanswered } = evaluation;
  const model = displayPath(dir);
  if (flags.json) console.log(JSON.stringify({ model, target, files: files.map(displayPath), scores }));
  else {
    console.log(`${model}, asked in ${target}\n\n${scoreLines(scores).join('\n')}`);
    note(`\nAnswers: ${displayPath(join(output, 'answers.jsonl'))}, scores: ${scoresFile} beside it`);
  }
  for (const line of leftLines(unanswered)) console.error(line);
  if (unanswered.length > 0) {
    console.error(`${leftCount('not answered', unanswered.length, answers.length)}; they count as wrong`);
  }
  return unanswered.length === answers.length ? 1 : 0;
}

/** The columns that were named. */
function columnsOf(flags: Record<string, unknown>): Record<string, string> {
  const names = ['id', 'instruction', 'input'].map((name) => [name, flags[`data.columns.${name}`]] as const);
  return Object.fromEntries(names.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
