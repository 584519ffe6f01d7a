/** Hostile data files, paths that are no plain files, recipes, methods and output folders. */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Attack, copyModel, type HostileInput, jsonLines, rows, writeTiny } from './input.ts';

/** Trains on a file that is written in parts, since one string cannot hold the larger ones. */
const data = (
  name: string,
  file: string,
  parts: () => Iterable<string | Buffer>,
  end?: Attack['end'],
): HostileInput => ({
  name: `data: ${name}`,
  make(folder) {
    const args = writeTiny(folder, file);
    const handle = openSync(join(folder, file), 'w');
    for (const part of parts()) writeSync(handle, part as Buffer);
    closeSync(handle);
    return { args, end };
  },
});

const field = 'instruction_ko';
const MEGABYTE = 1_000_000;

function* repeated<T>(part: T, count: number): Iterable<T> {
  for (let i = 0; i < count; i++) yield part;
}

/** 100 GB of zeros in 1,000 members. */
const gzipBomb = () => repeated(gzipSync(Buffer.alloc(100 * MEGABYTE), { level: 1 }), 1000);

/** 100 GB of zeros in one frame of zstd: blocks of one byte repeated (RFC 8878, section 3.1.1). */
function* zstdBomb(): Iterable<Buffer> {
  const window = 0x38;
  yield Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]);
  const block = 128 * 1024;
  const blocks = Math.ceil((100_000 * MEGABYTE) / block);
  const bytes = Buffer.alloc(4);
  const put = (last: number) => {
    bytes.writeUIntLE((block << 3) | (1 << 1) | last, 0, 3);
    return Buffer.from(bytes);
  };
  yield* repeated(put(0), blocks - 1);
  yield put(1);
}

/** One good row that says the same a billion times, so that it goes on for 100 GB. */
const gzipRow = () => [
  gzipSync(`{"${field}": "`),
  ...repeated(gzipSync(Buffer.alloc(100 * MEGABYTE, 97), { level: 1 }), 1000),
];

const deep = (depth: number) => `{"${field}": ${'['.repeat(depth)}${']'.repeat(depth)}}\n`;

const files: HostileInput[] = [
  data('rows nested 10^5 deep', 'deep.jsonl', () => [deep(100_000)]),
  data('rows nested 10^7 deep', 'deep.jsonl', () => [deep(10_000_000)]),
  data('a list nested 10^6 deep', 'deep.json', () => ['['.repeat(MEGABYTE), ']'.repeat(MEGABYTE)]),
  data('a number of 10^6 digits', 'number.jsonl', () => [
    `{"id": ${'9'.repeat(MEGABYTE)}, "${field}": "a"}\n`,
  ]),
  data(
    'an id of 10^6 digits beside good rows',
    'id.jsonl',
    () => [
      jsonLines(rows()),
      JSON.stringify({ ...rows()[0], id: 0 }).replace('"id":0', `"id":${'9'.repeat(MEGABYTE)}`),
    ],
    'either',
  ),
  data('10^6 fields in a row', 'wide.jsonl', () => [
    `{${Array.from({ length: MEGABYTE }, (_, i) => `"f${i}":1`).join(',')}}\n`,
  ]),
  data(
    'a field called __proto__',
    'proto.jsonl',
    () => [
      jsonLines(rows().map((row) => ({ ...row, extra: 1 }))).replaceAll(
        '"extra":1',
        '"__proto__":{"id":"x"}',
      ),
    ],
    'either',
  ),
  data('a line of 100 MB', 'long.jsonl', () => [
    `{"${field}": "`,
    ...repeated('a'.repeat(MEGABYTE), 100),
    '"}\n',
  ]),
  data(
    'a line of 100 MB beside good rows',
    'long.jsonl',
    () => [
      jsonLines(rows()),
      `${JSON.stringify(rows()[0]).slice(0, -1)}, "more": "`,
      ...repeated('a'.repeat(MEGABYTE), 100),
      '"}\n',
    ],
    'either',
  ),
  data('100 MB without a line end', 'long.jsonl', () => repeated('a'.repeat(MEGABYTE), 100)),
  data('a CSV field of 100 MB', 'long.csv', () => [
    `id,${field}\n1,"`,
    ...repeated('a'.repeat(MEGABYTE), 100),
  ]),
  data(
    'an instruction of 10 MB',
    'text.jsonl',
    () => [jsonLines([...rows(), { ...rows()[0], id: 'long', [field]: 'word '.repeat(2_000_000) }])],
    'done',
  ),
  data('10^7 empty lines', 'empty.jsonl', () => repeated('\n'.repeat(MEGABYTE), 10)),
  data('a gzip bomb of 100 GB of zeros', 'bomb.jsonl.gz', gzipBomb),
  data('a gzip bomb of 100 GB in a CSV', 'bomb.csv.gz', gzipBomb),
  data('a gzip bomb of 100 GB in one JSON list', 'bomb.json.gz', () => [gzipSync('['), ...gzipRow()]),
  data('a gzip bomb of 100 GB in one row', 'bomb.jsonl.gz', gzipRow),
  data('a zstd bomb of 100 GB', 'bomb.jsonl.zst', zstdBomb),
  data('gzip that is cut off', 'cut.jsonl.gz', () => [gzipSync(jsonLines(rows())).subarray(0, 200)]),
  data('random bytes as Parquet', 'noise.parquet', () => [
    'PAR1',
    Buffer.alloc(MEGABYTE, 0xd7),
    Buffer.from([0xff, 0xff, 0xff, 0x7f]),
    'PAR1',
  ]),
  data('UTF-16', 'wide.jsonl', () => [Buffer.from(`\ufeff${jsonLines(rows())}`, 'utf16le')]),
  data('empty', 'empty.jsonl', () => []),
];

