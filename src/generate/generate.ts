/** Instructions in, answers out: the prompt of a method, decoding, and the answer taken out of what was written. */
import { type ChatTokenizer, withChat } from '../data/tokens/chatTokenizer.ts';
import { encodeExample } from '../data/tokens/encode.ts';
import { UserError } from '../errors.ts';
import { loadMethod } from '../methods/index.ts';
import type { LanguageTable } from '../methods/parts/languages.ts';
import type { Answer, Context, LanguagePair, Pass } from '../methods/parts/segment.ts';
import { strip } from '../methods/parts/strip.ts';
import type { Model } from '../model/decoder.ts';
import { checkSection } from '../recipe/check.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';
import { type Decoded, type DecodeOptions, decode } from './decode.ts';
import { type Decoder, makeDecoder } from './decoder.ts';

/** What is needed to answer: a loaded model, or a run in the middle of its training. */
export interface Answerer {
  model: Model;
  tokenizer: ChatTokenizer;
  /** Programs of the model; made and freed by each call where there is none. */
  decoder?: Decoder;
  /** The recipe that the model was tuned by: its method prompts, its `generate` section gives the defaults. */
  recipe: Recipe | null;
}

/** The method of a recipe; its chat is the paper's where none is named. */
export type AskedMethod = Omit<Recipe['method'], 'chat'> &
  Partial<Pick<Recipe['method'], 'chat'>> & {
    /** Languages described beside those of the model's recipe, which these replace. */
    languages?: LanguageTable;
  };

export interface GenerateOptions extends Omit<DecodeOptions, 'onToken' | 'isOver' | 'endIds'> {
  /** How to prompt, and in which languages; default: as the model was tuned. */
  method?: AskedMethod;
  /** Prompts decoded at once; default 8. */
  batchSize: number;
  /** Earlier turns, and a system text beside the method's own; the same for every instruction. */
  context?: Context;
  /** Texts that end an answer, and are left out of it. */
  stop: string[];
  /** Called with each token for instruction `index`: what is written so far, split as the method does. */
  onPart?: (part: Partial<Answer>, index: number) => void;
}

/** Why an instruction could not be answered. */
export type Obstacle = 'prompt too long' | 'empty prompt';

export interface Generation extends Omit<Answer, 'status'>, Pick<Decoded, 'stopped'> {
  instruction: string;
  /** As `Answer` has it, or why there is no answer; `answer` is empty then. */
  status: Answer['status'] | Obstacle;
  /** The obstacle in full, with numbers; absent where the model was asked. */
  unanswered?: string;
  /** All that the model wrote, pass after pass. */
  text: string;
  /** Number of tokens written, in all passes. */
  tokens: number;
}

interface Written extends Pick<Decoded, 'stopped'> {
  text: string;
  tokens: number;
  obstacle?: { status: Obstacle; reason: string };
}

/** Why a prompt of that many tokens cannot be answered by a model that reads `maxSeqLen`; undefined where it can. */
export function obstacleOf(tokens: number, maxSeqLen: number): Written['obstacle'] {
  if (tokens === 0) return { status: 'empty prompt', reason: 'the prompt is empty' };
  if (tokens < maxSeqLen) return undefined;
  const reason = `the prompt has ${tokens} tokens, and the model reads fewer than ${maxSeqLen}`;
  return { status: 'prompt too long', reason };
}

/**
 * Answers in the order of `instructions`. One that the model cannot read is not asked, and says so in its status.
 * @throws UserError when neither the model's recipe nor the options say how to prompt
 */
