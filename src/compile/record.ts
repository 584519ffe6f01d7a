/**
 * Recording: calls a function with the recording backend in use, and turns what it assigned to variables into changes
 * at the end of the program. The function sees its own assignments; outside it, variables keep their values.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  backendOf,
  discardTape,
  liveVariables,
  namedTidy,
  nextTensorId,
  rebind,
} from '../tensorflow/tfjs.ts';
import { dtypeNumber } from './dtypes.ts';
import { RecordError } from './errors.ts';
import type { Program } from './program.ts';
import { type CompileRuntime, openedRuntime } from './runtime.ts';
import { leavesOf, type Tree } from './tree.ts';

/** Result of recording a function. */
export interface RecordedFunction {
  /** What the function returned. Its tensors mark the positions of the program's outputs, in order; they have no values. */
  outputs: Tree;
  /** Every variable that the program reads or changes. */
  variables: tf.Variable[];
}

/** A program being recorded, with the runtime that records it. */
interface Recording extends CompileRuntime {
  program: Program;
}

/** Where the data of each variable are, while a function may assign to it. */
type DataIds = Map<tf.Variable, object>;

/** Records what `fn` does into `program`; nothing is computed. */
export function record(runtime: CompileRuntime, program: Program, fn: () => Tree): RecordedFunction {
  const { recorder, variables: resources } = runtime;
  unshare(liveVariables());
  const before = holdVariables();
  recorder.program = program;
  for (const [variable, dataId] of before) recorder.expected.set(dataId, variable);
  try {
    return recorder.active(() => {
      let outputs: Tree;
      const firstId = nextTensorId();
      namedTidy('compile', () => {
        outputs = fn();
        for (const tensor of leavesOf(outputs)) {
          dtypeNumber(tensor.dtype);
          program.addOutput(recorder.outputOf(tensor));
        }
      });
      // Outputs that the function passed to tf.keep.
      for (const tensor of leavesOf(outputs)) if (tensor.id > firstId) tensor.dispose();
      for (const variable of changedSince(before)) assign({ ...runtime, program }, variable);
      program.finish();
      refuseNewVariables(before);
      const used = new Set([...program.variablesRead, ...program.variablesAssigned]);
      const variables = [...before.keys()].filter((variable) => {
        const resource = resources.find(variable);
        return resource !== undefined && used.has(resource);
      });
      return { outputs, variables };
    });
  } catch (error) {
    discardTape();
    throw error;
  } finally {
    restore(before);
    recorder.program = null;
    recorder.expected.clear();
  }
}

/** The recording in progress, if any. */
export function currentRecording(): Recording | null {
  const runtime = openedRuntime();
  const program = runtime?.recorder.program;
  return runtime && program ? { ...runtime, program } : null;
}

export const dataIds = (): DataIds => new Map(liveVariables().map((variable) => [variable, variable.dataId]));

export const changedSince = (before: DataIds): tf.Variable[] =>
  [...before].filter(([variable, dataId]) => variable.dataId !== dataId).map(([variable]) => variable);

/** Whether the function has assigned to a variable or changed it: its data are other than at the start. */
export const isAssigned = ({ recorder }: CompileRuntime, variable: tf.Variable): boolean =>
  recorder.expected.get(variable.dataId) !== variable;

/**
 * Assigns the value that a variable now has to its resource, at the end of the program.
 * @param unreadable if given, reading the variable from here on throws this reason
 */
export function assign(recording: Recording, variable: tf.Variable, unreadable?: string): void {
  const { recorder, variables, program } = recording;
  if (!recorder.isUnreadable(variable)) program.assign(variables.of(variable), recorder.outputOf(variable));
  if (unreadable) variable.assign(recorder.unreadableTensor(variable, unreadable));
}

/**
 * Gives variables data of their own where a tensor or another variable has the same, as after `variable.assign(other)`:
 * a program would change both.
 */
export function unshare(variables: tf.Variable[]): void {
  const runtime = openedRuntime();
  for (const { dataId } of variables) {
    if (backendOf(dataId).refCount(dataId) < 2) continue;
    const resource = runtime?.recorder.variableOf(dataId);
    for (const variable of liveVariables()) {
      const isOwner = resource && resource === runtime?.variables.find(variable);
      if (variable.dataId !== dataId || isOwner) continue;
      tf.tidy(() => variable.assign(tf.tensor(variable.dataSync(), variable.shape, variable.dtype)));
    }
  }
}

function refuseNewVariables(before: DataIds): void {
  const shapes = newVariables(before).map(({ shape }) => `[${shape}]`);
  if (shapes.length === 0) return;
  throw new RecordError(
    `tf.variable: expected variables made outside the function, got new ones of shape ${shapes.join(', ')}`,
  );
}

const newVariables = (before: DataIds): tf.Variable[] =>
  liveVariables().filter((variable) => !before.has(variable));

/** Keeps the data of every variable, though the function may assign others. */
function holdVariables(): DataIds {
  const before = dataIds();
  for (const dataId of before.values()) backendOf(dataId).incRef(dataId);
  return before;
}

/** Gives every variable its data back, and disposes variables that the function made. */
function restore(before: DataIds): void {
  tf.dispose(newVariables(before));
  for (const [variable, dataId] of before) {
    if (variable.dataId !== dataId) rebind(variable, dataId);
    else backendOf(dataId).disposeData(dataId);
  }
}