/** Paths that are no plain files, made where the system has none. */
const KINDS: Record<string, (folder: string) => { path: string; close?: () => void }> = {
  '/dev/zero': () => ({ path: '/dev/zero' }),
  '/dev/null': () => ({ path: '/dev/null' }),
  'a named pipe': (folder) => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    return { path: 'pipe' };
  },
  'a socket': (folder) => {
    const server = createServer().listen(join(folder, 'socket'));
    return { path: 'socket', close: () => server.close() };
  },
  'a folder': (folder) => {
    mkdirSync(join(folder, 'folder.jsonl'));
    return { path: 'folder.jsonl' };
  },
  'a link to itself': (folder) => {
    symlinkSync('circle', join(folder, 'circle'));
    return { path: 'circle' };
  },
};

/** Where such a path is given, in place of a file. */
const USES: Record<string, (path: string, train: string[]) => string[]> = {
  data: (path, train) => [...train, '--data.train', path],
  'validation data': (path, train) => [...train, '--data.validation', path],
  recipe: (path) => ['train', '--recipe', `./${path}`.replace('.//', '/'), '--output', 'run'],
  tokenizer: (path, train) => [...train, '--tokenizer', path],
  model: (path, train) => [...train, '--model', path],
  'table of languages': (path, train) => [...train, '--languages', path],
  'input of generate': (path) => [
    'generate',
    '--checkpoint',
    'model',
    '--input',
    path,
    '--output',
    'a.jsonl',
  ],
  'output folder': (path, train) => [...train, '--output', path],
};

const paths: HostileInput[] = Object.entries(USES).flatMap(([use, args]) =>
  Object.entries(KINDS).map(([kind, makePath]) => ({
    name: `${use}: ${kind}`,
    make: (folder: string, model: string) => {
      copyModel(folder, model);
      const { path, close } = makePath(folder);
      const empty = use === 'output folder' && kind === 'a folder';
      return { args: args(path, writeTiny(folder)), close, end: empty ? ('done' as const) : undefined };
    },
  })),
);

const recipe = (
  name: string,
  source: string,
  { end = 'refused', ...more }: Partial<Attack> = {},
): HostileInput => ({
  name: `recipe: ${name}`,
  make(folder) {
    writeTiny(folder);
    writeFileSync(join(folder, 'own.ts'), source);
    return { args: ['train', '--recipe', 'own.ts', '--output', 'run'], end, ...more };
  },
});

const withMethod = (build: string) => `
  import { defineRecipe } from 'plug-tune';
  export default defineRecipe({
    name: 'own',
    method: { target: 'ko', name: ${build} },
    data: { train: 'rows.jsonl' },
    model: { nLayers: 1, dModel: 32, ffnDim: 64, nHeads: 2 },
    tokenizer: { vocabSize: 400 },
    train: { steps: 2 },
  });`;

const GOOD = "{ name: 'own', method: { target: 'ko' }, data: { train: 'rows.jsonl' } }";

