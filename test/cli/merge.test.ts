/** Where `npm run merge` and `npm run data` do not write: over the models that they read, runs, and files of the user's. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { data } from '../../src/cli/data.ts';
import { merge } from '../../src/cli/merge.ts';
import { projectRoot } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { contents } from '../train/support.ts';

describe('npm run merge', () => {
  const folder = temporaryFolder();
  const put = (name: string, files: Record<string, string>) => {
    const dir = join(folder, name);
    mkdirSync(dir, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text);
    return dir;
  };
  const config = readFileSync(join(projectRoot, 'checkpoints/world-base/config.json'), 'utf8');
  const base = put('base', { 'config.json': config, 'model.safetensors': 'weights' });
  const lora = {
    ...{ peft_type: 'LORA', base_model_name_or_path: base, r: 2, lora_alpha: 2, target_modules: ['q_proj'] },
  };
  const adapter = put('adapter', { 'adapter_config.json': JSON.stringify(lora) });

  it('refuses the adapter, its base, runs and files of the user, --overwrite or not', async () => {
    put('run', { 'run.json': '{}', 'config.json': '{}' });
    const before = contents(folder);
    const cases: [string, RegExp][] = [
      ['', /^--output: expected a path, got an empty text/],
      [base, /base: expected another folder than .*base, which is merged, got that very folder; choose/],
      [adapter, /adapter: expected another folder than .*adapter, which is merged, got that very folder/],
      [folder, /, got one around it; choose another folder with --output$/],
      [process.cwd(), /expected a folder for the merged model alone, got one that holds the current folder/],
      [join(folder, 'run'), /run: expected a new folder, .* got a run or an adapter \(run\.json\); choose/],
    ];
    for (const [output, message] of cases) {
      for (const more of [[], ['--overwrite']]) {
        await assert.rejects(merge(['--model', adapter, '--output', output, ...more]), { message });
      }
    }
    assert.deepEqual(contents(folder), before);
  });

  it('replaces files of the kinds that it writes only with --overwrite', async () => {
    for (const name of ['config.json', 'recipe.json', 'tokenizer.json', 'model.safetensors']) {
      const dir = put(`with-${name}`, { [name]: 'mine' });
      const message = new RegExp(`expected no model there, got ${name}; --overwrite writes it anew$`);
      await assert.rejects(merge(['--model', adapter, '--output', dir]), { message });
      assert.equal(readFileSync(join(dir, name), 'utf8'), 'mine');
    }
  });
});

describe('npm run data --output', () => {
  const folder = temporaryFolder();
  it('writes over no file that holds something else', async () => {
    writeFileSync(join(folder, 'validation.jsonl'), 'mine');
    await assert.rejects(data(['--output', folder]), {
      message:
        /validation\.jsonl: expected no such file, or the one that is written here, got another; move it/,
    });
    await assert.rejects(data(['--output', '']), {
      message: /^--output: expected a path, got an empty text/,
    });
    assert.deepEqual(Object.keys(contents(folder)), ['validation.jsonl']);
    assert.equal(readFileSync(join(folder, 'validation.jsonl'), 'utf8'), 'mine');
  });
});
