/** The precision of matrix products where a recipe leaves it open. */
import { describeCpu, multipliesBf16 } from '../runtime/device.ts';
import { startedDevice } from '../runtime/start.ts';
import type { Precision } from './bf16.ts';
import type { Mode } from './variables.ts';

/**
 * `auto` is bf16 on a GPU, and on a CPU with instructions that multiply bf16 twice as fast as float32; else float32. It
 * is not measured, so that a machine gives the same numbers however busy it is.
 */
export function choosePrecision(asked: Precision | 'auto', mode: Mode): Precision {
  if (asked !== 'auto') return asked;
  if (mode === 'eager') return 'float32';
  return startedDevice() === 'gpu' || multipliesBf16(describeCpu()) ? 'bf16' : 'float32';
}
