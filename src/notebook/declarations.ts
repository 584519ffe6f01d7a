/**
 * The package's types for tslab. Its TypeScript does not read the `exports` of package.json, so it is given declarations
 * where it looks for a package, in `notebooks/node_modules/`. Node itself finds the package by its own name first.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { onceFor } from '../runtime/once.ts';
import { runProgram } from '../runtime/programs.ts';

/** Writes them anew where the sources have changed. */
export async function writeDeclarations(root: string, note: (text: string) => void): Promise<void> {
  const dir = join(root, 'notebooks/node_modules/plug-tune');
  await onceFor(join(dir, 'ready'), await hashOf(join(root, 'src')), async () => {
    note('writing the types of this package for the kernel …');
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const args = [tsc, '-p', join(root, 'notebooks/jupyter'), '--outDir', dir];
    const { code, stdout, stderr } = await runProgram(process.execPath, args, { env: process.env });
    if (code === 0) return;
    const says = (stdout + stderr).trim().split('\n')[0];
    throw new UserError(`tsc: expected declarations of src, got ${says}; run: npm ci, then npm run check`);
  });
}

async function hashOf(dir: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.ts'));
  for (const name of names.sort()) hash.update(`${name}\n`).update(await readFile(join(dir, name)));
  return hash.digest('hex');
}
