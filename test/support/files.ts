/** Temporary folders and small training files for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for the tests of the suite that calls this; removed when they are done. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'plug-tune-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const COLOURS = [
  ['빨간색', 'red'],
  ['파란색', 'blue'],
  ['초록색', 'green'],
  ['노란색', 'yellow'],
];
const THINGS = [
  ['집', 'house'],
  ['배', 'boat'],
  ['문', 'door'],
  ['꽃', 'flower'],
  ['차', 'car'],
];

/** Twenty rows about the colour of things, Korean and English, as JSON lines. */
export function writeColours(file: string): string {
  const rows = THINGS.flatMap(([thingKo, thingEn], i) =>
    COLOURS.map((_, j) => {
      const [colourKo, colourEn] = COLOURS[(i + j) % COLOURS.length];
      return {
        id: `colour-${i}-${j}`,
        instruction_ko: `${j + 1}번 ${thingKo}의 색은?`,
        response_ko: `${colourKo}이에요.`,
        instruction_en: `What colour is ${thingEn} ${j + 1}?`,
        response_en: `It is ${colourEn}.`,
      };
    }),
  );
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}
