/**
 * The recording itself: calls a function with tfjs's backend exchanged, and turns what it assigned to variables into
 * changes of state at the end of the program. The function sees its own assignments; the variable itself, seen from
 * outside, is left as it was.
 */
import * as tf from '@tensorflow/tfjs-core';
import { RecordError } from './errors.ts';
import type { Program } from './program.ts';
import { dtypeNumber, type Recorder } from './recorder.ts';
import { type CompileRuntime, openedRuntime } from './runtime.ts';
import { leavesOf, type Tree } from './tree.ts';

export interface Recorded {
  /** What the function returned; its tensors only mark places, in the order of the program's outputs. */
  outputs: Tree;
  /** Every variable that the program reads or changes. */
  variables: tf.Variable[];
}

/** Where the data of each variable are, while a function may assign to it. */
type DataIds = Map<tf.Variable, object>;

/** Records what `fn` does into `program`; nothing is computed. */
export function recordWith({ recorder, states }: CompileRuntime, program: Program, fn: () => Tree): Recorded {
  unshare(Object.values(tf.engine().state.registeredVariables));
  const before = holdVariables();
  recorder.program = program;
  for (const [variable, dataId] of before) recorder.expected.set(dataId, variable);
  try {
    return recorder.active(() => {
      let outputs: Tree;
      const first = nextTensorId();
      tf.engine().tidy('compile', () => {
        outputs = fn();
        for (const tensor of leavesOf(outputs)) {
          dtypeNumber(tensor.dtype);
          program.give(recorder.outputOf(tensor));
        }
      });
      // What the function has kept is the caller's, and there is none.
      for (const tensor of leavesOf(outputs)) if (tensor.id >= first) tensor.dispose();
      for (const variable of changedSince(before)) assign(variable);
      program.finish();
      refuseNewVariables(before);
      const variables = [...before.keys()].filter((variable) => {
        const state = states.find(variable);
        return state && program.uses(state);
      });
      return { outputs, variables };
    });
  } catch (error) {
    forgetTape();
    throw error;
  } finally {
    restore(before);
    recorder.program = null;
    recorder.expected.clear();
  }
}

/** Tensors made from now on have this id or a higher one. */
export const nextTensorId = (): number => (tf.engine() as unknown as EngineBooks).nextTensorId();

/**
 * Lets `change` assign to variables only if `condition` is true when the program runs. What is assigned inside cannot
 * be read afterwards by the same function.
 * @param condition bool, scalar
 */
export function when(condition: tf.Tensor, change: () => void): void {
  const recording = current();
  if (!recording) {
    if (condition.dataSync()[0]) change();
    return;
  }
  const { recorder, program } = recording;
  const before = dataIds();
  const assigned = new Set([...before.keys()].filter((variable) => isAssigned(recorder, variable)));
  program.when(recorder.outputOf(condition), () => {
    change();
    for (const variable of changedSince(before)) {
      if (assigned.has(variable)) {
        throw new RecordError(
          `when: expected a variable of shape [${variable.shape}] not assigned before, got one that was`,
        );
      }
      assign(variable, 'reads a variable that was assigned under a condition');
    }
  });
}

/** A TensorFlow op that changes variables in place: it takes their resources, then the inputs. */
export interface InPlaceOp {
  op: string;
  variables: tf.Variable[];
  inputs: tf.Tensor[];
}

/**
 * Runs TensorFlow ops that change variables in place, such as ResourceApplyAdam, one after the other, after all that
 * reads the variables in this function has read them. These cannot be read afterwards by the same function.
 * @returns false, with nothing done, when nothing is being recorded: variables outside a session are no resources
 */
export function changeInPlace(ops: InPlaceOp[]): boolean {
  const recording = current();
  if (!recording) return false;
  const { recorder, states: all, program } = recording;
  const changes = ops.map(({ op, variables, inputs }) => {
    const states = variables.map((variable) => {
      recorder.tensorMap.get(variable.dataId); // moves it here
      if (!isAssigned(recorder, variable)) return all.of(variable);
      throw new RecordError(
        `${op}: expected a variable of shape [${variable.shape}] not assigned before, got one that was`,
      );
    });
    return { op, states, inputs: inputs.map((input) => recorder.outputOf(input)) };
  });
  program.addInPlace(changes);
  for (const variable of new Set(ops.flatMap(({ variables }) => variables))) {
    tf.tidy(() =>
      variable.assign(recorder.changedTensor(variable, 'reads a variable that was changed in place')),
    );
  }
  return true;
}

/**
 * Writes rows of a variable and returns all of it. In a program only these rows are touched, in the variable's own
 * memory: what it held before must have been computed by a program, not fed, and cannot be read afterwards.
 * @param variable [length, width]
 * @param rows int32 [n]
 * @param values [n, width]
 */
