/**
 * Shows that reading is streamed: writes a million rows of JSON lines to a temporary folder, reads them as examples,
 * and prints resident memory on the way. Fails where the last 900,000 rows take more than 150 MB. Takes a minute:
 * node --import tsx scripts/dataMemory.ts [ROWS]
 */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSource, emptyRowStats, readExamples } from '../src/data/examples/load.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const LIMIT_MB = 150;

/** Rows of some 600 bytes, no two alike. */
async function writeRows(path: string): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < rows; i++) {
    const row = {
      id: `row-${i}`,
      instruction_ko: `${i}번째 질문은 무엇인가요? ${'한국어 문장. '.repeat(10)}`,
      response_ko: `${i}번째 답이에요.`,
      instruction_en: `What is question ${i}? ${'A sentence of English. '.repeat(8)}`,
      response_en: `This is answer ${i}.`,
    };
    if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

const megabytes = () => Math.round(process.memoryUsage().rss / 1e6);

const dir = mkdtempSync(join(tmpdir(), 'plug-memory-'));
try {
  const train = join(dir, 'rows.jsonl');
  await writeRows(train);
  console.log(`before: ${megabytes()} MB`);
  const stats = emptyRowStats();
  const started = Date.now();
  let first = 0;
  const data: DataSource = {
    train,
    columns: 'auto',
    sampling: 'first',
    seed: 42,
    deduplicate: 'exact',
    onBadRow: 'stop',
  };
  for await (const _ of readExamples(data, ['ko', 'en'], stats)) {
    if (stats.kept % 100_000 !== 0) continue;
    if (first === 0) first = megabytes();
    console.log(`${stats.kept.toLocaleString('en')} rows: ${megabytes()} MB`);
  }
  console.log(`${Math.round(rows / ((Date.now() - started) / 1000)).toLocaleString('en')} rows a second`);
  if (megabytes() - first > LIMIT_MB) {
    console.error(`expected memory to grow by at most ${LIMIT_MB} MB, got ${megabytes() - first} MB`);
    process.exitCode = 1;
  }
} finally {
  rmSync(dir, { recursive: true });
}
