/** The page of a run: whole from whole files, and from what there is of them. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/checkpoint/safetensors.ts';
import { page } from '../../src/report/page.ts';
import type { StepRecord } from '../../src/report/records.ts';
import { writeReport } from '../../src/report/report.ts';
import { temporaryFolder } from '../support/files.ts';
import { assertBalanced, assertNone, assertNumbersFinite } from './support.ts';

const step = (at: number, more: Partial<StepRecord> = {}): StepRecord => ({
  step: at,
  steps: 200,
  epoch: at / 50,
  loss: 3 / at,
  spanLoss: { pivotInstruction: 2 / at, pivotResponse: 3 / at, targetResponse: 4 / at, end: 0.1 / at },
  learningRate: 0.001,
  gradientNorm: 1 + (at % 7),
  tokens: 500,
  seconds: at === 1 ? 9 : 0.5,
  ...more,
});
const validated = (at: number, loss: number) =>
  step(at, {
    validation: {
      loss,
      spanLoss: { pivotInstruction: loss / 2, pivotResponse: loss, targetResponse: loss * 2, end: 0.02 },
    },
  });

const METRICS = [step(1), step(2), validated(3, 0.75), validated(4, 0.5), validated(5, 0.625)];
const RECIPE = {
  name: 'plug-ko',
  description: 'A tuned model',
  method: { name: 'plug', target: 'ko', pivot: 'en' },
  train: { learningRate: 0.001, epochs: 3 },
};
const DATA = {
  rows: {
    files: ['tune.jsonl'],
    read: 1010,
    kept: 1003,
    skipped: 7,
    reasons: { 'response_ko: empty': 4, 'not JSON': 3 },
  },
  train: {
    sequences: 1003,
    kept: 990,
    tooLong: 12,
    nothingSupervised: 1,
    truncated: 5,
    tokens: 70_000,
    supervised: { pivotInstruction: 0, targetResponse: 30_000, end: 990 },
  },
  validation: {
    sequences: 20,
    kept: 20,
    tooLong: 0,
    nothingSupervised: 0,
    truncated: 0,
    tokens: 1400,
    supervised: { pivotInstruction: 0, targetResponse: 600, end: 20 },
  },
};
const ANSWERS = [
  {
    instruction: '이름이 뭐예요?',
    reference: '카솔 도키예요.',
    answer: '카솔 도키예요.',
    status: 'found',
    pivotInstruction: 'What is the name?',
    pivotResponse: 'It is Kasol Doki.',
  },
  { instruction: '직업은?', reference: '교사예요.', answer: '', status: 'not found' },
];

const jsonLines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('writeReport', () => {
  const root = temporaryFolder();
  let count = 0;
  /** The page made of these files. */
  async function report(files: Record<string, string>): Promise<string> {
    const dir = join(root, `run-${count++}`);
    mkdirSync(dir);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const path = await writeReport(dir);
    assert.equal(path, join(dir, 'report.html'));
    const text = readFileSync(path, 'utf8');
    assertBalanced(text);
    assertNumbersFinite(text);
    return text;
  }
  const whole = () => ({
    'metrics.jsonl': jsonLines(METRICS),
    'recipe.json': JSON.stringify(RECIPE),
    'data.json': JSON.stringify(DATA),
    'answers.json': JSON.stringify(ANSWERS),
  });
  /** Texts of the cells of the table row that begins with `name`. */
  const cells = (text: string, name: string) => {
    const row = text.match(new RegExp(`<th scope="row">${name}</th>(.*?)</tr>`, 's'))?.[1] ?? '';
    return [...row.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell);
  };

  it('says what was trained, how far and how fast', async () => {
    const text = await report(whole());
    const facts = Object.fromEntries(
      [...text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, k, v]) => [k, v]),
    );
    assert.deepEqual(facts, {
      method: 'plug',
      language: 'Korean by way of English',
      steps: '5 of 200',
      'passes over data': '0.1',
      'tokens/s, median': '1,000',
      'time in steps': '11 s',
    });
    assert.match(text, /<title>plug-ko – plug-tune<\/title>/);
    assert.match(text, /<h1>plug-ko<\/h1>/);
  });

  it('counts the parameters of the model in the folder', async () => {
    const dir = join(root, 'model');
    await writeSafetensors(join(root, 'weights'), [
      { name: 'a', shape: [100, 20], lend: (write) => write(new Float32Array(2000)) },
      { name: 'b', shape: [500], lend: (write) => write(new Float32Array(500)) },
    ]);
    mkdirSync(dir);
    writeFileSync(join(dir, 'model.safetensors'), readFileSync(join(root, 'weights')));
    assert.match(readFileSync(await writeReport(dir), 'utf8'), /<dt>parameters<\/dt><dd>2.5 k<\/dd>/);
  });

  it('draws every span, with its own colour and shape, and its validation', async () => {
    const text = await report(whole());
    for (const [i, name] of ['pivot instruction', 'pivot response', 'target response', 'end'].entries()) {
      assert.match(text, new RegExp(`<li>.*class="c${i}".*?</svg>${name}</li>`));
      assert.match(
        text,
        new RegExp(`<g class="c${i}"><path class="raw" d="M[^"]+"/><path class="mean" d="M`),
      );
      assert.match(text, new RegExp(`<path class="c${i} mark" d="M`));
    }
    for (const name of ['learning rate', 'gradient norm, before clipping', 'loss, nats a token']) {
      assert.match(text, new RegExp(`<text class="name"[^>]*>${name}`));
    }
  });

  it('says what is drawn', async () => {
    assert.match(
      await report(whole()),
      /<figcaption>Line: training loss, step by step\. Shapes: validation\.</,
    );
    const many = Array.from({ length: 400 }, (_, i) => validated(i + 1, 1));
    assert.match(
      await report({ 'metrics.jsonl': jsonLines(many) }),
      /the mean of the 17 steps around it\. Faint: single steps, the lowest and highest of every stretch\. Shapes: validation, one in 10 and the lowest and highest\. Losses below 0\.001 are drawn at 0\.001\.</,
    );
  });

  it('draws a span that it does not know', async () => {
    const text = await report({ 'metrics.jsonl': jsonLines([step(1, { spanLoss: { summary: 2 } })]) });
    assert.match(text, /<li>.*<\/svg>summary<\/li>/);
    assert.match(text, /<g class="c4"><path class="raw"/);
  });

  it('tables the last and the best validation by span', async () => {
    const text = await report(whole());
    assert.match(text, /last, step 5</);
    assert.deepEqual(cells(text, 'all spans'), ['0.6250', '0.5000', '4']);
    assert.deepEqual(cells(text, 'target response'), ['1.2500', '1.0000', '4']);
    assert.match(text, /is that of step 4,/);
  });

  it('accounts for every row and example', async () => {
    const text = await report(whole());
    const rows = [
      'read',
      'skipped',
      'response_ko: empty',
      'not JSON',
      'in all',
      'dropped, too long',
      'of these, end cut off',
      'supervised',
    ];
    assert.deepEqual(
      rows.map((name) => cells(text, name).join(' ')),
      ['1,010', '7', '4', '3', '1,003 20', '12 0', '5 0', '30,990 620'],
    );
    assert.equal(text.match(/<caption>Rows.*?kept<\/th><td[^>]*>([^<]*)/s)?.[1], '1,003');
  });

  it('lists the keys of the recipe', async () => {
    const text = await report(whole());
    assert.deepEqual(cells(text, 'learningRate'), ['0.001']);
    assert.deepEqual(cells(text, 'target'), ['ko']);
  });

  it('shows answers in their languages beside the reference', async () => {
    const text = await report(whole());
    assert.match(text, /<p lang="ko" dir="auto">이름이 뭐예요\?<\/p>/);
    assert.match(text, /pivot response<\/span><p lang="en" dir="auto">It is Kasol Doki\.<\/p>/);
    assert.match(text, /answer, equal to the reference<\/span><p lang="ko" dir="auto">카솔 도키예요\.<\/p>/);
    assert.match(
      text,
      /no answer found[^<]*<\/p><\/div>\s*<div class="part"><span class="label">reference<\/span><p lang="ko" dir="auto">교사예요\./,
    );
  });

  it('escapes hostile texts wherever they stand', async () => {
    const hostile = '</p></title></style><script>alert(1)</script>" onload="alert(2)\' &lt;';
    const text = await report({
      'metrics.jsonl': jsonLines([step(1, { spanLoss: { [hostile]: 2 } })]),
      'recipe.json': JSON.stringify({
        name: hostile,
        description: hostile,
        method: { name: hostile, target: hostile, pivot: hostile },
        [hostile]: { [hostile]: hostile },
      }),
      'data.json': JSON.stringify({
        rows: { read: 1, reasons: { [hostile]: 1 } },
        train: { supervised: { [hostile]: 3 } },
      }),
      'answers.json': JSON.stringify([
        {
          instruction: hostile,
          reference: hostile,
          answer: hostile,
          status: hostile,
          pivotInstruction: hostile,
          pivotResponse: hostile,
        },
        { instruction: { text: hostile }, reference: [hostile], answer: 7, status: null },
      ]),
    });
    assertNone(text, /<script|" onload/);
  });

  it('needs no script and nothing from elsewhere', async () => {
    const text = await report(whole());
    assertNone(text, /<script|<link|<img|@import|url\(|\bsrc=|\bhref=|https?:/);
  });

  it('works from an empty folder, and from each file alone', async () => {
    const empty = await report({});
    assert.match(empty, /<h1>run-\d+<\/h1>/);
    assert.match(empty, /No step has been made yet/);
    const headings = {
      'metrics.jsonl': 'Validation',
      'recipe.json': 'Recipe',
      'data.json': 'Data',
      'answers.json': 'Answers',
    };
    for (const [name, text] of Object.entries(whole())) {
      const found = [...(await report({ [name]: text })).matchAll(/<h2>(.*?)<\/h2>/g)].map(
        ([, heading]) => heading,
      );
      assert.deepEqual(found, [headings[name as keyof typeof headings]]);
    }
  });

  it('works from partial files', async () => {
    const cut = Object.fromEntries(Object.entries(whole()).map(([name, text]) => [name, text.slice(0, -9)]));
    const text = await report(cut);
    assert.match(text, /<dd>4 of 200<\/dd>/);
    for (const json of ['null', '[]', '{}', '7', '[null, 3, "x"]']) {
      const text = await report({
        'metrics.jsonl': `${json}\n{"step":null}\n{"step":2}\n{"step":"9"}\n`,
        'recipe.json': json,
        'data.json': json,
        'answers.json': json,
      });
      assert.match(text, /<dt>steps<\/dt><dd>2<\/dd>/);
    }
  });

  it('names the pivot only where the method has one', async () => {
    const recipe = { ...RECIPE, method: { name: 'monolingual', target: 'zh', pivot: 'en' } };
    const text = await report({ 'recipe.json': JSON.stringify(recipe) });
    assert.match(text, /<dt>language<\/dt><dd>Chinese<\/dd>/);
  });

  it('shortens long lists', async () => {
    const files = Array.from({ length: 500 }, (_, i) => `file-${i}.jsonl`);
    const reasons = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`reason ${i}`, 100 - i]));
    const text = await report({
      'recipe.json': JSON.stringify({ data: { train: files } }),
      'data.json': JSON.stringify({ rows: { read: 2000, reasons } }),
    });
    const [train] = cells(text, 'train');
    assert.ok(train.startsWith('file-0.jsonl, file-1.jsonl') && train.length < 220, train);
    assert.deepEqual(cells(text, 'reason 0'), ['100']);
    assert.deepEqual(cells(text, 'reason 12'), []);
    assert.deepEqual(cells(text, 'other reasons'), [String(88 + 87 + 86 + 85 + 84 + 83 + 82 + 81)]);
  });

  it('takes the last of two lines of one step, in order of steps', async () => {
    const text = await report({
      'metrics.jsonl': jsonLines([validated(3, 9), validated(2, 0.5), validated(3, 0.75)]),
    });
    assert.deepEqual(cells(text, 'all spans'), ['0.7500', '0.5000', '2']);
  });

  it('works after one step, and with losses that are none', async () => {
    assert.match(await report({ 'metrics.jsonl': jsonLines([step(1)]) }), /<dd>1 of 200<\/dd>/);
    const lost = JSON.stringify({
      ...step(1),
      loss: Number.NaN,
      gradientNorm: Number.NaN,
      spanLoss: { end: Number.NaN },
      seconds: 0,
    });
    await report({ 'metrics.jsonl': `${lost}\n` });
  });

  it('leaves nothing but the page, and writes it anew', async () => {
    const dir = join(root, 'twice');
    mkdirSync(dir);
    await writeReport(dir);
    writeFileSync(join(dir, 'metrics.jsonl'), jsonLines(METRICS));
    assert.match(readFileSync(await writeReport(dir), 'utf8'), /5 of 200/);
    assert.deepEqual(readdirSync(dir).sort(), ['metrics.jsonl', 'report.html']);
  });
});

