/**
 * Italian: its nouns with gender and plural, articles by the sound that follows (il, lo, l', un, uno, un'), their
 * joining with prepositions (al, allo, dall'), and the wording of every question and answer of the world.
 */
import { capital, enumerate, type Item, type Language, type Story } from '../language.ts';
import type { Gender, GivenName } from '../names.ts';
import type { Animal, Food, Person, Profession, Town } from '../world.ts';

/** A noun and what its articles agree with. */
export interface Noun {
  word: string;
  gender: Gender;
  plural?: boolean;
}

/** Masculine and feminine. */
const professions: Record<Profession, [string, string]> = {
  baker: ['panettiere', 'panettiera'],
  doctor: ['dottore', 'dottoressa'],
  teacher: ['insegnante', 'insegnante'],
  nurse: ['infermiere', 'infermiera'],
  painter: ['pittore', 'pittrice'],
  singer: ['cantante', 'cantante'],
  writer: ['scrittore', 'scrittrice'],
  cook: ['cuoco', 'cuoca'],
  farmer: ['contadino', 'contadina'],
  driver: ['autista', 'autista'],
  lawyer: ['avvocato', 'avvocata'],
  journalist: ['giornalista', 'giornalista'],
  actor: ['attore', 'attrice'],
  vet: ['veterinario', 'veterinaria'],
  'police-officer': ['poliziotto', 'poliziotta'],
  gardener: ['giardiniere', 'giardiniera'],
};

/** Singular, plural, gender. */
const animals: Record<Animal, [string, string, Gender]> = {
  dog: ['cane', 'cani', 'm'],
  cat: ['gatto', 'gatti', 'm'],
  horse: ['cavallo', 'cavalli', 'm'],
  rabbit: ['coniglio', 'conigli', 'm'],
  parrot: ['pappagallo', 'pappagalli', 'm'],
  turtle: ['tartaruga', 'tartarughe', 'f'],
  sheep: ['pecora', 'pecore', 'f'],
  duck: ['anatra', 'anatre', 'f'],
  squirrel: ['scoiattolo', 'scoiattoli', 'm'],
  eagle: ['aquila', 'aquile', 'f'],
  snake: ['serpente', 'serpenti', 'm'],
  elephant: ['elefante', 'elefanti', 'm'],
};

const foods: Record<Food, Noun> = {
  pizza: { word: 'pizza', gender: 'f' },
  spaghetti: { word: 'spaghetti', gender: 'm', plural: true },
  'fried-rice': { word: 'riso fritto', gender: 'm' },
  'tomato-soup': { word: 'zuppa di pomodoro', gender: 'f' },
  'fish-soup': { word: 'zuppa di pesce', gender: 'f' },
  'onion-soup': { word: 'zuppa di cipolle', gender: 'f' },
  'apple-pie': { word: 'torta di mele', gender: 'f' },
  'lemon-cake': { word: 'torta al limone', gender: 'f' },
  'potato-salad': { word: 'insalata di patate', gender: 'f' },
  yoghurt: { word: 'yogurt', gender: 'm' },
  'roast-chicken': { word: 'pollo arrosto', gender: 'm' },
  'grilled-fish': { word: 'pesce alla griglia', gender: 'm' },
  'bean-stew': { word: 'stufato di fagioli', gender: 'm' },
  risotto: { word: 'risotto', gender: 'm' },
  curry: { word: 'curry', gender: 'm' },
  'ice-cream': { word: 'gelato', gender: 'm' },
};

/** Singular, plural, gender of the plural (l'uovo is masculine, le uova feminine). */
const items: Record<Item, [string, string, Gender]> = {
  apple: ['mela', 'mele', 'f'],
  book: ['libro', 'libri', 'm'],
  egg: ['uovo', 'uova', 'f'],
  pencil: ['matita', 'matite', 'f'],
  flower: ['fiore', 'fiori', 'm'],
  coin: ['moneta', 'monete', 'f'],
  ball: ['palla', 'palle', 'f'],
  orange: ['arancia', 'arance', 'f'],
};

const numbers = ['', 'un', 'due', 'tre', 'quattro', 'cinque', 'sei', 'sette', 'otto', 'nove', 'dieci'];

