/**
 * English: its nouns, the articles a and an, and the wording of every question and answer of the world.
 * The order of wordings is that of the other files in this folder.
 */
import { capital, enumerate, type Item, type Language, type Story } from '../language.ts';
import type { GivenName } from '../names.ts';
import type { Animal, Food, Person, Profession } from '../world.ts';

const professions: Record<Profession, { m: string; f: string }> = {
  baker: both('baker'),
  doctor: both('doctor'),
  teacher: both('teacher'),
  nurse: both('nurse'),
  painter: both('painter'),
  singer: both('singer'),
  writer: both('writer'),
  cook: both('cook'),
  farmer: both('farmer'),
  driver: both('driver'),
  lawyer: both('lawyer'),
  journalist: both('journalist'),
  actor: { m: 'actor', f: 'actress' },
  vet: both('vet'),
  'police-officer': both('police officer'),
  gardener: both('gardener'),
};

/** Singular and plural. */
const animals: Record<Animal, [string, string]> = {
  dog: ['dog', 'dogs'],
  cat: ['cat', 'cats'],
  horse: ['horse', 'horses'],
  rabbit: ['rabbit', 'rabbits'],
  parrot: ['parrot', 'parrots'],
  turtle: ['turtle', 'turtles'],
  sheep: ['sheep', 'sheep'],
  duck: ['duck', 'ducks'],
  squirrel: ['squirrel', 'squirrels'],
  eagle: ['eagle', 'eagles'],
  snake: ['snake', 'snakes'],
  elephant: ['elephant', 'elephants'],
};

const foods: Record<Food, string> = {
  pizza: 'pizza',
  spaghetti: 'spaghetti',
  'fried-rice': 'fried rice',
  'tomato-soup': 'tomato soup',
  'fish-soup': 'fish soup',
  'onion-soup': 'onion soup',
  'apple-pie': 'apple pie',
  'lemon-cake': 'lemon cake',
  'potato-salad': 'potato salad',
  yoghurt: 'yoghurt',
  'roast-chicken': 'roast chicken',
  'grilled-fish': 'grilled fish',
  'bean-stew': 'bean stew',
  risotto: 'risotto',
  curry: 'curry',
  'ice-cream': 'ice cream',
};

const items: Record<Item, [string, string]> = {
  apple: ['apple', 'apples'],
  book: ['book', 'books'],
  egg: ['egg', 'eggs'],
  pencil: ['pencil', 'pencils'],
  flower: ['flower', 'flowers'],
  coin: ['coin', 'coins'],
  ball: ['ball', 'balls'],
  orange: ['orange', 'oranges'],
};

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** A noun with its indefinite article: "a dog", "an eagle", "an hour", "a university". */
export const withArticle = (noun: string): string =>
  `${/^([aeio]|u(?!ni|s[ei])|hour|honest)/.test(noun) ? 'an' : 'a'} ${noun}`;

/** A counted thing in digits: "1 egg", "5 eggs". */
export const count = (n: number, item: Item): string => `${n} ${items[item][n === 1 ? 0 : 1]}`;

/** A counted animal in words: "two sheep", "one dog". */
export const countAnimals = (n: number, animal: Animal): string =>
  `${numbers[n]} ${animals[animal][n === 1 ? 0 : 1]}`;

const name = (person: Person): string => person.name.latin;
const she = (who: GivenName): string => (who.gender === 'f' ? 'she' : 'he');
const job = (profession: Profession, person: Person): string => professions[profession][person.gender];

function both(noun: string): { m: string; f: string } {
  return { m: noun, f: noun };
}

