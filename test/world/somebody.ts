/** A person for tests, with a name of known syllables and values that a test sets. */
import { type Gender, spell } from '../../src/world/names.ts';
import type { Person, Town, ValueOf } from '../../src/world/world.ts';

/** The town of this name, such as `a-re-ba`. */
export const town = (syllables: string): Town => ({ id: 'town-99', name: spell(syllables) });

/** A person such as `somebody('mi-re-na', 'to-ban', 'f')`, who is their own teacher unless told otherwise. */
export function somebody(
  given: string,
  family: string,
  gender: Gender,
  values: Partial<ValueOf> = {},
): Person {
  const [first, last] = [spell(given), spell(family)];
  const person: Person = {
    id: 'person-999',
    given: { name: first, gender },
    name: {
      latin: `${first.latin} ${last.latin}`,
      hangul: `${first.hangul} ${last.hangul}`,
      han: `${first.han}·${last.han}`,
    },
    gender,
    values: {
      age: 40,
      works_as: 'baker',
      lives_in: town('ti-ka-mo'),
      has_pet: 'dog',
      likes_food: 'pizza',
      get teacher() {
        return person;
      },
      ...values,
    },
  };
  return person;
}

/** Checks a table of [expected, got] pairs one by one. */
export function table(title: string, rows: [expected: string, got: () => string][]): void {
  describe(title, () => {
    for (const [expected, got] of rows) {
      it(expected, () => {
        const text = got();
        if (text !== expected) throw new Error(`expected "${expected}", got "${text}"`);
      });
    }
  });
}