const startsWithVowel = (word: string): boolean => /^[aeiou]/i.test(word);
/** Words before which il becomes lo: s with a consonant, z, gn, ps, pn, x, y. */
const takesLo = (word: string): boolean => /^(s[^aeiou]|z|gn|ps|pn|x|y)/i.test(word);

/** The definite article with its space or apostrophe: "il ", "lo ", "l'", "la ", "i ", "gli ", "le ". */
function definite({ word, gender, plural }: Noun): string {
  if (plural) {
    if (gender === 'f') return 'le ';
    return startsWithVowel(word) || takesLo(word) ? 'gli ' : 'i ';
  }
  if (startsWithVowel(word)) return "l'";
  if (gender === 'f') return 'la ';
  return takesLo(word) ? 'lo ' : 'il ';
}

/** "il cane", "lo scoiattolo", "l'aquila", "gli spaghetti". */
export const the = (noun: Noun): string => definite(noun) + noun.word;

/** "un cane", "uno scoiattolo", "una pecora", "un'anatra". */
export function a({ word, gender }: Noun): string {
  if (gender === 'f') return startsWithVowel(word) ? `un'${word}` : `una ${word}`;
  return `${takesLo(word) ? 'uno' : 'un'} ${word}`;
}

const joined: Record<'a' | 'da' | 'di' | 'in', string> = { a: 'a', da: 'da', di: 'de', in: 'ne' };

/** A preposition joined with the article: "al cane", "dallo scrittore", "nell'insalata", "della torta". */
export function withThe(preposition: keyof typeof joined, noun: Noun): string {
  const article = definite(noun);
  const stem = joined[preposition];
  if (article === 'il ') return `${stem}l ${noun.word}`;
  if (article === 'i ') return `${stem}i ${noun.word}`;
  return `${stem}${article === 'gli ' ? '' : 'l'}${article}${noun.word}`;
}

/** "a Tikamo", "ad Areba". */
export const toPlace = (place: string): string => `${/^a/i.test(place) ? 'ad' : 'a'} ${place}`;

/** "a, b e c", with ed before another e: "ha 40 anni ed è un dottore". */
export const listed = (parts: string[]): string =>
  enumerate(parts, /^[eè]/i.test(parts[parts.length - 1]) ? ' ed ' : ' e ');

/** A counted thing in digits: "1 uovo", "5 uova". */
export const count = (n: number, item: Item): string => `${n} ${items[item][n === 1 ? 0 : 1]}`;

/** A counted animal in words: "due cani", "un'anatra". */
export const countAnimals = (n: number, animal: Animal): string =>
  n === 1 ? a(pet(animal)) : `${numbers[n]} ${animals[animal][1]}`;

const name = (person: Person): string => person.name.latin;
const at = (town: Town): string => toPlace(town.name.latin);
const pet = (animal: Animal): Noun => ({ word: animals[animal][0], gender: animals[animal][2] });
const job = (profession: Profession, gender: Gender): Noun => ({
  word: professions[profession][gender === 'm' ? 0 : 1],
  gender,
});
const is = (noun: Noun): string => `${noun.plural ? 'sono' : 'è'} ${the(noun)}`;

