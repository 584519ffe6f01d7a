/**
 * Every key of a recipe, with its type, range, default and meaning. The types, the checks, the command-line
 * flags and `--help` all come from this one table; `defineRecipe` is what recipes call.
 */
import { z } from 'zod';
import { PROJECTIONS } from '../model/config.ts';
import { languages, refuseHeadings } from './languages.ts';
import { method } from './method.ts';

const integer = (minimum: number) => z.int().min(minimum);
const share = z.number().min(0).lt(1);
const filePath = z.string().min(1);

const column = z.string().min(1).optional();
const columnMap = z
  .strictObject({
    id: column.describe('Column of the id; the number of the row where none is named.'),
    instruction: column.describe(
      'Column of the instruction, {lang} standing for the language code: instruction_{lang}.',
    ),
    input: column.describe('Column of an input to the instruction, joined to it by a blank line.'),
    response: column.describe('Column of the response: response_{lang}.'),
    dialogue: column.describe(
      'Column of a whole conversation, in place of instruction and response: a list of [user, assistant] ' +
        'pairs or of messages with role and content. A dot goes into an object: {lang}.dialogue.',
    ),
    system: column.describe('Column of a system text of the row, or of a list of sentences.'),
    history: column.describe(
      'Column of earlier turns, before instruction and response: a list as for dialogue, or nothing.',
    ),
    text: column.describe('Column of running text, for method plain-text: it stands alone beside id.'),
  })
  .refine(
    ({ instruction, response, dialogue, text, history }) =>
      (instruction !== undefined && response !== undefined && !dialogue && !text) ||
      (instruction === undefined &&
        response === undefined &&
        history === undefined &&
        (dialogue === undefined) !== (text === undefined)),
    'must name instruction and response, or dialogue alone, or text alone',
  );

const data = z
  .strictObject({
    train: z.union([filePath, z.array(filePath).min(1)]).meta({
      description:
        'Training files: JSON lines, JSON, CSV, TSV or Parquet, plain, .gz or .zst, or folders of them; by commas on ' +
        'the command line.',
      expects: 'a file, a folder, or a list of them',
    }),
    pivot: z
      .union([filePath, z.array(filePath).min(1)])
      .optional()
      .meta({
        description: 'Files that hold the pivot language, where data.train does not; rows are joined by id.',
        expects: 'a file, a folder, or a list of them',
      }),
    validation: filePath.optional().meta({
      description: 'Validation file; without one a share of data.train is held out.',
      expects: 'a file',
    }),
    validationShare: z
      .number()
      .min(0)
      .lt(0.5)
      .default(0.02)
      .describe(
        'Share of data.train held out, chosen by a hash of the id, when there is no validation file.',
      ),
    columns: z
      .union([z.literal('auto'), columnMap])
      .default('auto')
      .meta({
        description: 'Which columns hold what; auto knows the usual layouts.',
        expects:
          '"auto" or { id?, system?, history?, instruction, input?, response }, { id?, system?, dialogue } or { id?, text } with column names such as "instruction_{lang}"',
      }),
    limit: integer(1).optional().describe('Number of examples to take; all when not given.'),
    sampling: z
      .enum(['first', 'random'])
      .default('first')
      .describe(
        'Which ones data.limit takes: the first, or a random sample that follows from the ids and data.seed ' +
          'alone. A smaller sample is part of a larger one.',
      ),
    seed: integer(0).default(42).describe('Seed of the random sample.'),
    deduplicate: z
      .enum(['exact', 'instruction', 'off'])
      .default('exact')
      .describe('Leaves out rows that say the same as an earlier one, in all, or in the instructions alone.'),
    mixing: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        'With several targets: a language of n examples is seen in proportion to n to this power. ' +
          '1 is each example once a pass, 0 is all languages equally often.',
      ),
    onBadRow: z
      .enum(['stop', 'skip'])
      .default('stop')
      .describe('What a bad row does: stop with an error, or be skipped and counted.'),
    truncation: z
      .enum(['drop', 'cut'])
      .default('drop')
      .describe('What an example longer than model.maxSeqLen does: be dropped and counted, or lose its end.'),
  })
  .describe('What is read');

