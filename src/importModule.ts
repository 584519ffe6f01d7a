/**
 * Loads a module that a user wrote, such as a recipe or a method, from any folder. esbuild bundles the module with the
 * files that it imports. So a changed file is read again, the type of the package around it does not matter, and an
 * error names file, line and column. `plug-tune` resolves from any folder, to the instance that is running.
 */
import { readFile } from 'node:fs/promises';
import { isBuiltin, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Loader, OnResolveResult, PartialMessage, Plugin, PluginBuild } from 'esbuild';
import { isUserError, oneLine, refusedAt, UserError } from './errors.ts';
import { displayPath, projectRoot } from './paths.ts';
import { refuseOtherThanFile } from './plainFile.ts';
import { shown } from './shown.ts';

/** Name under which a module imports this package. */
const PACKAGE = 'plug-tune';
const index = pathToFileURL(join(projectRoot, 'src/index.ts')).href;
const sources = join(projectRoot, 'src', sep);
const isInstalled = (path: string) => path.includes(`${sep}node_modules${sep}`);

/** Endings of the files that `importModule` reads. */
export const MODULE_ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * The exports of `file`. The same content gives the same module.
 * @param what the file is, such as `a recipe`
 * @throws UserError `FILE:LINE:COLUMN: expected …, got …`; an error of ours that the module throws comes out as it is
 */
export async function importModule(file: string, what: string): Promise<Record<string, unknown>> {
  const { code, map } = await bundle(file, what);
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  try {
    return await import(url);
  } catch (error) {
    if (isUserError(error)) throw error;
    const got = error instanceof Error ? oneLine(`${error.name}: ${error.message}`) : shown(error);
    const place = placeOf(error, url, map, dirname(file)) ?? displayPath(file);
    if (error instanceof Error) error.stack = error.stack?.replaceAll(url, file);
    throw new UserError(`${place}: expected ${what} that runs, got ${got}`, { cause: error });
  }
}

async function bundle(file: string, what: string): Promise<{ code: string; map: SourceMapPayload }> {
  await refuseOtherThanFile(file, `the file of ${what}`);
  await readFile(file).catch(refusedAt(displayPath(file)));
  const { build } = await import('esbuild');
  const result = await build({
    ...{ entryPoints: [file], bundle: true, format: 'esm', platform: 'node', target: 'node20' },
    ...{ write: false, outdir: dirname(file), absWorkingDir: dirname(file), logLevel: 'silent' },
    ...{ sourcemap: 'external', sourcesContent: false, keepNames: true, charset: 'utf8', tsconfigRaw: '{}' },
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(pathToFileURL(file).href)});`,
    },
    plugins: [outside(file)],
  }).catch((error: BuildFailure) => {
    throw refused(error, file, what);
  });
  const text = (ending: string) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { code: text('.js'), map: JSON.parse(text('.map')) };
}

/** What stays outside the bundle: Node's modules, installed packages, and this package. */
function outside(entry: string): Plugin {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args): Promise<OnResolveResult | undefined> => {
        const { path, kind, importer, resolveDir, pluginData } = args;
        if (kind === 'entry-point' || pluginData === build) return undefined;
        if (isBuiltin(path)) return { path, external: true };
        const required = kind === 'require-call' || kind === 'require-resolve';
        if (path === PACKAGE)
          return required ? { path, namespace: PACKAGE } : { path: index, external: true };
        if (path.startsWith('file:')) return { path, external: true };
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: build });
        if (found.errors.length > 0) return { errors: found.errors };
        const stays = found.path.startsWith(sources) || (isInstalled(found.path) && !isInstalled(entry));
        if (!stays || found.external) return found;
        return { path: required ? found.path : pathToFileURL(found.path).href, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: PACKAGE }, () => ({
        contents: `export * from ${JSON.stringify(index)};`,
      }));
      build.onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => withPlace(build, path));
    },
  };
}

/** A module whose `import.meta` says where it is, though it runs out of a bundle. */
async function withPlace({ esbuild }: PluginBuild, path: string) {
  const text = await readFile(path, 'utf8').catch(refusedAt(displayPath(path)));
  const loader: Loader = /\.[cm]?ts$/.test(path) ? 'ts' : 'js';
  if (!text.includes('import.meta')) return { contents: text, loader };
  const place = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
  const define = Object.fromEntries(
    Object.entries(place).map(([key, value]) => [`import.meta.${key}`, JSON.stringify(value)]),
  );
  const options = { loader, define, sourcefile: path, sourcemap: 'inline', logLevel: 'silent' } as const;
  const found = await esbuild.transform(text, options).catch((error: BuildFailure) => error);
  return 'errors' in found
    ? { errors: found.errors as PartialMessage[] }
    : { contents: found.code, loader: 'js' as const };
}

/** What esbuild refuses, as one line. */
function refused(failure: BuildFailure, file: string, what: string): unknown {
  const [first, ...others] = failure.errors ?? [];
  if (!first) return failure;
  if (isUserError(first.detail)) return first.detail;
  const { location, text } = first;
  const at = location && (location.namespace === 'file' || location.namespace === '');
  const path = at ? resolve(dirname(file), location.file) : file;
  const place = `${displayPath(path)}${location ? `:${location.line}:${location.column + 1}` : ''}`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const [expected, got, fix] = explained(text, what);
  return new UserError(`${place}: expected ${expected}, got ${got}${more}${fix}`, { cause: failure });
}

function explained(text: string, what: string): [expected: string, got: string, fix: string] {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  if (missing !== undefined) {
    const isFile = /^[./]/.test(missing);
    const fix = isFile ? 'correct the path' : `install it beside the file: npm install ${missing}`;
    return [`${isFile ? 'a file' : 'a package'} to import`, `none at ${JSON.stringify(missing)}`, `; ${fix}`];
  }
  const name = /^No matching export in ".*" for import "(.*)"$/.exec(text)?.[1];
  if (name !== undefined) return ['an export to import', `none named ${JSON.stringify(name)}`, ''];
  return [`${what} in TypeScript or JavaScript`, `a syntax error: ${text}`, ''];
}

/** Where in the user's files an error arose. */
function placeOf(error: unknown, url: string, payload: SourceMapPayload, folder: string): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((line) => line.includes(url));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  if (line === undefined) return null;
  const found = new SourceMap(payload).findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in found)) return null;
  const path = resolve(folder, found.originalSource);
  return `${displayPath(path)}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}
