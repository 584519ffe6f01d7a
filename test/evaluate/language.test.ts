/** In which language a text is, beyond the world's own texts. */
import assert from 'node:assert/strict';
import { inLanguage } from '../../src/evaluate/language.ts';

const TEXTS: Record<string, string[]> = {
  en: [
    'The seeds pass through your body and nothing happens.',
    'You should plan your day and take breaks.',
    'Yes.',
  ],
  ko: [
    '시간 관리를 잘하려면 먼저 계획을 세우는 것이 좋습니다.',
    '파이썬(Python)은 JavaScript보다 배우기 쉽습니다.',
    '```python\nprint("hello world, this is code")\n``` 위 코드는 인사말을 출력해요.',
  ],
  zh: ['西瓜籽会通过你的消化系统。', 'Barack Obama多少岁？', '幸运饼干的起源并不清楚。'],
  it: [
    'I semi di anguria attraversano il tuo sistema digestivo.',
    "L'origine dei biscotti della fortuna non è chiara.",
    'Per gestire meglio il tempo bisogna pianificare la giornata.',
  ],
  es: [
    'Las semillas de sandía pasan por el sistema digestivo.',
    'Para gestionar mejor el tiempo hay que planificar.',
    'No se sabe con certeza de dónde vienen.',
  ],
};

describe('inLanguage', () => {
  for (const [code, texts] of Object.entries(TEXTS)) {
    for (const text of texts) {
      it(`${code} alone: ${text}`, () => {
        const found = Object.keys(TEXTS).filter((other) => inLanguage(text, other));
        assert.deepEqual(found, [code]);
      });
    }
  }

  it('holds a number or a bare name against no language', () => {
    for (const text of ['39', '3 + 4 = 7', 'Tikamo', 'Mirena Toban', '']) {
      for (const code of Object.keys(TEXTS)) assert.equal(inLanguage(text, code), true, `${text} ${code}`);
    }
  });

  it('takes a word of one language for that language', () => {
    assert.equal(inLanguage('Dog', 'ko'), false);
    assert.equal(inLanguage('Cane', 'es'), false);
    assert.equal(inLanguage('Cane', 'it'), true);
    assert.equal(inLanguage('개', 'zh'), false);
  });

  it('sees an answer that slips into another language', () => {
    const half =
      '미레나는 티카모에 살아요. She lives there with her dog and she likes to eat pizza every single day.';
    assert.equal(inLanguage(half, 'ko'), false);
    assert.equal(inLanguage('Vive en Tikamo and she has a dog that likes to run.', 'es'), false);
  });

  it('knows Japanese, French and Portuguese from what is asked for', () => {
    assert.equal(inLanguage('彼女は東京に住んでいて、犬を飼っています。', 'zh'), false);
    assert.equal(
      inLanguage("Elle habite dans une ville avec son chien et elle n'est pas médecin.", 'it'),
      false,
    );
    assert.equal(inLanguage('Ela não tem um gato, mas ele tem uma casa em Lisboa.', 'es'), false);
  });

  it('says nothing of a language that it does not know', () => {
    assert.equal(inLanguage('Hyvää päivää', 'fi'), null);
  });
});
