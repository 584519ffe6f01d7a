/**
 * The folder of an evaluation. `answers.jsonl` holds every answer that one model gave under the same settings, each
 * question once; `evaluation.json` says which model and settings. Answers of other models or settings move to
 * `earlier/`, and come back when these are asked again: no answer is ever removed.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { addFile } from '../checkpoint/identity.ts';
import { listFiles } from '../data/read/files.ts';
import { refusedAt, UserError } from '../errors.ts';
import { append, makeFolder, readJson, writeFileWhole, writeJson } from '../files.ts';
import { displayPath } from '../paths.ts';
import type { Reply, ScoredAnswer } from './answer.ts';
import type { Evaluation } from './evaluate.ts';

/** What is known of a question; with the model and the settings it decides the answer. */
type Question = Pick<ScoredAnswer, 'file' | 'id' | 'instruction'>;

/** What is written beside scores. */
export interface About {
  model: string;
  target: string;
  files: string[];
  /** Rows of each file; all where it is not given. */
  limit?: number;
}

export interface Store {
  /** All answers of this model under these settings, in order. */
  replies: ScoredAnswer[];
  /** The answers to some questions; undefined for those that were never asked. */
  repliesTo(questions: Question[]): (Reply | undefined)[];
  append(answer: ScoredAnswer): Promise<void>;
  /**
   * Writes all answers as they are scored now, and the scores: into `scores.json`, or where the folder holds answers to
   * further questions, into a file of their own.
   * @returns the name of that file
   */
  finish(evaluation: Evaluation, about: About): Promise<string>;
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

const [SETTINGS, ANSWERS, SCORES] = ['evaluation.json', 'answers.jsonl', 'scores.json'];
const isScores = (name: string) => /^scores(?:-.*)?\.json$/.test(name);

const line = (answer: ScoredAnswer) => `${JSON.stringify(answer)}\n`;
const keyOf = ({ file, id, instruction }: Question) => JSON.stringify([file, id, instruction]);

/** The whole lines of a file; what a kill left half-written is left out. */
async function wholeLines(path: string): Promise<ScoredAnswer[]> {
  // A file that is there but cannot be read must not be taken for an empty one and written over.
  const text = existsSync(path) ? await readFile(path, 'utf8').catch(refusedAt(displayPath(path))) : '';
  const answers: ScoredAnswer[] = [];
  for (const one of text.split('\n').slice(0, -1)) {
    try {
      answers.push(JSON.parse(one));
    } catch {
      // Damaged: its question is asked again.
    }
  }
  return answers;
}

/** Answers one after the other, the first one to each question. */
function union(...lists: ScoredAnswer[][]): ScoredAnswer[] {
  const byKey = new Map<string, ScoredAnswer>();
  for (const answer of lists.flat()) if (!byKey.has(keyOf(answer))) byKey.set(keyOf(answer), answer);
  return [...byKey.values()];
}

/**
 * Opens the folder `dir` for a model and its settings (plain data). The caller holds the folder's lock.
 * @throws UserError where it holds answers or scores that no evaluation of ours wrote
 */
export async function openStore(dir: string, settings: object): Promise<Store> {
  await makeFolder(dir);
  const before = await readJson(join(dir, SETTINGS)).catch(() => null);
  if (before === null) await refuseForeign(dir);
  const same = before !== null && JSON.stringify(before) === JSON.stringify(settings);
  if (before !== null && !same) await putAside(dir, before);
  const earlier = earlierFolder(dir, settings);
  const answers = union(
    same ? await wholeLines(join(dir, ANSWERS)) : [],
    await wholeLines(join(earlier, ANSWERS)),
  );
  await writeJson(join(dir, SETTINGS), settings);
  await writeFileWhole(join(dir, ANSWERS), answers.map(line).join(''));
  await bringScores(earlier, dir);
  await removeOwn(earlier);
  const stored = new Map(answers.map((answer) => [keyOf(answer), answer]));
  return {
    replies: answers,
    repliesTo: (questions) => questions.map((question) => stored.get(keyOf(question))),
    append(answer) {
      stored.set(keyOf(answer), answer);
      return append(join(dir, ANSWERS), line(answer));
    },
    async finish({ answers: found, scores }, about) {
      const now = new Set(found.map(keyOf));
      const others = [...stored].filter(([key]) => !now.has(key)).map(([, answer]) => answer);
      const name = others.length === 0 ? SCORES : partName(about);
      await writeFileWhole(join(dir, ANSWERS), [...found, ...others].map(line).join(''));
      await writeJson(join(dir, name), { ...about, rows: found.length, scores });
      return name;
    },
  };
}

async function refuseForeign(dir: string): Promise<void> {
  const found = (await readdir(dir)).find((name) => name === ANSWERS || name === SETTINGS || isScores(name));
  if (!found) return;
  throw new UserError(
    `${displayPath(join(dir, found))}: expected a folder of our own evaluations, got this file and no ${SETTINGS} ` +
      'that can be read; choose another folder with --output',
  );
}

const earlierFolder = (dir: string, settings: object) =>
  join(dir, 'earlier', createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12));

/** Moves answers and scores of other settings into a folder of their own: written there first, then removed here. */
async function putAside(dir: string, settings: object): Promise<void> {
  const answers = await wholeLines(join(dir, ANSWERS));
  const aside = earlierFolder(dir, settings);
  const names = await readdir(dir);
  if (answers.length > 0 || names.some(isScores)) {
    const all = union(answers, await wholeLines(join(aside, ANSWERS)));
    await writeJson(join(aside, SETTINGS), settings);
    await writeFileWhole(join(aside, ANSWERS), all.map(line).join(''));
    await bringScores(dir, aside);
  }
  for (const name of names)
    if (name === ANSWERS || isScores(name)) await rm(join(dir, name), { force: true });
}

/** Removes what evaluations wrote into a folder, and the folder if nothing else is in it. */
async function removeOwn(dir: string): Promise<void> {
  const names: string[] = await readdir(dir).catch(() => []);
  for (const name of names) {
    if (name === ANSWERS || name === SETTINGS || isScores(name)) await rm(join(dir, name), { force: true });
  }
  await rmdir(dir).catch(() => {});
}

/** Copies scores to where there are none of that name. */
async function bringScores(from: string, to: string): Promise<void> {
  const names: string[] = await readdir(from).catch(() => []);
  for (const name of names.filter(isScores)) {
    if (!existsSync(join(to, name))) await writeFileWhole(join(to, name), await readFile(join(from, name)));
  }
}

/** `scores-open-own-limit-20.json`: of some files, or some rows of each. */
function partName({ files, limit }: About): string {
  const names = files.map((file) => basename(file).replace(/\..*$/, ''));
  const parts = [...names, ...(limit === undefined ? [] : [`limit-${limit}`])];
  return `scores-${parts
    .join('-')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .slice(0, 100)}.json`;
}
