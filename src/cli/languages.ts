/** `npm run languages`: the languages that prompts and headings are known for, with those of a recipe or a file. */
import {
  completeLanguage,
  DERIVED,
  LANGUAGES,
  type LanguageTable,
  languageNameIn,
} from '../methods/parts/languages.ts';
import { note } from '../note.ts';
import { fromCaller } from '../paths.ts';
import { readLanguages } from '../recipe/languageFile.ts';
import { loadRecipe } from '../recipe/loadRecipe.ts';
import { parseFlags, type Verb } from './flags.ts';
import { table, verbHelp } from './help.ts';

const VERB = {
  name: 'languages',
  summary: 'List the languages that prompts and headings are known for, and your own',
  examples: [
    'npm run languages',
    'npm run languages -- --languages german.json',
    'npm run languages -- --recipe checkpoints/plug-de --json',
  ],
  flags: {
    languages: {
      kind: 'string',
      value: 'FILE',
      help: 'JSON file with languages of your own (docs/languages.md).',
    },
    recipe: {
      kind: 'string',
      value: 'NAME',
      help: 'Recipe, or folder of a run, whose languages are listed too.',
    },
    json: { kind: 'boolean', help: 'Print the table as JSON, as a recipe or --languages takes it.' },
  },
} satisfies Verb;

export async function languages(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const recipe = flags.recipe === undefined ? undefined : await loadRecipe(flags.recipe);
  const file = flags.languages === undefined ? undefined : readLanguages(fromCaller(flags.languages));
  const own: LanguageTable = { ...recipe?.languages, ...file };
  const all: LanguageTable = { ...LANGUAGES, ...own };
  if (flags.json) {
    const complete = Object.entries(all).map(([code, entry]) => [code, completeLanguage(code, entry)]);
    console.log(JSON.stringify(Object.fromEntries(complete), null, 2));
    return 0;
  }
  const rows = Object.keys(all).map((code) => {
    const { instructionHeading, responseHeading } = completeLanguage(code, all[code]);
    return [code, languageNameIn(code, 'en', own), `${instructionHeading}  ${responseHeading}`];
  });
  const widths = [0, 1].map((i) => Math.max(...rows.map((cells) => cells[i].length)));
  console.log(table(rows, widths).join('\n'));
  for (const line of derivedLines(own)) note(line);
  return 0;
}

/** The derived fields of a table: what a recipe did not say of a language, and what was put in its place. */
export function derivedLines(own: LanguageTable = {}): string[] {
  return Object.entries(own).flatMap(([code, entry]) => {
    if (Object.hasOwn(LANGUAGES, code)) return [];
    const derived = completeLanguage(code, { name: entry.name });
    const left = DERIVED.filter((field) => (entry[field] ?? derived[field]) === derived[field]);
    const values = left.map((field) => `${field} ${JSON.stringify(derived[field])}`);
    return left.length > 0
      ? [`language ${code}: not given, so made from its name: ${values.join(', ')}`]
      : [];
  });
}
