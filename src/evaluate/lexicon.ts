/**
 * Finds what an answer mentions of the world: people, towns, professions, animals, foods and ages, the longest form
 * first, and no form inside a longer word. `claims.ts` makes of the mentions what the answer says.
 */
import { escaped } from '../patterns.ts';
import { nameSyllables, type Script } from '../world/names.ts';
import { bareValue } from '../world/sentences.ts';
import { animals, foods, type Person, professions, type Relation, type World } from '../world/world.ts';
import { type Reading, stands } from './reading.ts';

/** The value of a relation, or a person; a name is a value of the relation `teacher` where it tells who teaches. */
export interface Mention {
  relation: Relation;
  /** Id of the value, an age, or null for a name that nobody bears. */
  value: string | number | null;
  start: number;
  end: number;
}

export interface Lexicon {
  /** Mentions in order, none overlapping. @param about people of the question, whose given name alone names them */
  mentions(text: string, about?: Person[]): Mention[];
}

interface Entry {
  relation: Relation;
  value: string | number;
}

/** Digits and white space as all scripts share them; every position stays where it was. */
export const plainText = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[\u00a0\u202f\u3000]/g, ' ');

/** Letters that may be written without their accent. */
const ACCENTS: Record<string, string> = { á: 'a', é: 'e', í: 'i', ó: 'o', ú: 'u', à: 'a', è: 'e', ù: 'u' };

/** A form as a pattern: any white space, any apostrophe, accents left out. */
const patternOf = (form: string): string =>
  escaped(form)
    .replace(/\s+/g, '\\s+')
    .replace(/['’]/g, "['’]")
    .replace(/[áéíóúàèù]/g, (letter) => `[${letter}${ACCENTS[letter]}]`);

/** What a form is looked up by, however it is written. */
const keyOf = (form: string): string =>
  form
    .toLowerCase()
    .replace(/[áéíóúàèù]/g, (letter) => ACCENTS[letter])
    .replace(/[·・•‧\s]/g, '')
    .replace(/’/g, "'");

const nameOf = (person: Person, script: Script) => person.name[script];

/** Every form of every value but names, with what it stands for. */
function* valueForms({ towns, people, settings }: World, reading: Reading): Generator<[string, Entry]> {
  const { world: language, otherForms, plural, numeral } = reading;
  const either = [
    people.find(({ gender }) => gender === 'm'),
    people.find(({ gender }) => gender === 'f'),
  ] as Person[];
  for (const town of towns) yield [town.name[language.script], { relation: 'lives_in', value: town.id }];
  for (const [relation, values] of [
    ['works_as', professions],
    ['has_pet', animals],
    ['likes_food', foods],
  ] as const) {
    for (const value of values) {
      const words = either.map((person) => bareValue(language, person, relation, value as never));
      const plurals = relation === 'likes_food' ? [] : words.map(plural);
      for (const form of new Set([...words, ...plurals, ...(otherForms[value] ?? [])]))
        yield [form, { relation, value }];
    }
  }
  const [youngest, oldest] = settings.ages;
  for (let age = youngest; age <= oldest; age++) {
    for (const form of numeral(age)) yield [form, { relation: 'age', value: age }];
  }
}

/** The words that an age, or any other value, is written in, for the form of an answer. */
export function formsOf(world: World, reading: Reading, relation: Relation): string[] {
  return [...valueForms(world, reading)].flatMap(([form, entry]) =>
    entry.relation === relation ? [form] : [],
  );
}

const longestFirst = (forms: Iterable<string>) => [...forms].sort((a, b) => b.length - a.length);

/** Pattern of two words in a row that are made of the syllables of names. */
function anyName(script: Script): RegExp {
  const syllables = longestFirst(nameSyllables.map((syllable) => syllable[script])).join('|');
  if (script === 'han') return new RegExp(`(?:${syllables}){2,4}[·・•‧](?:${syllables}){2,4}`, 'gu');
  if (script === 'hangul')
    return new RegExp(`(?<![가-힣])(?!사람)(?:${syllables}){2,3}\\s(?:${syllables}){2,3}`, 'gu');
  const capitals = nameSyllables.map(({ latin }) => latin[0].toUpperCase() + latin.slice(1));
  const word = `(?:${longestFirst(capitals).join('|')})(?:${syllables}){1,3}(?!\\p{L})`;
  return new RegExp(`(?<!\\p{L})${word}\\s+${word}`, 'gu');
}

/** Reads mentions of `world` in one language. */
export function makeLexicon(world: World, reading: Reading): Lexicon {
  const { edges, nameGap, notThis, notAge } = reading;
  const { script } = reading.world;
  const entries = new Map<string, Entry>();
  const forms = new Set<string>();
  for (const [form, entry] of valueForms(world, reading)) {
    forms.add(patternOf(form));
    entries.set(keyOf(form), entry);
  }
  for (const person of world.people) {
    const name = nameOf(person, script);
    forms.add(name.split(/[·\s]/).map(escaped).join(nameGap));
    entries.set(keyOf(name), { relation: 'teacher', value: person.id });
  }
  const bounded = (patterns: Iterable<string>) =>
    new RegExp(`${edges.before}(?:${longestFirst(patterns).join('|')})${edges.after}`, 'giu');
  const known = bounded(forms);
  const unknown = anyName(script);
  const digits = /(?<![\d.,])\d{1,3}(?![\d]|[.,]\d)/g;
  const givenNames = bounded(new Set(world.people.map(({ given }) => escaped(given.name[script]))));

  return {
    mentions(given, about = []) {
      const found: Mention[] = [];
      let text = plainText(given);
      const original = text;
      /** Takes what the pattern finds, where `read` takes it, out of the text that is left. */
      const take = (
        pattern: RegExp,
        read: (form: string, left: string, right: string) => Omit<Mention, 'start' | 'end'> | null,
      ) => {
        for (const match of text.matchAll(pattern)) {
          const [start, end] = [match.index, match.index + match[0].length];
          const mention = read(match[0], original.slice(0, start), original.slice(end));
          if (mention) found.push({ ...mention, start, end });
        }
        for (const { start, end } of found)
          text = `${text.slice(0, start)}${'\0'.repeat(end - start)}${text.slice(end)}`;
      };
      take(known, (form, left, right) => {
        const guard = notThis[form.toLowerCase()];
        return guard && stands(guard, left, right) ? null : (entries.get(keyOf(form)) as Entry);
      });
      take(digits, (form, left, right) =>
        stands(notAge, left, right) ? null : { relation: 'age', value: Number(form) },
      );
      take(unknown, () => ({ relation: 'teacher', value: null }));
      take(givenNames, (form) => {
        const meant = about.find((person) => keyOf(person.given.name[script]) === keyOf(form));
        return { relation: 'teacher', value: meant?.id ?? null };
      });
      return found.sort((a, b) => a.start - b.start);
    },
  };
}
