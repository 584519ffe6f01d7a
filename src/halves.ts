/** Numbers of 16 bits, half precision and bfloat16, to and from float32. */

/** Bits of float32 values from those of narrower ones, by dtype. */
export const WIDEN: Record<string, (halves: Uint16Array, bits: Uint32Array) => void> = {
  BF16(halves, bits) {
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  },
  F16(halves, bits) {
    const table = halfBits();
    for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i]];
  },
};

/** Bits of narrower values from those of float32, rounded to the nearest, by dtype. */
export const NARROW: Record<string, (bits: Uint32Array, halves: Uint16Array) => void> = {
  BF16(bits, halves) {
    for (let i = 0; i < bits.length; i++) halves[i] = toBrain(bits[i]);
  },
  F16(bits, halves) {
    for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i]);
  },
};

let halfTable: Uint32Array | undefined;

/** The bits of each half precision value (IEEE 754) as float32. */
function halfBits(): Uint32Array {
  if (halfTable) return halfTable;
  const values = Float32Array.from({ length: 1 << 16 }, (_, bits) => fromHalf(bits));
  halfTable = new Uint32Array(values.buffer);
  return halfTable;
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const isNaNBits = (bits: number) => (bits & 0x7fffffff) > 0x7f800000;

/** Ties to even; a carry out of the fraction makes the next exponent, which is right. */
function toBrain(bits: number): number {
  if (isNaNBits(bits)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  if (isNaNBits(bits)) return sign | 0x7e00;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds beyond the largest half
  const exponent = (magnitude >>> 23) - 112;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  // Below the smallest normal half the fraction is shifted further; 24 bits and more leave nothing.
  const shift = exponent > 0 ? 13 : 14 - exponent;
  if (shift > 24) return sign;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const rounded = kept + (rest > middle || (rest === middle && kept & 1) ? 1 : 0);
  // The hidden bit adds one to the exponent by itself.
  return sign | (exponent > 0 ? ((exponent - 1) << 10) + rounded : rounded);
}
