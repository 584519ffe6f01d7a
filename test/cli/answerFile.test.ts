/** `npm run generate -- --input` as a process: a line for each row, also for one that cannot be answered. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.ts';
import { startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/files.ts';

describe('npm run generate with a file of rows', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const model = ['--model', join(projectRoot, 'checkpoints/world-base')];
  const asking = ['--method.name', 'monolingual', '--method.target', 'ko', '--generate.maxNewTokens', '3'];
  const generate = (...args: string[]) =>
    startCli(folder, ['generate', ...model, ...asking, '--output', 'out.jsonl', '--overwrite', ...args]);
  const linesOf = () =>
    readFileSync(join(folder, 'out.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const long = { id: 'long', instruction_ko: '아주 긴 질문 '.repeat(400) };

  it('goes past rows that ask too much or nothing, and names and counts them', async () => {
    const rows = [
      '{"id":1390991500702712081,"instruction_ko":"줄\u2028바꿈?"}',
      JSON.stringify(long),
      '{"id":3,"instruction_ko":""}',
      '{"id":4,"instruction_ko":"네?","system":"S"}',
    ];
    writeFileSync(join(folder, 'in.jsonl'), rows.join('\n'));
    const { code, error } = await generate('--input', 'in.jsonl', '--batchSize', '2').ended;
    assert.equal(code, 0, error);
    const lines = linesOf();
    assert.deepEqual(
      lines.map(({ id, status, answer, unanswered }) => [
        id,
        status,
        answer === '',
        unanswered !== undefined,
      ]),
      [
        ['1390991500702712081', 'monolingual', lines[0].answer === '', false],
        ['long', 'prompt too long', true, true],
        ['3', 'empty prompt', true, true],
        ['4', 'monolingual', lines[3].answer === '', false],
      ],
    );
    assert.equal(lines[0].instruction, '줄\u2028바꿈?');
    assert.match(lines[1].unanswered, /^the prompt has \d+ tokens, and the model reads fewer than \d+$/);
    assert.match(error, /Warning: not used: system in 1 row;/);
    assert.match(error, /in\.jsonl:2 \(id long\): the prompt has \d+ tokens/);
    assert.match(error, /in\.jsonl:3 \(id 3\): field "instruction_ko": expected a non-empty string, got ""/);
    assert.match(error, /4 rows: out\.jsonl; not answered: 2 of 4 rows/);
  });

  it('reads a pipe, and fails where no row could be answered', async () => {
    const piped = generate('--input', '-');
    piped.child.stdin?.end(`${JSON.stringify(long)}\n`);
    const { code, error } = await piped.ended;
    assert.equal(code, 1);
    assert.match(error, /stdin:1 \(id long\): the prompt has .*\n.*not answered: 1 of 1 rows/);
    assert.equal(linesOf()[0].status, 'prompt too long');
  });
});
