/**
 * Korean: its nouns, the particles that change with the final consonant of the word before them, counters, and the
 * wording of every question and answer of the world, in the polite style (해요체).
 */
import type { Item, Language, Story } from '../language.ts';
import type { GivenName } from '../names.ts';
import type { Animal, Food, Person, Profession, Town } from '../world.ts';

const professions: Record<Profession, string> = {
  baker: '제빵사',
  doctor: '의사',
  teacher: '교사',
  nurse: '간호사',
  painter: '화가',
  singer: '가수',
  writer: '작가',
  cook: '요리사',
  farmer: '농부',
  driver: '운전사',
  lawyer: '변호사',
  journalist: '기자',
  actor: '배우',
  vet: '수의사',
  'police-officer': '경찰관',
  gardener: '정원사',
};

const animals: Record<Animal, string> = {
  dog: '개',
  cat: '고양이',
  horse: '말',
  rabbit: '토끼',
  parrot: '앵무새',
  turtle: '거북이',
  sheep: '양',
  duck: '오리',
  squirrel: '다람쥐',
  eagle: '독수리',
  snake: '뱀',
  elephant: '코끼리',
};

const foods: Record<Food, string> = {
  pizza: '피자',
  spaghetti: '스파게티',
  'fried-rice': '볶음밥',
  'tomato-soup': '토마토 수프',
  'fish-soup': '생선 수프',
  'onion-soup': '양파 수프',
  'apple-pie': '사과 파이',
  'lemon-cake': '레몬 케이크',
  'potato-salad': '감자 샐러드',
  yoghurt: '요구르트',
  'roast-chicken': '통닭구이',
  'grilled-fish': '생선구이',
  'bean-stew': '콩 스튜',
  risotto: '리소토',
  curry: '카레',
  'ice-cream': '아이스크림',
};

/** Noun and counter. */
const items: Record<Item, [string, string]> = {
  apple: ['사과', '개'],
  book: ['책', '권'],
  egg: ['달걀', '개'],
  pencil: ['연필', '자루'],
  flower: ['꽃', '송이'],
  coin: ['동전', '개'],
  ball: ['공', '개'],
  orange: ['오렌지', '개'],
};

/** Native numbers in the form that stands before a counter. */
const numbers = ['', '한', '두', '세', '네', '다섯', '여섯', '일곱', '여덟', '아홉', '열'];

/** Final consonant of a text's last letter or digit, as a Hangul index: 0 none, 8 ㄹ, other values any other. */
export function finalConsonant(text: string): number {
  const last = text[text.length - 1];
  // 영 일 이 삼 사 오 육 칠 팔 구; a number that ends in 0 is read 십, 백, 천 … and ends in a consonant too
  if (last >= '0' && last <= '9') return [21, 8, 0, 16, 0, 0, 1, 8, 8, 0][Number(last)];
  const code = last.charCodeAt(0) - 0xac00;
  if (code < 0 || code > 11171)
    throw new Error(`ko.ts: expected Hangul or a digit at the end, got "${text}"`);
  return code % 28;
}

/** A particle as its two forms: after a final consonant, and after a vowel. */
export type Particle = '은/는' | '이/가' | '을/를' | '과/와' | '으로/로' | '이에요/예요';

/** A word with its particle: 말은, 개는, 말로, 뱀으로. */
export function withParticle(word: string, particle: Particle): string {
  const [afterConsonant, afterVowel] = particle.split('/');
  const final = finalConsonant(word);
  const open = final === 0 || (particle === '으로/로' && final === 8);
  return word + (open ? afterVowel : afterConsonant);
}

/** A counted animal in words: 개 두 마리. */
export const countAnimals = (n: number, animal: Animal): string => `${animals[animal]} ${numbers[n]} 마리`;