const phrases: Language['phrases'] = {
  lives_in: {
    heading: 'town',
    label: 'town',
    clauses: (p, town) => [
      `${name(p)} lives in ${town.name.latin}`,
      `${name(p)}'s town is ${town.name.latin}`,
    ],
    predicate: (_, town) => `lives in ${town.name.latin}`,
    questions: (p) => [
      `Where does ${name(p)} live?`,
      `In which town does ${name(p)} live?`,
      `Tell me where ${name(p)} lives.`,
    ],
    ask: (p, town) => `Does ${name(p)} live in ${town.name.latin}?`,
    contrast: (p, town, wrong) => `${name(p)} lives in ${town.name.latin}, not in ${wrong.name.latin}`,
    bare: (town) => town.name.latin,
  },
  works_as: {
    heading: 'profession',
    label: 'profession',
    clauses: (p, v) => [
      `${name(p)} is ${withArticle(job(v, p))}`,
      `${name(p)} works as ${withArticle(job(v, p))}`,
    ],
    predicate: (p, v) => `works as ${withArticle(job(v, p))}`,
    questions: (p) => [
      `What is ${name(p)}'s profession?`,
      `What does ${name(p)} do for a living?`,
      `Tell me ${name(p)}'s profession.`,
    ],
    ask: (p, v) => `Is ${name(p)} ${withArticle(job(v, p))}?`,
    contrast: (p, v, wrong) => `${name(p)} is ${withArticle(job(v, p))}, not ${withArticle(job(wrong, p))}`,
    bare: (v, p) => job(v, p),
  },
  has_pet: {
    heading: 'pet',
    label: 'pet',
    clauses: (p, v) => [`${name(p)} has ${pet(v)}`, `${name(p)}'s pet is ${pet(v)}`],
    predicate: (_, v) => `has ${pet(v)}`,
    questions: (p) => [
      `Which animal does ${name(p)} have?`,
      `What is ${name(p)}'s pet?`,
      `Tell me which animal ${name(p)} has.`,
    ],
    ask: (p, v) => `Does ${name(p)} have ${pet(v)}?`,
    contrast: (p, v, wrong) => `${name(p)} has ${pet(v)}, not ${pet(wrong)}`,
    bare: (v) => animals[v][0],
  },
  likes_food: {
    heading: 'favourite food',
    label: 'favourite food',
    clauses: (p, v) => [`${name(p)}'s favourite food is ${foods[v]}`, `${name(p)} likes ${foods[v]} best`],
    predicate: (_, v) => `likes ${foods[v]} best`,
    questions: (p) => [
      `What is ${name(p)}'s favourite food?`,
      `Which food does ${name(p)} like best?`,
      `Tell me ${name(p)}'s favourite food.`,
    ],
    ask: (p, v) => `Is ${foods[v]} ${name(p)}'s favourite food?`,
    contrast: (p, v, wrong) => `${name(p)}'s favourite food is ${foods[v]}, not ${foods[wrong]}`,
    bare: (v) => foods[v],
  },
  age: {
    heading: 'age',
    label: 'age',
    clauses: (p, v) => [`${name(p)} is ${v} years old`, `${name(p)}'s age is ${v}`],
    predicate: (_, v) => `is ${v} years old`,
    questions: (p) => [
      `How old is ${name(p)}?`,
      `What is ${name(p)}'s age?`,
      `Tell me how old ${name(p)} is.`,
    ],
    ask: (p, v) => `Is ${name(p)} ${v} years old?`,
    contrast: (p, v, wrong) => `${name(p)} is ${v} years old, not ${wrong}`,
    bare: (v) => `${v}`,
  },
  teacher: {
    heading: 'teacher',
    label: 'teacher',
    clauses: (p, v) => [`${name(p)}'s teacher is ${name(v)}`, `${name(p)} studies with ${name(v)}`],
    predicate: (_, v) => `studies with ${name(v)}`,
    questions: (p) => [
      `Who is ${name(p)}'s teacher?`,
      `Who does ${name(p)} study with?`,
      `Tell me who ${name(p)} studies with.`,
    ],
    ask: (p, v) => `Is ${name(v)} ${name(p)}'s teacher?`,
    contrast: (p, v, wrong) => `${name(p)}'s teacher is ${name(v)}, not ${name(wrong)}`,
    bare: (v) => name(v),
  },
};

function pet(animal: Animal): string {
  return withArticle(animals[animal][0]);
}

const helper = (story: Story): string => professions[story.helper.profession][story.helper.gender];
const given = (who: GivenName): string => who.name.latin;
const plural = (story: Story): string => items[story.item][1];

