/**
 * `npm run data`: writes the starter data that come with the project, or shows what a recipe trains on, each
 * supervised token coloured by its span.
 */
import { join, resolve } from 'node:path';
import { hasConfig, readConfig } from '../checkpoint/model.ts';
import { trainingOrder } from '../data/batches/order.ts';
import { openCache } from '../data/cache.ts';
import { packingOf } from '../data/dataStats.ts';
import { findTokenizer, longestSequence, prepareData, rowLength } from '../data/prepare.ts';
import { sequencesOf } from '../data/tokens/dataset.ts';
import { encodeExample } from '../data/tokens/encode.ts';
import { examplesOf, viewOf } from '../data/view.ts';
import { UserError } from '../errors.ts';
import { displayPath, fromCaller, projectRoot } from '../paths.ts';
import { loadRecipe } from '../recipe/loadRecipe.ts';
import type { Recipe } from '../recipe/schema.ts';
import { refuseEmpty } from '../train/output.ts';
import { dataStatsLines } from './dataStats.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { trainingProgress } from './progress.ts';
import { legend, showExample, takesColour } from './show.ts';
import { distributionOf, histogramOf, lengthsOf, statsLines } from './stats.ts';

const VERB = {
  name: 'data',
  summary: 'Write the starter data, or show what a recipe trains on.',
  examples: [
    'npm run data',
    'npm run data -- --show plug-ko --count 2 --ids',
    'npm run data -- --stats plug-zh --data.train pairs.jsonl --data.onBadRow skip',
  ],
  flags: {
    show: {
      kind: 'string',
      value: 'RECIPE',
      help: 'Print examples, the supervised tokens coloured by span.',
    },
    count: { kind: 'integer', help: 'Number of examples to print; 3 when not given.' },
    ids: { kind: 'boolean', help: 'Print the token ids too.' },
    stats: {
      kind: 'boolean',
      help: 'Print statistics of all the data of the recipe named, and how long its sequences are.',
    },
    json: { kind: 'boolean', help: 'With --stats: print them as JSON.' },
    output: {
      kind: 'string',
      value: 'DIR',
      help: 'Where the starter data go; datasets/world when not given.',
    },
  },
  positionals: 'RECIPE, for --stats',
  recipe: ['method', 'data', 'tokenizer', 'model', 'train'],
} satisfies Verb;

const number = (value: number) => value.toLocaleString('en-US');

/** @param given the folder that was named, null for the project's own */
async function writeStarterData(given: string | null): Promise<void> {
  const { writeWorld } = await import('../world/write.ts');
  const dir = given ?? join(projectRoot, 'datasets/world');
  // Only files that come with the project are written over.
  const files = await writeWorld(dir, { replace: given === null });
  const paths = files.map(({ file }) => displayPath(resolve(dir, file)));
  const width = Math.max(...paths.map((path) => path.length));
  for (const [i, { rows, bytes }] of files.entries()) {
    const size = `${number(rows).padStart(7)} rows  ${number(bytes).padStart(10)} bytes`;
    console.log(`${paths[i].padEnd(width)}  ${size}`);
  }
}

/** The first examples of a recipe, read no further than they go. */
async function show(recipe: Recipe, count: number, ids: boolean): Promise<void> {
  const view = await viewOf(recipe);
  const tokenizer = await findTokenizer(view, await openCache(view.files));
  const colour = takesColour();
  const pieces = `a tokenizer of ${number(tokenizer.vocabSize)} pieces`;
  console.log(`${recipe.name}: ${view.method.summary}; ${pieces}\n${legend(colour)}\n`);
  for (const settings of view.targets) {
    let left = count;
    for await (const example of examplesOf(view, settings, 'train')) {
      if (left-- === 0) break;
      for (const { id, segments } of sequencesOf(example, view.method, settings)) {
        const encoded = { id, ...encodeExample(segments, tokenizer) };
        console.log(`${showExample(encoded, tokenizer, { colour, ids })}\n`);
      }
    }
  }
}

/** Prints statistics of all the data of a recipe, and the lengths of its sequences. */
async function stats(recipe: Recipe, json: boolean): Promise<void> {
  const progress = trainingProgress();
  const { from } = recipe.model;
  const maxSeqLen = longestSequence(
    recipe,
    from && hasConfig(from) ? (await readConfig(from)).maxSeqLen : undefined,
  );
  const data = await prepareData(recipe, { maxSeqLen, note: progress.note });
  const { train, dataStats } = data;
  progress.done();
  if (train.count > 0 && recipe.train.packing) {
    const { maxSeqLen: places } = rowLength(recipe, maxSeqLen, data);
    const rows = trainingOrder(train, recipe, places).epochRows(0);
    dataStats.packing = packingOf(rows, train.lengths, places);
  }
  if (json) {
    const lengths = Object.entries(lengthsOf(train)).map(([name, some]) => [
      name,
      { ...distributionOf(some), histogram: histogramOf(some) },
    ]);
    console.log(
      JSON.stringify({ recipe: recipe.name, dataStats, lengths: Object.fromEntries(lengths) }, null, 2),
    );
    return;
  }
  console.log([recipe.name, ...dataStatsLines(dataStats), '', ...statsLines(train)].join('\n'));
}

/** The verb `data`. */
export async function data(args: string[]): Promise<number> {
  const { flags, recipeOverrides, positionals } = parseFlags(args, VERB);
  const name = flags.show ?? positionals[0];
  const recipe = name === undefined ? undefined : await loadRecipe(name, recipeOverrides);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help, recipe));
  } else if (flags.stats) {
    if (!recipe) throw new UserError('data: expected a recipe to give figures of: --stats plug-ko');
    await stats(recipe, flags.json);
  } else if (recipe) {
    await show(recipe, flags.count ?? 3, flags.ids);
  } else {
    refuseEmpty('output', flags.output);
    await writeStarterData(flags.output === undefined ? null : fromCaller(flags.output));
  }
  return 0;
}
