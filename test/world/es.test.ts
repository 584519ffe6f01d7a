import { a, count, countAnimals, es, the, withThe } from '../../src/world/languages/es.ts';
import { spell } from '../../src/world/names.ts';
import { correct, describe as describeKind, same, who } from '../../src/world/questions.ts';
import { clause, statement } from '../../src/world/sentences.ts';
import { somebody, table, town } from './somebody.ts';

const mirena = somebody('mi-re-na', 'to-ban', 'f', { works_as: 'actor', has_pet: 'eagle' });
const kasol = somebody('ka-sol', 'ri-ko', 'm', {
  works_as: 'actor',
  has_pet: 'squirrel',
  likes_food: 'spaghetti',
  lives_in: town('a-re-ba'),
  teacher: mirena,
});
const story = {
  a: 5,
  b: 3,
  sum: '5 - 3 = 2',
  answer: 2,
  who: { name: spell('be-ren'), gender: 'm' as const },
  other: { name: spell('mi-re-na'), gender: 'f' as const },
  item: 'pencil' as const,
  helper: { profession: 'actor' as const, gender: 'm' as const },
  pets: ['dog', 'duck'] as ['dog', 'duck'],
};

table('Spanish articles', [
  ['el perro', () => the({ word: 'perro', gender: 'm' })],
  ['la tortuga', () => the({ word: 'tortuga', gender: 'f' })],
  ['el agua', () => the({ word: 'agua', gender: 'f' })],
  ['el águila', () => the({ word: 'águila', gender: 'f' })],
  ['las águilas', () => the({ word: 'águilas', gender: 'f', plural: true })],
  ['la ardilla', () => the({ word: 'ardilla', gender: 'f' })],
  ['los espaguetis', () => the({ word: 'espaguetis', gender: 'm', plural: true })],
  ['un águila', () => a({ word: 'águila', gender: 'f' })],
  ['una ardilla', () => a({ word: 'ardilla', gender: 'f' })],
  ['una actriz', () => a({ word: 'actriz', gender: 'f' })],
  ['un actor', () => a({ word: 'actor', gender: 'm' })],
  ['al panadero', () => withThe('a', { word: 'panadero', gender: 'm' })],
  ['a la actriz', () => withThe('a', { word: 'actriz', gender: 'f' })],
  ['al águila', () => withThe('a', { word: 'águila', gender: 'f' })],
  ['del escritor', () => withThe('de', { word: 'escritor', gender: 'm' })],
  ['de la cocinera', () => withThe('de', { word: 'cocinera', gender: 'f' })],
  ['de los patos', () => withThe('de', { word: 'patos', gender: 'm', plural: true })],
  ['1 lápiz', () => count(1, 'pencil')],
  ['5 lápices', () => count(5, 'pencil')],
  ['dos ovejas', () => countAnimals(2, 'sheep')],
  ['un águila', () => countAnimals(1, 'eagle')],
]);

table('Spanish sentences', [
  ['Kasol Riko vive en Areba.', () => es.sentence(clause(es, kasol, 'lives_in'))],
  ['Mirena Toban es actriz.', () => es.sentence(clause(es, mirena, 'works_as'))],
  ['Kasol Riko es actor.', () => es.sentence(clause(es, kasol, 'works_as'))],
  ['Mirena Toban trabaja de panadera.', () => es.sentence(clause(es, mirena, 'works_as', 'baker', 1))],
  ['Mirena Toban tiene un águila.', () => es.sentence(clause(es, mirena, 'has_pet'))],
  ['Kasol Riko tiene una ardilla.', () => es.sentence(clause(es, kasol, 'has_pet'))],
  [
    'La comida favorita de Kasol Riko son los espaguetis.',
    () => es.sentence(clause(es, kasol, 'likes_food')),
  ],
  ['La comida favorita de Mirena Toban es la pizza.', () => es.sentence(clause(es, mirena, 'likes_food'))],
  ['La profesora de Kasol Riko es Mirena Toban.', () => es.sentence(clause(es, kasol, 'teacher'))],
  ['El profesor de Mirena Toban es Kasol Riko.', () => es.sentence(clause(es, mirena, 'teacher', kasol))],
  [
    'Kasol Riko tiene 40 años, es actor y vive en Areba.',
    () => statement(es, kasol, ['age', 'works_as', 'lives_in']),
  ],
  ['Mirena Toban es una actriz que vive en Tikamo.', () => who(mirena)[0].text.es.response],
  [
    'Mirena Toban es actriz y vive en Tikamo. Tiene un águila y prefiere la pizza.',
    () => describeKind(mirena)[0].text.es.response,
  ],
  [
    'Mirena Toban tiene un águila, no una tortuga.',
    () => correct(mirena, 'has_pet', 'turtle')[0].text.es.response,
  ],
  [
    '¿Mirena Toban y Kasol Riko viven en la misma ciudad?',
    () => same(mirena, kasol, 'lives_in')[0].text.es.instruction,
  ],
  ['Sí, ambas tienen un águila.', () => same(mirena, mirena, 'has_pet')[0].text.es.response],
  ['Sí, ambos tienen una ardilla.', () => same(kasol, kasol, 'has_pet')[0].text.es.response],
  [
    'Beren tiene 5 lápices y le da 3 al actor. ¿Cuántos lápices quedan?',
    () => es.stories.give({ ...story, plot: 'give' }).instruction,
  ],
  [
    'Beren tiene 5 flores y recibe 3 más del actor. ¿Cuántas flores tiene ahora?',
    () => es.stories.receive({ ...story, item: 'flower', plot: 'receive' }).instruction,
  ],
]);
