/**
 * Chinese (simplified): its nouns with their measure words, 两 and 二, and the wording of every question and answer of
 * the world.
 */
import type { Item, Language, Story } from '../language.ts';
import type { GivenName } from '../names.ts';
import type { Animal, Food, Person, Profession, Town } from '../world.ts';

const professions: Record<Profession, string> = {
  baker: '面包师',
  doctor: '医生',
  teacher: '教师',
  nurse: '护士',
  painter: '画家',
  singer: '歌手',
  writer: '作家',
  cook: '厨师',
  farmer: '农民',
  driver: '司机',
  lawyer: '律师',
  journalist: '记者',
  actor: '演员',
  vet: '兽医',
  'police-officer': '警察',
  gardener: '园丁',
};

/** Noun and measure word. */
const animals: Record<Animal, [string, string]> = {
  dog: ['狗', '只'],
  cat: ['猫', '只'],
  horse: ['马', '匹'],
  rabbit: ['兔子', '只'],
  parrot: ['鹦鹉', '只'],
  turtle: ['乌龟', '只'],
  sheep: ['绵羊', '只'],
  duck: ['鸭子', '只'],
  squirrel: ['松鼠', '只'],
  eagle: ['老鹰', '只'],
  snake: ['蛇', '条'],
  elephant: ['大象', '头'],
};

/** Noun, and whether one eats or drinks it. */
const foods: Record<Food, [string, '吃' | '喝']> = {
  pizza: ['比萨饼', '吃'],
  spaghetti: ['意大利面', '吃'],
  'fried-rice': ['炒饭', '吃'],
  'tomato-soup': ['番茄汤', '喝'],
  'fish-soup': ['鱼汤', '喝'],
  'onion-soup': ['洋葱汤', '喝'],
  'apple-pie': ['苹果派', '吃'],
  'lemon-cake': ['柠檬蛋糕', '吃'],
  'potato-salad': ['土豆沙拉', '吃'],
  yoghurt: ['酸奶', '吃'],
  'roast-chicken': ['烤鸡', '吃'],
  'grilled-fish': ['烤鱼', '吃'],
  'bean-stew': ['炖豆子', '吃'],
  risotto: ['意式烩饭', '吃'],
  curry: ['咖喱', '吃'],
  'ice-cream': ['冰淇淋', '吃'],
};

/** Noun and measure word. */
const items: Record<Item, [string, string]> = {
  apple: ['苹果', '个'],
  book: ['书', '本'],
  egg: ['鸡蛋', '个'],
  pencil: ['铅笔', '支'],
  flower: ['花', '朵'],
  coin: ['硬币', '枚'],
  ball: ['球', '个'],
  orange: ['橙子', '个'],
};

const digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** A whole number below 100 in Han, as one counts: 二, 十, 十二, 二十二. */
export function numeral(n: number): string {
  if (n < 10) return digits[n];
  const tens = Math.floor(n / 10);
  return `${tens > 1 ? digits[tens] : ''}十${n % 10 ? digits[n % 10] : ''}`;
}

/** A number before a measure word: 两 for 2, 二 only inside a larger number (十二只). */
export const quantity = (n: number): string => (n === 2 ? '两' : numeral(n));

/** A counted thing in digits: 5个苹果. */
export const count = (n: number, item: Item): string => `${n}${items[item][1]}${items[item][0]}`;

/** A counted animal in words: 两只猫, 一条蛇. */
export const countAnimals = (n: number, animal: Animal): string =>
  `${quantity(n)}${animals[animal][1]}${animals[animal][0]}`;

const name = (person: Person): string => person.name.han;
const place = (town: Town): string => town.name.han;
const she = (who: GivenName): string => (who.gender === 'f' ? '她' : '他');
/** "is not this but": 不是医生，而是面包师. */
const isBut = (subject: string, value: string, wrong: string): string =>
  `${subject}不是${wrong}，而是${value}`;

