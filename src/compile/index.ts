/** Functions of tensors as TensorFlow graphs: see compile.ts. */
export { fed, taken } from './calls.ts';
export { type Compiled, type CompileOptions, compile, type Recording } from './compile.ts';
export { RecordError } from './errors.ts';
export { multipliesInBf16, rounded } from './precision.ts';
export { type OpAccount, profile } from './profile.ts';
export type { Precision } from './program.ts';
export { dropout, randomUniform } from './random.ts';
export { recompute } from './recompute.ts';
export { after, changeInPlace, type InPlaceOp, updateRows, when } from './record.ts';
export type { Tree } from './tree.ts';
export {
  declareVariable,
  type Fill,
  lendValues,
  type Mode,
  type Narrow,
  newVariables,
  writeValues,
  zeros,
} from './variables.ts';
export { allowXla } from './xla.ts';
