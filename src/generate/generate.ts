/** Instructions in, answers out: the prompt of a method, decoding, and the answer taken out of what was written. */
import { encodeExample } from '../data/tokens/encode.ts';
import { UserError } from '../errors.ts';
import { loadMethod } from '../methods/index.ts';
import type { Answer, Context, LanguagePair, Pass } from '../methods/parts/segment.ts';
import type { Model } from '../model/decoder.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type Decoded, type DecodeOptions, decode } from './decode.ts';
import { type Decoder, makeDecoder } from './decoder.ts';

/** What is needed to answer: a loaded model, or a run in the middle of its training. */
export interface Answerer {
  model: Model;
  tokenizer: Tokenizer;
  /** Programs of the model; made and freed by each call where there is none. */
  decoder?: Decoder;
  /** The recipe that the model was tuned by: its method prompts, its `generate` section gives the defaults. */
  recipe: Recipe | null;
}

export interface GenerateOptions extends Omit<DecodeOptions, 'onToken'> {
  /** How to prompt, and in which languages; default: as the model was tuned. */
  method?: Recipe['method'];
  /** Prompts decoded at once; default 8. */
  batchSize: number;
  /** Earlier turns, and a system text beside the method's own; the same for every instruction. */
  context?: Context;
  /** Called with the text written so far for instruction `index`. */
  onText?: (text: string, index: number) => void;
}

export interface Generation extends Answer, Pick<Decoded, 'stopped'> {
  instruction: string;
  /** All that the model wrote, pass after pass. */
  text: string;
  /** Number of tokens written, in all passes. */
  tokens: number;
}

interface Written extends Pick<Decoded, 'stopped'> {
  text: string;
  tokens: number;
}

/**
 * Answers in the order of `instructions`.
 * @throws UserError when neither the model's recipe nor the options say how to prompt
 */
export async function generate(
  { model, tokenizer, recipe, decoder: given }: Answerer,
  instructions: string[],
  options: Partial<GenerateOptions> = {},
): Promise<Generation[]> {
  const defaults = recipe?.generate ?? recipeSchema.shape.generate.parse(undefined);
  const { batchSize, context, onText, firstRow, ...decoding } = {
    ...{ batchSize: 8, firstRow: 0 },
    ...defaults,
    ...options,
  };
  const asked = options.method ?? recipe?.method;
  if (!asked) {
    throw new UserError(
      'generate: expected a model with a recipe.json beside it, got none; ' +
        'say how to prompt: --method.name plug --method.target ko',
    );
  }
  const method = await loadMethod(asked.name);
  const pair: LanguagePair = { target: targetOf(asked), pivot: asked.pivot };
  const passes: Pass[] = method.passes?.(pair) ?? [
    { writes: 'targetResponse', prompt: (text) => method.prompt(text, pair, context) },
  ];
  const decoder = given ?? makeDecoder(model, { mode: 'graph', precision: 'float32' });
  /** What each of some texts makes the model write, in one pass. */
  const write = async ({ prompt }: Pass, texts: string[], start: number): Promise<Written[]> => {
    const prompts = texts.map((text) => encodeExample(prompt(text), tokenizer).ids);
    const ids = texts.map(() => [] as number[]);
    const onToken = (id: number, row: number) => {
      ids[row].push(id);
      onText?.(tokenizer.decode(ids[row]), start + row);
    };
    const decoded = await decode(decoder, prompts, {
      ...decoding,
      firstRow: firstRow + start,
      onToken: onText && onToken,
    });
    return decoded.map(({ ids, stopped }) => ({ text: tokenizer.decode(ids), tokens: ids.length, stopped }));
  };
  const generations: Generation[] = [];
  try {
    for (let start = 0; start < instructions.length; start += batchSize) {
      const batch = instructions.slice(start, start + batchSize);
      const written: Written[][] = [];
      for (const pass of passes) {
        const asked = written.at(-1)?.map(({ text }) => text.trim()) ?? batch;
        written.push(await write(pass, asked, start));
      }
      for (const [row, instruction] of batch.entries()) {
        const parts = written.map((rows) => rows[row]);
        generations.push({
          instruction,
          ...method.answer(parts[parts.length - 1].text, pair),
          ...Object.fromEntries(passes.slice(0, -1).map(({ writes }, i) => [writes, parts[i].text.trim()])),
          text: parts.map(({ text }) => text).join('\n\n'),
          tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
          stopped: parts.every(({ stopped }) => stopped === 'end') ? 'end' : 'length',
        });
      }
    }
  } finally {
    if (!given) decoder.dispose();
  }
  return generations;
}

/** The one language to answer in. @throws UserError where several could be meant */
export function targetOf({ target }: Recipe['method']): string {
  const [only, ...others] = [target].flat();
  if (others.length === 0) return only;
  throw new UserError(
    `generate: expected one target language, got ${[only, ...others].join(', ')}, as the model was tuned for; ` +
      `choose with --method.target ${only}`,
  );
}

/** What the model was tuned by, with `over` laid over it. */
export function methodOf(
  recipe: Recipe | null,
  over: Partial<Recipe['method']> | undefined,
): Recipe['method'] | undefined {
  if (!over) return recipe?.method;
  return recipeSchema.shape.method.parse({ ...recipe?.method, ...over });
}
