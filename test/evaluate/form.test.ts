/** The forms that rows ask for. */
import assert from 'node:assert/strict';
import { sentenceCount } from '../../src/evaluate/form.ts';
import { asked, CODES, reference, rows, scorers } from './support.ts';

const formOf = (code: string, match: (instruction: string) => boolean) => {
  const row = rows.find((one) => one.kind === 'form' && match(one[`instruction_${code}`]));
  assert.ok(row);
  return (answer: string) => scorers[code](asked(row, code), { answer }).form;
};

describe('form', () => {
  it('one word', () => {
    const ko = formOf('ko', (text) => text.includes('한 단어'));
    assert.deepEqual(['오리', '오리.', '오리예요', '"오리"'].map(ko), [true, true, true, true]);
    assert.deepEqual(['오리를 키워요.', '오리, 개', '', '개:오리'].map(ko), [false, false, false, false]);
    const zh = formOf('zh', (text) => text.includes('一个词') && text.includes('宠物'));
    assert.deepEqual(['鸭子', '鸭子。', '她养了一只鸭子。', '是鸭子'].map(zh), [true, true, false, false]);
    const es = formOf('es', (text) => text.includes('una sola palabra'));
    assert.deepEqual(['Pato', 'Un pato', 'Tiene un pato.'].map(es), [true, false, false]);
  });

  it('the number alone', () => {
    const ko = formOf('ko', (text) => text.includes('숫자로만'));
    assert.deepEqual(['54', '54.', '54살', '나이는 54'].map(ko), [true, true, false, false]);
  });

  it('"name: value"', () => {
    const it = formOf('it', (text) => text.includes('"nome: città"'));
    const table: [string, boolean][] = [
      ['Setal Mibo: Rebadun', true],
      ['Setal Mibo: Rebadun.', true],
      ['Setal Mibo: a Rebadun', true],
      ['Setal Mibo vive a Rebadun.', false],
      ['Rebadun', false],
      ['nome: Rebadun', false],
      ['Setal Mibo: vive a Rebadun', false],
    ];
    for (const [answer, right] of table) assert.equal(it(answer), right, answer);
  });

  it('two sentences of a description, no more and no fewer', () => {
    for (const code of CODES) {
      const row = rows.find(({ kind }) => kind === 'describe');
      assert.ok(row);
      const both = reference(row, code);
      const form = (answer: string) => scorers[code](asked(row, code), { answer }).form;
      assert.deepEqual([both, both.slice(0, both.length / 2), both + both].map(form), [true, false, false]);
    }
  });

  it('a sentence or two of other answers, and lines of a list', () => {
    const where = rows.find(({ kind, rumour }) => kind === 'where' && !rumour);
    const list = rows.find(({ kind, facts }) => kind === 'list' && facts.length === 3);
    assert.ok(where && list);
    const forms = (row: typeof where, answer: string) => scorers.en(asked(row, 'en'), { answer }).form;
    assert.equal(forms(where, 'Tikamo'), true);
    assert.equal(forms(where, 'She lives there. Really.'), true);
    assert.equal(forms(where, 'One. Two. Three.'), false);
    assert.equal(forms(where, 'One.\nTwo.'), false);
    assert.equal(forms(list, 'Town: Tikamo\nAge: 3\nPet: dog'), true);
  });
});

describe('sentenceCount', () => {
  it('counts ends of sentences, not points in numbers', () => {
    assert.equal(sentenceCount('It costs 3.5 euros. Good!'), 2);
    assert.equal(sentenceCount('她是医生。她住在蒂卡莫。'), 2);
    assert.equal(sentenceCount('제빵사예요. 개를 키워요'), 2);
    assert.equal(sentenceCount(''), 0);
  });
});