export async function generate(
  answerer: Answerer,
  instructions: string[],
  options: Partial<GenerateOptions> = {},
): Promise<Generation[]> {
  const { model, recipe, decoder: given } = answerer;
  const defaults = recipe?.generate ?? recipeSchema.shape.generate.parse(undefined);
  const { batchSize, context, stop, onPart, firstRow, rows, ...decoding } = {
    ...{ batchSize: 8, firstRow: 0 },
    ...defaults,
    ...options,
  };
  const { tokenizer, method, pair, passes } = await howToAsk(answerer, options.method, context);
  const decoder = given ?? makeDecoder(model, { mode: 'graph', precision: 'float32' });
  /** What the passes `before` wrote for one of their texts. */
  const drafts = (before: Written[][], row: number) =>
    Object.fromEntries(before.map((rows, i) => [passes[i].writes, strip(rows[row].text)]));
  /** What each of some texts makes the model write, in the pass behind those of `before`. */
  const write = async (pass: Pass, texts: string[], start: number, before: Written[][]) => {
    const prompts = texts.map((text) => encodeExample(pass.prompt(text), tokenizer).ids);
    const written = prompts.map(({ length }, row): Written => {
      const obstacle = before.at(-1)?.[row].obstacle ?? obstacleOf(length, model.config.maxSeqLen);
      return { text: '', tokens: 0, stopped: 'length', ...(obstacle && { obstacle }) };
    });
    const asked = [...prompts.keys()].filter((row) => !written[row].obstacle);
    if (asked.length === 0) return written;
    const textOf = (ids: ArrayLike<number>, row: number) =>
      upToStop(continuation(tokenizer, prompts[row], ids), stop);
    const ids = texts.map(() => [] as number[]);
    const onToken = (id: number, at: number) => {
      const row = asked[at];
      ids[row].push(id);
      const text = textOf(ids[row], row);
      const last = before.length === passes.length - 1;
      const part = last ? method.answer(text, pair) : { [pass.writes]: strip(text) };
      onPart?.({ ...drafts(before, row), ...part }, start + row);
    };
    const decoded = await decode(
      decoder,
      asked.map((row) => prompts[row]),
      {
        ...decoding,
        rows: asked.map((row) => rows?.[start + row] ?? firstRow + start + row),
        endIds: [tokenizer.eosId],
        isOver: stop.length > 0 ? (ids) => holdsStop(tailText(tokenizer, ids, stop), stop) : undefined,
        onToken: onPart && onToken,
      },
    );
    for (const [at, { ids, stopped }] of decoded.entries()) {
      written[asked[at]] = { text: textOf(ids, asked[at]), tokens: ids.length, stopped };
    }
    return written;
  };
  const generations: Generation[] = [];
  try {
    for (let start = 0; start < instructions.length; start += batchSize) {
      const batch = instructions.slice(start, start + batchSize);
      const written: Written[][] = [];
      for (const pass of passes) {
        const asked = written.at(-1)?.map(({ text }) => strip(text)) ?? batch;
        written.push(await write(pass, asked, start, written));
      }
      for (const [row, instruction] of batch.entries()) {
        const parts = written.map((rows) => rows[row]);
        const { text, obstacle } = parts[parts.length - 1];
        generations.push({
          instruction,
          ...method.answer(text, pair),
          ...drafts(written.slice(0, -1), row),
          ...(obstacle && { answer: '', status: obstacle.status, unanswered: obstacle.reason }),
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

/** How the method prompts in its languages, pass by pass, and with which tokens. */
async function howToAsk(
  { tokenizer, recipe }: Pick<Answerer, 'tokenizer' | 'recipe'>,
  asked: AskedMethod | undefined = recipe?.method,
  context?: Context,
) {
  if (!asked) {
    throw new UserError(
      'generate: expected a model with a recipe.json beside it, got none; ' +
        'say how to prompt: --method.name plug --method.target ko',
    );
  }
  const method = await loadMethod(asked.name);
  const languages = { ...recipe?.languages, ...asked.languages };
  const pair: LanguagePair = { target: targetOf(asked), pivot: asked.pivot, languages };
  const passes: Pass[] = method.passes?.(pair) ?? [
    { writes: 'targetResponse', prompt: (text) => method.prompt(text, pair, context) },
  ];
  return { tokenizer: withChat(tokenizer, asked.chat ?? 'paper'), method, pair, passes };
}

/** Number of tokens that the model reads before it begins to write, in the first pass. */
export async function promptTokens(
  answerer: Pick<Answerer, 'tokenizer' | 'recipe'>,
  instruction: string,
  { method, context }: Pick<Partial<GenerateOptions>, 'method' | 'context'> = {},
): Promise<number> {
  const { tokenizer, passes } = await howToAsk(answerer, method, context);
  return encodeExample(passes[0].prompt(instruction), tokenizer).ids.length;
}

/**
 * The text of `ids` behind a prompt: a tokenizer may take a space off the front of a text, which is a part of one that
 * goes on from another. The white space that the model's chat puts before an answer is left out.
 */
export function continuation(
  tokenizer: ChatTokenizer,
  prompt: ArrayLike<number>,
  ids: ArrayLike<number>,
): string {
  const last = prompt[prompt.length - 1];
  const before = tokenizer.decode([last]);
  const whole = tokenizer.decode([last, ...Array.from(ids)]);
  const text = before !== '' && whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode(ids);
  const lead = tokenizer.chat?.lead ?? '';
  return lead !== '' && text.startsWith(lead) ? text.slice(lead.length) : text;
}

const holdsStop = (text: string, stop: string[]) => stop.some((one) => text.includes(one));

/** `text` before the first of `stop` in it. */
const upToStop = (text: string, stop: string[]) =>
  stop.reduce((rest, one) => (rest.includes(one) ? rest.slice(0, rest.indexOf(one)) : rest), text);

/** Text of the newest tokens, enough of them to hold any of `stop`: each token is a byte at least. */
function tailText(tokenizer: ChatTokenizer, ids: number[], stop: string[]): string {
  return tokenizer.decode(ids.slice(-Math.max(...stop.map((one) => Buffer.byteLength(one))) - 1));
}

/** The one language to answer in. @throws UserError where several could be meant */
export function targetOf({ target }: AskedMethod): string {
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
  over: Partial<AskedMethod> = {},
): (Recipe['method'] & Pick<AskedMethod, 'languages'>) | undefined {
  const { languages, ...changed } = over;
  const known = { ...recipe?.languages, ...languages };
  const method =
    Object.keys(changed).length > 0
      ? checkSection('method', { ...recipe?.method, ...changed }, 'how to prompt')
      : recipe?.method;
  return method && Object.keys(known).length > 0 ? { ...method, languages: known } : method;
}