const recipes: HostileInput[] = [
  recipe('a syntax error', 'export default {{{'),
  recipe('a bracket that is missing', "export default { name: 'x', method: { target: 'ko' }"),
  recipe('it imports what is not there', "import x from 'not-there'; export default x;"),
  recipe('it throws', "throw new Error('two\\nlines');"),
  recipe('it throws nothing', 'throw undefined;'),
  recipe('it rejects later', `Promise.reject(new Error("later")); export default ${GOOD};`),
  recipe('it exits with 0', 'process.exit(0);'),
  recipe('it exits with 3', 'process.exit(3);'),
  recipe('it waits for ever', 'await new Promise(() => {}); export default {};'),
  recipe('it exports nothing', 'const x = 1;'),
  recipe('it refers to itself', `const x = ${GOOD}; x.description = x; export default x;`),
  recipe('a method that throws', withMethod("() => { throw new Error('no\\nmore'); }")),
  {
    name: 'method file: it throws',
    make(folder) {
      const args = writeTiny(folder);
      writeFileSync(join(folder, 'method.ts'), "throw new Error('no\\nmore');");
      return { args: [...args, '--method.name', './method.ts'] };
    },
  },
  {
    name: 'method file: its function throws',
    make(folder) {
      const args = writeTiny(folder);
      writeFileSync(
        join(folder, 'method.ts'),
        `export default {
          name: 'mine', spans: ['end'], languages: () => ['ko'],
          segments() { throw new Error('no\\nmore'); }, prompt: () => [], answer: () => null,
        };`,
      );
      return { args: [...args, '--method.name', './method.ts'] };
    },
  },
  {
    name: 'method file: its function exits',
    make(folder) {
      const args = writeTiny(folder);
      writeFileSync(join(folder, 'method.ts'), 'process.exit(0);');
      return { args: [...args, '--method.name', './method.ts'] };
    },
  },
];

/** Commands that write where nothing can be written. */
const output = (
  name: string,
  attack: (folder: string, train: string[]) => Partial<Attack>,
): HostileInput => ({
  name: `output: ${name}`,
  make(folder, model) {
    copyModel(folder, model);
    const args = writeTiny(folder);
    return { args, ...attack(folder, args) };
  },
});

const answer = ['generate', '--checkpoint', 'model', '--method.target', 'ko', '--generate.maxNewTokens', '4'];

const outputs: HostileInput[] = [
  output('a folder that is read-only (a superuser may write in it)', (folder, train) => {
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o555);
    return { args: [...train, '--output', 'closed/run'], end: 'either' };
  }),
  output('a file', (_, train) => ({ args: [...train, '--output', 'rows.jsonl'] })),
  output('below a file', (_, train) => ({ args: [...train, '--output', 'rows.jsonl/run'] })),
  output('/proc/plug', (_, train) => ({ args: [...train, '--output', '/proc/plug'] })),
  output('/sys/plug', (_, train) => ({ args: [...train, '--output', '/sys/plug'] })),
  output('/dev/full', (_, train) => ({ args: [...train, '--output', '/dev/full'] })),
  output('a name of 300 letters', (_, train) => ({ args: [...train, '--output', 'a'.repeat(300)] })),
  output('a name with a zero byte', (folder) => {
    // No argument of a process can hold one, a recipe can.
    writeFileSync(
      join(folder, 'zero.json'),
      JSON.stringify({ name: 'a\0b', method: { target: 'ko' }, data: { train: 'rows.jsonl' } }),
    );
    return { args: ['train', '--recipe', 'zero.json'] };
  }),
  output('steps on a full disk (stdout is /dev/full)', (_, train) => ({
    args: [...train, '--json'],
    stdout: '/dev/full',
  })),
  output('answers on a full disk (stdout is /dev/full)', () => ({
    args: [...answer, 'How are you?'],
    stdout: '/dev/full',
  })),
  output('generate --output /dev/full', () => ({
    args: [...answer, '--input', 'rows.jsonl', '--output', '/dev/full'],
  })),
  output('score --output in /proc', (folder) => {
    writeFileSync(join(folder, 'texts.jsonl'), jsonLines([{ id: 'a', text: 'How are you?' }]));
    return {
      args: ['score', '--model', 'model', '--input', 'texts.jsonl', '--output', '/proc/scores.jsonl'],
    };
  }),
  output('evaluate --output in /proc', () => ({
    args: [
      'evaluate',
      '--model',
      'model',
      '--method.target',
      'ko',
      '--data',
      'rows.jsonl',
      '--output',
      '/proc/e',
    ],
  })),
  output('the cache cannot be written', (_, train) => ({
    args: train,
    env: { PLUG_DATA_CACHE: '/proc/cache' },
    end: 'either',
  })),
];

export const others: HostileInput[] = [...files, ...paths, ...recipes, ...outputs];