const tokenizer = z
  .strictObject({
    path: filePath.optional().meta({
      description:
        'tokenizer.json, SentencePiece .model, or a directory that holds one; else one is trained.',
      expects: 'a file or directory',
    }),
    vocabSize: integer(257)
      .default(4096)
      .describe('Pieces of the byte-level BPE that is trained on data.train when no path is given.'),
  })
  .prefault({})
  .describe('How text becomes tokens');

const model = z
  .strictObject({
    from: filePath.optional().meta({
      description:
        'Directory of a model to start from; its config.json then decides the shape, not these keys. ' +
        'none on the command line: random weights, where the recipe names a model.',
      expects: 'a directory',
    }),
    dModel: integer(1).default(128).describe('Width of the residual stream.'),
    nLayers: integer(1).default(4).describe('Number of transformer layers.'),
    nHeads: integer(1).default(4).describe('Query heads a layer.'),
    nKvHeads: integer(1)
      .optional()
      .describe('Key and value heads a layer, a divisor of nHeads; default nHeads.'),
    headDim: integer(2).optional().describe('Width of a head, even; default dModel / nHeads.'),
    ffnDim: integer(1).default(384).describe('Inner width of the SwiGLU feed-forward block.'),
    maxSeqLen: integer(8)
      .optional()
      .describe(
        'Longest sequence, in tokens; as many as the model in model.from can read, or 256. See data.truncation. ' +
          'Packed rows of such a model are as long as the data.',
      ),
    ropeTheta: z.number().positive().default(10000).describe('Base of the rotary frequencies.'),
    normEps: z.number().positive().default(1e-5).describe('Added under the root in RMSNorm.'),
    tieEmbeddings: z.boolean().default(true).describe('Use the token embedding as output matrix too.'),
    initStd: z.number().positive().default(0.02).describe('Standard deviation of the initial weights.'),
  })
  .superRefine((shape, context) => {
    if (shape.from !== undefined) return;
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, input: shape });
    const nKvHeads = shape.nKvHeads ?? shape.nHeads;
    if (shape.nHeads % nKvHeads !== 0) {
      problem('nKvHeads', `must divide model.nHeads (${shape.nHeads}), got ${nKvHeads}`);
    }
    const { dModel, nHeads } = shape;
    const headDim = shape.headDim ?? dModel / nHeads;
    if (!Number.isInteger(headDim)) {
      problem(
        'dModel',
        `must be a multiple of model.nHeads (${nHeads}) when no headDim is given, got ${dModel}`,
      );
    } else if (headDim % 2 !== 0) {
      const source = shape.headDim === undefined ? `, from dModel ${dModel} / nHeads ${nHeads}` : '';
      problem('headDim', `must be even (rotary positions turn pairs), got ${headDim}${source}`);
    }
  })
  .prefault({})
  .describe('What is trained');

const lora = z
  .strictObject({
    rank: integer(1).default(16).describe('Rank of the adapters, which any lora key turns on.'),
    alpha: z.number().positive().default(32).describe('Their output is multiplied by alpha / rank.'),
    dropout: z.number().min(0).lt(1).default(0).describe('Rate at which what adapters read is dropped out.'),
    targets: z
      .array(z.enum(PROJECTIONS))
      .min(1)
      .default([...PROJECTIONS])
      .meta({
        description: 'Projections of each layer that have an adapter; all when not given.',
        expects: `a list of ${PROJECTIONS.join(', ')}`,
      }),
  })
  .optional()
  .describe('Low-rank adapters (LoRA) that are trained in place of the weights, which model.from must name');

