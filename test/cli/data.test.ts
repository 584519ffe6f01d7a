import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/recipe/paths.ts';

describe('npm run data', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plug-data-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  function run(...args: string[]) {
    const main = join(projectRoot, 'src/cli/main.ts');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', main, 'data', ...args],
      {
        cwd: projectRoot,
        env: { ...process.env, INIT_CWD: dir, NO_COLOR: '1' },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  }

  it('shows examples with their supervised spans, paths taken from the folder of the command', () => {
    const row = (id: string) => ({
      ...{ id, instruction_ko: '질문', output_ko: '답' },
      ...{ instruction_en: 'Question', output_en: 'Answer' },
    });
    const rows = [row('a'), { ...row('b'), output_ko: '' }, row('c')].map((each) => JSON.stringify(each));
    writeFileSync(join(dir, 'rows.jsonl'), rows.join('\n'));
    const shown = run(
      ...['--show', 'plug-ko', '--data.train', 'rows.jsonl', '--data.onBadRow', 'skip'],
      ...['--data.validationShare', '0', '--tokenizer.vocabSize', '300', '--count', '1', '--ids'],
    );
    assert.match(shown, /2 of 3 rows kept; 1 skipped, output_ko: empty; a tokenizer of \d+ pieces\n/);
    assert.match(shown, /── a: \d+ tokens, \d+ supervised\n/);
    assert.match(
      shown,
      /<\|user\|>\n질문\n<\|assistant\|>\n\[pivotInstruction: [^\]]*\nQuestion\]\[pivotResponse: /,
    );
    assert.match(shown, /\nAnswer\]\[targetResponse: [^\]]*\n답\]\[end: ⟨end⟩\]\n[\d \n]+\n$/);
    assert.doesNotMatch(shown, /── c/);
  });

  it("shows a recipe's values in its help", () => {
    assert.match(run('--help', '--show', 'plug-ko'), /with the values of plug-ko:/);
  });

  it('writes the starter data, and says what it wrote', () => {
    const printed = run('--output', 'world');
    assert.match(printed, /^world\/tune\.jsonl +[\d,]+ rows +[\d,]+ bytes$/m);
    const ours = readFileSync(join(projectRoot, 'datasets/world/tune.jsonl'));
    assert.ok(
      readFileSync(join(dir, 'world/tune.jsonl')).equals(ours),
      'the same bytes as those that come with it',
    );
  });
});
