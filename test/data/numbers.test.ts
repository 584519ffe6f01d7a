/** Numbers that keep their digits, and JSON text read with them. */
import assert from 'node:assert/strict';
import { parseJson } from '../../src/data/read/jsonText.ts';
import { decimalNumber, exactNumber, plainDigits } from '../../src/data/read/numbers.ts';
import { parkMiller } from '../support/tiny.ts';

const ID = '1390991500702712081';

describe('plainDigits', () => {
  const cases: [string, string][] = [
    ['1', '1'],
    ['1.0', '1'],
    ['1e0', '1'],
    ['1e3', '1000'],
    ['1E+3', '1000'],
    ['-0', '0'],
    ['0.10', '0.1'],
    ['-12.50', '-12.5'],
    ['12.5e-3', '0.0125'],
    ['123456789012345678e-3', '123456789012345.678'],
    [`${ID}.0`, ID],
    ['1e21', `1${'0'.repeat(21)}`],
    ['1e-7', '0.0000001'],
    ['1.5e400', '1.5e400'],
    ['2e-400', '2e-400'],
    ['not a number', 'not a number'],
  ];
  for (const [text, digits] of cases)
    it(`of ${text} are ${digits}`, () => assert.equal(plainDigits(text), digits));
});

describe('exactNumber', () => {
  it('is a number where a JavaScript number has the same digits, else their text', () => {
    for (const text of ['7', '1.0', '0.1', '9007199254740992', '1e21', '5e-324', '123456789012345'])
      assert.equal(exactNumber(text), Number(text), text);
    for (const text of [ID, '9007199254740993', '18446744073709551615', '0.1000000000000000055511', '1e400'])
      assert.equal(exactNumber(text), text);
    assert.equal(exactNumber(`-${ID}.50`), `-${ID}.5`);
  });

  it('tells any two integers of 64 bits apart', () => {
    const random = parkMiller(5);
    for (let i = 0; i < 300; i++) {
      const id = BigInt(Math.floor(random() * 2 ** 31)) * 2n ** 32n + BigInt(Math.floor(random() * 2 ** 31));
      assert.notEqual(String(exactNumber(String(id))), String(exactNumber(String(id + 1n))));
      assert.equal(plainDigits(String(exactNumber(String(id)))), String(id));
    }
  });

  it('puts the point into decimals of any size', () => {
    assert.equal(decimalNumber(35n, 2), 0.35);
    assert.equal(decimalNumber(-333n, 2), -3.33);
    assert.equal(decimalNumber(10n ** 37n + 1n, 0), `1${'0'.repeat(36)}1`);
    assert.equal(decimalNumber(12345678901234567890n, 5), '123456789012345.6789');
    assert.equal(decimalNumber(7n, -3), 7000);
  });
});

describe('parseJson', () => {
  it('keeps the digits of long numbers wherever they are, and no others', () => {
    const text = `{"a":${ID},"b":[-${ID},{"c":${ID}.5}],"d":"${ID} \\" ${ID}","e":1.50,"f\\\\":${ID},"g":1e400}`;
    assert.deepEqual(parseJson(text), {
      a: ID,
      b: [`-${ID}`, { c: `${ID}.5` }],
      d: `${ID} " ${ID}`,
      e: 1.5,
      'f\\': ID,
      g: '1e400',
    });
    assert.equal(parseJson(` ${ID} `), ID);
  });

  it('reads the numbers that Python writes and JSON lacks', () => {
    const text = `{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \\"Infinity","d":${ID}}`;
    assert.deepEqual(parseJson(text), {
      ...{ a: Number.NaN, b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] },
      ...{ c: 'NaN "Infinity', d: ID },
    });
  });

  it('refuses what JSON.parse refuses, with its words', () => {
    const broken = [
      '{"a":',
      '{"a":-NaN}',
      '{"a":NaNs}',
      `{"a":0${ID}}`,
      '{"a":1.2.3}',
      `[${ID}.]`,
      `["${ID}]`,
    ];
    for (const text of broken) {
      const message = (() => {
        try {
          JSON.parse(text);
          return assert.fail(text);
        } catch (error) {
          return (error as Error).message;
        }
      })();
      assert.throws(() => parseJson(text), { name: 'SyntaxError', message }, text);
    }
  });

  it('gives what JSON.parse gives for all else', () => {
    const random = parkMiller(9);
    const pick = <T>(list: T[]) => list[Math.floor(random() * list.length)];
    const value = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth > 0 ? 7 : 5));
      if (kind === 0) return pick([0, -1, 3.25, 1e-9, 123456789012345, -0.001]);
      if (kind < 4)
        return pick([
          '',
          'NaN',
          '"',
          '\\',
          '\\"',
          '1234567890123456789',
          '한국\u2028',
          '{"a":1}',
          ':-Infinity,',
        ]);
      if (kind === 4) return pick([null, true, false]);
      const list = Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1));
      return kind === 5
        ? list
        : Object.fromEntries(list.map((one, i) => [pick(['a', '"', '\\', 'NaN']) + i, one]));
    };
    for (let i = 0; i < 400; i++) {
      const text = JSON.stringify(value(4), null, i % 3);
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }
  });

  it('takes a field called __proto__ for a field', () => {
    const row = parseJson('{"__proto__":{"polluted":NaN}}') as { polluted?: number };
    assert.equal(row.polluted, undefined);
    assert.ok(Object.hasOwn(row, '__proto__'));
  });
});