const train = z
  .strictObject({
    steps: integer(1).optional().describe('Number of steps (optimizer updates); wins over train.epochs.'),
    epochs: z
      .number()
      .positive()
      .default(3)
      .describe('Passes over the training examples; may be a fraction.'),
    batchSize: integer(1).default(16).describe('Rows a micro-batch: sequences, or packed rows of several.'),
    packing: z
      .boolean()
      .default(false)
      .describe('Put several examples into each row of model.maxSeqLen tokens; none sees another.'),
    gradAccumSteps: integer(1)
      .default(1)
      .describe('Micro-batches a step, normalised by all supervised tokens.'),
    learningRate: z
      .number()
      .positive()
      .default(1e-3)
      .describe('Highest learning rate, reached after warm-up.'),
    schedule: z
      .enum(['linear', 'cosine', 'constant'])
      .default('cosine')
      .describe('Course of the learning rate after warm-up.'),
    warmupRatio: share
      .default(0.03)
      .describe('Share of the steps over which the learning rate rises from 0.'),
    warmupSteps: integer(0).optional().describe('The same in steps; wins over train.warmupRatio.'),
    finalLearningRateRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Learning rate at the last step, as a share of train.learningRate.'),
    weightDecay: z.number().min(0).default(0).describe('AdamW weight decay, on matrices only.'),
    beta1: share.default(0.9).describe('AdamW decay of the first moment.'),
    beta2: share.default(0.999).describe('AdamW decay of the second moment.'),
    epsilon: z.number().positive().default(1e-8).describe('Added to the denominator in AdamW.'),
    clipNorm: z.number().min(0).default(1).describe('Largest global norm of the gradients; 0 is off.'),
    dropout: share
      .default(0)
      .describe('Share of what each layer adds to the residual stream that is dropped out.'),
    precision: z
      .enum(['auto', 'float32', 'bf16'])
      .default('auto')
      .describe(
        'Numbers that matrix products are computed in; weights and optimizer are float32 in any case. ' +
          'auto is bf16 on a GPU and on a CPU with avx512_bf16 or amx_bf16.',
      ),
    gradientCheckpointing: z
      .boolean()
      .default(false)
      .describe('Compute each layer again on the way back instead of keeping what it computed: less memory.'),
    seed: integer(0)
      .default(42)
      .describe('Seed of the initial weights, the order of the examples and dropout.'),
    validateEvery: integer(0)
      .default(0)
      .describe('Steps from one validation to the next; 0 is only at the end.'),
    saveEvery: z
      .union([z.literal('auto'), integer(0)])
      .default('auto')
      .describe(
        'Steps from one checkpoint to the next; 0 is only at the end. auto: about every 2 minutes, less often where ' +
          'saving takes long.',
      ),
    keepSteps: integer(1)
      .default(2)
      .describe(
        'Step folders that stay, the last ones, besides the best. A damaged one is passed over for the one before it.',
      ),
  })
  .prefault({})
  .describe('How it is trained');

const generate = z
  .strictObject({
    maxNewTokens: integer(1).default(128).describe('Most tokens to generate.'),
    temperature: z.number().min(0).default(0).describe('Divides the logits before sampling; 0 is greedy.'),
    topK: integer(0).default(0).describe('Sample from the K likeliest tokens only; 0 is off.'),
    topP: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe('Sample from the likeliest tokens of this mass; 1 is off.'),
    stop: z.array(z.string().min(1)).default([]).meta({
      description: 'Texts that end an answer where the model writes one; they are left out of it.',
      expects: 'a list of texts',
    }),
    seed: integer(0).default(42).describe('Seed of the sampling.'),
  })
  .prefault({})
  .describe('How it answers');

const evaluate = z
  .strictObject({
    data: z
      .union([filePath, z.array(filePath).min(1)])
      .optional()
      .meta({
        description: 'Evaluation files: asked before and after training; not asked when not given.',
        expects: 'a file, a folder, or a list of them',
      }),
    limit: integer(1).optional().describe('Rows to ask of each file, the first ones; all when not given.'),
    batchSize: integer(1).default(32).describe('Instructions asked at once.'),
  })
  .prefault({})
  .describe('What it is asked');

/** All keys of a recipe. Section descriptions are headings of `--help`. */
export const recipeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .meta({
        description: 'Name of the run, and of its folder under checkpoints/.',
        expects: 'a name fit for a folder (letters, digits, ".", "_", "-")',
      }),
    description: z.string().optional().describe('What the recipe is for, in a sentence.'),
    languages,
    method,
    data,
    tokenizer,
    model,
    lora,
    train,
    generate,
    evaluate,
  })
  .superRefine(refuseHeadings);

/** A checked recipe, defaults filled in. Plain data: it survives JSON. */
export type Recipe = z.output<typeof recipeSchema>;
/** What a recipe module writes: the keys without a default, and any of the others. */
export type RecipeInput = z.input<typeof recipeSchema>;
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;
/** Any keys of a recipe, to be laid over another: `{ train: { steps: 50 } }`. */
export type RecipeOverrides = DeepPartial<RecipeInput>;
