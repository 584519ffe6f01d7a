/**
 * The folder of an evaluation: `answers.jsonl` grows line by line, `evaluation.json` says of which model, files and
 * settings, and `scores.json` comes at the end. A folder whose settings are the same is gone on with.
 */
import { createHash } from 'node:crypto';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { addFile } from '../checkpoint/identity.ts';
import { listFiles } from '../data/read/files.ts';
import { makeFolder, readJson, writeFileWhole, writeJson } from '../files.ts';
import type { Evaluation, Reply, ScoredAnswer } from './evaluate.ts';

export interface Store {
  /** Replies of an earlier evaluation with the same settings, in order. */
  replies: Reply[];
  append(answer: ScoredAnswer): Promise<void>;
  /** Writes all answers anew, as they are scored now, and the scores. */
  finish(evaluation: Evaluation, about: object): Promise<void>;
}

/** A hash of evaluation files. */
export async function dataHash(paths: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await listFiles(path)) {
      hash.update('\0');
      await addFile(hash, file);
    }
  }
  return hash.digest('hex');
}

const line = (answer: ScoredAnswer) => `${JSON.stringify(answer)}\n`;

/** The whole lines at the start of a file; what a kill left half-written is left out. */
async function wholeLines(path: string): Promise<ScoredAnswer[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const answers: ScoredAnswer[] = [];
  for (const one of text.split('\n').slice(0, -1)) {
    try {
      answers.push(JSON.parse(one));
    } catch {
      break;
    }
  }
  return answers;
}

/** Opens the folder `dir`, and begins it anew unless it holds an evaluation of just these settings. */
export async function openStore(dir: string, settings: object): Promise<Store> {
  await makeFolder(dir);
  const [marks, lines, scores] = ['evaluation.json', 'answers.jsonl', 'scores.json'].map((name) =>
    join(dir, name),
  );
  const before = await readJson(marks).catch(() => null);
  const same = JSON.stringify(before) === JSON.stringify(settings);
  const kept = same ? await wholeLines(lines) : [];
  await rm(scores, { force: true });
  await writeFileWhole(lines, kept.map(line).join(''));
  if (!same) await writeJson(marks, settings);
  return {
    replies: kept,
    append: (answer) => appendFile(lines, line(answer)),
    async finish({ answers, scores: found }, about) {
      await writeFileWhole(lines, answers.map(line).join(''));
      await writeJson(scores, { ...about, scores: found });
    },
  };
}
