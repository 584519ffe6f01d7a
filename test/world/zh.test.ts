import { count, countAnimals, numeral, quantity, zh } from '../../src/world/languages/zh.ts';
import { spell } from '../../src/world/names.ts';
import { correct, describe as describeKind, form, list, same, who } from '../../src/world/questions.ts';
import { clause, statement } from '../../src/world/sentences.ts';
import { somebody, table, town } from './somebody.ts';

const mirena = somebody('mi-re-na', 'to-ban', 'f', { has_pet: 'snake' });
const kasol = somebody('ka-sol', 'ri-ko', 'm', {
  age: 52,
  has_pet: 'horse',
  works_as: 'actor',
  teacher: mirena,
});

table('Chinese numerals and measure words', [
  ['二', () => numeral(2)],
  ['十', () => numeral(10)],
  ['十二', () => numeral(12)],
  ['二十', () => numeral(20)],
  ['九十九', () => numeral(99)],
  ['两', () => quantity(2)],
  ['十二', () => quantity(12)],
  ['一只狗', () => countAnimals(1, 'dog')],
  ['两只猫', () => countAnimals(2, 'cat')],
  ['两条蛇', () => countAnimals(2, 'snake')],
  ['三匹马', () => countAnimals(3, 'horse')],
  ['十头大象', () => countAnimals(10, 'elephant')],
  ['5个苹果', () => count(5, 'apple')],
  ['2本书', () => count(2, 'book')],
  ['3支铅笔', () => count(3, 'pencil')],
  ['4朵花', () => count(4, 'flower')],
  ['6枚硬币', () => count(6, 'coin')],
]);

table('Chinese sentences', [
  ['米雷娜·托班住在蒂卡莫。', () => zh.sentence(clause(zh, mirena, 'lives_in'))],
  ['米雷娜·托班养了一条蛇。', () => zh.sentence(clause(zh, mirena, 'has_pet'))],
  ['卡索尔·里科养了一匹马。', () => zh.sentence(clause(zh, kasol, 'has_pet'))],
  ['卡索尔·里科今年52岁。', () => zh.sentence(clause(zh, kasol, 'age'))],
  ['卡索尔·里科的老师是米雷娜·托班。', () => zh.sentence(clause(zh, kasol, 'teacher'))],
  ['卡索尔·里科跟米雷娜·托班学习，最喜欢吃比萨饼。', () => statement(zh, kasol, ['teacher', 'likes_food'])],
  ['请用“姓名：最喜欢的食物”的格式写出卡索尔·里科最喜欢的食物。', () => form(kasol)[9].text.zh.instruction],
  ['卡索尔·里科最喜欢的食物是比萨饼。', () => zh.sentence(clause(zh, kasol, 'likes_food'))],
  ['卡索尔·里科今年52岁，是演员，住在蒂卡莫。', () => statement(zh, kasol, ['age', 'works_as', 'lives_in'])],
  ['卡索尔·里科最喜欢喝鱼汤。', () => zh.sentence(clause(zh, kasol, 'likes_food', 'fish-soup', 1))],
  ['卡索尔·里科最喜欢吃炒饭。', () => zh.sentence(clause(zh, kasol, 'likes_food', 'fried-rice', 1))],
  ['卡索尔·里科是住在蒂卡莫的演员。', () => who(kasol)[0].text.zh.response],
  [
    '米雷娜·托班是面包师，住在蒂卡莫。她养了一条蛇，最喜欢吃比萨饼。',
    () => describeKind(mirena)[0].text.zh.response,
  ],
  ['米雷娜·托班养的是狗吗？', () => zh.phrases.has_pet.ask(mirena, 'dog')],
  ['米雷娜·托班养的不是狗，而是蛇。', () => correct(mirena, 'has_pet', 'dog')[0].text.zh.response],
  [
    '米雷娜·托班不住在阿雷巴，而是住在蒂卡莫。',
    () => correct(mirena, 'lives_in', town('a-re-ba'))[0].text.zh.response,
  ],
  ['是的，两人都住在蒂卡莫。', () => same(mirena, kasol, 'lives_in')[0].text.zh.response],
  [
    '不，米雷娜·托班养了一条蛇，卡索尔·里科养了一匹马。',
    () => same(mirena, kasol, 'has_pet')[0].text.zh.response,
  ],
  ['请告诉我米雷娜·托班的年龄、职业和居住城市。', () => list(mirena)[2].text.zh.instruction],
  ['米雷娜·托班住在哪里？请用一个词回答。', () => form(mirena)[0].text.zh.instruction],
  ['米雷娜·托班：面包师', () => form(mirena)[7].text.zh.response],
  [
    '贝伦养了两只狗和十匹马。他一共养了多少只动物？',
    () =>
      zh.stories.animals({
        plot: 'animals',
        a: 2,
        b: 10,
        sum: '2 + 10 = 12',
        answer: 12,
        who: { name: spell('be-ren'), gender: 'm' },
        other: { name: spell('mi-re-na'), gender: 'f' },
        item: 'apple',
        helper: { profession: 'cook', gender: 'm' },
        pets: ['dog', 'horse'],
      }).instruction,
  ],
]);
