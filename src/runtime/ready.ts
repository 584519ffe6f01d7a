/**
 * Looks into the cache for a runtime that can be loaded as it is. It starts no program and only writes down the new
 * times of a cache that was copied, so a warm start costs a millisecond; `setup.ts` makes what is not found here.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { bindingKey } from './binding.ts';
import { type Damage, findDamage, type Manifest, readManifest, type Source, writeManifest } from './cache.ts';
import { type Context, libraryNames } from './context.ts';
import { locateFolder } from './locate.ts';

/** A TensorFlow that can be loaded, and where its parts lie. Paths are absolute. */
export interface Runtime {
  /** Its folder in the cache. */
  folder: string;
  manifest: Manifest;
  /** libtensorflow_cc, which exports TensorFlow's C API. */
  library: string;
  frameworkLibrary: string;
  /** The two modules of binding.ts. */
  capture: string;
  binding: string;
}

/** What the cache holds for these options; `damage` tells why a runtime that was there cannot be used. */
export interface Found {
  runtime?: Runtime;
  damage?: Damage;
}

export async function findReady(context: Context): Promise<Found> {
  const given = locateFolder(context);
  const names = given
    ? [runtimeName(context, given)]
    : [runtimeName(context, { source: 'installed' }), runtimeName(context, { source: 'wheel' })];
  let damage: Damage | undefined;
  for (const name of names) {
    const folder = path.join(context.cache, name);
    const manifest = readManifest(folder);
    if (!manifest) continue;
    const before = JSON.stringify(manifest);
    const binding = manifest.bindings[bindingKey(context)];
    const damaged = await findDamage(
      folder,
      [...manifest.libraries, ...(binding ?? [])],
      context.checkHashes,
    );
    if (!damaged && JSON.stringify(manifest) !== before)
      await writeManifest(folder, manifest).catch(() => {});
    if (!damaged && binding) return { runtime: describeRuntime(context, folder, manifest) };
    damage ??= damaged;
  }
  return { damage };
}

/** The runtime that lies in `folder`, by its manifest. */
export function describeRuntime(context: Context, folder: string, manifest: Manifest): Runtime {
  const [library, frameworkLibrary] = libraryNames(context.platform).map((name) =>
    path.resolve(folder, manifest.tensorflow, name),
  );
  const [capture, binding] = manifest.bindings[bindingKey(context)].map((record) =>
    path.join(folder, record.path),
  );
  return { folder, manifest, library, frameworkLibrary, capture, binding };
}

/** The folder's name in the cache: one per TensorFlow, flavour and platform. */
export function runtimeName(context: Context, what: { source: Source; folder?: string }): string {
  const { platform, flavour, wheels } = context;
  if (what.source === 'folder') {
    const hash = createHash('sha256')
      .update(what.folder ?? '')
      .digest('hex')
      .slice(0, 8);
    return `tensorflow-folder-${hash}-${platform}`;
  }
  if (what.source === 'installed') return `tensorflow-installed-${flavour}-${platform}`;
  const version = wheels[`${platform}-${flavour}`]?.tensorflowVersion ?? 'none';
  return `tensorflow-${version}-${flavour}-${platform}`;
}
