import assert from 'node:assert/strict';
import { NARROW, WIDEN } from '../src/halves.ts';

const bitsOf = (...values: number[]) => new Uint32Array(Float32Array.from(values).buffer);
function narrow(dtype: string, ...values: number[]): number[] {
  const halves = new Uint16Array(values.length);
  NARROW[dtype](bitsOf(...values), halves);
  return [...halves];
}

describe('numbers of 16 bits', () => {
  for (const dtype of ['F16', 'BF16']) {
    it(`come back, each of ${dtype}`, () => {
      const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
      const bits = new Uint32Array(all.length);
      WIDEN[dtype](all, bits);
      const back = new Uint16Array(all.length);
      NARROW[dtype](bits, back);
      const values = new Float32Array(bits.buffer);
      for (const half of all)
        if (!Number.isNaN(values[half]) && back[half] !== half) assert.fail(`${half}: ${back[half]}`);
      assert.ok(Number.isNaN(values[0x7fff]));
    });
  }

  it('round to the nearest, ties to even', () => {
    assert.deepEqual(
      narrow('BF16', 1, 1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -1 - 3 * 2 ** -9),
      [0x3f80, 0x3f80, 0x3f80, 0x3f82, 0xbf81],
    );
    assert.deepEqual(
      narrow('F16', 1, 1 + 2 ** -12, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20),
      [0x3c00, 0x3c00, 0x3c00, 0x3c02, 0x3c01],
    );
  });

  it('go beyond their ends', () => {
    assert.deepEqual(
      narrow('F16', 65504, 65519, 65520, -1e9, 2 ** -24, 2 ** -25, 2 ** -25 * 1.01, 1e-9, 2 ** -14 * 0.99999),
      [0x7bff, 0x7bff, 0x7c00, 0xfc00, 1, 0, 1, 0, 0x0400],
    );
    assert.deepEqual(narrow('BF16', Number.POSITIVE_INFINITY, 3.4028234e38), [0x7f80, 0x7f80]);
    for (const dtype of ['F16', 'BF16']) {
      const bits = new Uint32Array(1);
      WIDEN[dtype](Uint16Array.from(narrow(dtype, Number.NaN)), bits);
      assert.ok(Number.isNaN(new Float32Array(bits.buffer)[0]), dtype);
    }
  });
});
