/** Which numbers matrix products are computed in, where a recipe leaves it open. */
import type { Mode, Precision } from '../compile/index.ts';
import { measureBf16 } from './bf16.ts';
import { describeCpu, hasBf16 } from './device.ts';
import { startedDevice } from './start.ts';

/** From this speed over float32 on, products are rounded to bf16: below it the casts cost what is gained. */
const WORTHWHILE = 1.5;

/** bf16 on a GPU, and on a CPU that is measured to be faster in it; else float32. */
export function choosePrecision(asked: Precision | 'auto', mode: Mode): Precision {
  if (asked !== 'auto') return asked;
  if (mode === 'eager') return 'float32';
  if (startedDevice() === 'gpu') return 'bf16';
  if (!hasBf16(describeCpu())) return 'float32';
  return measureBf16().speedup >= WORTHWHILE ? 'bf16' : 'float32';
}
