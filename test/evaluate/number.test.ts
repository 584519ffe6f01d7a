import assert from 'node:assert/strict';
import { lastNumber } from '../../src/evaluate/number.ts';

describe('lastNumber', () => {
  const table: [text: string, code: string, number: number | null][] = [
    ['4 + 4 = 8. She has 8 eggs.', 'en', 8],
    ['The answer is 1,234.', 'en', 1234],
    ['It costs 1,234,567.5 dollars', 'en', 1234567.5],
    ['3 and 12, 13', 'en', 13],
    ['It fell to -7', 'en', -7],
    ['15-7', 'en', 7],
    ['−3', 'en', -3],
    ['none at all', 'en', null],
    ['', 'en', null],
    ['Sono 1.234 mele', 'it', 1234],
    ['Sono 1.234.567,5 euro', 'it', 1234567.5],
    ['Costa 3,5 euro.', 'it', 3.5],
    ['Costa 3.5 euro.', 'it', 3.5],
    ['Son 0,25', 'es', 0.25],
    ['Hay 12 345 libros', 'es', 12345],
    ['총 1,200송이예요.', 'ko', 1200],
    ['一共有１２个。', 'zh', 12],
  ];
  for (const [text, code, number] of table) {
    it(`${text} in ${code}: ${number}`, () => assert.equal(lastNumber(text, code), number));
  }
});
