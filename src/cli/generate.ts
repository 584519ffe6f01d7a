/**
 * `npm run generate`: asks a model once for each prompt given, or chats in the terminal where none is. The pivot
 * draft is printed apart from the answer.
 */
import { createInterface } from 'node:readline/promises';
import { loadModel } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import {
  type Answerer,
  generate as answer,
  type GenerateOptions,
  type Generation,
  methodOf,
} from '../generate/generate.ts';
import type { Turn } from '../methods/parts/example.ts';
import { fromCaller } from '../recipe/paths.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { takesColour } from './show.ts';

const VERB = {
  name: 'generate',
  summary: 'Ask a tuned model, once or in a chat',
  examples: [
    'npm run generate -- --checkpoint checkpoints/plug-ko "질문"',
    'npm run generate -- --checkpoint checkpoints/plug-ko',
    'npm run generate -- --checkpoint checkpoints/plug-ko --generate.temperature 0.8 --json "질문" "다른 질문"',
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
  const model = await loadModel(fromCaller(dir));
  const options = { ...recipeOverrides.generate, method: methodOf(model.recipe, recipeOverrides.method) };
  try {
    if (positionals.length === 0) {
      await chat(model, options, flags.turns ?? 0);
      return 0;
    }
    for (const generation of await answer(model, positionals, options)) {
      console.log(flags.json ? JSON.stringify(generation) : formatGeneration(generation));
    }
  } finally {
    model.dispose();
  }
  return 0;
}

const dim = (text: string) => (takesColour() ? `\x1b[2m${text}\x1b[0m` : text);

/** The pivot draft, indented, then the answer. */
export function formatGeneration(generation: Generation): string {
  const { pivotInstruction, pivotResponse, answer: text, status, stopped, text: all } = generation;
  const indented = (label: string, body?: string) =>
    body ? dim(`  ${label}: ${body.replaceAll('\n', '\n  ')}`) : null;
  const lines = [
    indented('understood', pivotInstruction),
    indented('draft', pivotResponse),
    status === 'not found' ? `(no answer found in: ${all})` : text,
    stopped === 'length' ? dim('(cut off: the most tokens allowed were reached)') : null,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

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
    const [generation] = await answer(model, [instruction], { ...options, context: { history: seen } });
    console.log(`${formatGeneration(generation)}\n`);
    history.push({ instruction, response: generation.answer });
    terminal.prompt();
  }
  terminal.close();
}
