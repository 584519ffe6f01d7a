import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATION_SIZES, SIZES } from '../../src/bench/sizes.ts';
import { benchOptions, generateBenchOptions } from '../../src/cli/bench.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/files.ts';

function fails(args: string[], message: RegExp): void {
  assert.throws(
    () => benchOptions(args),
    (error) => error instanceof UserError && message.test(error.message),
    `${args.join(' ')} gives ${message}`,
  );
}

describe('the flags of bench', () => {
  const file = join(temporaryFolder(), 'pairs.jsonl');
  writeFileSync(file, '{}\n');

  it('have defaults by size, and more rounds with a peer', () => {
    const { steps: small, ...size } = SIZES.small;
    const plain = benchOptions([]);
    assert.deepEqual([plain.size, plain.steps, plain.rounds], [size, small, 3]);
    assert.deepEqual([plain.torch, plain.text, plain.json, plain.all], [false, undefined, false, false]);
    const medium = benchOptions(['--size', 'medium', '--steps', '2', '--json']);
    assert.deepEqual([medium.size.dModel, medium.steps, medium.json], [512, 2, true]);
    assert.equal(benchOptions(['--size=medium']).steps, SIZES.medium.steps);
    assert.equal(benchOptions(['--peer', 'torch']).rounds, 5);
    assert.equal(benchOptions(['--peer', 'torch', '--rounds', '1']).rounds, 1);
  });

  it('take a peer by name, or without one both for which there is what they need', () => {
    const torch = benchOptions(['--peer', 'torch']);
    assert.deepEqual([torch.torch, torch.text, torch.hint], [true, undefined, undefined]);
    const trl = benchOptions(['--peer', 'trl', '--data', file]);
    const text = { data: file, target: 'zh', limit: 512, tokenizer: undefined };
    assert.deepEqual([trl.torch, trl.text, trl.textAlone], [false, text, true]);
    const alone = benchOptions(['--peer', '--json']);
    assert.deepEqual([alone.torch, alone.text, alone.json], [true, undefined, true]);
    assert.match(alone.hint ?? '', /TRL is left out/);
    const both = benchOptions(['--data', file, '--target', 'ko', '--limit', '9', '--peer']);
    assert.deepEqual([both.torch, both.textAlone, both.hint], [true, false, undefined]);
    assert.deepEqual(both.text, { data: file, target: 'ko', limit: 9, tokenizer: undefined });
  });

  it('say what they expect', () => {
    fails(['--size', 'huge'], /^--size must be small or medium or large, got "huge"$/);
    fails(['--rounds', '0'], /^bench: --rounds: expected an integer >= 1, got 0$/);
    fails(['--steps', '0'], /^bench: --steps: expected an integer >= 1, got 0$/);
    fails(['--peer', 'jax'], /^--peer must be torch or trl, or have no value, got "jax"$/);
    fails(
      ['--peer', 'trl'],
      /^--peer trl: expected text to train on, got none; give a file with --data FILE$/,
    );
    fails(['--peer', 'trl', '--data', '/no/file'], /^--data: expected a file, got none at \/no\/file$/);
    fails(['--data', file], /^--data: expected --peer trl with it, got none$/);
    fails(['--peer', 'torch', '--limit', '5'], /^--limit: expected --peer trl with it, got --peer torch$/);
    fails(['--pear', 'torch'], /^unknown flag --pear, did you mean --peer\?$/);
  });

  it('ask for generation by its name', () => {
    const plain = generateBenchOptions(['generate']);
    assert.deepEqual([plain.size, plain.rounds, plain.peer], [GENERATION_SIZES['30m'], 3, false]);
    const beside = generateBenchOptions(['generate', '--peer', '--size', '124m', '--steps', '1']);
    assert.deepEqual([beside.size.dModel, beside.rounds, beside.peer, beside.repeats], [768, 5, true, 1]);
    const refused: [string[], RegExp][] = [
      [['generate', 'train'], /expected generate or nothing before the flags, got generate train/],
      [['generate', '--peer', 'trl'], /--peer must be transformers/],
      [['generate', '--size', 'small'], /--size must be 30m or 124m, got "small"/],
      [['generate', '--limit', '3'], /--limit: expected --peer trl with it, got generate/],
    ];
    for (const [args, message] of refused) assert.throws(() => generateBenchOptions(args), message);
  });
});
