import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languages } from '../../src/world/languages/index.ts';
import { parallelRows, type Row } from '../../src/world/rows.ts';
import { bareValue } from '../../src/world/sentences.ts';
import { buildWorld, type Person, type Relation, triple, tripleKey } from '../../src/world/world.ts';
import { writeWorld } from '../../src/world/write.ts';

const committed = new URL('../../datasets/world/', import.meta.url);
const world = buildWorld();
const { tune, validation } = parallelRows(world);
const all = [...tune, ...validation];
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
  it('are the same bytes twice, and those committed', async () => {
    const dirs = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'world-'))));
    try {
      const [first, second] = [await writeWorld(dirs[0]), await writeWorld(dirs[1])];
      assert.deepEqual(second, first);
      for (const { file, bytes, rows } of first) {
        const [a, b, c] = await Promise.all(
          [join(dirs[0], file), join(dirs[1], file), new URL(file, committed)].map((path) => readFile(path)),
        );
        assert.ok(a.equals(b), `${file}: written twice`);
        assert.ok(a.equals(c), `${file}: committed; run npm run data`);
        assert.equal(a.length, bytes);
        assert.equal(a.toString('utf8').trimEnd().split('\n').length, rows);
      }
      assert.ok((await readdir(dirs[0])).every((name) => !name.endsWith('.tmp')));
    } finally {
      await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
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

  it('never name an evaluation person', () => {
    const ids = new Set(world.evaluation.map(({ id }) => id));
    const text = (row: Row): string =>
      languages.map(({ code }) => row[`instruction_${code}`] + row[`response_${code}`]).join();
    for (const row of all) {
      assert.ok(
        row.facts.every(([person, , value]) => !ids.has(person) && !ids.has(String(value))),
        row.id,
      );
    }
    const everything = all.map(text).join();
    for (const { name } of world.evaluation) {
      for (const form of Object.values(name)) assert.ok(!everything.includes(form), form);
    }
  });

  it('hold as many rows of each kind as the settings say', () => {
    for (const [rows, counts] of [
      [tune, world.settings.tune],
      [validation, world.settings.validation],
    ] as const) {
      for (const [kind, count] of Object.entries(counts)) {
        assert.equal(rows.filter((row) => row.kind === kind).length, count, kind);
      }
    }
  });
});
