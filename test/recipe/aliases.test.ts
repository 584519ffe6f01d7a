/** Names of other tools lead to keys and flags that exist. */
import assert from 'node:assert/strict';
import { COMMON_FLAGS, parseFlags, shorthandsOf, type Verb } from '../../src/cli/flags.ts';
import { aliasesOf, aliasTargets, keyOfTarget, noteOn } from '../../src/recipe/aliases.ts';
import { checkRecipe, mismatch } from '../../src/recipe/check.ts';
import { findKey } from '../../src/recipe/keys.ts';

const string = { kind: 'string', help: '' } as const;
const OWN = [
  'recipe',
  'output',
  'resume',
  'overwrite',
  'checkpoint',
  'input',
  'data',
  'limit',
  'turns',
  'batchSize',
];
const named = (names: string[]) => Object.fromEntries(names.map((name) => [name, string]));
const TRAIN: Verb = {
  name: 'train',
  summary: '',
  examples: [],
  recipe: 'all',
  flags: named(OWN.slice(0, 4)),
};
const GENERATE: Verb = {
  ...TRAIN,
  ...{ name: 'generate', recipe: ['method', 'generate'] },
  flags: named(['checkpoint', 'model', 'turns', 'input', 'output', 'batchSize', 'overwrite']),
};
const says = (verb: Verb, flag: string): string => {
  try {
    parseFlags([`--${flag}`, '1'], verb);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('names that other tools use', () => {
  it('each lead to a key of the recipe or a flag of a verb, with a value that it takes', () => {
    const flags = [...OWN, ...Object.keys(COMMON_FLAGS), ...Object.keys(shorthandsOf(TRAIN))];
    for (const target of aliasTargets) {
      const key = findKey(keyOfTarget(target));
      assert.ok(key || flags.includes(keyOfTarget(target)), target);
      const value = target.split(' ')[1];
      if (key && value) assert.equal(mismatch(key.schema, Number(value) || value), null, target);
    }
  });

  const suggested: [string, string][] = [
    ['lr', 'train.learningRate'],
    ['learning_rate', 'train.learningRate'],
    ['learning-rate', 'train.learningRate'],
    ['epochs', 'train.epochs'],
    ['num_train_epochs', 'train.epochs'],
    ['max_steps', 'train.steps'],
    ['batch_size', 'train.batchSize'],
    ['per_device_train_batch_size', 'train.batchSize'],
    ['micro_batch_size', 'train.batchSize'],
    ['gradient_accumulation_steps', 'train.gradAccumSteps'],
    ['seed', 'train.seed'],
    ['max_seq_length', 'model.maxSeqLen'],
    ['sequence_len', 'model.maxSeqLen'],
    ['cutoff_len', 'model.maxSeqLen'],
    ['lora_r', 'lora.rank'],
    ['lora_rank', 'lora.rank'],
    ['lora_alpha', 'lora.alpha'],
    ['lora_target_modules', 'lora.targets'],
    ['warmup_ratio', 'train.warmupRatio'],
    ['weight_decay', 'train.weightDecay'],
    ['lr_scheduler_type', 'train.schedule'],
    ['max_grad_norm', 'train.clipNorm'],
    ['adam_beta2', 'train.beta2'],
    ['output_dir', 'output'],
    ['model_name_or_path', 'model'],
    ['base_model', 'model'],
    ['dataset', 'data.train'],
    ['val_set_size', 'data.validationShare'],
    ['max_samples', 'data.limit'],
    ['sample_packing', 'train.packing'],
    ['bf16', 'train.precision bf16'],
    ['save_steps', 'train.saveEvery'],
    ['eval_steps', 'train.validateEvery'],
    ['save_total_limit', 'train.keepSteps'],
    ['resume_from_checkpoint', 'resume'],
    ['overwrite_output_dir', 'overwrite'],
    ['max_new_tokens', 'generate.maxNewTokens'],
    ['temperature', 'generate.temperature'],
    ['top_p', 'generate.topP'],
    ['config', 'recipe'],
    ['run_name', 'name'],
    ['template', 'method.chat model'],
    ['verbose', 'debug'],
    ['silent', 'quiet'],
  ];
  for (const [flag, target] of suggested) {
    it(`train --${flag}: did you mean --${target}?`, () =>
      assert.equal(says(TRAIN, flag), `unknown flag --${flag}, did you mean --${target}?`));
  }

  it('are taken by what the verb at hand has', () => {
    assert.match(says(GENERATE, 'model_name_or_path'), /did you mean --model\?$/);
    assert.match(says(GENERATE, 'adapter_name_or_path'), /did you mean --checkpoint\?$/);
    assert.match(says(GENERATE, 'seed'), /did you mean --generate\.seed\?$/);
    assert.match(says(GENERATE, 'batch_size'), /did you mean --batchSize\?$/);
    assert.match(says(GENERATE, 'max_tokens'), /did you mean --generate\.maxNewTokens\?$/);
    assert.equal(
      says(GENERATE, 'lora_alpha'),
      'unknown flag --lora_alpha; --lora.alpha is the key of a recipe, for train',
    );
  });

  it('have a word of advice where there is no flag', () => {
    assert.match(
      says(TRAIN, 'load_in_4bit'),
      /^unknown flag --load_in_4bit; quantised weights are not supported; --lora/,
    );
    assert.match(says(GENERATE, 'prompt'), /a prompt is given without a flag/);
    assert.match(says(TRAIN, 'report_to'), /metrics\.jsonl and report\.html/);
    assert.match(says(TRAIN, 'num_beams'), /beam search is not supported/);
  });

  it('are found however they are written, and nothing else is', () => {
    for (const name of ['learningRate', 'LEARNING_RATE', 'learning-rate']) {
      assert.deepEqual(aliasesOf(name), ['train.learningRate'], name);
    }
    for (const name of ['constructor', '__proto__', 'toString', '', 'xyzzy']) {
      assert.deepEqual([aliasesOf(name), noteOn(name)], [[], undefined], name);
    }
  });

  it('are suggested for keys of a recipe too', () => {
    const recipe = {
      name: 'x',
      method: { target: 'ko' },
      data: { train: 'a' },
      train: { lr: 1 },
      lora: { lora_alpha: 2 },
    };
    assert.throws(() => checkRecipe(recipe, 'r.json'), {
      message:
        'r.json: unknown key lora.lora_alpha, did you mean lora.alpha?\n' +
        'r.json: unknown key train.lr, did you mean train.learningRate?',
    });
  });
});
