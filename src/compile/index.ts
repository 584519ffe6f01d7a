/** Functions of tensors as TensorFlow graphs: see compile.ts. */
export { type Compiled, type CompileOptions, compile, type Recording } from './compile.ts';
export { RecordError } from './errors.ts';
export type { Precision } from './program.ts';
export { after, changeInPlace, when } from './record.ts';
export type { Tree } from './tree.ts';
