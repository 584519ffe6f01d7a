/** From runs to a report: what is put together, what is held against what, and what it cost. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bestRows, columnsOf } from '../../src/compare/columns.ts';
import type { FinishedRun } from '../../src/compare/run.ts';
import { reportOf, rowsOf, samplesOf, summarizeRuns } from '../../src/compare/summarize.ts';
import type { ScoredAnswer } from '../../src/evaluate/answer.ts';
import { projectRoot } from '../../src/paths.ts';
import type { Recipe } from '../../src/recipe/schema.ts';

const answer = (id: number, correct: boolean, more: Partial<ScoredAnswer> = {}): ScoredAnswer => ({
  ...{
    id: `q${id}`,
    file: 'open.jsonl',
    kind: 'what',
    instruction: `question ${id}?`,
    reference: `right ${id}`,
  },
  ...{ answer: correct ? 'right' : 'wrong', text: '', tokens: 10, seconds: 0.5 },
  ...{ group: 'open', facts: Number(correct), language: true, form: true, correct },
  ...more,
});

function run(
  name: string,
  method: string,
  seed: number,
  right: boolean[],
  more: Partial<FinishedRun> = {},
): FinishedRun {
  return {
    recipe: {
      name,
      description: `${name} described`,
      method: { name: method, target: 'ko', pivot: 'en' },
    } as Recipe,
    ...{ target: 'ko', seed, dir: join(projectRoot, 'checkpoints', `${name}-${seed}`) },
    answers: right.map((correct, i) => answer(i, correct)),
    metrics: [1, 2].map((step) => ({
      step,
      loss: 3 - step + seed / 1000,
      tokens: 100,
      supervisedTokens: 40,
      seconds: 2,
    })),
    ...more,
  };
}

describe('summarizeRuns', () => {
  const runs = [
    run('plug-ko', 'plug', 1, [true, true, true, false]),
    run('mono-ko', 'monolingual', 1, [true, false, false, false]),
    run('plug-ko', 'plug', 2, [true, true, false, false]),
    run('mono-ko', 'monolingual', 2, [false, false, false, true]),
  ];

  it('makes a row of each recipe, over its seeds, in the order given', () => {
    const [plug, mono] = summarizeRuns(runs);
    assert.deepEqual([plug.recipe, plug.method, plug.target, plug.pivot], ['plug-ko', 'plug', 'ko', 'en']);
    assert.equal(plug.groups.open?.accuracy?.mean, 5 / 8);
    assert.equal(mono.groups.open?.accuracy?.mean, 2 / 8);
    const { low, high } = plug.groups.open?.accuracy ?? { low: 0, high: 0 };
    assert.ok(low < 5 / 8 && 5 / 8 < high);
    assert.equal(plug.groups.open?.rows, 8);
    assert.deepEqual(
      plug.runs.map(({ seed, accuracy }) => [seed, accuracy.open]),
      [
        [1, 0.75],
        [2, 0.5],
      ],
    );
    assert.equal(plug.groups.truthfulness, undefined);
  });

  it('counts what was judged: references by chrF, and rows with nothing to judge by not at all', () => {
    const text = (id: number, chrf: number) =>
      answer(id, false, {
        ...{ group: 'text', correct: null, facts: null, answer: chrf > 0.5 ? `right ${id}` : 'wrong' },
        measures: { exact: 0, f1: chrf, chrf, rougeL: chrf },
      });
    const other = (id: number, form: boolean) =>
      answer(id, false, { group: 'other', correct: null, facts: null, form });
    const left = answer(9, false, { unanswered: 'too long' });
    const runOf = (name: string, method: string, chrfs: number[], form: boolean) =>
      run(name, method, 1, [], {
        answers: [...chrfs.map((chrf, i) => text(i, chrf)), other(7, form), other(8, true), left],
      });
    const rows = summarizeRuns([
      runOf('plug-ko', 'plug', [0.9, 0.8, 0.2], true),
      runOf('mono-ko', 'monolingual', [0.1, 0.8, 0.3], false),
    ]);
    const [{ groups }] = rows;
    assert.deepEqual(groups.text?.against, { recipe: 'mono-ko', win: 1, tie: 1, loss: 1, rows: 3 });
    assert.equal(groups.other?.against, undefined);
    assert.deepEqual([groups.text?.judged, groups.other?.judged, groups.other?.rows], [3, 0, 2]);
    assert.equal(groups.open?.unanswered, 1);
    const columns = columnsOf(rows);
    const shown = Object.fromEntries(columns.map(({ id, text }) => [id, text(rows[0])]));
    assert.deepEqual([shown.exact, shown.f1, shown.unanswered], ['0.0 %', '63.3 %', '1']);
    assert.match(shown.chrf, /^\d+\.\d %$/);
    assert.equal(shown.pairs, '0/1/0', 'those of open questions, where there are some');
    const only = summarizeRuns([
      run('plug-ko', 'plug', 1, [], { answers: [text(1, 0.9)] }),
      run('mono-ko', 'monolingual', 1, [], { answers: [text(1, 0.1)] }),
    ]);
    assert.equal(
      columnsOf(only)
        .find(({ id }) => id === 'pairs')
        ?.text(only[0]),
      '1/0/0',
    );
    const best = columnsOf(only).find(({ id }) => id === 'f1');
    assert.deepEqual(best && bestRows(only, best), [only[0]]);
  });

  it('holds each row against monolingual tuning, question by question and seed by seed', () => {
    const [plug, mono] = summarizeRuns(runs);
    // Seed 1: won twice, tied twice; seed 2: won twice, lost once, tied once.
    assert.deepEqual(plug.groups.open?.against, { recipe: 'mono-ko', win: 4, tie: 3, loss: 1, rows: 8 });
    assert.equal(mono.groups.open?.against, undefined);
  });

  it('takes the first row of the language where nothing is monolingual, and each point of a sweep by itself', () => {
    const at = (point: string, right: boolean[]) => [
      run('plug-ko', 'plug', 1, right, { point }),
      run('other-ko', 'pivot-only', 1, [true, true], { point }),
    ];
    const rows = summarizeRuns([...at('32', [false, false]), ...at('64', [true, false])]);
    assert.deepEqual(
      rows.map(({ recipe, point, groups }) => [recipe, point, groups.open?.against?.win]),
      [
        ['plug-ko', '32', undefined],
        ['other-ko', '32', 2],
        ['plug-ko', '64', undefined],
        ['other-ko', '64', 1],
      ],
    );
    assert.equal(rows[1].groups.open?.against?.recipe, 'plug-ko');
  });

  it('leaves seeds without a partner out of the pairs, as while a comparison goes on', () => {
    const [plug] = summarizeRuns(runs.slice(0, 3));
    assert.equal(plug.groups.open?.against?.rows, 4);
  });

  it('gives the cost of a run on average', () => {
    const [plug] = summarizeRuns(runs);
    assert.deepEqual(plug.cost, {
      ...{ tokensTrained: 200, supervisedTokens: 80, trainSeconds: 4 },
      ...{ tokensGenerated: 40, generateSeconds: 2, answers: 4 },
    });
    assert.deepEqual(plug.runs[1].loss, [
      [1, 2.002],
      [2, 1.002],
    ]);
  });
});

describe('samplesOf', () => {
  it('shows questions of each language and group with the answers of all rows, from their first runs', () => {
    const arithmetic = { group: 'arithmetic', kind: 'arithmetic' } as const;
    const two = [true, false].map((correct, i) =>
      run(correct ? 'plug-ko' : 'mono-ko', 'plug', 1, [], {
        answers: [
          ...Array.from({ length: 40 }, (_, at) => answer(at, correct)),
          answer(99, i === 1, arithmetic),
        ],
      }),
    );
    const samples = samplesOf([...two, run('plug-ko', 'plug', 2, [])]);
    assert.equal(rowsOf([...two, run('plug-ko', 'plug', 2, [])]).length, 2);
    assert.deepEqual(
      samples.map(({ id, group }) => [id, group]),
      [
        ['q0', 'open'],
        ['q10', 'open'],
        ['q20', 'open'],
        ['q30', 'open'],
        ['q99', 'arithmetic'],
      ],
    );
    assert.deepEqual(
      samples[4].answers.map(({ recipe, correct }) => [recipe, correct]),
      [
        ['plug-ko', false],
        ['mono-ko', true],
      ],
    );
    assert.equal(samples[0].reference, 'right 0');
  });
});

describe('reportOf', () => {
  const runs = [
    run('mono-ko', 'monolingual', 1, [true, false]),
    run('plug-ko', 'plug', 1, [true, true]),
    run('plug-ko', 'plug', 2, [false, true]),
  ];

  it('is made of recipes, answers and metrics alone, with language and seed from the recipe', () => {
    const bare = runs.map(({ recipe, seed, answers, metrics }) => ({
      recipe: { ...recipe, train: { seed } } as Recipe,
      ...{ answers, metrics },
    }));
    const report = reportOf(bare, { name: 'mine' });
    const whole = reportOf(runs, { name: 'mine' });
    const less = (rows: typeof report.rows) =>
      rows.map((row) => ({ ...row, runs: row.runs.map(({ folder: _, ...rest }) => rest) }));
    assert.deepEqual(less(report.rows), less(whole.rows));
    assert.deepEqual(report.samples, whole.samples);
    assert.deepEqual([report.name, report.seeds, report.done, report.total], ['mine', [1, 2], 3, 3]);
    assert.ok(report.rows.every((row) => row.runs.every(({ folder }) => folder === '')));
    assert.ok(whole.rows.every((row) => row.runs.every(({ folder }) => folder !== '')));
  });

  it('says what is told of it, as while a comparison goes on', () => {
    const report = reportOf(runs, { name: 'a', command: 'npm run compare', seeds: [1, 2, 3], total: 6 });
    assert.deepEqual(
      [report.command, report.seeds, report.done, report.total],
      ['npm run compare', [1, 2, 3], 3, 6],
    );
  });
});
