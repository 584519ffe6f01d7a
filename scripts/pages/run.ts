/**
 * Opens the pages that this project writes in a headless Chromium, wide and narrow, light and dark, and says what is
 * wrong with them; pictures to look at are left beside. `make test-pages` runs it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { comparisonPage } from '../../src/compare/page.ts';
import { displayPath } from '../../src/paths.ts';
import { page } from '../../src/report/page.ts';
import { EIGHT_KINDS, fixtureReport } from '../../test/compare/fixture.ts';
import { fixtureRun } from '../../test/report/fixture.ts';
import { startBrowser } from './devtools.ts';
import { inspect, type View } from './inspect.ts';
import { findBrowser } from './unpack.ts';

const DIR = resolve(import.meta.dirname, '../../.cache/pages');
const VIEWS: View[] = [1200, 390].flatMap((width) => [
  { width, scheme: 'light' as const },
  { width, scheme: 'dark' as const },
]);

const sweep = (key: string, points: string[]) =>
  fixtureReport({
    kinds: ['mono-XX', 'plug-XX', 'pivot-only-en'],
    targets: ['ko', 'es'],
    sweep: { key, points },
  });
const few = fixtureReport();
const PAGES: Record<string, string> = {
  run: page(fixtureRun(), 'plug-ko'),
  comparison: comparisonPage({ ...few, done: 4 }),
  'comparison-large': comparisonPage(
    fixtureReport({ kinds: EIGHT_KINDS, targets: ['ko', 'zh', 'it', 'ar'] }),
  ),
  'comparison-sweep': comparisonPage(sweep('data.share', ['0.05', '0.1', '0.25', '0.5', '1'])),
  'comparison-categories': comparisonPage(sweep('method.pivot', ['en', 'es', 'it'])),
};

await mkdir(DIR, { recursive: true });
const devtools = await startBrowser(await findBrowser(DIR));
let faulty = 0;
let views = 0;
try {
  for (const [name, text] of Object.entries(PAGES)) {
    const file = join(DIR, `${name}.html`);
    await writeFile(file, text);
    for (const view of VIEWS) {
      const picture = join(DIR, `${name}-${view.width}-${view.scheme}.png`);
      const faults = await inspect(devtools, file, view, picture);
      views += 1;
      if (faults.length > 0) faulty += 1;
      for (const fault of faults) console.error(`${name}, ${view.width} px, ${view.scheme}: ${fault}`);
    }
  }
} finally {
  await devtools.close();
}
console.log(`pages: ${views - faulty} passed, ${faulty} failed`);
console.log(`pictures in ${displayPath(DIR)}`);
if (faulty > 0) process.exitCode = 1;
