import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.ts';

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
      id,
      instruction_ko: '질문',
      output_ko: '답',
      instruction_en: 'Question',
      output_en: 'Answer',
    });
    const rows = [row('a'), { ...row('b'), output_ko: '' }, row('c')].map((each) => JSON.stringify(each));
    writeFileSync(join(dir, 'rows.jsonl'), rows.join('\n'));
    const shown = run(
      ...['--show', 'plug-ko', '--data.train', 'rows.jsonl', '--data.onBadRow', 'skip', '--model', 'none'],
      ...['--data.validationShare', '0', '--tokenizer.vocabSize', '300', '--count', '1', '--ids'],
    );
    assert.match(shown, /^plug-ko: restate and answer .*; a tokenizer of \d+ pieces\n/);
    assert.match(shown, /── a: \d+ tokens, \d+ supervised\n/);
    assert.match(
      shown,
      /<\|user\|>\n질문\n<\|assistant\|>\n\[pivotInstruction: [^\]]*\nQuestion\]\[pivotResponse: /,
    );
    assert.match(shown, /\nAnswer\]\[targetResponse: [^\]]*\n답\]\[end: ⟨end⟩\]\n[\d \n]+\n$/);
    assert.doesNotMatch(shown, /── c/);
  });

  it('shows any method, each language of a mixture, and no more than it is asked for', () => {
    const shown = run('--show', 'plug-mixture', '--count', '1');
    for (const heading of ['한국어 응답:', '中文回复：', 'Risposta in italiano:', 'Respuesta en español:']) {
      assert.equal(shown.split(`${heading}\n`).length, 2, heading);
    }
    const crossed = run('--show', 'code-switching-it', '--count', '2');
    assert.equal(crossed.match(/^── /gm)?.length, 4);
    assert.match(crossed, /<\|assistant\|>\n\[pivotResponse: [^\]]+\]\[end/);
  });

  it('gives statistics and the lengths of all data, for a person and for a program', () => {
    const row = (id: string, words: number) => ({
      id,
      instruction_ko: `질문 ${id}`,
      response_ko: '답',
      instruction_en: `Question ${id}`,
      response_en: 'word '.repeat(words),
    });
    const rows = [row('a', 1), row('b', 2), row('c', 300), row('d', 4), { ...row('e', 1), response_ko: '' }];
    writeFileSync(join(dir, 'lengths.jsonl'), rows.map((each) => JSON.stringify(each)).join('\n'));
    const flags = [
      ...[
        '--stats',
        'plug-ko',
        '--data.train',
        'lengths.jsonl',
        '--data.onBadRow',
        'skip',
        '--model',
        'none',
      ],
      ...['--data.validationShare', '0', '--tokenizer.vocabSize', '300', '--train.packing', 'true'],
    ];
    const shown = run(...flags);
    assert.match(shown, /rows read 5, skipped 1 \(response_ko: empty 1\)\n/);
    assert.match(shown, /examples 3, dropped 1 \(1 longer than maxSeqLen\), cut 0; held out 0\n/);
    assert.match(shown, /packed into 2 rows a pass, \d\d\.\d % of their places filled\n/);
    assert.match(shown, /\nsequence +3 +\d+ /);
    const { dataStats, lengths } = JSON.parse(run(...flags, '--json'));
    assert.deepEqual([dataStats.rows.read, dataStats.train.kept, dataStats.train.tooLong], [5, 3, 1]);
    assert.equal(dataStats.packing.rows, 2);
    assert.equal(Math.round(lengths.sequence.mean * 3), dataStats.train.tokens);
    assert.equal(Math.round(lengths.pivotResponse.mean * 3), dataStats.train.supervised.pivotResponse);
    const counted = lengths.sequence.histogram.reduce(
      (sum: number, bin: { count: number }) => sum + bin.count,
      0,
    );
    assert.equal(counted, 3);
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