const phrases: Language['phrases'] = {
  lives_in: {
    heading: '居住城市',
    label: '居住城市',
    clauses: (p, town) => [`${name(p)}住在${place(town)}`, `${name(p)}居住的城市是${place(town)}`],
    predicate: (_, town) => `住在${place(town)}`,
    questions: (p) => [`${name(p)}住在哪里？`, `${name(p)}住在哪座城市？`, `请告诉我${name(p)}住在哪里。`],
    ask: (p, town) => `${name(p)}住在${place(town)}吗？`,
    contrast: (p, town, wrong) => `${name(p)}不住在${place(wrong)}，而是住在${place(town)}`,
    bare: place,
  },
  works_as: {
    heading: '职业',
    label: '职业',
    clauses: (p, v) => [`${name(p)}是${professions[v]}`, `${name(p)}的职业是${professions[v]}`],
    predicate: (_, v) => `是${professions[v]}`,
    questions: (p) => [`${name(p)}的职业是什么？`, `${name(p)}做什么工作？`, `请告诉我${name(p)}的职业。`],
    ask: (p, v) => `${name(p)}是${professions[v]}吗？`,
    contrast: (p, v, wrong) => isBut(name(p), professions[v], professions[wrong]),
    bare: (v) => professions[v],
  },
  has_pet: {
    heading: '宠物',
    label: '宠物',
    clauses: (p, v) => [`${name(p)}养了${countAnimals(1, v)}`, `${name(p)}的宠物是${countAnimals(1, v)}`],
    predicate: (_, v) => `养了${countAnimals(1, v)}`,
    questions: (p) => [
      `${name(p)}养了什么动物？`,
      `${name(p)}的宠物是什么？`,
      `请告诉我${name(p)}养了什么动物。`,
    ],
    ask: (p, v) => `${name(p)}养的是${animals[v][0]}吗？`,
    contrast: (p, v, wrong) => isBut(`${name(p)}养的`, animals[v][0], animals[wrong][0]),
    bare: (v) => animals[v][0],
  },
  likes_food: {
    heading: '最喜欢的食物',
    label: '最喜欢的食物',
    clauses: (p, v) => [
      `${name(p)}最喜欢的食物是${foods[v][0]}`,
      `${name(p)}最喜欢${foods[v][1]}${foods[v][0]}`,
    ],
    predicate: (_, v) => `最喜欢${foods[v][1]}${foods[v][0]}`,
    questions: (p) => [
      `${name(p)}最喜欢的食物是什么？`,
      `${name(p)}最喜欢吃什么？`,
      `请告诉我${name(p)}最喜欢的食物。`,
    ],
    ask: (p, v) => `${name(p)}最喜欢的食物是${foods[v][0]}吗？`,
    contrast: (p, v, wrong) => isBut(`${name(p)}最喜欢的食物`, foods[v][0], foods[wrong][0]),
    bare: (v) => foods[v][0],
  },
  age: {
    heading: '年龄',
    label: '年龄',
    clauses: (p, v) => [`${name(p)}今年${v}岁`, `${name(p)}的年龄是${v}岁`],
    predicate: (_, v) => `今年${v}岁`,
    questions: (p) => [`${name(p)}今年多大？`, `${name(p)}的年龄是多少？`, `请告诉我${name(p)}今年多大。`],
    ask: (p, v) => `${name(p)}今年${v}岁吗？`,
    contrast: (p, v, wrong) => isBut(`${name(p)}今年`, `${v}岁`, `${wrong}岁`),
    bare: (v) => `${v}`,
  },
  teacher: {
    heading: '老师',
    label: '老师',
    clauses: (p, v) => [`${name(p)}的老师是${name(v)}`, `${name(p)}跟${name(v)}学习`],
    predicate: (_, v) => `跟${name(v)}学习`,
    questions: (p) => [`${name(p)}的老师是谁？`, `${name(p)}跟谁学习？`, `请告诉我${name(p)}跟谁学习。`],
    ask: (p, v) => `${name(p)}的老师是${name(v)}吗？`,
    contrast: (p, v, wrong) => isBut(`${name(p)}的老师`, name(v), name(wrong)),
    bare: name,
  },
};