export function updateRows(variable: tf.Variable, rows: tf.Tensor1D, values: tf.Tensor2D): tf.Tensor2D {
  const recording = current();
  if (!recording) {
    const updated = tf.tensorScatterUpdate(variable, tf.expandDims(rows, 1), values) as tf.Tensor2D;
    variable.assign(updated);
    return updated;
  }
  const { recorder, program } = recording;
  const inputs = [variable, rows, values].map((tensor) => recorder.outputOf(tensor));
  const updated = recorder.standIn({ oper: program.add('InplaceUpdate', inputs, {}), index: 0 });
  variable.assign(recorder.changedTensor(variable, 'reads a variable of which rows were updated'));
  return updated as tf.Tensor2D;
}

/** The same tensors, to be had only after `event` has been computed. Eager ones are given back as they are. */
export function after<T extends tf.Tensor>(event: tf.Tensor, tensors: T[]): T[] {
  const recording = current();
  if (!recording) return tensors;
  const { recorder, program } = recording;
  const { oper } = recorder.outputOf(event);
  return tensors.map((tensor) => {
    const output = { oper: program.add('Identity', [recorder.outputOf(tensor)], {}, [oper]), index: 0 };
    return recorder.standIn(output) as T;
  });
}

/** The program being recorded, if one is, with what records it. */
export function current() {
  const runtime = openedRuntime();
  const program = runtime?.recorder.program;
  return runtime && program ? { ...runtime, program } : null;
}

/** Whether the function has assigned to a variable, or changed it: it no longer has the data that it came with. */
const isAssigned = (recorder: Recorder, variable: tf.Variable): boolean =>
  recorder.expected.get(variable.dataId) !== variable;

function dataIds(): DataIds {
  const variables = Object.values(tf.engine().state.registeredVariables);
  return new Map(variables.map((variable) => [variable, variable.dataId]));
}

const changedSince = (before: DataIds): tf.Variable[] =>
  [...before].filter(([variable, dataId]) => variable.dataId !== dataId).map(([variable]) => variable);

/** Makes the value that a variable now has the state's own at the end of the program. */
function assign(variable: tf.Variable, why?: string): void {
  const { recorder, states, program } = current() as NonNullable<ReturnType<typeof current>>;
  if (!recorder.isChanged(variable)) program.assign(states.of(variable), recorder.outputOf(variable));
  if (why) variable.assign(recorder.changedTensor(variable, why));
}

function refuseNewVariables(before: DataIds): void {
  const shapes = newVariables(before).map(({ shape }) => `[${shape}]`);
  if (shapes.length === 0) return;
  throw new RecordError(
    `tf.variable: expected variables made outside the function, got new ones of shape ${shapes.join(', ')}`,
  );
}

const newVariables = (before: DataIds): tf.Variable[] =>
  [...dataIds().keys()].filter((variable) => !before.has(variable));

/**
 * Gives variables data of their own where a tensor or another variable has the same, as after `variable.assign(other)`:
 * a program would change both.
 */
export function unshare(variables: tf.Variable[]): void {
  const runtime = openedRuntime();
  const all = Object.values(tf.engine().state.registeredVariables);
  for (const { dataId } of variables) {
    if (backendOf(dataId).refCount(dataId) < 2) continue;
    const state = runtime?.recorder.stateOf(dataId);
    for (const variable of all) {
      if (variable.dataId !== dataId || (state && state === runtime?.states.find(variable))) continue;
      tf.tidy(() => variable.assign(tf.tensor(variable.dataSync(), variable.shape, variable.dtype)));
    }
  }
}

/** Keeps the data of every variable, though the function may assign others. */
function holdVariables(): DataIds {
  const before = dataIds();
  for (const dataId of before.values()) backendOf(dataId).incRef(dataId);
  return before;
}

/** Gives every variable its data back, and forgets new ones. */
function restore(before: DataIds): void {
  tf.dispose(newVariables(before));
  const engine = tf.engine() as unknown as EngineBooks;
  for (const [variable, dataId] of before) {
    if (variable.dataId !== dataId) {
      engine.disposeTensor(variable);
      variable.dataId = dataId;
      engine.trackTensor(variable, backendOf(dataId));
    } else backendOf(dataId).disposeData(dataId);
  }
}

/** What a gradient saves on its way is kept by tfjs when it fails. */
function forgetTape(): void {
  const { state } = tf.engine();
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = undefined as unknown as typeof state.activeTape;
}

/** What tfjs keeps to itself of how it counts tensors. */
interface EngineBooks {
  disposeTensor(tensor: tf.Tensor): void;
  trackTensor(tensor: tf.Tensor, backend: tf.KernelBackend): void;
  nextTensorId(): number;
}

const backendOf = (dataId: object): tf.KernelBackend =>
  (tf.engine().state.tensorInfo.get(dataId) as { backend: tf.KernelBackend }).backend;
