/**
 * `make test-parity`: every tokenizer kind against Python's libraries, live, on the shared data and on hard texts.
 * Prints a table, writes reports/tokenizer-parity.json, and ends with 1 where anything differs.
 *
 *     node --import tsx scripts/parity/run.ts [PYTHON]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeJson } from '../../src/files.ts';
import { chatTexts } from './chats.ts';
import {
  compareContinuing,
  comparePeer,
  compareText,
  type Encoded,
  encodeAll,
  failed,
  newRow,
  type Row,
} from './compare.ts';
import { type Python, startPython } from './python.ts';
import { goldenSubjects, ownSubject, realSubjects, type Subject } from './subjects.ts';
import { table } from './table.ts';
import { type Group, hardTexts, sharedFolder, sharedTexts, spelled } from './texts.ts';
import { trainingTexts } from './training.ts';

const batchSize = 1000;
const report = 'reports/tokenizer-parity.json';

async function main(program = '.venv-parity/bin/python'): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'plug-parity-'));
  const python = startPython(program);
  try {
    const versions = await python.ask<Record<string, string>>({ versions: true });
    console.log(
      Object.entries(versions)
        .map((one) => one.join(' '))
        .join(', '),
    );
    const shared = sharedFolder();
    if (!shared) {
      console.log(
        'No shared data (set PLUG_SHARED to the folder that holds data/): hard and golden texts alone.',
      );
    }
    const groups = shared ? sharedTexts(shared) : [];
    const sharedCount = groups.length;
    groups.push(...hardTexts(shared ? 10_000 : 2_000));
    const subjects = await goldenSubjects(root, python);
    const rows: Row[] = [];
    if (shared) {
      const texts = [...trainingTexts(groups.slice(0, sharedCount), false)];
      groups.push(...chatTexts(shared, 2_000));
      const own = await ownSubject(root, texts, 8_000, python);
      const row = newRow(own.subject.name, "tokenizers' BpeTrainer: merges");
      rows.push({ ...row, texts: texts.length, ids: own.merges, differing: own.sameMerges ? 0 : 1 });
      subjects.push(...(await realSubjects(root, shared, python)), own.subject);
    }
    const texts = groups.reduce((sum, group) => sum + group.texts.length, 0);
    console.log(
      `${texts} texts: ${groups.map((group) => `${group.name} ${group.texts.length}`).join(', ')}\n`,
    );
    for (const subject of subjects) {
      const start = performance.now();
      rows.push(...(await compareSubject(subject, subject.small ? groups.map(oneInFive) : groups, python)));
      console.log(`${subject.name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    }
    console.log(`\n${table(rows)}`);
    await writeJson(report, {
      versions,
      groups: groups.map((group) => ({ name: group.name, texts: group.texts.length })),
      rows,
    });
    const bad = rows.filter(failed);
    for (const row of bad) printExamples(row);
    console.log(
      `\n${bad.length === 0 ? 'No difference' : `Differences in ${bad.length} rows`}. Written: ${report}`,
    );
    if (bad.length > 0) process.exitCode = 1;
  } finally {
    python.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** The rows of one tokenizer: one a peer, then text coming back, then text going on. */
async function compareSubject(subject: Subject, groups: Group[], python: Python): Promise<Row[]> {
  const { name, tokenizer, folder, special, lossless } = subject;
  const peers = subject.peers.map((peer) => ({ ...peer, row: newRow(name, peer.name, peer.aside?.why) }));
  for (const { kind } of peers) await python.ask({ load: kind, kind, folder });
  const back = newRow(name, 'itself: no special id, text back');
  const goingOn = newRow(name, 'itself: text going on');
  const specialIds = new Set(Object.values(special));
  for (const { texts } of [...groups, spelled(Object.keys(special))]) {
    for (let at = 0; at < texts.length; at += batchSize) {
      const batch = texts.slice(at, at + batchSize);
      const ours = await encodeAll(tokenizer, batch);
      for (const { kind, row, aside } of peers) {
        const theirs = await python.ask<Encoded>({ encode: kind, texts: batch });
        comparePeer(row, batch, ours, theirs, aside?.when);
      }
      compareText(back, batch, ours, specialIds, lossless);
      await compareContinuing(goingOn, batch, ours, tokenizer, lossless);
    }
  }
  return [...peers.map(({ row }) => row), back, ...(goingOn.texts > 0 ? [goingOn] : [])];
}

/** Of a long group, every fifth text: enough for the small tokenizers. */
function oneInFive({ name, texts }: Group): Group {
  return { name, texts: texts.length < 5_000 ? texts : texts.filter((_, i) => i % 5 === 0) };
}

function printExamples(row: Row): void {
  console.log(`\n${row.tokenizer} and ${row.peer}:`);
  for (const { text, ours, theirs } of row.examples) {
    console.log(`  ${JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)}`);
    console.log(`    ours   ${JSON.stringify(ours)}\n    theirs ${JSON.stringify(theirs)}`);
  }
}

await main(process.argv[2]);