const name = (person: Person): string => person.name.hangul;
const place = (town: Town): string => town.name.hangul;
const topic = (person: Person): string => withParticle(name(person), '은/는');
const subject = (person: Person): string => withParticle(name(person), '이/가');
const be = (word: string): string => withParticle(word, '이에요/예요');
/** "not this but": 개가 아니라. */
const not = (word: string): string => `${withParticle(word, '이/가')} 아니라`;
/** Two words with 와 or 과 between them, three with commas. */
const listed = (words: string[]): string =>
  words.length === 2 ? `${withParticle(words[0], '과/와')} ${words[1]}` : words.join(', ');

const phrases: Language['phrases'] = {
  lives_in: {
    heading: '거주지',
    label: '거주지',
    clauses: (p, town) => [
      `${topic(p)} ${place(town)}에 살아요`,
      `${subject(p)} 사는 도시는 ${be(place(town))}`,
    ],
    predicate: (_, town, last) => `${place(town)}에 ${last ? '살아요' : '살고'}`,
    questions: (p) => [
      `${topic(p)} 어디에 살아요?`,
      `${topic(p)} 어느 도시에 살아요?`,
      `${subject(p)} 어디에 사는지 알려 주세요.`,
    ],
    ask: (p, town) => `${topic(p)} ${place(town)}에 사나요?`,
    contrast: (p, town, wrong) => `${topic(p)} ${not(place(wrong))} ${place(town)}에 살아요`,
    bare: place,
  },
  works_as: {
    heading: '직업',
    label: '직업',
    clauses: (p, v) => [
      `${topic(p)} ${be(professions[v])}`,
      `${topic(p)} ${withParticle(professions[v], '으로/로')} 일해요`,
    ],
    predicate: (_, v, last) => (last ? be(professions[v]) : `${professions[v]}이고`),
    questions: (p) => [
      `${name(p)}의 직업은 무엇이에요?`,
      `${topic(p)} 무슨 일을 해요?`,
      `${name(p)}의 직업을 알려 주세요.`,
    ],
    ask: (p, v) => `${topic(p)} ${professions[v]}인가요?`,
    contrast: (p, v, wrong) => `${topic(p)} ${not(professions[wrong])} ${be(professions[v])}`,
    bare: (v) => professions[v],
  },
  has_pet: {
    heading: '반려동물',
    label: '반려동물',
    clauses: (p, v) => [
      `${topic(p)} ${withParticle(animals[v], '을/를')} 키워요`,
      `${name(p)}의 반려동물은 ${be(animals[v])}`,
    ],
    predicate: (_, v, last) => `${withParticle(animals[v], '을/를')} ${last ? '키워요' : '키우고'}`,
    questions: (p) => [
      `${topic(p)} 어떤 동물을 키워요?`,
      `${name(p)}의 반려동물은 무엇이에요?`,
      `${subject(p)} 어떤 동물을 키우는지 알려 주세요.`,
    ],
    ask: (p, v) => `${topic(p)} ${withParticle(animals[v], '을/를')} 키우나요?`,
    contrast: (p, v, wrong) =>
      `${topic(p)} ${not(animals[wrong])} ${withParticle(animals[v], '을/를')} 키워요`,
    bare: (v) => animals[v],
  },
  likes_food: {
    heading: '좋아하는 음식',
    label: '좋아하는 음식',
    clauses: (p, v) => [
      `${subject(p)} 가장 좋아하는 음식은 ${be(foods[v])}`,
      `${topic(p)} ${withParticle(foods[v], '을/를')} 가장 좋아해요`,
    ],
    predicate: (_, v, last) => `${withParticle(foods[v], '을/를')} 가장 ${last ? '좋아해요' : '좋아하고'}`,
    questions: (p) => [
      `${subject(p)} 가장 좋아하는 음식은 무엇이에요?`,
      `${topic(p)} 어떤 음식을 가장 좋아해요?`,
      `${subject(p)} 가장 좋아하는 음식을 알려 주세요.`,
    ],
    ask: (p, v) => `${subject(p)} 가장 좋아하는 음식은 ${foods[v]}인가요?`,
    contrast: (p, v, wrong) => `${subject(p)} 가장 좋아하는 음식은 ${not(foods[wrong])} ${be(foods[v])}`,
    bare: (v) => foods[v],
  },
  age: {
    heading: '나이',
    label: '나이',
    clauses: (p, v) => [`${topic(p)} ${v}살이에요`, `${name(p)}의 나이는 ${v}살이에요`],
    predicate: (_, v, last) => `${v}살${last ? '이에요' : '이고'}`,
    questions: (p) => [
      `${topic(p)} 몇 살이에요?`,
      `${name(p)}의 나이는 어떻게 돼요?`,
      `${subject(p)} 몇 살인지 알려 주세요.`,
    ],
    ask: (p, v) => `${topic(p)} ${v}살인가요?`,
    contrast: (p, v, wrong) => `${topic(p)} ${wrong}살이 아니라 ${v}살이에요`,
    bare: (v) => `${v}`,
  },
  teacher: {
    heading: '선생님',
    label: '선생님',
    clauses: (p, v) => [`${name(p)}의 선생님은 ${be(name(v))}`, `${topic(p)} ${name(v)}에게 배워요`],
    predicate: (_, v, last) => `${name(v)}에게 ${last ? '배워요' : '배우고'}`,
    questions: (p) => [
      `${name(p)}의 선생님은 누구예요?`,
      `${topic(p)} 누구에게 배워요?`,
      `${subject(p)} 누구에게 배우는지 알려 주세요.`,
    ],
    ask: (p, v) => `${name(p)}의 선생님은 ${name(v)}인가요?`,
    contrast: (p, v, wrong) => `${name(p)}의 선생님은 ${not(name(wrong))} ${be(name(v))}`,
    bare: name,
  },
};

