/** Functions of tensors as TensorFlow graphs: see docs/compile.md. */
export type { Precision } from './bf16.ts';
export { readAndDispose, withInputs } from './calls.ts';
export { type Compiled, type CompileOptions, compile, type RecordingStats } from './compile.ts';
export { RecordError } from './errors.ts';
export { type OpProfile, profile } from './profile.ts';
export {
  changeInPlace,
  multipliesInBf16,
  rounded,
  updateRows,
  when,
  withControlDependency,
} from './recordedOps.ts';
export type { Tree } from './tree.ts';
export {
  type Bf16Storage,
  declareVariable,
  lendValues,
  type Mode,
  newVariables,
  writeValues,
  zeros,
} from './variables.ts';
export { allowXla } from './xla.ts';
