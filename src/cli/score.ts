/** `npm run score`: how likely a model finds texts, token by token, from JSON lines to JSON lines. */
import { basename } from 'node:path';
import { tokenizerDir } from '../checkpoint/adapterConfig.ts';
import { modelStamp } from '../checkpoint/identity.ts';
import { loadWeights, readConfig } from '../checkpoint/model.ts';
import { type PlacedRow, RowError, readRows } from '../data/read/read.ts';
import { type Row, showPlace } from '../data/read/row.ts';
import { UserError } from '../errors.ts';
import { displayPath, fromCaller } from '../paths.ts';
import { checkText, openScorer } from '../score/score.ts';
import { kindOf, shownFields } from '../shown.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { MODEL_FLAGS, needOne, parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { withInput } from './inputFile.ts';
import { refuseOutput, runLineJob } from './lineJob.ts';

const VERB = {
  name: 'score',
  summary:
    'Log-probabilities of texts, token by token: perplexity, reranking, comparison with other programs',
  examples: [
    'npm run score -- --model checkpoints/world-base --input texts.jsonl --output scores.jsonl',
    'npm run score -- --model MODEL --input ids.jsonl --output scores.jsonl --batchSize 32',
  ],
  flags: {
    ...MODEL_FLAGS,
    input: {
      kind: 'string',
      value: 'FILE',
      help: 'Rows with an id and a text, or with ids, its tokens, which need no tokenizer; - reads a pipe.',
    },
    output: {
      kind: 'string',
      value: 'FILE',
      help: 'JSON lines: id, ids, and logprobs, natural, one for each token after the first; null for a text too long.',
    },
    batchSize: { kind: 'integer', help: 'Texts at once; default 8.' },
    precision: { kind: 'string', value: 'auto', help: 'auto, float32 or bf16; default auto.' },
    overwrite: { kind: 'boolean', help: 'Replace an output that exists.' },
  },
} satisfies Verb;

interface Item {
  id: unknown;
  ids: number[];
  /** `texts.jsonl:8`. */
  place: string;
  /** Why the model cannot read the text. */
  unscored?: string;
}

/** Batches between two writes; within them, texts go by length. */
const BATCHES = 8;

export async function score(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const { input, output, batchSize = 8, precision = 'auto', overwrite } = flags;
  const given = flags.model ?? flags.checkpoint;
  if (!given || !input || !output) {
    const lacking = !given ? '--model DIR' : !input ? '--input FILE' : '--output FILE';
    throw new UserError(`score: expected ${lacking}; npm run score -- --help shows an example`);
  }
  if (!isPrecision(precision)) {
    throw new UserError(`score: --precision: expected auto, float32 or bf16, got ${precision}`);
  }
  needOne(VERB, { batchSize: flags.batchSize });
  refuseOutput(fromCaller(output), overwrite, fromCaller(input));
  const dir = fromCaller(given);
  const settings = { model: await modelStamp(dir), precision };
  const items = await withInput(input, (path) => readItems(path, dir));
  const loaded = await loadWeights(dir, { precision, frozen: true });
  const scorer = openScorer(loaded);
  try {
    return await runLineJob<Item>({
      ...{ items, output: fromCaller(output), overwrite, thing: 'text', settings, undone: 'not scored' },
      batchSize: batchSize * BATCHES,
      reasonOf: ({ unscored }) => (typeof unscored === 'string' ? unscored : undefined),
      nameOf: ({ place, id }) => ({ place, id: String(id) }),
      async write(items) {
        // A text of no tokens has none that follows the first.
        const read = items.filter(({ ids, unscored }) => ids.length > 0 && !unscored);
        const found = await scorer.score(
          read.map(({ ids }) => ids),
          { batchSize },
        );
        const scores = new Map(read.map((item, i) => [item, Array.from(found[i], rounded)]));
        return items.map((item) => {
          const { id, ids, unscored } = item;
          if (unscored) return { id, ids, logprobs: null, unscored };
          return { id, ids, logprobs: scores.get(item) ?? [] };
        });
      },
    });
  } finally {
    scorer.dispose();
    loaded.dispose();
  }
}

/** As many digits as float32 has. */
const rounded = (value: number) => Number(value.toPrecision(8));

const isPrecision = (text: string): text is 'auto' | 'float32' | 'bf16' =>
  ['auto', 'float32', 'bf16'].includes(text);

/** All rows, looked at before the first is scored. @throws UserError naming the row that is wrong */
async function readItems(input: string, model: string): Promise<Item[]> {
  const config = await readConfig(model);
  // Without a tokenizer rows of ids can be read all the same.
  let problem: unknown;
  const tokenizer = await loadTokenizer(await tokenizerDir(model)).catch((error) => {
    problem = error;
    return null;
  });
  const items: Item[] = [];
  const isRow = ({ text, ids }: Row) => text !== undefined || ids !== undefined;
  for await (const place of readRows(input, undefined, isRow)) {
    const item = itemOf(place, tokenizer, problem);
    const { length } = item.ids;
    if (length > config.maxSeqLen) {
      item.unscored = `the text has ${length} tokens, and the model reads at most ${config.maxSeqLen}`;
    } else if (length > 0) checkText(item.ids, showPlace(place), config);
    items.push(item);
  }
  if (items.length > 0) return items;
  throw new UserError(`${displayPath(input)}: expected at least one row, got none`);
}

function itemOf(row: PlacedRow, tokenizer: Tokenizer | null, problem: unknown): Item {
  const { id = row.line, ids, text } = row.row;
  const place = showPlace({ ...row, path: basename(row.path) });
  if (Array.isArray(ids)) return { id, ids, place };
  if (typeof text !== 'string') {
    const got = text === undefined ? `the fields ${shownFields(row.row)}` : kindOf(text);
    throw new RowError(row, `expected a text, or ids as a list, got ${got}`, 'no text');
  }
  if (!tokenizer) throw problem;
  const begin = tokenizer.bosId === null ? [] : [tokenizer.bosId];
  return { id, ids: [...begin, ...tokenizer.encode(text)], place };
}
