/** The real training files: every row is accounted for, in each language that they hold. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadExamples } from '../../src/data/examples/load.ts';
import { accounted, dataOf } from './support.ts';

const folder = join(process.env.PLUG_SHARED ?? '../shared', 'data', 'train');

/** Languages, then rows read, kept, skipped, duplicate, and without partner. */
const expected: Record<string, [string[], number, number, number, number, Record<string, number>][]> = {
  'alpaca_en_zh.jsonl': [
    [['zh', 'en'], 13015, 13007, 8, 0, {}],
    [['zh'], 13015, 13006, 8, 1, {}],
    [['en'], 13015, 13007, 8, 0, {}],
  ],
  'mtbench_en_ko.jsonl': [
    [['ko', 'en'], 240, 240, 0, 0, {}],
    [['ko'], 240, 240, 0, 0, {}],
    [['en'], 240, 239, 0, 1, {}],
  ],
  'xpersona_en_ko_it_zh.jsonl': [
    [['ko', 'en'], 596, 591, 0, 0, { ko: 5 }],
    [['it', 'en'], 596, 221, 0, 0, { it: 375 }],
    [['zh', 'en'], 596, 209, 0, 0, { zh: 387 }],
    [['ko'], 596, 591, 0, 0, { ko: 5 }],
    [['it'], 596, 221, 0, 0, { it: 375 }],
    [['zh'], 596, 209, 0, 0, { zh: 387 }],
    [['en'], 596, 596, 0, 0, {}],
  ],
};

for (const [file, cases] of Object.entries(expected)) {
  const path = join(folder, file);
  describe(`real data: ${file}`, () => {
    before(function () {
      if (existsSync(path)) return;
      console.log(
        `      skipped: no ${file} in ${folder}; set PLUG_SHARED to the folder that holds data/train`,
      );
      this.skip();
    });

    for (const [languages, ...counts] of cases) {
      it(`is accounted for in ${languages.join(' and ')}`, async () => {
        const data = dataOf(path, { deduplicate: 'exact', onBadRow: 'skip' });
        const { examples, stats } = await loadExamples(data, languages);
        const { read, kept, skipped, duplicates, withoutPartner } = stats;
        assert.deepEqual([read, kept, skipped, duplicates, withoutPartner], counts);
        assert.equal(accounted(stats), read);
        assert.equal(examples.length, kept);
        for (const { id, turns } of examples) {
          const lengths = languages.map((language) => turns[language].length);
          assert.ok(lengths[0] > 0 && new Set(lengths).size === 1, id);
        }
      });
    }
  });
}
