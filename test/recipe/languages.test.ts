/** Languages of one's own: what is derived, what is refused, and what prompts and answers look like with them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFlags } from '../../src/cli/flags.ts';
import { derivedLines } from '../../src/cli/languages.ts';
import { generate, methodOf } from '../../src/generate/generate.ts';
import { getMethod, METHODS } from '../../src/methods/index.ts';
import type { LanguageTable } from '../../src/methods/parts/languages.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import { loadRecipe } from '../../src/recipe/loadRecipe.ts';
import type { RecipeInput } from '../../src/recipe/schema.ts';
import { temporaryFolder } from '../support/files.ts';

const german = { name: 'German', responseHeading: 'Antwort auf Deutsch:' };
const recipe = (languages: object, method: object = { target: 'de' }) =>
  defineRecipe({ name: 'x', languages, method, data: { train: 'a' } } as RecipeInput);
const turns = (code: string) => [{ instruction: `Q ${code}`, response: `A ${code}` }];
const textOf = (name: string, target: string, pivot: string, languages: LanguageTable) =>
  getMethod(name)
    .segments(
      { id: '1', turns: { [target]: turns(target), [pivot]: turns(pivot) } },
      { target, pivot, languages },
    )[0]
    .map(({ text }) => text)
    .join('|');

describe('languages of a recipe', () => {
  it('are completed: the name from the code, headings from the name', () => {
    assert.deepEqual(recipe({ de: {} }).languages, {
      de: { name: 'German', instructionHeading: 'German instruction:', responseHeading: 'German response:' },
    });
    assert.deepEqual(recipe({ de: german, 'pt-BR': { name: 'Brazilian' } }).languages, {
      de: { ...german, instructionHeading: 'German instruction:' },
      'pt-BR': {
        name: 'Brazilian',
        instructionHeading: 'Brazilian instruction:',
        responseHeading: 'Brazilian response:',
      },
    });
    const own = { ko: { responseHeading: '답변:' } };
    assert.deepEqual(recipe(own, { target: 'ko' }).languages, {
      ko: { name: 'Korean', instructionHeading: '한국어 지시:', responseHeading: '답변:' },
    });
    const whole = recipe({ de: german });
    assert.deepEqual(recipe(JSON.parse(JSON.stringify(whole.languages))), whole, 'what is stored says all');
  });

  it('say which headings were made from the name', () => {
    assert.deepEqual(derivedLines({ de: german, ko: {} }), [
      'language de: not given, so made from its name: instructionHeading "German instruction:"',
    ]);
    assert.equal(derivedLines(recipe({ de: {} }).languages)[0].match(/Heading/g)?.length, 2);
    assert.deepEqual(derivedLines({ de: { ...german, instructionHeading: 'Auftrag:' } }), []);
  });

  const wrong: [object, object, string | RegExp][] = [
    [{ de: { nmae: 'x' } }, {}, 'recipe x: unknown key languages.de.nmae, did you mean languages.de.name?'],
    [
      { de: { colour: 'x' } },
      {},
      /unknown key languages\.de\.colour; it may hold name, instructionHeading, /,
    ],
    [
      { de: { name: 7 } },
      {},
      /languages\.de\.name must be a name such as "German", or names by pivot .*, got 7$/,
    ],
    [{ de: { name: '' } }, {}, /languages\.de\.name must be a name such as .*, got ""$/],
    [
      { de: { responseHeading: 'a\nb' } },
      {},
      /languages\.de\.responseHeading must be a heading on one line, .*, got "a\\nb"$/,
    ],
    [
      { de: { responseHeading: ' a' } },
      {},
      /must be a heading on one line, without spaces at its ends, got " a"$/,
    ],
    [{ de: 'German' }, {}, /languages\.de must be an object, got "German"$/],
    [{ German: {} }, {}, /languages must have language codes such as "de" as its keys, got "German"$/],
    [['de'], {}, /languages must be a table by language code: \{ de: .*, got \["de"\]$/],
    [
      { de: { prompts: { respond: 'Auf {target}' } } },
      {},
      'recipe x: languages.de.prompts.respond must be a text with {language}',
    ],
    [
      { de: { prompts: { translate: 'nothing' } } },
      {},
      /prompts\.translate must be a text with \{from\} and \{to\}/,
    ],
    [{ de: { prompts: { rspond: '{language}' } } }, {}, /did you mean languages\.de\.prompts\.respond\?/],
    [
      { de: { responseHeading: 'response:' } },
      { target: 'de' },
      /languages\.de\.responseHeading must differ, for de it is "response:", which is part of the heading "English response:" of en$/,
    ],
    [
      { en: { responseHeading: '한국어 응답: (en)' } },
      { target: 'ko' },
      /languages\.en\.responseHeading must differ, for ko /,
    ],
  ];
  for (const [table, method, message] of wrong) {
    it(`refuse ${JSON.stringify(table)}`, () =>
      assert.throws(() => recipe(table, { target: 'de', ...method }), { name: 'RecipeError', message }));
  }

  it('are written into prompts and headings', () => {
    assert.equal(
      textOf('plug', 'de', 'en', { de: german }),
      'Please interpret the instruction in English, and then respond both in English and in German.|Q de|' +
        'English instruction:\nQ en|\n\nEnglish response:\nA en|\n\nAntwort auf Deutsch:\nA de|',
    );
    const answer = getMethod('plug').answer('English response:\nA\n\nAntwort auf Deutsch:\nB', {
      ...{ target: 'de', pivot: 'en', languages: { de: german } },
    });
    assert.deepEqual([answer.answer, answer.pivotResponse, answer.status], ['B', 'A', 'found']);
  });

  it('as a pivot have prompts of their own, with names in it', () => {
    const languages: LanguageTable = {
      de: {
        name: { en: 'German', de: 'Deutsch' },
        prompts: { respondInBoth: 'Antworte auf {pivot} und {target}.', translate: 'Von {from} in {to}.' },
      },
      ko: { name: { de: 'Koreanisch' } },
    };
    const text = (name: string, target = 'ko') => textOf(name, target, 'de', languages);
    assert.match(text('plug-no-pivot-instruction'), /^Antworte auf Deutsch und Koreanisch\.\|/);
    assert.match(text('plug-no-pivot-instruction', 'it'), /^Antworte auf Deutsch und Italian\.\|/);
    assert.match(text('translate-test'), /^Von Koreanisch in Deutsch\.\|/);
    assert.match(
      text('plug'),
      /^Please interpret the instruction in Deutsch, .* in Deutsch and in Koreanisch\.\|/,
    );
    const english = textOf('plug', 'de', 'en', languages);
    assert.match(english, /both in English and in German\./, 'by way of English the names are English');
  });

  it('do not leak from one recipe to the next', () => {
    textOf('plug', 'de', 'en', { de: german });
    assert.throws(
      () => getMethod('plug').prompt('Q', { target: 'de', pivot: 'en' }),
      /expected one of en, zh, ko, it, es, got "de"/,
    );
  });

  it('are not needed by methods that write no language’s name', () => {
    for (const name of ['verbatim', 'plain-text']) {
      const pair = { target: 'xx', pivot: 'yy' };
      const segments = METHODS[name].segments(
        { id: '1', turns: { xx: turns('xx') }, system: { xx: 'S' } },
        pair,
      );
      assert.equal(segments.length, 1);
      assert.equal(METHODS[name].answer('A', pair).answer, 'A');
    }
  });
});

describe('--languages FILE', () => {
  const folder = temporaryFolder();
  const write = (name: string, content: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const verb = { name: 'train', summary: '', examples: [], flags: {}, recipe: 'all' as const };
  const read = (file: string) => parseFlags(['--languages', file], verb).recipeOverrides.languages;

  it('is laid over the table of the recipe', async () => {
    const file = write('r.json', {
      name: 'x',
      languages: { de: german, fr: {} },
      method: { target: 'de' },
      data: { train: 'a' },
    });
    const languages = read(write('l.json', { de: { name: 'Deutsch' } }));
    const { de, fr } = (await loadRecipe(file, { languages })).languages ?? {};
    assert.deepEqual([de.name, de.responseHeading, fr.name], ['Deutsch', german.responseHeading, 'French']);
  });

  it('may be a whole recipe, and is checked', () => {
    assert.deepEqual(read(write('recipe.json', { name: 'x', languages: { de: german } })), { de: german });
    const fails = (file: string, message: RegExp) => assert.throws(() => read(file), { message });
    fails(join(folder, 'nowhere.json'), /nowhere\.json: expected a file or folder, got none \(ENOENT\); /);
    fails(write('a.json', '{"de": {"name": }}'), /a\.json:1:17: expected JSON, got Unexpected "}" in JSON$/);
    fails(
      write('b.json', { de: { nam: 'x' } }),
      /b\.json: unknown key languages\.de\.nam, did you mean languages\.de\.name\?$/,
    );
    fails(write('c.json', [1]), /c\.json: expected a table by language code: .*, got \[1\]$/);
    if (process.platform === 'win32') return;
    // Reading these would never end.
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    fails(
      join(folder, 'pipe'),
      /pipe: expected a JSON file with a table of languages, got a named pipe; write/,
    );
    fails('/dev/zero', /^\/dev\/zero: expected a JSON file with a table of languages, got a device$/);
  });

  it('is taken by every verb that prompts, and by no other', () => {
    const file = write('d.json', { de: german });
    const more = { ...verb, recipe: ['method', 'generate'] };
    assert.deepEqual(parseFlags(['--languages', file], more).recipeOverrides, { languages: { de: german } });
    assert.throws(
      () => parseFlags(['--languages', file], { ...verb, recipe: undefined }),
      /unknown flag --languages/,
    );
  });
});

describe('a model asked in a language of its recipe', () => {
  it('takes the table of the recipe, and that of the command over it', () => {
    const stored = recipe({ de: german });
    assert.deepEqual(methodOf(stored, {})?.languages, stored.languages);
    const over = methodOf(stored, { languages: { fr: {} } });
    assert.deepEqual(Object.keys(over?.languages ?? {}), ['de', 'fr']);
    assert.deepEqual(methodOf(null, { name: 'plug', target: 'de', languages: { de: german } })?.languages, {
      de: german,
    });
    assert.throws(() => methodOf(null, { pivot: 'en' }), {
      message: /how to prompt: method\.target is missing, /,
    });
    assert.equal(methodOf(null, {}), undefined);
  });

  it('says what is missing where no table has the language', async () => {
    const answerer = { tokenizer: {}, model: {}, recipe: null } as unknown as Parameters<typeof generate>[0];
    const method = { name: 'plug', target: 'de', pivot: 'en' };
    await assert.rejects(
      generate(answerer, ['Q'], { method }),
      /language: expected one of .*got "de"; .*--languages FILE/,
    );
  });
});
