/**
 * `npm run generate`: asks a model once for each prompt given or each row of a file, or chats in the terminal where there
 * is neither. The pivot draft is printed apart from the answer.
 */
import { createInterface } from 'node:readline/promises';
import { modelStamp } from '../checkpoint/identity.ts';
import { loadModel } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import { readEvaluationRows } from '../evaluate/rows.ts';
import {
  type Answerer,
  generate as answer,
  type GenerateOptions,
  type Generation,
  methodOf,
  targetOf,
} from '../generate/generate.ts';
import type { Turn } from '../methods/parts/example.ts';
import type { Answer } from '../methods/parts/segment.ts';
import { fromCaller } from '../recipe/paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { refuseEmpty } from '../train/output.ts';
import { needOne, parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { refuseOutput, runLineJob } from './lineJob.ts';
import { takesColour } from './show.ts';

const VERB = {
  name: 'generate',
  summary: 'Ask a tuned model, once or in a chat',
  examples: [
    'npm run generate -- --checkpoint checkpoints/plug-ko "질문"',
    'npm run generate -- --checkpoint checkpoints/plug-ko',
    'npm run generate -- --checkpoint checkpoints/plug-ko --generate.temperature 0.8 --json "질문" "다른 질문"',
    'npm run generate -- --checkpoint checkpoints/plug-ko --input questions.jsonl --output answers.jsonl',
  ],
  positionals: 'PROMPT …: what to ask; without one it is a chat',
  flags: {
    checkpoint: {
      kind: 'string',
      value: 'DIR',
      help: 'Model to ask: a run, a step folder, or a model directory.',
    },
    model: { kind: 'string', value: 'DIR', help: 'The same as --checkpoint.' },
    turns: { kind: 'integer', help: 'Earlier turns of a chat that the model sees; default 0.' },
    json: { kind: 'boolean', help: 'Print each answer as a JSON line.' },
    input: {
      kind: 'string',
      value: 'FILE',
      help: 'Rows to answer, with an instruction_XX, question_XX, instruction, question or prompt.',
    },
    'data.columns.instruction': {
      kind: 'string',
      value: 'NAME',
      help: 'Column of the instruction, where it is named otherwise.',
    },
    output: { kind: 'string', value: 'FILE', help: 'JSON lines of the answers to --input, in order.' },
    batchSize: { kind: 'integer', help: 'Rows of --input answered at once; default 8.' },
    overwrite: { kind: 'boolean', help: 'Write the output anew where it is there.' },
  },
  recipe: ['method', 'generate'],
} satisfies Verb;

export async function generate(args: string[]): Promise<number> {
  const { flags, recipeOverrides, positionals } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB));
    return 0;
  }
  const dir = flags.checkpoint ?? flags.model;
  if (!dir)
    throw new UserError('generate: expected --checkpoint DIR, such as --checkpoint checkpoints/plug-ko');
  const { input, output, overwrite, batchSize = 8 } = flags;
  if ((input === undefined) !== (output === undefined)) {
    throw new UserError(
      `generate: expected --input and --output together, got --${input ? 'in' : 'out'}put alone`,
    );
  }
  needOne(VERB, { batchSize: flags.batchSize });
  refuseEmpty('output', output);
  if (output) refuseOutput(fromCaller(output), overwrite, input && fromCaller(input));
  const model = await loadModel(fromCaller(dir));
  const options = { ...recipeOverrides.generate, method: methodOf(model.recipe, recipeOverrides.method) };
  try {
    if (input && output) {
      const column = flags['data.columns.instruction'];
      return await runLineJob({
        items: await readInstructions(fromCaller(input), options.method, column),
        ...{ output: fromCaller(output), overwrite, batchSize, thing: 'answer' },
        settings: { model: await modelStamp(fromCaller(dir)), ...options },
        async write(items, firstRow) {
          const asked = items.map(({ instruction }) => instruction);
          const answers = await answer(model, asked, { ...options, batchSize, firstRow });
          return answers.map((one, i) => ({ id: items[i].id, ...one }));
        },
      });
    }
    if (positionals.length === 0) {
      await chat(model, options, flags.turns ?? 0);
      return 0;
    }
    if (flags.json) {
      for (const generation of await answer(model, positionals, options))
        console.log(JSON.stringify(generation));
      return 0;
    }
    for (const instruction of positionals) await say(model, instruction, options);
  } finally {
    model.dispose();
  }
  return 0;
}

