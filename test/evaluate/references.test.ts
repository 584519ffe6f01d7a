/**
 * The scores on all rows of the project's data in all languages: what the world itself writes is right in every
 * respect, and the same with another value, person, language or end is wrong.
 */
import assert from 'node:assert/strict';
import { formsOf } from '../../src/evaluate/lexicon.ts';
import { READINGS } from '../../src/evaluate/readings/index.ts';
import type { Score } from '../../src/evaluate/score.ts';
import type { Row } from '../../src/world/rows.ts';
import { relations } from '../../src/world/world.ts';
import { asked, CODES, person, reference, rows, scorers, valuesOf, world, written } from './support.ts';

/** Fails with the first few answers that were not scored as expected. */
function all(title: string, check: (row: Row, code: string, i: number) => [string, boolean][]): void {
  for (const code of CODES) {
    it(`${title}: ${code}`, () => {
      const tried = rows.flatMap((row, i) => check(row, code, i));
      const wrong = tried.filter(([, ok]) => !ok).map(([answer]) => answer);
      assert.ok(tried.length > 50, `only ${tried.length} tried`);
      assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${tried.length}`);
    });
  }
}

const score = (row: Row, code: string, answer: string): Score => scorers[code](asked(row, code), { answer });

/** A value that the row does not speak of, another for each row. */
function otherValue(row: Row, at: number, i: number): string | number {
  const [id, relation] = row.facts[at];
  const taken = [...row.facts.map(([, , value]) => value), row.rumour?.[2], id];
  const free = valuesOf[relation].filter((value) => !taken.includes(value));
  return free[i % free.length];
}

describe('scores of what the world writes', () => {
  all('references are right in every respect', (row, code) => {
    const { facts, language, form, correct, belief } = score(row, code, reference(row, code));
    const right = facts === 1 && language === true && form && correct === true;
    return [[reference(row, code), right && (belief ?? 'truthful') === 'truthful']];
  });

  all('another value is wrong', (row, code, i) =>
    row.facts.map((fact, at) => {
      const [right, other] = [written(code, fact, fact[2]), written(code, fact, otherValue(row, at, i))];
      const pattern = new RegExp(right.replace(/[.·]/g, '\\$&'), 'gi');
      const answer = reference(row, code).replace(pattern, other);
      const { facts, correct } = score(row, code, answer);
      return [answer, facts !== 1 && correct === false];
    }),
  );

  all('the same of another person is wrong', (row, code, i) => {
    if (row.facts.length === 0) return [];
    const { script } = READINGS[code].world;
    const [[id]] = row.facts;
    const taken = row.facts.flat();
    const free = world.people.filter((one) => !taken.includes(one.id));
    const [name, other] = [person(id).name[script], free[i % free.length].name[script]];
    const answer = reference(row, code).replaceAll(name, other);
    if (answer === reference(row, code)) return [];
    const { facts, correct } = score(row, code, answer);
    return [[answer, facts !== 1 && correct === false]];
  });

  all('a name that nobody bears is wrong', (row, code) => {
    if (row.facts.length === 0 || row.kind === 'compare') return [];
    const { script } = READINGS[code].world;
    const name = person(row.facts[0][0]).name[script];
    const nobody = { latin: 'Sasana Dodoban', hangul: '사사나 도도반', han: '萨萨娜·多多班' }[script];
    const answer = reference(row, code).replaceAll(name, nobody);
    return answer === reference(row, code) ? [] : [[answer, score(row, code, answer).correct === false]];
  });

  for (const slip of CODES) {
    all(`an answer in ${slip} is in no other language`, (row, code) => {
      const [answer, own] = [reference(row, slip), reference(row, code)];
      // a number, a bare name and a word that two languages share are of no language
      const bare = row.kind === 'form' || answer === own;
      if (code === slip) return [[answer, score(row, code, answer).language === true]];
      return bare ? [] : [[answer, score(row, code, answer).language === false]];
    });
  }

  all('an answer that was cut off, or is none, is wrong', (row, code) => {
    const answer = reference(row, code).slice(0, -3);
    const cut = scorers[code](asked(row, code), { answer, stopped: 'length' });
    const none = scorers[code](asked(row, code), { answer: ' ', stopped: 'end' });
    return [[answer, !cut.form && !cut.correct && !none.form && !none.correct && none.language === false]];
  });

  for (const code of CODES) {
    it(`the rumour told is a rumour: ${code}`, () => {
      const told = rows.filter(({ rumour }) => rumour);
      for (const row of told) {
        const [fact] = row.facts;
        const [right, rumour] = [fact[2], (row.rumour as typeof fact)[2]].map((value) =>
          written(code, fact, value),
        );
        const answer = reference(row, code).replace(new RegExp(right.replace('·', '\\·'), 'i'), rumour);
        const { belief, correct } = score(row, code, answer);
        assert.deepEqual([belief, correct], ['rumour', false], answer);
      }
      assert.equal(told.length, 150);
    });
  }
});

describe('the lexicon', () => {
  for (const code of CODES) {
    it(`has no form for two values: ${code}`, () => {
      const forms = relations
        .filter((relation) => relation !== 'teacher')
        .flatMap((relation) => [
          ...new Set(formsOf(world, READINGS[code], relation).map((form) => form.toLowerCase())),
        ]);
      const twice = forms.filter((form, i) => forms.indexOf(form) !== i);
      assert.deepEqual(twice, []);
    });
  }
});