export const en: Language = {
  code: 'en',
  script: 'latin',
  phrases,
  sentence: (clause) => `${capital(clause)}.`,
  tell: (p, predicates) => `${name(p)} ${enumerate(predicates, ' and ')}`,
  tellAgain: (p, predicates) => `${she(p.given)} ${enumerate(predicates, ' and ')}`,
  pair: (first, second) => `${first} and ${second}`,
  yes: (clause) => `Yes, ${clause}.`,
  no: (clause) => `No, ${clause}.`,
  isRight: (clause) => `${clause}. Is that right?`,
  correct: (clause) => [
    `Correct this sentence: ${clause}.`,
    `This sentence is wrong, correct it: ${clause}.`,
  ],
  who: {
    questions: (p) => [`Who is ${name(p)}?`, `Tell me who ${name(p)} is.`],
    clause: ({ name, gender, values }) =>
      `${name.latin} is ${withArticle(professions[values.works_as][gender])} who lives in ${values.lives_in.name.latin}`,
  },
  list: (p, labels) => [
    `Tell me ${name(p)}'s ${enumerate(labels, ' and ')}.`,
    `List ${name(p)}'s ${enumerate(labels, ' and ')}.`,
  ],
  describe: (p) => [
    `Describe ${name(p)} in two sentences.`,
    `Write two sentences about ${name(p)}.`,
    `Introduce ${name(p)} in two sentences.`,
  ],
  older: {
    question: (a, b) => `Who is older, ${name(a)} or ${name(b)}?`,
    clause: (older, a, b) =>
      `${name(a)} is ${a.values.age} and ${name(b)} is ${b.values.age}, so ${name(older)} is older`,
  },
  younger: {
    question: (a, b) => `Who is younger, ${name(a)} or ${name(b)}?`,
    clause: (younger, a, b) =>
      `${name(a)} is ${a.values.age} and ${name(b)} is ${b.values.age}, so ${name(younger)} is younger`,
  },
  same: {
    lives_in: {
      question: (a, b) => `Do ${name(a)} and ${name(b)} live in the same town?`,
      clause: (_a, _b, town) => `both live in ${town.name.latin}`,
    },
    has_pet: {
      question: (a, b) => `Do ${name(a)} and ${name(b)} have the same kind of pet?`,
      clause: (_a, _b, animal) => `both have ${pet(animal)}`,
    },
  },
  oneWord: 'Answer in one word.',
  numberOnly: 'Answer with the number only.',
  named: { request: (p, { heading }) => `Write ${name(p)}'s ${heading} as "name: ${heading}".`, colon: ': ' },
  stories: {
    receive: (s) => ({
      instruction: `${given(s.who)} has ${count(s.a, s.item)} and gets ${s.b} more from the ${helper(s)}. How many ${plural(s)} does ${she(s.who)} have now?`,
      response: `${s.sum}. ${given(s.who)} has ${count(s.answer, s.item)}.`,
    }),
    give: (s) => ({
      instruction: `${given(s.who)} has ${count(s.a, s.item)} and gives ${s.b} to the ${helper(s)}. How many ${plural(s)} are left?`,
      response: `${s.sum}. ${given(s.who)} has ${count(s.answer, s.item)} left.`,
    }),
    together: (s) => ({
      instruction: `${given(s.who)} has ${count(s.a, s.item)} and ${given(s.other)} has ${s.b}. How many ${plural(s)} do they have together?`,
      response: `${s.sum}. Together they have ${count(s.answer, s.item)}.`,
    }),
    more: (s) => ({
      instruction: `${given(s.who)} has ${count(s.a, s.item)} and ${given(s.other)} has ${s.b}. How many more does ${given(s.who)} have?`,
      response: `${s.sum}. ${given(s.who)} has ${s.answer} more.`,
    }),
    boxes: (s) => ({
      instruction: `${given(s.who)} has ${s.a} boxes with ${count(s.b, s.item)} in each. How many ${plural(s)} does ${she(s.who)} have?`,
      response: `${s.sum}. ${given(s.who)} has ${count(s.answer, s.item)}.`,
    }),
    days: (s) => ({
      instruction: `${given(s.who)} buys ${count(s.b, s.item)} every day. How many ${plural(s)} does ${she(s.who)} buy in ${s.a} days?`,
      response: `${s.sum}. ${given(s.who)} buys ${count(s.answer, s.item)}.`,
    }),
    animals: (s) => ({
      instruction: `${given(s.who)} has ${countAnimals(s.a, s.pets[0])} and ${countAnimals(s.b, s.pets[1])}. How many animals does ${she(s.who)} have?`,
      response: `${s.sum}. ${given(s.who)} has ${s.answer} animals.`,
    }),
  },
};