/** The instructions of a file, in the language that the model is asked in. */
async function readInstructions(input: string, method: Recipe['method'] | undefined, instruction?: string) {
  const target = method ? targetOf(method) : 'en';
  const rows = await readEvaluationRows([input], { target, columns: instruction ? { instruction } : {} });
  return rows.map(({ id, instruction }) => ({ id, instruction }));
}

const dim = (text: string) => (takesColour() ? `\x1b[2m${text}\x1b[0m` : text);

/** The pivot draft, indented, and the answer below it; of an answer that is being written, what there is. */
function formatted({ pivotInstruction, pivotResponse, answer: text = '' }: Partial<Answer>) {
  const indented = (label: string, body?: string) =>
    body ? `  ${label}: ${body.replaceAll('\n', '\n  ')}\n` : '';
  return { draft: indented('understood', pivotInstruction) + indented('draft', pivotResponse), answer: text };
}

/** Asks once, and prints what the model writes as it writes it. */
async function say(
  model: Answerer,
  instruction: string,
  options: Partial<GenerateOptions>,
): Promise<Generation> {
  const { stop } = { ...model.recipe?.generate, ...options };
  const stream = answerStream((text) => process.stdout.write(text), { dim, stop });
  const [generation] = await answer(model, [instruction], { ...options, onPart: stream.part });
  stream.end(generation);
  return generation;
}

/**
 * Prints an answer in the making, and no more of it than will stay: a draft's end may turn out to be a heading, an
 * answer's end one of the texts `stop` or half a letter.
 */
export function answerStream(
  write: (text: string) => void,
  { dim, stop = [] }: { dim: (text: string) => string; stop?: string[] },
) {
  const shown = { draft: '', answer: '' };
  const show = (key: keyof typeof shown, text: string, paint: (text: string) => string) => {
    if (text.length <= shown[key].length || !text.startsWith(shown[key])) return;
    write(paint(text.slice(shown[key].length)));
    shown[key] = text;
  };
  const held = Math.max(0, ...stop.map(({ length }) => length - 1));
  const itself = (text: string) => text;
  return {
    part(part: Partial<Answer>) {
      const { draft, answer } = formatted(part);
      show('draft', answer ? draft : draft.slice(0, -HEADING), dim);
      show('answer', answer.slice(0, answer.length - held).replace(/\ufffd+$/, ''), itself);
    },
    end({ status, stopped, text, ...generation }: Generation) {
      const { draft, answer } = formatted(generation);
      show('draft', draft, dim);
      show('answer', status === 'not found' ? `(no answer found in: ${text})` : answer, itself);
      write(stopped === 'length' ? `\n${dim('(cut off: the most tokens allowed were reached)')}\n` : '\n');
    },
  };
}

/** More characters than a heading with the lines around it has. */
const HEADING = 48;

async function chat(model: Answerer, options: Partial<GenerateOptions>, turns: number): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const history: Turn[] = [];
  console.log('Ask away; an empty line or Ctrl-D ends the chat.');
  terminal.setPrompt('> ');
  terminal.prompt();
  for await (const line of terminal) {
    const instruction = line.trim();
    if (!instruction) break;
    const seen = turns > 0 ? history.slice(-turns) : [];
    const generation = await say(model, instruction, { ...options, context: { history: seen } });
    console.log();
    history.push({ instruction, response: generation.answer });
    terminal.prompt();
  }
  terminal.close();
}
