/**
 * Spanish: its nouns with gender and plural, articles (el agua: a feminine noun that begins with a stressed a takes el
 * and un), their joining with a and de (al, del), and the wording of every question and answer of the world.
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
  baker: ['panadero', 'panadera'],
  doctor: ['médico', 'médica'],
  teacher: ['profesor', 'profesora'],
  nurse: ['enfermero', 'enfermera'],
  painter: ['pintor', 'pintora'],
  singer: ['cantante', 'cantante'],
  writer: ['escritor', 'escritora'],
  cook: ['cocinero', 'cocinera'],
  farmer: ['agricultor', 'agricultora'],
  driver: ['conductor', 'conductora'],
  lawyer: ['abogado', 'abogada'],
  journalist: ['periodista', 'periodista'],
  actor: ['actor', 'actriz'],
  vet: ['veterinario', 'veterinaria'],
  'police-officer': ['policía', 'policía'],
  gardener: ['jardinero', 'jardinera'],
};

/** Singular, plural, gender. */
const animals: Record<Animal, [string, string, Gender]> = {
  dog: ['perro', 'perros', 'm'],
  cat: ['gato', 'gatos', 'm'],
  horse: ['caballo', 'caballos', 'm'],
  rabbit: ['conejo', 'conejos', 'm'],
  parrot: ['loro', 'loros', 'm'],
  turtle: ['tortuga', 'tortugas', 'f'],
  sheep: ['oveja', 'ovejas', 'f'],
  duck: ['pato', 'patos', 'm'],
  squirrel: ['ardilla', 'ardillas', 'f'],
  eagle: ['águila', 'águilas', 'f'],
  snake: ['serpiente', 'serpientes', 'f'],
  elephant: ['elefante', 'elefantes', 'm'],
};

const foods: Record<Food, Noun> = {
  pizza: { word: 'pizza', gender: 'f' },
  spaghetti: { word: 'espaguetis', gender: 'm', plural: true },
  'fried-rice': { word: 'arroz frito', gender: 'm' },
  'tomato-soup': { word: 'sopa de tomate', gender: 'f' },
  'fish-soup': { word: 'sopa de pescado', gender: 'f' },
  'onion-soup': { word: 'sopa de cebolla', gender: 'f' },
  'apple-pie': { word: 'tarta de manzana', gender: 'f' },
  'lemon-cake': { word: 'pastel de limón', gender: 'm' },
  'potato-salad': { word: 'ensalada de patatas', gender: 'f' },
  yoghurt: { word: 'yogur', gender: 'm' },
  'roast-chicken': { word: 'pollo asado', gender: 'm' },
  'grilled-fish': { word: 'pescado a la plancha', gender: 'm' },
  'bean-stew': { word: 'guiso de alubias', gender: 'm' },
  risotto: { word: 'risotto', gender: 'm' },
  curry: { word: 'curry', gender: 'm' },
  'ice-cream': { word: 'helado', gender: 'm' },
};

/** Singular, plural, gender. */
const items: Record<Item, [string, string, Gender]> = {
  apple: ['manzana', 'manzanas', 'f'],
  book: ['libro', 'libros', 'm'],
  egg: ['huevo', 'huevos', 'm'],
  pencil: ['lápiz', 'lápices', 'm'],
  flower: ['flor', 'flores', 'f'],
  coin: ['moneda', 'monedas', 'f'],
  ball: ['pelota', 'pelotas', 'f'],
  orange: ['naranja', 'naranjas', 'f'],
};

