import { count, countAnimals, en, withArticle } from '../../src/world/languages/en.ts';
import { spell } from '../../src/world/names.ts';
import {
  ages,
  correct,
  describe as describeKind,
  form,
  same,
  who,
  yesNo,
} from '../../src/world/questions.ts';
import { clause, statement } from '../../src/world/sentences.ts';
import { somebody, table, town } from './somebody.ts';

const mirena = somebody('mi-re-na', 'to-ban', 'f', { age: 31, works_as: 'actor', has_pet: 'eagle' });
const kasol = somebody('ka-sol', 'ri-ko', 'm', {
  age: 54,
  works_as: 'actor',
  lives_in: town('a-re-ba'),
  teacher: mirena,
});

table('English articles and numbers', [
  ['a dog', () => withArticle('dog')],
  ['an eagle', () => withArticle('eagle')],
  ['an actress', () => withArticle('actress')],
  ['an hour', () => withArticle('hour')],
  ['an umbrella', () => withArticle('umbrella')],
  ['a university', () => withArticle('university')],
  ['a horse', () => withArticle('horse')],
  ['1 egg', () => count(1, 'egg')],
  ['5 eggs', () => count(5, 'egg')],
  ['two sheep', () => countAnimals(2, 'sheep')],
  ['one eagle', () => countAnimals(1, 'eagle')],
]);

table('English sentences', [
  ['Mirena Toban is an actress.', () => en.sentence(clause(en, mirena, 'works_as'))],
  ['Kasol Riko works as an actor.', () => en.sentence(clause(en, kasol, 'works_as', 'actor', 1))],
  ['Mirena Toban has an eagle.', () => en.sentence(clause(en, mirena, 'has_pet'))],
  ["Kasol Riko's favourite food is pizza.", () => en.sentence(clause(en, kasol, 'likes_food'))],
  ["Kasol Riko's teacher is Mirena Toban.", () => en.sentence(clause(en, kasol, 'teacher'))],
  [
    'Kasol Riko is 54 years old, works as an actor and lives in Areba.',
    () => statement(en, kasol, ['age', 'works_as', 'lives_in']),
  ],
  ['Kasol Riko is an actor who lives in Areba.', () => who(kasol)[0].text.en.response],
  [
    'Mirena Toban works as an actress and lives in Tikamo. She has an eagle and likes pizza best.',
    () => describeKind(mirena)[0].text.en.response,
  ],
  ['Kasol Riko is an actor, not a doctor.', () => correct(kasol, 'works_as', 'doctor')[0].text.en.response],
  [
    'Mirena Toban is 31 and Kasol Riko is 54, so Kasol Riko is older.',
    () => ages(mirena, kasol)[0].text.en.response,
  ],
  [
    'Mirena Toban is 31 and Kasol Riko is 54, so Mirena Toban is younger.',
    () => ages(mirena, kasol)[1].text.en.response,
  ],
  [
    'No, Mirena Toban has an eagle and Kasol Riko has a dog.',
    () => same(mirena, kasol, 'has_pet')[0].text.en.response,
  ],
  [
    'Does Kasol Riko live in Tikamo?',
    () => yesNo(kasol, 'lives_in', town('ti-ka-mo'))[2].text.en.instruction,
  ],
  ['No, Kasol Riko lives in Areba.', () => yesNo(kasol, 'lives_in', town('ti-ka-mo'))[2].text.en.response],
  ['Yes, Kasol Riko lives in Areba.', () => yesNo(kasol, 'lives_in', town('ti-ka-mo'))[0].text.en.response],
  ['Where does Kasol Riko live? Answer in one word.', () => form(kasol)[0].text.en.instruction],
  ['Kasol Riko: actor', () => form(kasol)[7].text.en.response],
  [
    'Mirena has three dogs and two sheep. How many animals does she have?',
    () =>
      en.stories.animals({
        plot: 'animals',
        a: 3,
        b: 2,
        sum: '3 + 2 = 5',
        answer: 5,
        who: { name: spell('mi-re-na'), gender: 'f' },
        other: { name: spell('be-ren'), gender: 'm' },
        item: 'apple',
        helper: { profession: 'cook', gender: 'm' },
        pets: ['dog', 'sheep'],
      }).instruction,
  ],
]);