const phrases: Language['phrases'] = {
  lives_in: {
    heading: 'città',
    label: 'la città',
    clauses: (p, town) => [`${name(p)} vive ${at(town)}`, `la città di ${name(p)} è ${town.name.latin}`],
    predicate: (_, town) => `vive ${at(town)}`,
    questions: (p) => [
      `Dove vive ${name(p)}?`,
      `In quale città vive ${name(p)}?`,
      `Dimmi dove vive ${name(p)}.`,
    ],
    ask: (p, town) => `${name(p)} vive ${at(town)}?`,
    contrast: (p, town, wrong) => `${name(p)} vive ${at(town)}, non ${at(wrong)}`,
    bare: (town) => town.name.latin,
  },
  works_as: {
    heading: 'professione',
    label: 'la professione',
    clauses: (p, v) => [`${name(p)} è ${a(job(v, p.gender))}`, `${name(p)} fa ${the(job(v, p.gender))}`],
    predicate: (p, v) => `è ${a(job(v, p.gender))}`,
    questions: (p) => [
      `Qual è la professione di ${name(p)}?`,
      `Che lavoro fa ${name(p)}?`,
      `Dimmi la professione di ${name(p)}.`,
    ],
    ask: (p, v) => `${name(p)} è ${a(job(v, p.gender))}?`,
    contrast: (p, v, wrong) => `${name(p)} è ${a(job(v, p.gender))}, non ${a(job(wrong, p.gender))}`,
    bare: (v, p) => job(v, p.gender).word,
  },
  has_pet: {
    heading: 'animale',
    label: "l'animale",
    clauses: (p, v) => [`${name(p)} ha ${a(pet(v))}`, `l'animale di ${name(p)} è ${a(pet(v))}`],
    predicate: (_, v) => `ha ${a(pet(v))}`,
    questions: (p) => [
      `Che animale ha ${name(p)}?`,
      `Qual è l'animale di ${name(p)}?`,
      `Dimmi che animale ha ${name(p)}.`,
    ],
    ask: (p, v) => `${name(p)} ha ${a(pet(v))}?`,
    contrast: (p, v, wrong) => `${name(p)} ha ${a(pet(v))}, non ${a(pet(wrong))}`,
    bare: (v) => pet(v).word,
  },
  likes_food: {
    heading: 'cibo preferito',
    label: 'il cibo preferito',
    clauses: (p, v) => [
      `il cibo preferito di ${name(p)} ${is(foods[v])}`,
      `${name(p)} preferisce ${the(foods[v])}`,
    ],
    predicate: (_, v) => `preferisce ${the(foods[v])}`,
    questions: (p) => [
      `Qual è il cibo preferito di ${name(p)}?`,
      `Che cibo preferisce ${name(p)}?`,
      `Dimmi il cibo preferito di ${name(p)}.`,
    ],
    ask: (p, v) => `Il cibo preferito di ${name(p)} ${is(foods[v])}?`,
    contrast: (p, v, wrong) => `il cibo preferito di ${name(p)} ${is(foods[v])}, non ${the(foods[wrong])}`,
    bare: (v) => foods[v].word,
  },
  age: {
    heading: 'età',
    label: "l'età",
    clauses: (p, v) => [`${name(p)} ha ${v} anni`, `l'età di ${name(p)} è ${v} anni`],
    predicate: (_, v) => `ha ${v} anni`,
    questions: (p) => [
      `Quanti anni ha ${name(p)}?`,
      `Qual è l'età di ${name(p)}?`,
      `Dimmi quanti anni ha ${name(p)}.`,
    ],
    ask: (p, v) => `${name(p)} ha ${v} anni?`,
    contrast: (p, v, wrong) => `${name(p)} ha ${v} anni, non ${wrong}`,
    bare: (v) => `${v}`,
  },
  teacher: {
    heading: 'insegnante',
    label: "l'insegnante",
    clauses: (p, v) => [`l'insegnante di ${name(p)} è ${name(v)}`, `${name(p)} studia con ${name(v)}`],
    predicate: (_, v) => `studia con ${name(v)}`,
    questions: (p) => [
      `Chi è l'insegnante di ${name(p)}?`,
      `Con chi studia ${name(p)}?`,
      `Dimmi con chi studia ${name(p)}.`,
    ],
    ask: (p, v) => `L'insegnante di ${name(p)} è ${name(v)}?`,
    contrast: (p, v, wrong) => `l'insegnante di ${name(p)} è ${name(v)}, non ${name(wrong)}`,
    bare: name,
  },
};

const given = (who: GivenName): string => who.name.latin;
const helper = (s: Story): Noun => job(s.helper.profession, s.helper.gender);
const plural = (s: Story): string => items[s.item][1];
const end = (s: Story): string => (items[s.item][2] === 'f' ? 'e' : 'i');
const howMany = (s: Story): string => `quant${end(s)} ${plural(s)}`;
const bothOf = (p: Person, q: Person): string =>
  p.gender === 'f' && q.gender === 'f' ? 'entrambe' : 'entrambi';