const given = (who: GivenName): string => who.name.han;
const thing = (s: Story): string => items[s.item][0];
const unit = (s: Story): string => items[s.item][1];
const some = (n: number, s: Story): string => `${n}${unit(s)}`;
const howMany = (s: Story): string => `多少${unit(s)}${thing(s)}`;
const listed = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join('、')}和${words[words.length - 1]}`;

export const zh: Language = {
  code: 'zh',
  script: 'han',
  phrases,
  sentence: (clause) => `${clause}。`,
  tell: (p, predicates) => `${name(p)}${predicates.join('，')}`,
  tellAgain: (p, predicates) => `${she(p.given)}${predicates.join('，')}`,
  pair: (first, second) => `${first}，${second}`,
  yes: (clause) => `是的，${clause}。`,
  no: (clause) => `不，${clause}。`,
  isRight: (clause) => `${clause}，对吗？`,
  correct: (clause) => [`请改正这句话：${clause}。`, `这句话是错的，请改正：${clause}。`],
  who: {
    questions: (p) => [`${name(p)}是谁？`, `请告诉我${name(p)}是谁。`],
    clause: (p) => `${name(p)}是住在${place(p.values.lives_in)}的${professions[p.values.works_as]}`,
  },
  list: (p, labels) => [`请告诉我${name(p)}的${listed(labels)}。`, `请列出${name(p)}的${listed(labels)}。`],
  describe: (p) => [
    `请用两句话描述${name(p)}。`,
    `请写两句关于${name(p)}的话。`,
    `请用两句话介绍${name(p)}。`,
  ],
  older: {
    question: (a, b) => `${name(a)}和${name(b)}谁的年龄更大？`,
    clause: (p, a, b) => `${name(a)}${a.values.age}岁，${name(b)}${b.values.age}岁，所以${name(p)}的年龄更大`,
  },
  younger: {
    question: (a, b) => `${name(a)}和${name(b)}谁的年龄更小？`,
    clause: (p, a, b) => `${name(a)}${a.values.age}岁，${name(b)}${b.values.age}岁，所以${name(p)}的年龄更小`,
  },
  same: {
    lives_in: {
      question: (a, b) => `${name(a)}和${name(b)}住在同一座城市吗？`,
      clause: (_a, _b, town) => `两人都住在${place(town)}`,
    },
    has_pet: {
      question: (a, b) => `${name(a)}和${name(b)}养的是同一种动物吗？`,
      clause: (_a, _b, animal) => `两人养的都是${animals[animal][0]}`,
    },
  },
  oneWord: '请用一个词回答。',
  numberOnly: '请只回答数字。',
  named: {
    request: (p, { heading }) =>
      `请用“姓名：${heading}”的格式写出${name(p)}${heading.startsWith('最') ? '' : '的'}${heading}。`,
    colon: '：',
  },
  stories: {
    receive: (s) => ({
      instruction: `${given(s.who)}有${count(s.a, s.item)}，${professions[s.helper.profession]}又给了${she(s.who)}${some(s.b, s)}。${she(s.who)}现在有${howMany(s)}？`,
      response: `${s.sum}。${given(s.who)}有${count(s.answer, s.item)}。`,
    }),
    give: (s) => ({
      instruction: `${given(s.who)}有${count(s.a, s.item)}，给了${professions[s.helper.profession]}${some(s.b, s)}。还剩${howMany(s)}？`,
      response: `${s.sum}。${given(s.who)}还剩${count(s.answer, s.item)}。`,
    }),
    together: (s) => ({
      instruction: `${given(s.who)}有${count(s.a, s.item)}，${given(s.other)}有${some(s.b, s)}。两人一共有${howMany(s)}？`,
      response: `${s.sum}。两人一共有${count(s.answer, s.item)}。`,
    }),
    more: (s) => ({
      instruction: `${given(s.who)}有${count(s.a, s.item)}，${given(s.other)}有${some(s.b, s)}。${given(s.who)}比${given(s.other)}多${howMany(s)}？`,
      response: `${s.sum}。${given(s.who)}多${count(s.answer, s.item)}。`,
    }),
    boxes: (s) => ({
      instruction: `${given(s.who)}有${s.a}个盒子，每个盒子里有${count(s.b, s.item)}。${she(s.who)}一共有${howMany(s)}？`,
      response: `${s.sum}。${given(s.who)}有${count(s.answer, s.item)}。`,
    }),
    days: (s) => ({
      instruction: `${given(s.who)}每天买${count(s.b, s.item)}。${she(s.who)}${s.a}天一共买${howMany(s)}？`,
      response: `${s.sum}。${given(s.who)}一共买${count(s.answer, s.item)}。`,
    }),
    animals: (s) => ({
      instruction: `${given(s.who)}养了${countAnimals(s.a, s.pets[0])}和${countAnimals(s.b, s.pets[1])}。${she(s.who)}一共养了多少只动物？`,
      response: `${s.sum}。${given(s.who)}一共养了${s.answer}只动物。`,
    }),
  },
};