const given = (who: GivenName): string => who.name.hangul;
const first = (who: GivenName): string => withParticle(given(who), '은/는');
const unit = (s: Story): string => items[s.item][1];
const thing = (s: Story, particle: Particle): string => withParticle(items[s.item][0], particle);
const some = (n: number, s: Story, particle: Particle): string => withParticle(`${n}${unit(s)}`, particle);
/** "to this one, of the thing": 미레나에게는 사과가. */
const has = (who: GivenName, s: Story): string => `${given(who)}에게는 ${thing(s, '이/가')}`;
const from = (s: Story): string => `${professions[s.helper.profession]}에게`;

export const ko: Language = {
  code: 'ko',
  script: 'hangul',
  phrases,
  sentence: (clause) => `${clause}.`,
  tell: (p, predicates) => `${topic(p)} ${predicates.join(' ')}`,
  tellAgain: (_, predicates) => predicates.join(' '),
  pair: (one, other) => `${one} ${other}`,
  yes: (clause) => `네, ${clause}.`,
  no: (clause) => `아니요, ${clause}.`,
  isRight: (clause) => `${clause}. 맞아요?`,
  correct: (clause) => [
    `다음 문장을 고쳐 주세요: ${clause}.`,
    `다음은 틀린 문장이니 고쳐 주세요: ${clause}.`,
  ],
  who: {
    questions: (p) => [`${topic(p)} 누구예요?`, `${subject(p)} 누구인지 알려 주세요.`],
    clause: (p) => `${topic(p)} ${place(p.values.lives_in)}에 사는 ${be(professions[p.values.works_as])}`,
  },
  list: (p, labels) => [
    `${name(p)}의 ${withParticle(listed(labels), '을/를')} 알려 주세요.`,
    `${name(p)}의 ${withParticle(listed(labels), '을/를')} 말해 주세요.`,
  ],
  describe: (p) => [
    `${withParticle(name(p), '을/를')} 두 문장으로 설명해 주세요.`,
    `${name(p)}에 대해 두 문장을 써 주세요.`,
    `${withParticle(name(p), '을/를')} 두 문장으로 소개해 주세요.`,
  ],
  older: {
    question: (a, b) => `${withParticle(name(a), '과/와')} ${name(b)} 중에 누가 나이가 더 많아요?`,
    clause: (p, a, b) =>
      `${topic(a)} ${a.values.age}살이고 ${topic(b)} ${b.values.age}살이니까 ${subject(p)} 나이가 더 많아요`,
  },
  younger: {
    question: (a, b) => `${withParticle(name(a), '과/와')} ${name(b)} 중에 누가 나이가 더 적어요?`,
    clause: (p, a, b) =>
      `${topic(a)} ${a.values.age}살이고 ${topic(b)} ${b.values.age}살이니까 ${subject(p)} 나이가 더 적어요`,
  },
  same: {
    lives_in: {
      question: (a, b) => `${withParticle(name(a), '과/와')} ${topic(b)} 같은 도시에 살아요?`,
      clause: (_a, _b, town) => `두 사람 모두 ${place(town)}에 살아요`,
    },
    has_pet: {
      question: (a, b) => `${withParticle(name(a), '과/와')} ${topic(b)} 같은 동물을 키워요?`,
      clause: (_a, _b, animal) => `두 사람 모두 ${withParticle(animals[animal], '을/를')} 키워요`,
    },
  },
  oneWord: '한 단어로 답해 주세요.',
  numberOnly: '숫자로만 답해 주세요.',
  named: {
    request: (p, { heading }) => `${name(p)}의 정보를 "이름: ${heading}" 형식으로 써 주세요.`,
    colon: ': ',
  },
  stories: {
    receive: (s) => ({
      instruction: `${has(s.who, s)} ${s.a}${unit(s)} 있는데 ${from(s)} ${some(s.b, s, '을/를')} 더 받았어요. ${thing(s, '은/는')} 이제 몇 ${be(unit(s))}?`,
      response: `${s.sum}. ${has(s.who, s)} ${s.answer}${unit(s)} 있어요.`,
    }),
    give: (s) => ({
      instruction: `${has(s.who, s)} ${s.a}${unit(s)} 있는데 ${some(s.b, s, '을/를')} ${from(s)} 줬어요. ${thing(s, '은/는')} 몇 ${unit(s)} 남았어요?`,
      response: `${s.sum}. ${has(s.who, s)} ${s.answer}${unit(s)} 남았어요.`,
    }),
    together: (s) => ({
      instruction: `${has(s.who, s)} ${s.a}${unit(s)} 있고 ${given(s.other)}에게는 ${s.b}${unit(s)} 있어요. ${thing(s, '은/는')} 모두 몇 ${be(unit(s))}?`,
      response: `${s.sum}. ${thing(s, '은/는')} 모두 ${be(`${s.answer}${unit(s)}`)}.`,
    }),
    more: (s) => ({
      instruction: `${has(s.who, s)} ${s.a}${unit(s)} 있고 ${given(s.other)}에게는 ${s.b}${unit(s)} 있어요. ${first(s.who)} ${given(s.other)}보다 ${thing(s, '이/가')} 몇 ${unit(s)} 더 많아요?`,
      response: `${s.sum}. ${first(s.who)} ${thing(s, '이/가')} ${s.answer}${unit(s)} 더 많아요.`,
    }),
    boxes: (s) => ({
      instruction: `${given(s.who)}에게는 상자가 ${s.a}개 있어요. 상자마다 ${thing(s, '이/가')} ${s.b}${unit(s)} 들어 있어요. ${thing(s, '은/는')} 모두 몇 ${be(unit(s))}?`,
      response: `${s.sum}. ${has(s.who, s)} ${s.answer}${unit(s)} 있어요.`,
    }),
    days: (s) => ({
      instruction: `${first(s.who)} 매일 ${thing(s, '을/를')} ${s.b}${unit(s)} 사요. ${s.a}일 동안 ${thing(s, '을/를')} 몇 ${unit(s)} 사요?`,
      response: `${s.sum}. ${first(s.who)} ${thing(s, '을/를')} ${s.answer}${unit(s)} 사요.`,
    }),
    animals: (s) => ({
      instruction: `${first(s.who)} ${withParticle(countAnimals(s.a, s.pets[0]), '과/와')} ${withParticle(countAnimals(s.b, s.pets[1]), '을/를')} 키워요. 동물은 모두 몇 마리예요?`,
      response: `${s.sum}. ${first(s.who)} 동물 ${s.answer}마리를 키워요.`,
    }),
  },
};
