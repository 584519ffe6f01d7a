/** Files of rows in each format, and a data section that reads them, for the tests of this folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { DataSource, RowStats } from '../../src/data/examples/load.ts';
import type { Row } from '../../src/data/read/read.ts';

/** A data section with the defaults of a recipe. */
export const dataOf = (train: string | string[], more: Partial<DataSource> = {}): DataSource => ({
  train,
  columns: 'auto',
  sampling: 'first',
  seed: 42,
  deduplicate: 'off',
  onBadRow: 'stop',
  ...more,
});

type Element = { name: string; type?: string; num_children?: number; [key: string]: unknown };

/** Parquet's schema of a column of such values: lists and structs as other writers make them. */
function elementsOf(name: string, values: unknown[]): Element[] {
  const some = values.filter((value) => value !== null && value !== undefined);
  const element = { name, repetition_type: 'OPTIONAL' };
  if (some.every((value) => typeof value === 'bigint')) return [{ ...element, type: 'INT64' }];
  if (some.every((value) => typeof value === 'number')) return [{ ...element, type: 'DOUBLE' }];
  if (some.every(Array.isArray)) {
    const list = { name: 'list', repetition_type: 'REPEATED', num_children: 1 };
    return [
      { ...element, num_children: 1, converted_type: 'LIST' },
      list,
      ...elementsOf('element', some.flat()),
    ];
  }
  if (some.every((value) => typeof value === 'object')) {
    const keys = [...new Set(some.flatMap((value) => Object.keys(value as object)))];
    const children = keys.flatMap((key) =>
      elementsOf(
        key,
        some.map((value) => (value as Row)[key]),
      ),
    );
    return [{ ...element, num_children: keys.length }, ...children];
  }
  return [{ ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
}

/** Bytes of a Parquet file with these columns. */
export function parquetOf(columns: Record<string, unknown[]>, options: object = {}): Uint8Array {
  const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
  const children = columnData.flatMap(({ name, data }) => elementsOf(name, data));
  const schema = [{ name: 'root', num_children: columnData.length }, ...children] as SchemaElement[];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, ...options }));
}

/** The columns of rows. */
export const columnsOf = (rows: Row[]): Record<string, unknown[]> =>
  Object.fromEntries(Object.keys(rows[0]).map((name) => [name, rows.map((row) => row[name])]));

/** The content of a file of rows, by its ending. */
export function contentOf(name: string, rows: Row[]): string | Uint8Array {
  if (name.endsWith('.gz')) return gzipSync(contentOf(name.slice(0, -3), rows));
  if (name.endsWith('.parquet')) return parquetOf(columnsOf(rows));
  if (name.endsWith('.json')) return JSON.stringify(rows);
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Writes files into new folders of `dir`, each by a name that nobody else has. */
export function fileMaker(dir: string) {
  let count = 0;
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(dir, String(count++), name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  return { write, rows: (name: string, rows: Row[]) => write(name, contentOf(name, rows)) };
}

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The sum that `read` must be; see RowStats. */
export const accounted = ({ kept, skipped, duplicates, withoutPartner, notSampled }: RowStats): number =>
  kept + skipped + duplicates + sum(withoutPartner) + notSampled;
