/** What a command loads before it works: the large packages only where it needs them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { golden } from '../tokenizer/support.ts';

const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const hook = url(`
  import { writeSync } from 'node:fs';
  export async function resolve(name, context, next) {
    const found = await next(name, context);
    const [, loaded] = /node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(found.url) ?? [];
    if (loaded) writeSync(2, 'loads ' + loaded + '\\n');
    return found;
  }
`);
const spy = url(`import { register } from 'node:module'; register(${JSON.stringify(hook)});`);

describe('the start of a command', () => {
  const folder = temporaryFolder();

  /** Packages that the command loads. */
  function loadedBy(...args: string[]): Set<string> {
    const command = ['--import', spy, '--import', 'tsx', join(projectRoot, 'src/cli/main.ts'), ...args];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: projectRoot, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return new Set(Array.from(stderr.matchAll(/^loads (.+)$/gm), ([, name]) => name));
  }
  const large = /transformers|onnxruntime|sharp|sentencepiece|^tokenizers$/;
  const largeOf = (loaded: Set<string>) => [...loaded].filter((name) => large.test(name));

  it('loads no large package for --help', () => {
    assert.deepEqual(largeOf(loadedBy('--help')), []);
  });

  it('loads none for train --dry-run with a tokenizer.json', () => {
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(golden.llamaLike.json));
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ eos_token: '</s>' }));
    const loaded = loadedBy('train', '--dry-run', '--recipe', 'plug-ko', '--tokenizer', folder);
    assert.ok(loaded.has('zod'), 'the spy sees what is loaded');
    assert.deepEqual(largeOf(loaded), []);
  });

  it('loads no transformers.js to tokenize data', () => {
    const args = ['data', '--stats', 'plug-ko', '--tokenizer', folder];
    assert.deepEqual(largeOf(loadedBy(...args)), []);
  });
});
