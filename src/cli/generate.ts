/**
 * `npm run generate`: asks a model each prompt that is given, each line of a piped stdin or each row of a file, or chats
 * in the terminal where there is none of these. Answers go to stdout, all else to stderr.
 */
import { loadModel } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import { generate as answer, type GenerateOptions, methodOf, promptTokens } from '../generate/generate.ts';
import { fromCaller } from '../paths.ts';
import { recipeSchema } from '../recipe/schema.ts';
import { refuseEmpty } from '../train/output.ts';
import { answerFile } from './answerFile.ts';
import { say } from './answers.ts';
import { chat } from './chat.ts';
import { askedMethod, needOne, parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { withInput } from './inputFile.ts';
import { refuseOutput } from './lineJob.ts';
import { terminalLines } from './terminal.ts';
import { tooLongLine } from './unanswered.ts';

const VERB = {
  name: 'generate',
  summary: 'Ask a tuned model, once or in a chat',
  examples: [
    'npm run generate -- --checkpoint checkpoints/plug-ko "질문"',
    'npm run generate -- --checkpoint checkpoints/plug-ko',
    'npm run generate -- --checkpoint checkpoints/plug-ko --generate.temperature 0.8 --json "질문" "다른 질문"',
    'npm run generate -- --checkpoint checkpoints/plug-ko < questions.txt > answers.txt',
    'npm run generate -- --checkpoint checkpoints/plug-ko --input questions.jsonl --output answers.jsonl',
  ],
  positionals:
    'PROMPT …: what to ask; without one, the lines of a piped stdin, and on a terminal a chat. Answers go to stdout, ' +
    'drafts and remarks to stderr.',
  flags: {
    checkpoint: {
      kind: 'string',
      value: 'DIR',
      help: 'Model to ask: a run, a step folder, or a model directory.',
    },
    model: { kind: 'string', value: 'DIR', help: 'The same as --checkpoint.' },
    turns: {
      kind: 'integer',
      help: 'Most earlier turns of a chat that the model sees; default as many as fit its context.',
    },
    json: { kind: 'boolean', help: 'Print each answer as a JSON line.' },
    input: {
      kind: 'string',
      value: 'FILE',
      help: 'Rows to answer, with an instruction_XX, question_XX, instruction, question or prompt; - reads a pipe.',
    },
    'data.columns.instruction': {
      kind: 'string',
      value: 'NAME',
      help: 'Column of the instruction, where it is named otherwise.',
    },
    output: { kind: 'string', value: 'FILE', help: 'JSON lines of the answers to --input, in order.' },
    batchSize: { kind: 'integer', help: 'Rows of --input answered at once; default 8.' },
    overwrite: { kind: 'boolean', help: 'Replace an output that exists.' },
  },
  recipe: ['method', 'generate'],
} satisfies Verb;

export async function generate(args: string[]): Promise<number> {
  const { flags, recipeOverrides, positionals } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const dir = flags.checkpoint ?? flags.model;
  if (!dir) {
    throw new UserError('generate: expected --checkpoint DIR, such as --checkpoint checkpoints/plug-ko');
  }
  const { input, output, overwrite, batchSize = 8 } = flags;
  if ((input === undefined) !== (output === undefined)) {
    throw new UserError(
      `generate: expected --input and --output together, got --${input ? 'in' : 'out'}put alone`,
    );
  }
  needOne(VERB, { batchSize: flags.batchSize });
  refuseEmpty('output', output);
  if (output) refuseOutput(fromCaller(output), overwrite, input && fromCaller(input));
  const asksTerminal = !input && positionals.length === 0 && process.stdin.isTTY;
  const prompts = positionals.length > 0 ? positionals : asksTerminal || input ? null : await pipedPrompts();
  const model = await loadModel(fromCaller(dir));
  const options = {
    ...recipeOverrides.generate,
    method: methodOf(model.recipe, askedMethod(recipeOverrides)),
  };
  try {
    if (input && output) {
      const how = { dir: fromCaller(dir), output: fromCaller(output), overwrite, batchSize, asking: options };
      const column = flags['data.columns.instruction'];
      return await withInput(input, (path) => answerFile(model, { ...how, input: path, column }));
    }
    if (prompts) return await answerAll(model, prompts, options, { json: flags.json, batchSize });
    await chatAtTerminal(model, options, flags.turns);
    return 0;
  } finally {
    model.dispose();
  }
}

type Asked = Awaited<ReturnType<typeof loadModel>>;

/** One answer after the other, or a JSON line for each. @returns the exit code: 1 where a prompt could not be answered */
async function answerAll(
  model: Asked,
  prompts: string[],
  options: Partial<GenerateOptions>,
  { json, batchSize }: { json: boolean; batchSize: number },
): Promise<number> {
  const { maxSeqLen } = model.model.config;
  const fitting: string[] = [];
  for (const [i, prompt] of prompts.entries()) {
    const tokens = await promptTokens(model, prompt, options);
    if (tokens < maxSeqLen) fitting.push(prompt);
    else {
      const where = prompts.length > 1 ? `prompt ${i + 1}` : 'prompt';
      console.error(tooLongLine(where, tokens, maxSeqLen));
    }
  }
  if (json) {
    for (let start = 0; start < fitting.length; start += batchSize) {
      const some = fitting.slice(start, start + batchSize);
      const found = await answer(model, some, { ...options, batchSize, firstRow: start });
      for (const generation of found) console.log(JSON.stringify(generation));
    }
  } else {
    for (const [i, prompt] of fitting.entries()) await say(model, prompt, { ...options, firstRow: i });
  }
  return fitting.length === prompts.length ? 0 : 1;
}

/** The lines of stdin, where it is no terminal. @throws UserError where there are none */
async function pipedPrompts(): Promise<string[]> {
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const prompts = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (prompts.length > 0) return prompts;
  throw new UserError(
    'generate: expected a prompt as an argument, or prompts on stdin, one a line, got neither; a chat needs a terminal',
  );
}

/** A chat at the terminal, until the person ends it. */
async function chatAtTerminal(
  model: Asked,
  options: Partial<GenerateOptions>,
  turns: number | undefined,
): Promise<void> {
  // Wrong settings give their error before the first question.
  await promptTokens(model, '?', options);
  const lines = terminalLines();
  const { maxSeqLen } = model.model.config;
  const { maxNewTokens } = { ...recipeDefaults(model), ...options };
  try {
    await chat(
      {
        read: lines.read,
        interrupted: lines.interrupted,
        remark: (text) => process.stderr.write(`${text}\n`),
        promptTokens: (instruction, history) =>
          promptTokens(model, instruction, { ...options, context: { history } }),
        async answer(instruction, history, { draft, onPart }) {
          const found = await say(model, instruction, { ...options, context: { history }, draft, onPart });
          process.stderr.write('\n');
          return found;
        },
      },
      { maxSeqLen, maxNewTokens, turns },
    );
  } finally {
    lines.close();
  }
}

const recipeDefaults = ({ recipe }: Asked) =>
  recipe?.generate ?? recipeSchema.shape.generate.parse(undefined);
