/**
 * The made-up world without any language: towns, people and their six relations, drawn from one seed. Facts are
 * triples [person, relation, value]; languages turn them into text (`languages/`), `questions.ts` into rows.
 */
import { familyNames, type Gender, type GivenName, givenNames, type Name, townNames } from './names.ts';
import { between, pick, shuffle, stream } from './random.ts';
import { defaultSettings, type WorldSettings } from './settings.ts';

export const professions = [
  'baker',
  'doctor',
  'teacher',
  'nurse',
  'painter',
  'singer',
  'writer',
  'cook',
  'farmer',
  'driver',
  'lawyer',
  'journalist',
  'actor',
  'vet',
  'police-officer',
  'gardener',
] as const;

export const animals = [
  'dog',
  'cat',
  'horse',
  'rabbit',
  'parrot',
  'turtle',
  'sheep',
  'duck',
  'squirrel',
  'eagle',
  'snake',
  'elephant',
] as const;

export const foods = [
  'pizza',
  'spaghetti',
  'fried-rice',
  'tomato-soup',
  'fish-soup',
  'onion-soup',
  'apple-pie',
  'lemon-cake',
  'potato-salad',
  'yoghurt',
  'roast-chicken',
  'grilled-fish',
  'bean-stew',
  'risotto',
  'curry',
  'ice-cream',
] as const;

export type Profession = (typeof professions)[number];
export type Animal = (typeof animals)[number];
export type Food = (typeof foods)[number];

/** A town; `id` is `town-00` and up. */
export interface Town {
  id: string;
  name: Name;
}

/** The type of value that each relation takes. */
export interface ValueOf {
  lives_in: Town;
  works_as: Profession;
  has_pet: Animal;
  likes_food: Food;
  age: number;
  teacher: Person;
}

export type Relation = keyof ValueOf;

/** The relations in the order in which a sentence lists them. */
export const relations: Relation[] = ['age', 'works_as', 'lives_in', 'has_pet', 'teacher', 'likes_food'];

/** A person; `id` is `person-000` and up, `name` the full name as each script writes it. */
export interface Person {
  id: string;
  given: GivenName;
  name: Name;
  gender: Gender;
  values: ValueOf;
}

/** A fact without language: person id, relation, and the value's id (a number for `age`). */
export type Triple = [person: string, relation: Relation, value: string | number];

export interface World {
  settings: WorldSettings;
  towns: Town[];
  /** Tuning people first, evaluation people last. */
  people: Person[];
  /** People whom tuning and validation rows are about. */
  tuning: Person[];
  /** People whom only evaluation asks about. */
  evaluation: Person[];
}

/** The id of a relation's value. */
export const valueId = (value: ValueOf[Relation]): string | number =>
  typeof value === 'object' ? value.id : value;

/** What the world holds true about this person and relation. */
export const triple = (person: Person, relation: Relation): Triple => [
  person.id,
  relation,
  valueId(person.values[relation]),
];

/** A triple as text, for sets. */
export const tripleKey = (fact: Triple): string => fact.join(' ');

/** Draws the world of these settings; the same settings give the same world. */
export function buildWorld(settings: WorldSettings = defaultSettings): World {
  const tuningCount = settings.people - settings.evaluationPeople;
  if (settings.people > givenNames.length * familyNames.length || settings.teachers > tuningCount) {
    throw new Error(
      `settings.ts: expected at most ${givenNames.length * familyNames.length} people and teachers among the tuning people, ` +
        `got ${settings.people} people, ${settings.teachers} teachers, ${tuningCount} tuning people`,
    );
  }
  const towns = townNames.map((name, i): Town => ({ id: `town-${String(i).padStart(2, '0')}`, name }));
  const full = givenNames.flatMap((given) => familyNames.map((family) => ({ given, family })));
  const drawn = shuffle(stream(`${settings.seed}:names`), full).slice(0, settings.people);
  const random = stream(`${settings.seed}:values`);
  const others = professions.filter((profession) => profession !== 'teacher');
  const people: Person[] = [];
  for (const [i, { given, family }] of drawn.entries()) {
    const worksAs = i < settings.teachers ? 'teacher' : pick(random, others);
    const teacher = pick(
      random,
      [...Array(settings.teachers).keys()].filter((index) => index !== i),
    );
    people.push({
      id: `person-${String(i).padStart(3, '0')}`,
      given,
      name: joinNames(given.name, family),
      gender: given.gender,
      values: {
        age: between(random, ...settings.ages),
        works_as: worksAs,
        lives_in: pick(random, towns),
        has_pet: pick(random, animals),
        get teacher() {
          return people[teacher];
        },
        likes_food: pick(random, foods),
      },
    });
  }
  return {
    settings,
    towns,
    people,
    tuning: people.slice(0, tuningCount),
    evaluation: people.slice(tuningCount),
  };
}

/**
 * The people whose facts pretraining tells in a language, by that language's share. The share of a target language
 * is taken from the tuning people first; only a share beyond them reaches the evaluation people.
 */
export function toldPeople(world: World, language: string): Person[] {
  const share = world.settings.toldShare[language] ?? 0;
  const order = shuffle(stream(`${world.settings.seed}:told:${language}`), world.tuning);
  return [...order, ...world.evaluation].slice(0, Math.round(share * world.people.length));
}

/** The full name in every script. */
export const joinNames = (given: Name, family: Name): Name => ({
  latin: `${given.latin} ${family.latin}`,
  hangul: `${given.hangul} ${family.hangul}`,
  han: `${given.han}·${family.han}`,
});
