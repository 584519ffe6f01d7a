/** Answers against references as text: the numbers of Python's libraries, from scripts/golden/text_scores.py. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chrfCounts, chrfOf } from '../../src/evaluate/text/chrf.ts';
import { corpusScore, type TextScore, textScore } from '../../src/evaluate/text/measure.ts';
import { answerWords, rougeWords } from '../../src/evaluate/text/words.ts';

interface Case extends TextScore {
  language: string;
  answer: string;
  references: string[];
}
const golden: { cases: Case[]; corpora: Record<string, number> } = JSON.parse(
  readFileSync(new URL('../golden/textScores.json', import.meta.url), 'utf8'),
);
const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what}: ${actual}, expected ${expected}`);

describe('textScore', () => {
  it('is that of sacrebleu, rouge_score and SQuAD', () => {
    assert.ok(golden.cases.length > 30);
    for (const { language, answer, references, ...expected } of golden.cases) {
      const found = textScore(answer, references, language);
      const what = `${language} ${JSON.stringify(answer.slice(0, 40))}`;
      for (const name of ['exact', 'f1', 'rougeL'] as const)
        near(found[name], expected[name], `${what} ${name}`);
      near(100 * found.chrf, expected.chrf, `${what} chrf`);
    }
  });

  it('has the chrF of a whole corpus, which is not the mean of its sentences', () => {
    for (const [language, expected] of Object.entries(golden.corpora)) {
      const some = golden.cases.filter((one) => one.language === language);
      near(
        100 * chrfOf(some.map((one) => chrfCounts(one.answer, one.references.slice(0, 1)))),
        expected,
        language,
      );
    }
    const measured = [
      { answer: 'a', references: ['a'], score: textScore('a', ['a'], 'en') },
      { answer: 'long and wrong', references: ['b'], score: textScore('long and wrong', ['b'], 'en') },
    ];
    const corpus = corpusScore(measured) as TextScore;
    assert.equal(corpus.exact, 0.5);
    assert.ok(corpus.chrf < 0.4, 'the long answer weighs more');
    assert.equal(corpusScore([]), null);
  });
});

describe('the words of an answer', () => {
  it('are characters where a script has no spaces, else words', () => {
    assert.deepEqual(answerWords('他有3个iPhone。', 'zh'), ['他', '有', '3', '个', 'iphone']);
    assert.deepEqual(rougeWords('東京 Tower!', 'ja'), ['東', '京', 'tower']);
    assert.deepEqual(answerWords('파리는 수도입니다.', 'ko'), ['파리는', '수도입니다']);
    assert.deepEqual(rougeWords('perché no', 'it'), ['perché', 'no']);
    assert.deepEqual(rougeWords('perché no', 'en'), ['perch', 'no'], 'as rouge_score has it');
  });

  it('have no articles, in the languages whose articles are known', () => {
    assert.deepEqual(answerWords("L'uomo e la donna", 'it'), ['uomo', 'e', 'donna']);
    assert.deepEqual(answerWords('El niño', 'es'), ['niño']);
    assert.deepEqual(answerWords('An apple, the Anthem', 'en'), ['apple', 'anthem']);
    assert.deepEqual(answerWords('der Hund', 'de'), ['der', 'hund']);
  });
});
