import {
  a,
  count,
  countAnimals,
  it as italian,
  the,
  toPlace,
  withThe,
} from '../../src/world/languages/it.ts';
import { spell } from '../../src/world/names.ts';
import { correct, describe as describeKind, same, who } from '../../src/world/questions.ts';
import { clause, statement } from '../../src/world/sentences.ts';
import { somebody, table, town } from './somebody.ts';

const mirena = somebody('mi-re-na', 'to-ban', 'f', {
  works_as: 'writer',
  has_pet: 'duck',
  lives_in: town('a-re-ba'),
});
const dorina = somebody('do-ri-na', 'se-do', 'f', { works_as: 'driver', lives_in: town('a-re-ba') });
const kasol = somebody('ka-sol', 'ri-ko', 'm', {
  works_as: 'writer',
  has_pet: 'squirrel',
  likes_food: 'spaghetti',
  teacher: mirena,
});
const story = {
  a: 5,
  b: 3,
  who: { name: spell('be-ren'), gender: 'm' as const },
  other: { name: spell('mi-re-na'), gender: 'f' as const },
  item: 'egg' as const,
  helper: { profession: 'writer' as const, gender: 'm' as const },
  pets: ['dog', 'duck'] as ['dog', 'duck'],
};

table('Italian articles', [
  ['il cane', () => the({ word: 'cane', gender: 'm' })],
  ['lo scoiattolo', () => the({ word: 'scoiattolo', gender: 'm' })],
  ['lo zaino', () => the({ word: 'zaino', gender: 'm' })],
  ['lo gnocco', () => the({ word: 'gnocco', gender: 'm' })],
  ['lo psicologo', () => the({ word: 'psicologo', gender: 'm' })],
  ['lo yogurt', () => the({ word: 'yogurt', gender: 'm' })],
  ['il serpente', () => the({ word: 'serpente', gender: 'm' })],
  ["l'elefante", () => the({ word: 'elefante', gender: 'm' })],
  ["l'insalata", () => the({ word: 'insalata', gender: 'f' })],
  ['la zuppa', () => the({ word: 'zuppa', gender: 'f' })],
  ['gli spaghetti', () => the({ word: 'spaghetti', gender: 'm', plural: true })],
  ['gli elefanti', () => the({ word: 'elefanti', gender: 'm', plural: true })],
  ['i cani', () => the({ word: 'cani', gender: 'm', plural: true })],
  ['le uova', () => the({ word: 'uova', gender: 'f', plural: true })],
  ['un elefante', () => a({ word: 'elefante', gender: 'm' })],
  ["un'anatra", () => a({ word: 'anatra', gender: 'f' })],
  ['uno scrittore', () => a({ word: 'scrittore', gender: 'm' })],
  ['una scrittrice', () => a({ word: 'scrittrice', gender: 'f' })],
]);

table('Italian prepositions', [
  ['al panettiere', () => withThe('a', { word: 'panettiere', gender: 'm' })],
  ['allo scrittore', () => withThe('a', { word: 'scrittore', gender: 'm' })],
  ["all'attrice", () => withThe('a', { word: 'attrice', gender: 'f' })],
  ["dall'infermiere", () => withThe('da', { word: 'infermiere', gender: 'm' })],
  ['dalla cuoca', () => withThe('da', { word: 'cuoca', gender: 'f' })],
  ['della torta', () => withThe('di', { word: 'torta', gender: 'f' })],
  ['degli spaghetti', () => withThe('di', { word: 'spaghetti', gender: 'm', plural: true })],
  ['dei cani', () => withThe('di', { word: 'cani', gender: 'm', plural: true })],
  ['nello zaino', () => withThe('in', { word: 'zaino', gender: 'm' })],
  ['nel libro', () => withThe('in', { word: 'libro', gender: 'm' })],
  ["nell'insalata", () => withThe('in', { word: 'insalata', gender: 'f' })],
  ['nelle scatole', () => withThe('in', { word: 'scatole', gender: 'f', plural: true })],
  ['ad Areba', () => toPlace('Areba')],
  ['a Esota', () => toPlace('Esota')],
  ['a Tikamo', () => toPlace('Tikamo')],
]);

table('Italian numbers', [
  ['1 uovo', () => count(1, 'egg')],
  ['5 uova', () => count(5, 'egg')],
  ['due tartarughe', () => countAnimals(2, 'turtle')],
  ["un'aquila", () => countAnimals(1, 'eagle')],
  [
    'Beren ha 5 uova e ne riceve altre 3 dallo scrittore. Quante uova ha ora?',
    () => italian.stories.receive({ ...story, plot: 'receive', sum: '5 + 3 = 8', answer: 8 }).instruction,
  ],
  [
    'Beren ha 5 libri e ne riceve altri 3 dallo scrittore. Quanti libri ha ora?',
    () =>
      italian.stories.receive({ ...story, item: 'book', plot: 'receive', sum: '5 + 3 = 8', answer: 8 })
        .instruction,
  ],
]);

table('Italian sentences', [
  ['Mirena Toban vive ad Areba.', () => italian.sentence(clause(italian, mirena, 'lives_in'))],
  ['Mirena Toban è una scrittrice.', () => italian.sentence(clause(italian, mirena, 'works_as'))],
  ["Dorina Sedo è un'autista.", () => italian.sentence(clause(italian, dorina, 'works_as'))],
  ['Kasol Riko è uno scrittore.', () => italian.sentence(clause(italian, kasol, 'works_as'))],
  ['Kasol Riko è un autista.', () => italian.sentence(clause(italian, kasol, 'works_as', 'driver'))],
  ['Kasol Riko fa lo scrittore.', () => italian.sentence(clause(italian, kasol, 'works_as', 'writer', 1))],
  ['Kasol Riko ha uno scoiattolo.', () => italian.sentence(clause(italian, kasol, 'has_pet'))],
  ["Mirena Toban ha un'anatra.", () => italian.sentence(clause(italian, mirena, 'has_pet'))],
  [
    'Il cibo preferito di Kasol Riko sono gli spaghetti.',
    () => italian.sentence(clause(italian, kasol, 'likes_food')),
  ],
  [
    'Il cibo preferito di Dorina Sedo è la pizza.',
    () => italian.sentence(clause(italian, dorina, 'likes_food')),
  ],
  ["L'insegnante di Kasol Riko è Mirena Toban.", () => italian.sentence(clause(italian, kasol, 'teacher'))],
  ['Kasol Riko ha 40 anni ed è uno scrittore.', () => statement(italian, kasol, ['age', 'works_as'])],
  [
    'Kasol Riko ha 40 anni, è uno scrittore e vive a Tikamo.',
    () => statement(italian, kasol, ['age', 'works_as', 'lives_in']),
  ],
  [
    "Mirena Toban è una scrittrice e vive ad Areba. Ha un'anatra e preferisce la pizza.",
    () => describeKind(mirena)[0].text.it.response,
  ],
  ['Mirena Toban è una scrittrice che vive ad Areba.', () => who(mirena)[0].text.it.response],
  [
    'Mirena Toban vive ad Areba, non a Tikamo.',
    () => correct(mirena, 'lives_in', town('ti-ka-mo'))[0].text.it.response,
  ],
  ['Sì, entrambe vivono ad Areba.', () => same(mirena, dorina, 'lives_in')[0].text.it.response],
  [
    'Sì, entrambi vivono ad Areba.',
    () =>
      same(somebody('ka-sol', 'ri-ko', 'm', { lives_in: dorina.values.lives_in }), dorina, 'lives_in')[0].text
        .it.response,
  ],
]);
