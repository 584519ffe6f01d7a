import assert from 'node:assert/strict';
import { finalConsonant, ko, withParticle } from '../../src/world/languages/ko.ts';
import { spell } from '../../src/world/names.ts';
import { correct, describe as describeKind, form, list, same, who } from '../../src/world/questions.ts';
import { clause, statement } from '../../src/world/sentences.ts';
import { somebody, table, town } from './somebody.ts';

const mirena = somebody('mi-re-na', 'to-ban', 'f', { teacher: somebody('ka-sol', 'ri-ko', 'm') }); // ends in ㄴ
const kasol = somebody('ka-sol', 'ri-ko', 'm', {
  works_as: 'police-officer',
  has_pet: 'horse',
  likes_food: 'fried-rice',
  lives_in: town('o-ri-mel'),
  teacher: mirena,
}); // ends in a vowel

table('Korean particles by final consonant', [
  ['개는', () => withParticle('개', '은/는')],
  ['말은', () => withParticle('말', '은/는')],
  ['고양이가', () => withParticle('고양이', '이/가')],
  ['뱀이', () => withParticle('뱀', '이/가')],
  ['피자를', () => withParticle('피자', '을/를')],
  ['볶음밥을', () => withParticle('볶음밥', '을/를')],
  ['토끼와', () => withParticle('토끼', '과/와')],
  ['양과', () => withParticle('양', '과/와')],
  ['의사로', () => withParticle('의사', '으로/로')],
  ['경찰관으로', () => withParticle('경찰관', '으로/로')],
  ['연필로', () => withParticle('연필', '으로/로')],
  ['서울로', () => withParticle('서울', '으로/로')],
  ['가수예요', () => withParticle('가수', '이에요/예요')],
  ['경찰관이에요', () => withParticle('경찰관', '이에요/예요')],
  ['말이에요', () => withParticle('말', '이에요/예요')],
  ['2는', () => withParticle('2', '은/는')],
  ['3은', () => withParticle('3', '은/는')],
  ['1로', () => withParticle('1', '으로/로')],
  ['6으로', () => withParticle('6', '으로/로')],
  ['10으로', () => withParticle('10', '으로/로')],
]);

table('Korean sentences', [
  ['미레나 토반은 티카모에 살아요.', () => ko.sentence(clause(ko, mirena, 'lives_in'))],
  ['카솔 리코는 오리멜에 살아요.', () => ko.sentence(clause(ko, kasol, 'lives_in'))],
  [
    '카솔 리코가 사는 도시는 오리멜이에요.',
    () => ko.sentence(clause(ko, kasol, 'lives_in', kasol.values.lives_in, 1)),
  ],
  ['미레나 토반은 제빵사예요.', () => ko.sentence(clause(ko, mirena, 'works_as'))],
  ['카솔 리코는 경찰관이에요.', () => ko.sentence(clause(ko, kasol, 'works_as'))],
  ['카솔 리코는 경찰관으로 일해요.', () => ko.sentence(clause(ko, kasol, 'works_as', 'police-officer', 1))],
  ['미레나 토반은 제빵사로 일해요.', () => ko.sentence(clause(ko, mirena, 'works_as', 'baker', 1))],
  ['카솔 리코는 말을 키워요.', () => ko.sentence(clause(ko, kasol, 'has_pet'))],
  ['미레나 토반이 가장 좋아하는 음식은 피자예요.', () => ko.sentence(clause(ko, mirena, 'likes_food'))],
  ['카솔 리코가 가장 좋아하는 음식은 볶음밥이에요.', () => ko.sentence(clause(ko, kasol, 'likes_food'))],
  ['카솔 리코의 선생님은 미레나 토반이에요.', () => ko.sentence(clause(ko, kasol, 'teacher'))],
  ['미레나 토반은 카솔 리코에게 배워요.', () => ko.sentence(clause(ko, mirena, 'teacher', kasol, 1))],
  ['카솔 리코는 누구에게 배워요?', () => ko.phrases.teacher.questions(kasol)[1]],
  ['미레나 토반을 두 문장으로 설명해 주세요.', () => ko.describe(mirena)[0]],
  ['카솔 리코를 두 문장으로 소개해 주세요.', () => ko.describe(kasol)[2]],
  ['미레나 토반과 카솔 리코 중에 누가 나이가 더 많아요?', () => ko.older.question(mirena, kasol)],
  ['카솔 리코와 미레나 토반은 같은 도시에 살아요?', () => ko.same.lives_in.question(kasol, mirena)],
  [
    '아니요, 카솔 리코는 말을 키우고 미레나 토반은 개를 키워요.',
    () => same(kasol, mirena, 'has_pet')[0].text.ko.response,
  ],
  ['카솔 리코는 뱀이 아니라 말을 키워요.', () => correct(kasol, 'has_pet', 'snake')[0].text.ko.response],
  [
    '카솔 리코는 아레바가 아니라 오리멜에 살아요.',
    () => correct(kasol, 'lives_in', town('a-re-ba'))[0].text.ko.response,
  ],
  ['카솔 리코는 오리멜에 사는 경찰관이에요.', () => who(kasol)[0].text.ko.response],
  [
    '카솔 리코는 40살이고 경찰관이고 오리멜에 살아요.',
    () => statement(ko, kasol, ['age', 'works_as', 'lives_in']),
  ],
  [
    '카솔 리코는 경찰관이고 오리멜에 살아요. 말을 키우고 볶음밥을 가장 좋아해요.',
    () => describeKind(kasol)[0].text.ko.response,
  ],
  ['카솔 리코의 나이와 직업을 알려 주세요.', () => list(kasol)[0].text.ko.instruction],
  ['카솔 리코의 정보를 "이름: 직업" 형식으로 써 주세요.', () => form(kasol)[7].text.ko.instruction],
]);

const story = {
  a: 3,
  b: 2,
  who: { name: spell('be-ren'), gender: 'm' as const },
  other: { name: spell('mi-re-na'), gender: 'f' as const },
  item: 'book' as const,
  helper: { profession: 'police-officer' as const, gender: 'f' as const },
  pets: ['horse', 'sheep'] as ['horse', 'sheep'],
};

table('Korean counters', [
  [
    '베렌은 말 세 마리와 양 두 마리를 키워요. 동물은 모두 몇 마리예요?',
    () => ko.stories.animals({ ...story, plot: 'animals', sum: '3 + 2 = 5', answer: 5 }).instruction,
  ],
  [
    '베렌에게는 책이 3권 있는데 경찰관에게 2권을 더 받았어요. 책은 이제 몇 권이에요?',
    () => ko.stories.receive({ ...story, plot: 'receive', sum: '3 + 2 = 5', answer: 5 }).instruction,
  ],
  [
    '미레나는 매일 꽃을 2송이 사요. 3일 동안 꽃을 몇 송이 사요?',
    () =>
      ko.stories.days({
        ...story,
        who: story.other,
        item: 'flower',
        plot: 'days',
        sum: '3 × 2 = 6',
        answer: 6,
      }).instruction,
  ],
]);

describe('Korean letters', () => {
  it('knows the final consonant of Hangul and of numbers', () => {
    assert.equal(finalConsonant('가'), 0);
    assert.equal(finalConsonant('갈'), 8);
    assert.notEqual(finalConsonant('100'), 0);
  });
  it('refuses a word of another script', () => {
    assert.throws(() => finalConsonant('dog'), /expected Hangul or a digit/);
  });
});
