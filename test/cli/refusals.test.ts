/** What `npm run train` refuses before it trains: folders that are not its own, and more memory than there is. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { train } from '../../src/cli/train.ts';
import { projectRoot } from '../../src/paths.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';
import { contents } from '../train/support.ts';

describe('npm run train refuses', () => {
  const folder = temporaryFolder();
  const base = join(projectRoot, 'checkpoints/world-base');
  const recipe = join(folder, 'tiny.json');
  const { INIT_CWD } = process.env;
  before(() => {
    process.env.INIT_CWD = folder;
    const data = { train: writeColours(join(folder, 'colours.jsonl')), validationShare: 0 };
    const model = { dModel: 16, nLayers: 1, nHeads: 2, ffnDim: 32 };
    const tiny = { name: 'tiny', method: { target: 'ko' }, data, model, tokenizer: { vocabSize: 400 } };
    writeFileSync(recipe, JSON.stringify(tiny));
  });
  after(() => {
    if (INIT_CWD === undefined) delete process.env.INIT_CWD;
    else process.env.INIT_CWD = INIT_CWD;
  });
  const refused = (args: string[], message: RegExp) =>
    assert.rejects(train(['--recipe', recipe, ...args]), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  /** A folder with some files. */
  const put = (name: string, files: Record<string, string>) => {
    const dir = join(folder, name);
    mkdirSync(dir);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(dir, file, '..'), { recursive: true });
      writeFileSync(join(dir, file), text);
    }
    return dir;
  };

  it('a folder that holds anything it did not make, --overwrite or not, and changes nothing in it', async () => {
    const others: [string, Record<string, string>, string][] = [
      ['notes', { 'notes.txt': 'a' }, 'notes.txt'],
      ['steps', { 'steps/000040/optimizer.safetensors': 'a', 'steps/readme': 'b' }, 'steps'],
      [
        'model',
        { 'config.json': '{}', 'model.safetensors': 'a', 'tokenizer.json': '{}' },
        'config.json, model.safe',
      ],
      ['older', { 'recipe.json': '{}', 'metrics.jsonl': '' }, 'metrics.jsonl, recipe.json'],
      [
        'marked',
        { 'run.json': '{"format":1,"id":"x"}', 'model.safetensors': 'a' },
        'model.safetensors, run.json',
      ],
      ['hidden', { '.git/config': 'a' }, '.git'],
      [
        'many',
        Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}`, ''])),
        '0, 1, 2, 3 and 5 more',
      ],
    ];
    for (const [name, files, shown] of others) {
      const dir = put(name, files);
      const before = contents(dir);
      for (const more of [[], ['--overwrite'], ['--resume'], ['--overwrite', '--resume']]) {
        const message = `^${name}: expected a new or empty folder, or that of an earlier run, got ${shown}.*--output`;
        await refused(['--output', name, ...more], new RegExp(message));
      }
      assert.deepEqual(contents(dir), before);
    }
  });

  it('what is no folder, nor one of its own', async () => {
    writeFileSync(join(folder, 'file'), 'a');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    symlinkSync(folder, join(folder, 'here'));
    const cases: [string, RegExp][] = [
      ['', /^--output: expected a path, got an empty text/],
      ['  ', /^--output: expected a path, got an empty text/],
      ['file', /^file: expected a folder for the run, got a file/],
      ['file/inside', /expected a folder to write in, got a path through a file/],
      ['dangling', /^dangling: expected a folder, got a link to nothing/],
      ['here', /^here: expected a folder for this run alone, got one that holds the current folder/],
    ];
    for (const [output, message] of cases) await refused(['--output', output], message);
    for (const output of ['.', '..', '/', './', folder, join(folder, 'x/..')]) {
      await refused(['--output', output], /expected a folder for this run alone, got one that holds/);
    }
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'a');
  });

  it('the folder of the model that it starts from, by any name, and folders in and around it', async () => {
    symlinkSync(base, join(folder, 'base'));
    const from = ['--model', base];
    const message = (where: string) =>
      new RegExp(`expected another folder than .*, got ${where}; give the run a folder`);
    for (const output of [base, `${base}/`, 'base', './base/.']) {
      await refused([...from, '--output', output, '--overwrite'], message('that very folder'));
    }
    await refused([...from, '--output', join(base, 'tuned')], message('one inside it'));
    await refused([...from, '--output', 'base/tuned/twice'], message('one inside it'));
    const outer = put('outer', { 'inner/config.json': '{}' });
    await refused(['--model', join(outer, 'inner'), '--output', 'outer'], message('one around it'));
    put('adapter', {
      'adapter_config.json': JSON.stringify({
        ...{
          peft_type: 'LORA',
          base_model_name_or_path: base,
          r: 2,
          lora_alpha: 2,
          target_modules: ['q_proj'],
        },
      }),
    });
    await refused(['--model', 'adapter', '--output', base], message('that very folder'));
  });

  it('a run that cannot fit into the memory, with numbers and what lowers them', async () => {
    const large = ['--train.batchSize', '4194304', '--output', 'large'];
    await refused(
      large,
      /^memory: expected a need of at most [\d.]+ GB of the .*, got about [\d.,]+ GB for 4194304 rows of up to \d+ tokens: weights /,
    );
    await refused(
      large,
      /; it fits with (.*, or )?--train\.batchSize \d+ --train\.gradAccumSteps \d+ \(then .*; --force trains all the same$/,
    );
  });
});
