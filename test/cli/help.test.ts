import assert from 'node:assert/strict';
import type { Verb } from '../../src/cli/flags.ts';
import { COMMON_KEYS, verbHelp } from '../../src/cli/help.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import { findKey, recipeKeys } from '../../src/recipe/keys.ts';
import { wrap } from '../../src/wrap.ts';

const VERB: Verb = {
  name: 'train',
  summary: 'Tune a model.',
  examples: ['npm run train -- --recipe plug-ko'],
  flags: {
    recipe: { kind: 'string', value: 'NAME', help: 'The recipe to train.' },
    json: { kind: 'boolean', help: 'Print JSON.' },
  },
  recipe: 'all',
};
const lineOf = (help: string, flag: string) =>
  help.split('\n').find((line) => line.includes(`${flag} `)) ?? '';

describe('verbHelp', () => {
  it('lists every key of the recipe with its default and its meaning', () => {
    const help = verbHelp(VERB);
    const words = help.replace(/\s+/g, ' ');
    for (const { key, help: meaning } of recipeKeys) {
      assert.ok(words.includes(`--${key} `), key);
      assert.ok(meaning.length > 10, `${key} has no meaning`);
      assert.ok(words.includes(meaning), `${key}: ${meaning}`);
    }
    assert.match(lineOf(help, '--train.epochs'), /^ {2}--train\.epochs +3 +Passes/);
    assert.match(lineOf(help, '--train.epsilon'), / 1e-8 /);
    assert.match(lineOf(help, '--method.target'), / required /);
    assert.match(lineOf(help, '--train.steps'), / - /);
    assert.ok(words.includes('(one of "linear", "cosine", "constant")'));
  });

  it('lists the flags of the verb and the short ones', () => {
    const help = verbHelp(VERB);
    assert.match(
      help,
      /^Tune a model\.\n\n {2}npm run train -- --recipe plug-ko\n\nFlags:\n {2}--recipe NAME /,
    );
    assert.match(lineOf(help, '--json'), /Print JSON\./);
    assert.match(lineOf(help, '--model VALUE'), /Short for --model\.from\./);
    assert.match(lineOf(help, '--help'), /Show this help\./);
  });

  it('lists a flag of the verb once, though a short one has its name', () => {
    const help = verbHelp({ ...VERB, flags: { model: { kind: 'string', help: 'A model.' } } });
    assert.equal(help.match(/^ {2}--model /gm)?.length, 1);
  });

  it('keeps to 100 columns, and lines its columns up', () => {
    const lines = verbHelp(VERB).split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
    assert.ok(lines.every((line) => line === line.trimEnd()));
    const starts = lines.map((line) => /^ {2}--\S+\.\S+ +/.exec(line)?.[0].length);
    assert.equal(new Set(starts.filter((start) => start !== undefined)).size, 1);
  });

  it('shows the values of a recipe in place of the defaults', () => {
    const recipe = defineRecipe({
      name: 'mine',
      method: { target: 'it' },
      data: { train: ['a.jsonl', 'b.jsonl'], columns: { instruction: 'q_{lang}', response: 'a_{lang}' } },
      train: { epochs: 7, learningRate: 2e-4 },
    });
    const help = verbHelp(VERB, 'all', recipe);
    assert.match(help, /with the values of mine:/);
    assert.match(lineOf(help, '--train.epochs'), / 7 /);
    assert.match(lineOf(help, '--train.learningRate'), / 2e-4 /);
    assert.match(lineOf(help, '--method.target'), / it /);
    assert.match(lineOf(help, '--data.columns.instruction'), / q_\{lang\} /);
    assert.match(help, /--data\.train +a\.jsonl,b\.jsonl\n/);
    assert.match(lineOf(help, '--train.beta1'), / 0\.9 /);
  });

  it('is short where it is not asked for all: the keys used most, a sentence each, and where the others are', () => {
    const help = verbHelp(
      { ...VERB, flags: { ...VERB.flags, odd: { kind: 'boolean', help: 'Odd.', rare: true } } },
      'short',
    );
    assert.ok(help.split('\n').length < 45, help);
    assert.match(
      lineOf(help, '--train.learningRate'),
      / 0\.001 +Highest learning rate, reached after warm-up\.$/,
    );
    assert.doesNotMatch(help, /train\.epsilon|--odd|a number > 0/);
    assert.match(help, /npm run train -- --recipe plug-ko\n/);
    assert.match(help, /\n--help all lists every key; one section of them: --help and one of method, data,/);
    for (const flag of ['--quiet', '--debug', '--recipe NAME', '--languages FILE'])
      assert.ok(help.includes(`  ${flag} `), flag);
    for (const key of COMMON_KEYS) assert.ok(findKey(key), key);
  });

  it('shows one section', () => {
    const help = verbHelp(VERB, 'lora');
    assert.match(
      help,
      /^Tune a model\.\n\n {2}npm run train .*\n\nKeys of the recipe, each a flag, with its default:\n\nLow-rank/,
    );
    const keys = Array.from(help.matchAll(/^ {2}--(\S+)/gm), ([, key]) => key);
    assert.deepEqual(keys, ['lora.rank', 'lora.alpha', 'lora.dropout', 'lora.targets']);
  });

  it('leaves the recipe out of a verb that takes none', () => {
    const help = verbHelp({ ...VERB, recipe: undefined });
    assert.doesNotMatch(help, /train\.epochs|--model/);
    assert.match(verbHelp({ ...VERB, recipe: ['generate'] }), /generate\.topK/);
    assert.doesNotMatch(verbHelp({ ...VERB, recipe: ['generate'] }), /train\.epochs|--model/);
  });
});

describe('wrap', () => {
  it('breaks between words', () => {
    assert.deepEqual(wrap('aa bb cc', 5), ['aa bb', 'cc']);
    assert.deepEqual(wrap('aaaaaaa b', 3), ['aaaaaaa', 'b']);
    assert.deepEqual(wrap('a\u00a0b c', 3), ['a b', 'c']);
  });
});
