import assert from 'node:assert/strict';
import { parseFlags, type Verb } from '../../src/cli/flags.ts';

const VERB = {
  name: 'train',
  summary: 'Tune a model',
  examples: [],
  flags: {
    recipe: { kind: 'string', help: 'A recipe.' },
    json: { kind: 'boolean', help: 'Print JSON.' },
    count: { kind: 'integer', help: 'How many.' },
    scale: { kind: 'number', help: 'How much.' },
  },
  recipe: 'all',
} satisfies Verb;

const parse = (...args: string[]) => parseFlags(args, VERB);
const overrides = (...args: string[]) => parse(...args).recipeOverrides;
const fails = (args: string[], message: string | RegExp, verb: Verb = VERB) =>
  assert.throws(() => parseFlags(args, verb), { name: 'UserError', message });

describe('parseFlags', () => {
  it('reads the flags of the verb, each of its kind', () => {
    const { flags } = parse('--recipe', 'plug-ko', '--json', '--count=3', '--scale', '-0.5');
    assert.deepEqual(flags, { recipe: 'plug-ko', json: true, count: 3, scale: -0.5, help: false });
  });

  it('leaves out what is not given', () => {
    assert.deepEqual(parse(), {
      flags: { recipe: undefined, json: false, count: undefined, scale: undefined, help: false },
      recipeOverrides: {},
      positionals: [],
    });
  });

  it('turns booleans off, and takes help by both names', () => {
    assert.equal(parse('--json', '--no-json').flags.json, false);
    assert.equal(parse('--json=false').flags.json, false);
    assert.equal(parse('-h').flags.help, 'short');
    assert.equal(parse('plug-ko', '--help').flags.help, 'short');
    assert.equal(parse('--help', '--json').flags.help, 'short');
  });

  it('takes what help is to show: all, or a section of the recipe that the verb has', () => {
    const help = (...args: string[]) => {
      const { flags, positionals } = parse(...args);
      return [flags.help, ...positionals];
    };
    assert.deepEqual(help('--help', 'all'), ['all']);
    assert.deepEqual(help('-h', 'lora'), ['lora']);
    assert.deepEqual(help('--help=train'), ['train']);
    assert.deepEqual(help('--help', 'plug-ko'), ['short', 'plug-ko']);
    fails(
      ['--help=nothing'],
      '--help: expected all, method, data, tokenizer, model, lora, train, generate, evaluate or nothing, got nothing',
    );
    const verb = { ...VERB, recipe: ['generate'], positionals: 'X' } satisfies Verb;
    assert.deepEqual(parseFlags(['--help', 'train'], verb).positionals, ['train']);
  });

  it('does not take a word after a boolean for its value', () => {
    const verb = { ...VERB, positionals: 'The question.' };
    const { flags, positionals } = parseFlags(['--json', 'why?', '--', '--not-a-flag'], verb);
    assert.equal(flags.json, true);
    assert.deepEqual(positionals, ['why?', '--not-a-flag']);
  });

  it('lets the last of a repeated flag count', () => {
    assert.equal(parse('--count', '1', '--count', '2').flags.count, 2);
  });

  it('types recipe keys by the schema', () => {
    assert.deepEqual(
      overrides(
        ...['--train.learningRate', '1e-4', '--data.limit=100', '--train.schedule', 'linear'],
        ...['--model.tieEmbeddings', 'false', '--method.pivot', 'es', '--tokenizer.path', '123'],
      ),
      {
        train: { learningRate: 1e-4, schedule: 'linear' },
        data: { limit: 100 },
        model: { tieEmbeddings: false },
        method: { pivot: 'es' },
        tokenizer: { path: '123' },
      },
    );
  });

  it('takes a boolean key without a value as true', () => {
    const { recipeOverrides, flags } = parse('--model.tieEmbeddings', '--json');
    assert.deepEqual(recipeOverrides, { model: { tieEmbeddings: true } });
    assert.equal(flags.json, true);
  });

  it('splits lists by commas, where the key takes a list', () => {
    assert.deepEqual(overrides('--data.train', 'a.jsonl, b.jsonl'), {
      data: { train: ['a.jsonl', 'b.jsonl'] },
    });
    assert.deepEqual(overrides('--data.train', 'a.jsonl'), { data: { train: 'a.jsonl' } });
    assert.deepEqual(overrides('--data.validation', 'a,b'), { data: { validation: 'a,b' } });
  });

  it('reads columns, auto or one by one', () => {
    assert.deepEqual(overrides('--data.columns', 'auto'), { data: { columns: 'auto' } });
    assert.deepEqual(
      overrides(
        '--data.columns',
        'auto',
        '--data.columns.instruction',
        'q_{lang}',
        '--data.columns.response=a',
      ),
      { data: { columns: { instruction: 'q_{lang}', response: 'a' } } },
    );
  });

  it('keeps equals signs within a value', () => {
    assert.deepEqual(overrides('--data.train=a=b.jsonl'), { data: { train: 'a=b.jsonl' } });
  });

  it('has short flags for a few keys', () => {
    assert.deepEqual(overrides('--model', 'models/a', '--tokenizer', 't.model', '--name=mine'), {
      model: { from: 'models/a' },
      tokenizer: { path: 't.model' },
      name: 'mine',
    });
  });

  it('gives the flag of the verb before the short flag', () => {
    const verb = { ...VERB, flags: { model: { kind: 'string', help: 'A model.' } } } satisfies Verb;
    const { flags, recipeOverrides } = parseFlags(['--model', 'm'], verb);
    assert.equal(flags.model, 'm');
    assert.deepEqual(recipeOverrides, {});
  });

  const wrong: [string[], string][] = [
    [['--train.learningRate', 'abc'], '--train.learningRate must be a number > 0, got "abc"'],
    [['--train.learningRate', '-1'], '--train.learningRate must be a number > 0, got "-1"'],
    [['--train.learningRate='], '--train.learningRate must be a number > 0, got ""'],
    [['--train.batchSize', '1.5'], '--train.batchSize must be an integer >= 1, got "1.5"'],
    [
      ['--train.schedule', 'cos'],
      '--train.schedule must be one of "linear", "cosine", "constant", got "cos"',
    ],
    [['--model.tieEmbeddings=yes'], '--model.tieEmbeddings must be true or false, got "yes"'],
    [['--data.validationShare', '0.5'], '--data.validationShare must be a number in [0, 0.5), got "0.5"'],
    [['--data.train='], '--data.train must be a file, a folder, or a list of them, got ""'],
    [['--name', 'a/b'], '--name must be a name fit for a folder (letters, digits, ".", "_", "-"), got "a/b"'],
    [['--count', 'x'], '--count must be an integer >= 0, got "x"'],
    [['--count', '-1'], '--count must be an integer >= 0, got "-1"'],
    [['--count', '1.5'], '--count must be an integer >= 0, got "1.5"'],
    [['--scale', ''], '--scale must be a number, got ""'],
    [['--json=3'], '--json must be true or false, got "3"'],
    [['--recipe'], '--recipe needs a value, got nothing'],
    [['--recipe', '--json'], '--recipe needs a value, got --json'],
    [['--train.steps'], '--train.steps needs a value, got nothing'],
    [['--recpie', 'x'], 'unknown flag --recpie, did you mean --recipe?'],
    [['--train.lerningRate', '1'], 'unknown flag --train.lerningRate, did you mean --train.learningRate?'],
    [['--learningRate', '1'], 'unknown flag --learningRate, did you mean --train.learningRate?'],
    [['--tokeniser', 'x'], 'unknown flag --tokeniser, did you mean --tokenizer?'],
    [['--xyzzy'], 'unknown flag --xyzzy; npm run train -- --help lists the flags'],
    [
      ['plug-ko'],
      'unexpected argument "plug-ko"; npm run train -- --help lists the flags (with npm they follow a lone --)',
    ],
  ];
  for (const [args, message] of wrong) {
    it(`says what is wrong with ${args.join(' ')}`, () => fails(args, message));
  }

  it('takes only the recipe keys of the sections that a verb names', () => {
    const verb: Verb = { ...VERB, recipe: ['generate'] };
    assert.deepEqual(parseFlags(['--generate.topK', '5'], verb).recipeOverrides, { generate: { topK: 5 } });
    fails(['--train.steps', '5'], /^unknown flag --train\.steps; /, verb);
    fails(['--model', 'x'], /^unknown flag --model/, verb);
    fails(['--generate.topk', '5'], 'unknown flag --generate.topk, did you mean --generate.topK?', verb);
  });

  it('takes no recipe key in a verb that names none', () => {
    const verb: Verb = { name: 'doctor', summary: '', examples: [], flags: {} };
    fails(['--train.steps', '5'], /^unknown flag/, verb);
    fails(['--name', 'x'], /^unknown flag/, verb);
  });
});
