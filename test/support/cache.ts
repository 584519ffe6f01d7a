/** Gives the tests, and the commands that they start, a cache of prepared data of their own; mocha loads it first. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env.PLUG_DATA_CACHE = mkdtempSync(join(tmpdir(), 'plug-tune-cache-'));

export function mochaGlobalTeardown(): void {
  rmSync(process.env.PLUG_DATA_CACHE as string, { recursive: true, force: true });
}
