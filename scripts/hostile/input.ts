/** What a hostile input is, and the small good ones that hostile ones are made of. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the command is to end: `refused` is exit code 1 and one line, `done` is exit code 0. */
export type End = 'refused' | 'done' | 'either';

/** A command on an input that was made for it. */
export interface Attack {
  args: string[];
  end?: End;
  /** A file that answers go to. */
  stdout?: string;
  env?: Record<string, string>;
  /** Frees what the input holds, such as a socket. */
  close?: () => void;
}

export interface HostileInput {
  name: string;
  /** Makes it in `folder`, which is removed afterwards. @param model a good model that may be copied */
  make: (folder: string, model: string) => Attack | Promise<Attack>;
}

const COLOURS = ['red', 'blue', 'green', 'black', 'white', 'pink', 'grey', 'gold'];
const THINGS = ['apple', 'car', 'house', 'tree', 'stone'];

/** Forty rows of text, one object each. */
export const rows = (): Record<string, string>[] =>
  THINGS.flatMap((thing) =>
    COLOURS.map((colour) => ({
      id: `${colour}-${thing}`,
      instruction_ko: `${thing}의 색은 ${colour}?`,
      response_ko: `${colour} ${thing}`,
      instruction_en: `Which colour is the ${thing}?`,
      response_en: `The ${thing} is ${colour}.`,
    })),
  );

export const jsonLines = (some: object[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Writes rows and a recipe for a tiny model. @returns the arguments that train by it */
export function writeTiny(folder: string, data = 'rows.jsonl'): string[] {
  writeFileSync(join(folder, 'rows.jsonl'), jsonLines(rows()));
  const recipe = {
    name: 'tiny',
    method: { target: 'ko' },
    data: { train: data, validationShare: 0.1 },
    model: { nLayers: 1, dModel: 32, ffnDim: 64, nHeads: 2 },
    tokenizer: { vocabSize: 400 },
    train: { steps: 2, batchSize: 8 },
    generate: { maxNewTokens: 4 },
  };
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(recipe));
  return ['train', '--recipe', 'tiny.json', '--output', 'run'];
}

/** Copies the good model's files. @returns its folder */
export function copyModel(folder: string, model: string): string {
  const copy = join(folder, 'model');
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(model, name), join(copy, name));
  }
  return copy;
}

/** Changes a JSON file in place; `T` says what of it the change needs. */
export function changeJson<T extends object>(file: string, change: (value: T) => void): void {
  const value: T = JSON.parse(readFileSync(file, 'utf8'));
  change(value);
  writeFileSync(file, JSON.stringify(value));
}
