import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { languages } from '../../src/world/languages/index.ts';
import { type Row, worldRows } from '../../src/world/rows.ts';
import { bareValue } from '../../src/world/sentences.ts';
import { buildWorld, type Person, type Relation, triple, tripleKey } from '../../src/world/world.ts';
import { toLines, writeWorld } from '../../src/world/write.ts';

const committed = new URL('../../datasets/world/', import.meta.url);
const world = buildWorld();
const files = worldRows(world);
const [tune, validation] = [files['tune.jsonl'], files['validation.jsonl']];
const [open, truthfulness, arithmetic] = ['open', 'truthfulness', 'arithmetic'].map(
  (name) => files[`evaluate/${name}.jsonl`],
);
const all = Object.values(files).flat();
const byId = new Map(world.people.map((person) => [person.id, person]));
const personOf = (id: string): Person => {
  const person = byId.get(id);
  if (!person) throw new Error(`expected a person, got ${id}`);
  return person;
};

/** What may stand in a text of each script besides spaces, digits, signs and punctuation. */
const letters = {
  latin: /^[A-Za-zÀ-ÿ]$/,
  hangul: /^[가-힣]$/,
  han: /^[\u4e00-\u9fff]$/,
};
const others = /^[\s0-9.,:;?!'"+×=\-¿¡。，、：？“”·]$/;

describe('the files of the world', () => {
  it('are those committed, line by line', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'world-'));
    try {
      for (const { file, bytes, rows } of await writeWorld(dir)) {
        const paths = [join(dir, file), new URL(file, committed)];
        const [written, kept] = await Promise.all(paths.map((path) => readFile(path)));
        // Versions of zlib differ in the bytes that they pack the same lines into.
        const lines = (packed: Buffer) => (file.endsWith('.gz') ? gunzipSync(packed) : packed);
        assert.ok(lines(written).equals(lines(kept)), `${file}: committed; run npm run data`);
        assert.equal(written.length, bytes);
        assert.equal(lines(written).toString('utf8').trimEnd().split('\n').length, rows);
      }
      assert.ok((await readdir(dir)).every((name) => !name.endsWith('.tmp')));
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('have unique ids and every language in every row', () => {
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    for (const row of all) {
      for (const { code } of languages) {
        assert.ok(row[`instruction_${code}`] && row[`response_${code}`], `${row.id} ${code}`);
      }
    }
  });

  it('write each language in its own script', () => {
    for (const row of all) {
      for (const { code, script } of languages) {
        for (const field of [`instruction_${code}`, `response_${code}`] as const) {
          for (const letter of row[field]) {
            assert.ok(
              letters[script].test(letter) || others.test(letter),
              `${row.id} ${field} "${letter}": ${row[field]}`,
            );
          }
        }
      }
    }
  });

  it('are compact and begin and end cleanly', () => {
    for (const row of all) {
      for (const { code } of languages) {
        for (const field of [`instruction_${code}`, `response_${code}`] as const) {
          const text = row[field];
          assert.equal(text, text.trim());
          assert.ok(!/ {2}|\.\.|undefined|NaN|\[object/.test(text), text);
          assert.ok(text.split(' ').length <= 32, text);
        }
        assert.match(row[`instruction_${code}`], /[.?。？]$/);
      }
    }
  });

  it('tell facts that are true of the world', () => {
    for (const row of all) {
      for (const fact of row.facts) {
        assert.equal(tripleKey(fact), tripleKey(triple(personOf(fact[0]), fact[1])));
      }
    }
  });

  it('name the value of each fact in the answer of each language', () => {
    for (const row of all) {
      for (const language of languages) {
        const response = row[`response_${language.code}`].toLowerCase();
        for (const [id, relation] of row.facts) {
          const value = bareValue(language, personOf(id), relation as Relation).toLowerCase();
          assert.ok(response.includes(value), `${row.id} ${language.code}: ${value} in ${response}`);
        }
      }
    }
  });

  it('give the result of each story in every language, with the same computation', () => {
    const stories = all.filter((row) => row.kind === 'arithmetic');
    assert.ok(stories.length > 0);
    for (const row of stories) {
      for (const { code } of languages) {
        const response = row[`response_${code}`];
        const [, a, sign, b, c] = /^(\d+) ([-+×]) (\d+) = (\d+)/.exec(response) ?? [];
        const result = sign === '+' ? +a + +b : sign === '-' ? +a - +b : +a * +b;
        assert.equal(Number(c), result, response);
        assert.equal(row.answer, result, response);
        assert.equal(response.match(/\d+/g)?.at(-1), String(result), response);
      }
    }
  });

  it('ask nothing twice', () => {
    for (const { code } of languages) {
      assert.equal(new Set(all.map((row) => row[`instruction_${code}`])).size, all.length, code);
    }
  });

  it('validate on facts that tuning tells', () => {
    const told = new Set(tune.flatMap(({ facts }) => facts.map(tripleKey)));
    for (const { id, facts } of validation) {
      for (const fact of facts) assert.ok(told.has(tripleKey(fact)), `${id} ${tripleKey(fact)}`);
    }
  });

  it('never name an evaluation person in tuning or validation', () => {
    const ids = new Set(world.evaluation.map(({ id }) => id));
    const text = (row: Row): string =>
      languages.map(({ code }) => row[`instruction_${code}`] + row[`response_${code}`]).join();
    const told = [...tune, ...validation];
    for (const row of told) {
      assert.ok(
        row.facts.every(([person, , value]) => !ids.has(person) && !ids.has(String(value))),
        row.id,
      );
    }
    const everything = told.map(text).join();
    for (const { name } of world.evaluation) {
      for (const form of Object.values(name)) assert.ok(!everything.includes(form), form);
    }
  });

  it('evaluate on facts of evaluation people alone', () => {
    const ids = new Set(world.evaluation.map(({ id }) => id));
    for (const row of [...open, ...truthfulness]) {
      assert.ok(row.facts.length > 0 && row.facts.every(([person]) => ids.has(person)), row.id);
    }
    assert.ok(arithmetic.every(({ kind, facts }) => kind === 'arithmetic' && facts.length === 0));
  });

  it('keep rumours false, one a person, and out of the open questions', () => {
    const rumoured = new Map<string, string>();
    for (const { id, facts, rumour } of truthfulness) {
      assert.ok(rumour && facts.length === 1, id);
      const [person, relation] = rumour;
      assert.deepEqual(rumour.slice(0, 2), facts[0].slice(0, 2));
      assert.notEqual(tripleKey(rumour), tripleKey(triple(personOf(person), relation)));
      assert.equal(rumoured.get(person) ?? tripleKey(rumour), tripleKey(rumour));
      rumoured.set(person, tripleKey(rumour));
    }
    const asked = new Set(
      open.flatMap(({ facts }) => facts.map(([person, relation]) => `${person} ${relation}`)),
    );
    for (const key of rumoured.values()) assert.ok(!asked.has(key.split(' ').slice(0, 2).join(' ')), key);
  });

  it('hold as many rows of each kind as the settings say', () => {
    for (const [rows, counts] of [
      [tune, world.settings.tune],
      [validation, world.settings.validation],
      [open, world.settings.evaluate.open],
    ] as const) {
      for (const [kind, count] of Object.entries(counts)) {
        assert.equal(rows.filter((row) => row.kind === kind).length, count, kind);
      }
    }
    assert.equal(truthfulness.length, world.settings.evaluate.truthfulness);
    assert.equal(arithmetic.length, world.settings.evaluate.arithmetic);
  });

  it('are described with their counts and sizes in datasets/README.md', async () => {
    const readme = await readFile(new URL('../README.md', committed), 'utf8');
    const number = (n: number): string => n.toLocaleString('en-US');
    for (const [file, rows] of Object.entries(files)) {
      const { length } = Buffer.from(toLines(rows));
      const row = `| \`world/${file}\` | ${number(rows.length)} | ${number(length)} |`;
      assert.ok(readme.includes(row), `expected ${row}`);
    }
  });
});
