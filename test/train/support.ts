/** A tiny run for tests of its folder, and ways to look at a folder and to break it. */
import { closeSync, cpSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { Recipe, RecipeOverrides } from '../../src/recipe/schema.ts';
import { writeColours } from '../support/files.ts';

/** @param folder where the data are written */
export function colourRecipe(folder: string, train: RecipeOverrides['train'] = {}): Recipe {
  return defineRecipe({
    name: 'colours',
    method: { target: 'ko' },
    data: { train: writeColours(join(folder, 'colours.jsonl')), validationShare: 0.1 },
    tokenizer: { vocabSize: 400 },
    model: { dModel: 16, nLayers: 1, nHeads: 2, ffnDim: 32, maxSeqLen: 128 },
    train: { batchSize: 6, steps: 6, learningRate: 0.01, ...train },
  });
}

/** Content of all files of a folder by their paths, at any depth. */
export function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(dir, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dir, name), 'latin1')]));
}

export const copyFolder = (from: string, to: string) => {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  return to;
};

/** Writes zeros over 16 bytes in the middle of a file, as a disk that lost a block: size and place stay. */
export function zeroBytes(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(16), 0, 16, Math.floor(statSync(file).size / 2));
  closeSync(handle);
}

type Patched = 'rename' | 'rm' | 'open' | 'appendFile';

/**
 * Runs `work` while a function of node:fs/promises fails from its `allowed`-th call on, as it does when a process is
 * killed or a disk is full.
 * @returns number of calls made
 */
export async function failing(
  names: Patched[],
  allowed: number,
  work: () => Promise<unknown>,
  code = 'KILLED',
): Promise<number> {
  const originals = names.map((name) => [name, fs[name]] as const);
  let calls = 0;
  for (const [name, original] of originals) {
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (calls++ < allowed) return (original as (...args: unknown[]) => unknown)(...args);
        return Promise.reject(Object.assign(new Error(code), { code, path: args[0] }));
      },
    });
  }
  syncBuiltinESMExports();
  try {
    await work().catch(() => {});
  } finally {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
  return calls;
}
