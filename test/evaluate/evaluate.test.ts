/** The loop of an evaluation, with a function in place of a model, and its folder. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelHash } from '../../src/checkpoint/identity.ts';
import type { Reply } from '../../src/evaluate/answer.ts';
import { type Ask, evaluate } from '../../src/evaluate/evaluate.ts';
import { openStore } from '../../src/evaluate/store.ts';
import { scoreLines } from '../../src/evaluate/table.ts';
import { temporaryFolder } from '../support/files.ts';
import { asked, reference, rows } from './support.ts';

const some = [...rows.slice(0, 10), ...rows.slice(-3)];
const evaluationRows = some.map((row) => asked(row, 'ko'));
const OPEN = some.filter(({ kind }) => kind !== 'arithmetic').length;
const replyTo = (instruction: string): Reply => {
  const row = some.find((one) => one.instruction_ko === instruction);
  assert.ok(row, instruction);
  return { answer: reference(row, 'ko'), text: `… ${reference(row, 'ko')}`, tokens: 7, stopped: 'end' };
};

describe('evaluate', () => {
  it('asks in batches and scores in order', async () => {
    const calls: [number, number][] = [];
    const ask: Ask = async (instructions, first) => {
      calls.push([first, instructions.length]);
      return instructions.map(replyTo);
    };
    const seen: number[] = [];
    const options = { rows: evaluationRows, target: 'ko', batchSize: 5 };
    const { answers, scores } = await evaluate(ask, {
      ...options,
      onAnswer: (_, done) => void seen.push(done),
    });
    assert.deepEqual(calls, [
      [0, 5],
      [5, 5],
      [10, 3],
    ]);
    assert.deepEqual(
      answers.map(({ id }) => id),
      some.map(({ id }) => id),
    );
    assert.deepEqual(
      seen,
      Array.from({ length: 13 }, (_, i) => i + 1),
    );
    assert.deepEqual([scores.open?.correct, scores.arithmetic?.correct, scores.open?.rows], [1, 1, OPEN]);
  });

  it('judges drafts by the facts in the pivot language, apart from the answers', async () => {
    const drafting = some.map((row) => ({ ...asked(row, 'ko'), inPivot: row.instruction_en as string }));
    // Every second draft is that of another row; all answers are right.
    const draftOf = (i: number) => reference(some[i % 2 === 0 ? i : (i + 1) % some.length], 'en');
    const ask: Ask = async (instructions, first) =>
      instructions.map((one, i) => ({ ...replyTo(one), pivotResponse: draftOf(first + i) }));
    const { answers, scores } = await evaluate(ask, { rows: drafting, target: 'ko', pivot: 'en' });
    assert.deepEqual(
      answers.map(({ draft }) => draft),
      some.map((_, i) => i % 2 === 0),
    );
    assert.equal(scores.open?.correct, 1);
    const right = answers.filter(({ group, draft }) => group === 'open' && draft).length;
    assert.equal(scores.open?.draft, right / OPEN);
    assert.match(scoreLines(scores)[0], /form +draft$/);

    const plain = await evaluate(ask, { rows: evaluationRows, target: 'ko', pivot: 'en' });
    assert.ok(
      plain.answers.every(({ draft }) => draft === undefined),
      'a draft needs its question',
    );
    assert.equal(plain.scores.open?.draft, null);
    assert.doesNotMatch(scoreLines(plain.scores)[0], /draft/);
  });

  it('goes on behind the replies that it is given, with the same batches', async () => {
    const calls: [number, number][] = [];
    const ask: Ask = async (instructions, first) => {
      calls.push([first, instructions.length]);
      return instructions.map(replyTo);
    };
    const replies = evaluationRows
      .slice(0, 7)
      .map(({ instruction }) => ({ ...replyTo(instruction), answer: 'x' }));
    const { answers } = await evaluate(ask, { rows: evaluationRows, target: 'ko', batchSize: 5, replies });
    assert.deepEqual(calls, [
      [5, 5],
      [10, 3],
    ]);
    assert.deepEqual(
      answers.map(({ answer }) => answer === 'x'),
      Array.from({ length: 13 }, (_, i) => i < 7),
    );
    const all = await evaluate(async () => assert.fail('asked'), {
      rows: evaluationRows,
      target: 'ko',
      replies: answers,
    });
    assert.equal(all.answers.length, 13);
  });

  it('does not ask rows that ask nothing, and counts them, and what was not read, as wrong and apart', async () => {
    const asked: string[] = [];
    const ask: Ask = async (instructions) => {
      asked.push(...instructions);
      return instructions.map((one, i) =>
        i === 1 ? { answer: '', text: '', tokens: 0, unanswered: 'too long' } : replyTo(one),
      );
    };
    const five = evaluationRows.slice(0, 5);
    const empty = { ...five[2], instruction: '', unanswerable: 'nothing asked' };
    const rows = [five[0], five[1], empty, five[3], five[4]];
    const { answers, scores } = await evaluate(ask, { rows, target: 'ko' });
    assert.equal(asked.length, 4);
    assert.deepEqual(
      answers.map(({ unanswered, correct }) => [unanswered, correct]),
      [
        [undefined, true],
        ['too long', false],
        ['nothing asked', false],
        [undefined, true],
        [undefined, true],
      ],
    );
    const groups = Object.values(scores);
    const sum = (of: (group: (typeof groups)[number]) => number) =>
      groups.reduce((all, one) => all + of(one), 0);
    assert.deepEqual([sum(({ rows }) => rows), sum(({ unanswered = 0 }) => unanswered)], [5, 2]);
    assert.ok(
      Math.abs(sum(({ rows, correct }) => rows * (correct ?? 0)) - 3) < 1e-9,
      'they stay among the rows',
    );
    assert.match(scoreLines(scores)[0], /form +unanswered$/);
    const again = await evaluate(async () => assert.fail('asked'), { rows, target: 'ko', replies: answers });
    assert.deepEqual(again.answers, answers);
    const whole = await evaluate(async (list) => list.map(replyTo), { rows: five, target: 'ko' });
    assert.ok(!('unanswered' in (whole.scores.open ?? {})));
    assert.doesNotMatch(scoreLines(whole.scores)[0], /unanswered/);
  });

  it('compares answers with references where there is nothing else to judge by', async () => {
    const row = (id: string, more: object) => ({ id, file: 'f', instruction: `${id}?`, ...more });
    const rows = [
      row('a', { reference: '파리는 수도입니다' }),
      row('b', { reference: '하나', references: ['하나', '둘'] }),
      row('c', {}),
      row('d', { reference: '8', answer: 8 }),
    ];
    const says: Record<string, string> = { 'a?': '파리는 도시입니다', 'b?': '둘.', 'c?': '셋', 'd?': '8' };
    const ask: Ask = async (list) => list.map((one) => ({ answer: says[one], text: says[one], tokens: 1 }));
    const { answers, scores } = await evaluate(ask, { rows, target: 'ko' });
    assert.deepEqual(
      answers.map(({ group, correct, measures }) => [group, correct, measures?.exact, measures?.f1]),
      [
        ['text', null, 0, 0.5],
        ['text', null, 1, 1],
        ['other', null, undefined, undefined],
        ['arithmetic', true, undefined, undefined],
      ],
    );
    const { text, other } = scores;
    assert.deepEqual(
      [text?.judged, other?.judged, text?.measures?.exact, text?.measures?.f1],
      [2, 0, 0.5, 0.75],
    );
    assert.ok(text?.measures && text.measures.chrf > 0.2 && text.measures.chrf < 1);
    const lines = scoreLines(scores);
    const at = lines.findIndex((line) => line.startsWith('text'));
    assert.match(lines[at + 1], /^ {2}exact match 50\.0, F1 75\.0, chrF \d+\.\d, ROUGE-L 75\.0$/);
    const again = await evaluate(async () => assert.fail('asked'), { rows, target: 'ko', replies: answers });
    assert.deepEqual(again.scores, scores);
  });

  it('needs a language, and as many answers as questions', async () => {
    await assert.rejects(
      evaluate(async () => [], { rows: evaluationRows }),
      /expected a language to ask in/,
    );
    await assert.rejects(
      evaluate(async () => [], { rows: evaluationRows, target: 'ko' }),
      /expected 8 answers of the function, got 0/,
    );
  });
});

describe('the folder of an evaluation', () => {
  const folder = temporaryFolder();

  it('keeps whole lines, and begins anew under other settings', async () => {
    const dir = join(folder, 'e');
    const { answers, scores } = await evaluate(async (list) => list.map(replyTo), {
      rows: evaluationRows,
      target: 'ko',
    });
    const first = await openStore(dir, { a: 1 });
    assert.deepEqual(first.replies, []);
    for (const answer of answers.slice(0, 4)) await first.append(answer);
    const file = join(dir, 'answers.jsonl');
    truncateSync(file, readFileSync(file).length - 5);
    const second = await openStore(dir, { a: 1 });
    assert.deepEqual(second.replies, answers.slice(0, 3));
    appendFileSync(file, '{"id":"half');
    const third = await openStore(dir, { a: 1 });
    assert.equal(third.replies.length, 3);
    await third.finish({ answers, scores }, { model: 'm', target: 'ko', files: ['a.jsonl'] });
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 13);
    assert.equal(JSON.parse(readFileSync(join(dir, 'scores.json'), 'utf8')).scores.open.rows, OPEN);
    const other = await openStore(dir, { a: 2 });
    assert.deepEqual([other.replies.length, existsSync(join(dir, 'scores.json'))], [0, false]);
  });

  it('knows a model by its weights, not by what else lies beside them', async () => {
    const dir = join(folder, 'm');
    mkdirSync(dir);
    await assert.rejects(modelHash(dir), /expected a model directory with config\.json, got none/);
    await assert.rejects(modelHash(join(folder, 'nowhere')), /got no such folder/);
    writeFileSync(join(dir, 'config.json'), '{}');
    writeFileSync(join(dir, 'model.safetensors'), 'a');
    const hash = await modelHash(dir);
    writeFileSync(join(dir, 'report.html'), 'x');
    assert.equal(await modelHash(dir), hash);
    writeFileSync(join(dir, 'model.safetensors'), 'b');
    assert.notEqual(await modelHash(dir), hash);
  });
});
