/**
 * `npm run evaluate`: asks a tuned model the instructions of the evaluation files and scores the answers. What was
 * answered before, by the same model under the same settings, is not asked again.
 */
import { join } from 'node:path';
import { loadModel, readJson } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import { askModel, defaultData, type Evaluation, evaluate as evaluateModel } from '../evaluate/evaluate.ts';
import { readEvaluationRows } from '../evaluate/rows.ts';
import { dataHash, modelHash, openStore } from '../evaluate/store.ts';
import { scoreLines } from '../evaluate/table.ts';
import { targetOf } from '../generate/generate.ts';
import { displayPath, fromCaller } from '../recipe/paths.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';
import { parseFlags, type Verb } from './flags.ts';
import { methodOf } from './generate.ts';
import { verbHelp } from './help.ts';
import { countProgress } from './progress.ts';

const VERB = {
  name: 'evaluate',
  summary: 'Ask a tuned model the evaluation files and score its answers',
  examples: [
    'npm run evaluate -- --model checkpoints/plug-ko',
    'npm run evaluate -- --model checkpoints/plug-mixture --method.target it --output evaluations/it',
    "npm run evaluate -- --model checkpoints/plug-zh --data msvamp.jsonl --data.columns.instruction 'question_{lang}'",
  ],
  flags: {
    model: {
      kind: 'string',
      value: 'DIR',
      help: 'Model to ask: a run, a step folder, or a model directory.',
    },
    checkpoint: { kind: 'string', value: 'DIR', help: 'The same as --model.' },
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
    console.log(verbHelp(VERB));
    return 0;
  }
  const given = flags.model ?? flags.checkpoint;
  if (!given) throw new UserError('evaluate: expected --model DIR, such as --model checkpoints/plug-ko');
  for (const name of ['limit', 'batchSize'] as const) {
    if (flags[name] === 0) throw new UserError(`evaluate: --${name}: expected an integer >= 1, got 0`);
  }
  const dir = fromCaller(given);
  const fingerprint = await modelHash(dir);
  const recipe = (await readJson(join(dir, 'recipe.json'))) as Recipe | null;
  const method = methodOf(recipe, recipeOverrides.method);
  if (!method) {
    throw new UserError(
      `${displayPath(dir)}: expected a model with a recipe.json beside it, got none; ` +
        'say how to prompt: --method.name plug --method.target ko',
    );
  }
  const target = targetOf(method);
  const files = flags.data?.split(',').map((path) => fromCaller(path.trim())) ?? defaultData();
  const columns = columnsOf(flags);
  const rows = await readEvaluationRows(files, { target, columns, limit: flags.limit });
  const decoding = { ...recipeSchema.shape.generate.parse(recipe?.generate), ...recipeOverrides.generate };
  const batchSize = flags.batchSize ?? 8;
  const settings = {
    ...{ model: fingerprint, data: await dataHash(files), rows: rows.length, target },
    ...{ method, generate: decoding, columns, batchSize },
  };
  const output = flags.output ? fromCaller(flags.output) : join(dir, 'evaluations');
  // as it comes out of JSON, keys without a value left out
  const store = await openStore(output, JSON.parse(JSON.stringify(settings)));
  const progress = countProgress('answer', rows.length, store.replies.length);
  let model: Awaited<ReturnType<typeof loadModel>> | undefined;
  let evaluation: Evaluation;
  try {
    evaluation = await evaluateModel(
      async (instructions, first) => {
        model ??= await loadModel(dir);
        return askModel(model, { method, generate: decoding })(instructions, first);
      },
      {
        ...{ rows, target, batchSize, replies: store.replies },
        async onAnswer(answer, done) {
          await store.append(answer);
          progress.update(done);
        },
      },
    );
  } finally {
    progress.done();
    model?.dispose();
  }
  const about = { model: displayPath(dir), target, files: files.map(displayPath) };
  await store.finish(evaluation, about);
  if (flags.json) console.log(JSON.stringify({ ...about, scores: evaluation.scores }));
  else {
    console.log(`${about.model}, asked in ${target}\n\n${scoreLines(evaluation.scores).join('\n')}`);
    console.error(`\nAnswers and scores: ${displayPath(output)}/`);
  }
  return 0;
}

/** The columns that were named. */
function columnsOf(flags: Record<string, unknown>): Record<string, string> {
  const names = ['id', 'instruction', 'input'].map((name) => [name, flags[`data.columns.${name}`]] as const);
  return Object.fromEntries(names.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
