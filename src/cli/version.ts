/** `--version`: what is installed, without loading it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../paths.ts';

/** `plug-tune 0.1.0 (TensorFlow 2.21.0, Node 24.1.0)` */
export async function versionText(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
  const tensorflow = await tensorflowVersion().catch(() => null);
  return `plug-tune ${version} (TensorFlow ${tensorflow ?? 'not set up yet'}, Node ${process.versions.node})`;
}

/** As the cache says; null where none is set up. */
async function tensorflowVersion(): Promise<string | null> {
  const { makeContext } = await import('../runtime/context.ts');
  const { findReady } = await import('../runtime/ready.ts');
  const { runtime } = await findReady(makeContext());
  return runtime?.manifest.tensorflowVersion ?? null;
}
