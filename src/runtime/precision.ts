/** Which numbers matrix products are computed in, where a recipe leaves it open. */
import type { Mode, Precision } from '../compile/index.ts';
import { describeCpu, multipliesBf16 } from './device.ts';
import { startedDevice } from './start.ts';

/**
 * bf16 on a GPU, and on a CPU whose instructions for it are twice as fast as those for float32; else float32. It is not
 * measured, so that the same machine gives the same numbers however busy it is.
 */
export function choosePrecision(asked: Precision | 'auto', mode: Mode): Precision {
  if (asked !== 'auto') return asked;
  if (mode === 'eager') return 'float32';
  return startedDevice() === 'gpu' || multipliesBf16(describeCpu()) ? 'bf16' : 'float32';
}