describe('page', () => {
  it('stays below 300 kB after 100,000 steps and with long texts', () => {
    const metrics = Array.from({ length: 100_000 }, (_, i) => {
      const noise = ((i * 7919) % 1000) / 1000;
      const spanLoss = {
        pivotInstruction: 0.1 + noise,
        pivotResponse: 1 + noise,
        targetResponse: 2 + noise,
        end: noise,
      };
      return {
        ...step(i + 1, { steps: 100_000, loss: 1 + noise, spanLoss, gradientNorm: noise }),
        ...(i % 100 === 0 && { validation: { loss: 1, spanLoss } }),
      };
    });
    const long = '긴 글 '.repeat(20_000);
    const answer = {
      instruction: long,
      reference: long,
      answer: long,
      status: 'found',
      pivotInstruction: long,
      pivotResponse: long,
    };
    const reasons = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`reason ${i}`, 1]));
    const text = page(
      {
        recipe: { ...RECIPE, data: { train: Array(5000).fill('file.jsonl') } },
        metrics,
        data: { ...DATA, rows: { ...DATA.rows, reasons } },
        answers: Array(500).fill(answer),
        parameters: 13e9,
      },
      'run',
    );
    assertBalanced(text);
    assertNumbersFinite(text);
    const bytes = Buffer.byteLength(text);
    assert.ok(bytes < 300_000, `${bytes} bytes`);
    assert.match(text, /The first \d+ of 500/);
  });
});