export const it: Language = {
  code: 'it',
  script: 'latin',
  phrases,
  sentence: (clause) => `${capital(clause)}.`,
  tell: (p, predicates) => `${name(p)} ${listed(predicates)}`,
  tellAgain: (_, predicates) => listed(predicates),
  pair: (first, second) => `${first} e ${second}`,
  yes: (clause) => `Sì, ${clause}.`,
  no: (clause) => `No, ${clause}.`,
  isRight: (clause) => `${capital(clause)}. È vero?`,
  correct: (clause) => [
    `Correggi questa frase: ${clause}.`,
    `Questa frase è sbagliata, correggila: ${clause}.`,
  ],
  who: {
    questions: (p) => [`Chi è ${name(p)}?`, `Dimmi chi è ${name(p)}.`],
    clause: (p) => `${name(p)} è ${a(job(p.values.works_as, p.gender))} che vive ${at(p.values.lives_in)}`,
  },
  list: (p, labels) => [`Dimmi ${listed(labels)} di ${name(p)}.`, `Elenca ${listed(labels)} di ${name(p)}.`],
  describe: (p) => [
    `Descrivi ${name(p)} in due frasi.`,
    `Scrivi due frasi su ${name(p)}.`,
    `Presenta ${name(p)} in due frasi.`,
  ],
  older: {
    question: (p, q) => `Chi è più grande, ${name(p)} o ${name(q)}?`,
    clause: (older, p, q) =>
      `${name(p)} ha ${p.values.age} anni e ${name(q)} ne ha ${q.values.age}, quindi ${name(older)} è più grande`,
  },
  younger: {
    question: (p, q) => `Chi è più giovane, ${name(p)} o ${name(q)}?`,
    clause: (younger, p, q) =>
      `${name(p)} ha ${p.values.age} anni e ${name(q)} ne ha ${q.values.age}, quindi ${name(younger)} è più giovane`,
  },
  same: {
    lives_in: {
      question: (p, q) => `${name(p)} e ${name(q)} vivono nella stessa città?`,
      clause: (p, q, town) => `${bothOf(p, q)} vivono ${at(town)}`,
    },
    has_pet: {
      question: (p, q) => `${name(p)} e ${name(q)} hanno lo stesso tipo di animale?`,
      clause: (p, q, animal) => `${bothOf(p, q)} hanno ${a(pet(animal))}`,
    },
  },
  oneWord: 'Rispondi con una sola parola.',
  numberOnly: 'Rispondi solo con il numero.',
  named: {
    request: (p, { heading, label }) => `Scrivi ${label} di ${name(p)} nella forma "nome: ${heading}".`,
    colon: ': ',
  },
  stories: {
    receive: (s) => ({
      instruction: `${given(s.who)} ha ${count(s.a, s.item)} e ne riceve altr${end(s)} ${s.b} ${withThe('da', helper(s))}. ${capital(howMany(s))} ha ora?`,
      response: `${s.sum}. ${given(s.who)} ha ${count(s.answer, s.item)}.`,
    }),
    give: (s) => ({
      instruction: `${given(s.who)} ha ${count(s.a, s.item)} e ne dà ${s.b} ${withThe('a', helper(s))}. ${capital(howMany(s))} restano?`,
      response: `${s.sum}. A ${given(s.who)} restano ${count(s.answer, s.item)}.`,
    }),
    together: (s) => ({
      instruction: `${given(s.who)} ha ${count(s.a, s.item)} e ${given(s.other)} ne ha ${s.b}. ${capital(howMany(s))} hanno insieme?`,
      response: `${s.sum}. Insieme hanno ${count(s.answer, s.item)}.`,
    }),
    more: (s) => ({
      instruction: `${given(s.who)} ha ${count(s.a, s.item)} e ${given(s.other)} ne ha ${s.b}. ${capital(howMany(s))} in più ha ${given(s.who)}?`,
      response: `${s.sum}. ${given(s.who)} ne ha ${s.answer} in più.`,
    }),
    boxes: (s) => ({
      instruction: `${given(s.who)} ha ${s.a} scatole con ${count(s.b, s.item)} in ognuna. ${capital(howMany(s))} ha?`,
      response: `${s.sum}. ${given(s.who)} ha ${count(s.answer, s.item)}.`,
    }),
    days: (s) => ({
      instruction: `${given(s.who)} compra ${count(s.b, s.item)} ogni giorno. ${capital(howMany(s))} compra in ${s.a} giorni?`,
      response: `${s.sum}. ${given(s.who)} compra ${count(s.answer, s.item)}.`,
    }),
    animals: (s) => ({
      instruction: `${given(s.who)} ha ${countAnimals(s.a, s.pets[0])} e ${countAnimals(s.b, s.pets[1])}. Quanti animali ha?`,
      response: `${s.sum}. ${given(s.who)} ha ${s.answer} animali.`,
    }),
  },
};