const numbers = ['', 'un', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve', 'diez'];

/** Feminine nouns that begin with a stressed a, which take el and un: el agua, el águila, el hacha. */
const takesEl = (word: string): boolean => /^(á|há|agua$|alma$|arma$|ave$|hacha$|hambre$|aula$)/.test(word);

/** The definite article: "el perro", "la sopa", "los espaguetis", "el águila". */
export function the({ word, gender, plural }: Noun): string {
  if (plural) return `${gender === 'f' ? 'las' : 'los'} ${word}`;
  return `${gender === 'f' && !takesEl(word) ? 'la' : 'el'} ${word}`;
}

/** The indefinite article: "un perro", "una tortuga", "un águila". */
export const a = ({ word, gender }: Noun): string =>
  `${gender === 'f' && !takesEl(word) ? 'una' : 'un'} ${word}`;

/** The preposition a or de with the article: "al panadero", "del actor", "a la actriz", "de los patos". */
export const withThe = (preposition: 'a' | 'de', noun: Noun): string =>
  `${preposition} ${the(noun)}`.replace(/^a el /, 'al ').replace(/^de el /, 'del ');

/** A counted thing in digits: "1 lápiz", "5 lápices". */
export const count = (n: number, item: Item): string => `${n} ${items[item][n === 1 ? 0 : 1]}`;

/** A counted animal in words: "dos perros", "un águila". */
export const countAnimals = (n: number, animal: Animal): string =>
  n === 1 ? a(pet(animal)) : `${numbers[n]} ${animals[animal][1]}`;

const name = (person: Person): string => person.name.latin;
const place = (town: Town): string => town.name.latin;
const pet = (animal: Animal): Noun => ({ word: animals[animal][0], gender: animals[animal][2] });
const job = (profession: Profession, gender: Gender): Noun => ({
  word: professions[profession][gender === 'm' ? 0 : 1],
  gender,
});
const is = (noun: Noun): string => `${noun.plural ? 'son' : 'es'} ${the(noun)}`;
/** "la profesora", "el profesor". */
const theTeacher = (teacher: Person): string => the(job('teacher', teacher.gender));

const phrases: Language['phrases'] = {
  lives_in: {
    heading: 'ciudad',
    label: 'la ciudad',
    clauses: (p, town) => [`${name(p)} vive en ${place(town)}`, `la ciudad de ${name(p)} es ${place(town)}`],
    predicate: (_, town) => `vive en ${place(town)}`,
    questions: (p) => [
      `¿Dónde vive ${name(p)}?`,
      `¿En qué ciudad vive ${name(p)}?`,
      `Dime dónde vive ${name(p)}.`,
    ],
    ask: (p, town) => `¿${name(p)} vive en ${place(town)}?`,
    contrast: (p, town, wrong) => `${name(p)} vive en ${place(town)}, no en ${place(wrong)}`,
    bare: place,
  },
  works_as: {
    heading: 'profesión',
    label: 'la profesión',
    clauses: (p, v) => [
      `${name(p)} es ${job(v, p.gender).word}`,
      `${name(p)} trabaja de ${job(v, p.gender).word}`,
    ],
    predicate: (p, v) => `es ${job(v, p.gender).word}`,
    questions: (p) => [
      `¿Cuál es la profesión de ${name(p)}?`,
      `¿En qué trabaja ${name(p)}?`,
      `Dime la profesión de ${name(p)}.`,
    ],
    ask: (p, v) => `¿${name(p)} es ${job(v, p.gender).word}?`,
    contrast: (p, v, wrong) => `${name(p)} es ${job(v, p.gender).word}, no ${job(wrong, p.gender).word}`,
    bare: (v, p) => job(v, p.gender).word,
  },
  has_pet: {
    heading: 'mascota',
    label: 'la mascota',
    clauses: (p, v) => [`${name(p)} tiene ${a(pet(v))}`, `la mascota de ${name(p)} es ${a(pet(v))}`],
    predicate: (_, v) => `tiene ${a(pet(v))}`,
    questions: (p) => [
      `¿Qué animal tiene ${name(p)}?`,
      `¿Cuál es la mascota de ${name(p)}?`,
      `Dime qué animal tiene ${name(p)}.`,
    ],
    ask: (p, v) => `¿${name(p)} tiene ${a(pet(v))}?`,
    contrast: (p, v, wrong) => `${name(p)} tiene ${a(pet(v))}, no ${a(pet(wrong))}`,
    bare: (v) => pet(v).word,
  },
  likes_food: {
    heading: 'comida favorita',
    label: 'la comida favorita',
    clauses: (p, v) => [
      `la comida favorita de ${name(p)} ${is(foods[v])}`,
      `${name(p)} prefiere ${the(foods[v])}`,
    ],
    predicate: (_, v) => `prefiere ${the(foods[v])}`,
    questions: (p) => [
      `¿Cuál es la comida favorita de ${name(p)}?`,
      `¿Qué comida prefiere ${name(p)}?`,
      `Dime la comida favorita de ${name(p)}.`,
    ],
    ask: (p, v) => `¿La comida favorita de ${name(p)} ${is(foods[v])}?`,
    contrast: (p, v, wrong) => `la comida favorita de ${name(p)} ${is(foods[v])}, no ${the(foods[wrong])}`,
    bare: (v) => foods[v].word,
  },
  age: {
    heading: 'edad',
    label: 'la edad',
    clauses: (p, v) => [`${name(p)} tiene ${v} años`, `la edad de ${name(p)} es de ${v} años`],
    predicate: (_, v) => `tiene ${v} años`,
    questions: (p) => [
      `¿Cuántos años tiene ${name(p)}?`,
      `¿Qué edad tiene ${name(p)}?`,
      `Dime cuántos años tiene ${name(p)}.`,
    ],
    ask: (p, v) => `¿${name(p)} tiene ${v} años?`,
    contrast: (p, v, wrong) => `${name(p)} tiene ${v} años, no ${wrong}`,
    bare: (v) => `${v}`,
  },
  teacher: {
    heading: 'profesor',
    label: 'el profesor',
    clauses: (p, v) => [`${theTeacher(v)} de ${name(p)} es ${name(v)}`, `${name(p)} estudia con ${name(v)}`],
    predicate: (_, v) => `estudia con ${name(v)}`,
    questions: (p) => [
      `¿Quién enseña a ${name(p)}?`,
      `¿Con quién estudia ${name(p)}?`,
      `Dime con quién estudia ${name(p)}.`,
    ],
    ask: (p, v) => `¿${capital(theTeacher(v))} de ${name(p)} es ${name(v)}?`,
    contrast: (p, v, wrong) => `${theTeacher(v)} de ${name(p)} es ${name(v)}, no ${name(wrong)}`,
    bare: name,
  },
};

const given = (who: GivenName): string => who.name.latin;
const helper = (s: Story): Noun => job(s.helper.profession, s.helper.gender);
const plural = (s: Story): string => items[s.item][1];
const howMany = (s: Story): string => `cuánt${items[s.item][2] === 'f' ? 'as' : 'os'} ${plural(s)}`;
const bothOf = (p: Person, q: Person): string => (p.gender === 'f' && q.gender === 'f' ? 'ambas' : 'ambos');
const ask = (question: string): string => `¿${capital(question)}?`;

export const es: Language = {
  code: 'es',
  script: 'latin',
  phrases,
  sentence: (clause) => `${capital(clause)}.`,
  tell: (p, predicates) => `${name(p)} ${enumerate(predicates, ' y ')}`,
  tellAgain: (_, predicates) => enumerate(predicates, ' y '),
  pair: (first, second) => `${first} y ${second}`,
  yes: (clause) => `Sí, ${clause}.`,
  no: (clause) => `No, ${clause}.`,
  isRight: (clause) => `${capital(clause)}. ¿Es verdad?`,
  correct: (clause) => [`Corrige esta frase: ${clause}.`, `Esta frase es falsa, corrígela: ${clause}.`],
  who: {
    questions: (p) => [`¿Quién es ${name(p)}?`, `Dime quién es ${name(p)}.`],
    clause: (p) =>
      `${name(p)} es ${a(job(p.values.works_as, p.gender))} que vive en ${place(p.values.lives_in)}`,
  },
  list: (p, labels) => [
    `Dime ${enumerate(labels, ' y ')} de ${name(p)}.`,
    `Enumera ${enumerate(labels, ' y ')} de ${name(p)}.`,
  ],
  describe: (p) => [
    `Describe a ${name(p)} en dos frases.`,
    `Escribe dos frases sobre ${name(p)}.`,
    `Presenta a ${name(p)} en dos frases.`,
  ],
  older: {
    question: (p, q) => `¿Quién es mayor, ${name(p)} o ${name(q)}?`,
    clause: (older, p, q) =>
      `${name(p)} tiene ${p.values.age} años y ${name(q)} tiene ${q.values.age}, así que ${name(older)} es mayor`,
  },
  younger: {
    question: (p, q) => `¿Quién es menor, ${name(p)} o ${name(q)}?`,
    clause: (younger, p, q) =>
      `${name(p)} tiene ${p.values.age} años y ${name(q)} tiene ${q.values.age}, así que ${name(younger)} es menor`,
  },
  same: {
    lives_in: {
      question: (p, q) => `¿${name(p)} y ${name(q)} viven en la misma ciudad?`,
      clause: (p, q, town) => `${bothOf(p, q)} viven en ${place(town)}`,
    },
    has_pet: {
      question: (p, q) => `¿${name(p)} y ${name(q)} tienen el mismo tipo de animal?`,
      clause: (p, q, animal) => `${bothOf(p, q)} tienen ${a(pet(animal))}`,
    },
  },
  oneWord: 'Responde con una sola palabra.',
  numberOnly: 'Responde solo con el número.',
  named: {
    request: (p, { heading, label }) => `Escribe ${label} de ${name(p)} en la forma "nombre: ${heading}".`,
    colon: ': ',
  },
  stories: {
    receive: (s) => ({
      instruction: `${given(s.who)} tiene ${count(s.a, s.item)} y recibe ${s.b} más ${withThe('de', helper(s))}. ${ask(`${howMany(s)} tiene ahora`)}`,
      response: `${s.sum}. ${given(s.who)} tiene ${count(s.answer, s.item)}.`,
    }),
    give: (s) => ({
      instruction: `${given(s.who)} tiene ${count(s.a, s.item)} y le da ${s.b} ${withThe('a', helper(s))}. ${ask(`${howMany(s)} quedan`)}`,
      response: `${s.sum}. A ${given(s.who)} le quedan ${count(s.answer, s.item)}.`,
    }),
    together: (s) => ({
      instruction: `${given(s.who)} tiene ${count(s.a, s.item)} y ${given(s.other)} tiene ${s.b}. ${ask(`${howMany(s)} tienen en total`)}`,
      response: `${s.sum}. En total tienen ${count(s.answer, s.item)}.`,
    }),
    more: (s) => ({
      instruction: `${given(s.who)} tiene ${count(s.a, s.item)} y ${given(s.other)} tiene ${s.b}. ${ask(`${howMany(s)} más tiene ${given(s.who)}`)}`,
      response: `${s.sum}. ${given(s.who)} tiene ${s.answer} más.`,
    }),
    boxes: (s) => ({
      instruction: `${given(s.who)} tiene ${s.a} cajas con ${count(s.b, s.item)} en cada una. ${ask(`${howMany(s)} tiene`)}`,
      response: `${s.sum}. ${given(s.who)} tiene ${count(s.answer, s.item)}.`,
    }),
    days: (s) => ({
      instruction: `${given(s.who)} compra ${count(s.b, s.item)} cada día. ${ask(`${howMany(s)} compra en ${s.a} días`)}`,
      response: `${s.sum}. ${given(s.who)} compra ${count(s.answer, s.item)}.`,
    }),
    animals: (s) => ({
      instruction: `${given(s.who)} tiene ${countAnimals(s.a, s.pets[0])} y ${countAnimals(s.b, s.pets[1])}. ¿Cuántos animales tiene?`,
      response: `${s.sum}. ${given(s.who)} tiene ${s.answer} animales.`,
    }),
  },
};
