/** The direction of imports between the folders of src, and that no files import each other in a circle. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { projectRoot } from '../src/paths.ts';

/** A folder imports itself and those before it. `.` holds the files beside the folders, index.ts apart. */
const LAYERS = [
  '.',
  'tensorflow',
  'runtime',
  'compile',
  'nn',
  'model',
  'tokenizer',
  'methods',
  'recipe',
  'checkpoint',
  'data',
  'generate',
  'train',
  'score',
  'world',
  'evaluate',
  'report',
  'compare',
  'bench',
  'notebook',
  'cli',
  'index.ts',
];

/** Imports against the direction that are still there. Remove them; add none. */
const EXCEPTIONS = [
  'checkpoint/model.ts → generate/decoder.ts',
  'fileRecords.ts → runtime/cache.ts',
  'folderLock.ts → runtime/lock.ts',
];

/** Imports, exports from another file and imports at run time, of types too. */
const IMPORT = /(?:\bfrom|^import|\bimport\()\s*'(\.[^']+)'/gm;

/** By file of src, the files of src that it imports. */
function readImports(): Map<string, string[]> {
  const src = join(projectRoot, 'src');
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => name.replaceAll(sep, '/'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      const paths = [...text.matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(file), path)));
      return [file, paths.map((path) => path.replaceAll(sep, '/')).filter((path) => files.includes(path))];
    }),
  );
}

function layerOf(file: string): number {
  const layer = LAYERS.indexOf(file === 'index.ts' ? file : dirname(file).split('/')[0]);
  assert.ok(layer >= 0, `src/${file}: expected a folder that LAYERS lists; add it where it belongs`);
  return layer;
}

/** The first circle found, as a path that ends where it begins; null where there is none. */
function findCircle(imports: Map<string, string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const imported of imports.get(file) ?? []) {
      const circle = visit(imported, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return null;
}

describe('imports', () => {
  const imports = readImports();

  it('are found', () => {
    assert.ok(imports.get('model/decoder.ts')?.includes('nn/linear.ts'));
    assert.ok(imports.get('index.ts')?.includes('compile/index.ts'));
    assert.deepEqual(findCircle(new Map(Object.entries({ a: ['b'], b: ['c'], c: ['b'] }))), ['b', 'c', 'b']);
  });

  it('go from higher layers to lower ones', () => {
    const found: string[] = [];
    for (const [file, others] of imports)
      for (const other of others) if (layerOf(other) > layerOf(file)) found.push(`${file} → ${other}`);
    assert.deepEqual(found.sort(), EXCEPTIONS);
  });

  it('make no circle of files', () => {
    assert.equal(findCircle(imports)?.join(' → ') ?? null, null);
  });
});
