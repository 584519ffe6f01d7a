/**
 * `npm run data`: writes the starter data that come with the project, or shows what a recipe trains on, each
 * supervised token coloured by its span.
 */
import { join, resolve } from 'node:path';
import { encodeTurns } from '../data/dataset.ts';
import { findTokenizer, loadSplit } from '../data/prepare.ts';
import { getMethod } from '../methods/index.ts';
import { loadRecipe } from '../recipe/loadRecipe.ts';
import { displayPath, fromCaller, projectRoot } from '../recipe/paths.ts';
import type { RecipeOverrides } from '../recipe/schema.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';
import { legend, showExample, takesColour } from './show.ts';

const VERB = {
  name: 'data',
  summary: 'Write the starter data, or show what a recipe trains on.',
  examples: ['npm run data', 'npm run data -- --show plug-ko --count 2 --ids'],
  flags: {
    show: {
      kind: 'string',
      value: 'RECIPE',
      help: 'Print examples, the supervised tokens coloured by span.',
    },
    count: { kind: 'integer', help: 'Number of examples to print; 3 when not given.' },
    ids: { kind: 'boolean', help: 'Print the token ids too.' },
    output: {
      kind: 'string',
      value: 'DIR',
      help: 'Where the starter data go; datasets/world when not given.',
    },
  },
  recipe: ['method', 'data', 'tokenizer'],
} satisfies Verb;

const number = (value: number) => value.toLocaleString('en-US');

async function writeStarterData(dir: string): Promise<void> {
  const { writeWorld } = await import('../world/write.ts');
  const files = await writeWorld(dir);
  const paths = files.map(({ file }) => displayPath(resolve(dir, file)));
  const width = Math.max(...paths.map((path) => path.length));
  for (const [i, { rows, bytes }] of files.entries()) {
    const size = `${number(rows).padStart(7)} rows  ${number(bytes).padStart(10)} bytes`;
    console.log(`${paths[i].padEnd(width)}  ${size}`);
  }
}

async function show(name: string, overrides: RecipeOverrides, count: number, ids: boolean): Promise<void> {
  const recipe = await loadRecipe(name, overrides);
  const method = getMethod(recipe.method.name);
  const { train, account } = await loadSplit(recipe, method);
  const tokenizer = await findTokenizer(recipe, method, train);
  const colour = takesColour();
  const reasons = Object.entries(account.reasons).map(
    ([reason, rows]) => `${number(rows)} skipped, ${reason}`,
  );
  const rows = [`${number(account.kept)} of ${number(account.read)} rows kept`, ...reasons].join('; ');
  const pieces = `a tokenizer of ${number(tokenizer.vocabSize)} pieces`;
  console.log(`${recipe.name}: ${method.summary}\n${rows}; ${pieces}\n${legend(colour)}\n`);
  for (const example of train.slice(0, count)) {
    for (const encoded of encodeTurns(example, { method, pair: recipe.method, tokenizer })) {
      console.log(`${showExample(encoded, tokenizer, { colour, ids })}\n`);
    }
  }
}

/** The verb `data`. */
export async function data(args: string[]): Promise<number> {
  const { flags, recipeOverrides } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.show ? await loadRecipe(flags.show, recipeOverrides) : undefined));
  } else if (flags.show !== undefined) {
    await show(flags.show, recipeOverrides, flags.count ?? 3, flags.ids);
  } else {
    await writeStarterData(flags.output ? fromCaller(flags.output) : join(projectRoot, 'datasets/world'));
  }
  return 0;
}
