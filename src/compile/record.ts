/**
 * The recording itself: calls a function with tfjs's backend exchanged, and turns what it assigned to variables into
 * changes of state at the end of the program. The function sees its own assignments; the variable itself, seen from
 * outside, is left as it was.
 */
import * as tf from '@tensorflow/tfjs-core';
import { RecordError } from './errors.ts';
import type { AttributeValue } from './graph.ts';
import type { Program } from './program.ts';
import { BACKEND } from './recorder.ts';
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
  const before = holdVariables();
  const previous = tf.getBackend();
  // Takes effect at once: only a backend that starts asynchronously is waited for.
  void tf.setBackend(BACKEND);
  recorder.program = program;
  for (const [variable, dataId] of before) recorder.expected.set(dataId, variable);
  try {
    let outputs: Tree;
    tf.engine().tidy('compile', () => {
      outputs = fn();
      for (const tensor of leavesOf(outputs)) program.outputs.push(recorder.outputOf(tensor));
    });
    for (const variable of changedSince(before)) assign(variable);
    const variables = [...before.keys()].filter((variable) => program.uses(states.of(variable)));
    return { outputs, variables };
  } finally {
    restore(before);
    recorder.program = null;
    recorder.expected.clear();
    void tf.setBackend(previous);
  }
}

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
  program.when(recorder.outputOf(condition), () => {
    change();
    for (const variable of changedSince(before)) assign(variable, 'was assigned under a condition');
  });
}

/**
 * Runs a TensorFlow op that changes variables in place, such as ResourceApplyAdam, after all that reads them in this
 * function has read them. They cannot be read afterwards by the same function.
 * @returns false, with nothing done, when nothing is being recorded: tensors outside a session are no resources
 */
export function changeInPlace(
  op: string,
  variables: tf.Variable[],
  inputs: tf.Tensor[],
  attributes: Record<string, AttributeValue> = {},
): boolean {
  const recording = current();
  if (!recording) return false;
  const { recorder, program } = recording;
  const states = variables.map((variable) => {
    recorder.tensorMap.get(variable.dataId); // moves it here
    const state = recorder.stateOf(variable.dataId);
    if (state) return state;
    throw new RecordError(
      `${op}: expected a variable of shape [${variable.shape}] not assigned before, got one that was`,
    );
  });
  program.addInPlace(
    op,
    states,
    inputs.map((input) => recorder.outputOf(input)),
    attributes,
  );
  for (const variable of variables)
    variable.assign(recorder.changedTensor(variable, `was changed in place by ${op}`));
  return true;
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

function current() {
  const runtime = openedRuntime();
  const program = runtime?.recorder.program;
  return runtime && program ? { ...runtime, program } : null;
}

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

/** Keeps the data of every variable, though the function may assign others. */
function holdVariables(): DataIds {
  const before = dataIds();
  for (const dataId of before.values()) backendOf(dataId).incRef(dataId);
  return before;
}

/** Gives every variable its data back. */
function restore(before: DataIds): void {
  const engine = tf.engine() as unknown as EngineBooks;
  for (const [variable, dataId] of before) {
    if (variable.dataId !== dataId) {
      engine.disposeTensor(variable);
      variable.dataId = dataId;
      engine.trackTensor(variable, backendOf(dataId));
    } else backendOf(dataId).disposeData(dataId);
  }
}

/** What tfjs keeps to itself of how it counts tensors. */
interface EngineBooks {
  disposeTensor(tensor: tf.Tensor): void;
  trackTensor(tensor: tf.Tensor, backend: tf.KernelBackend): void;
}

const backendOf = (dataId: object): tf.KernelBackend =>
  (tf.engine().state.tensorInfo.get(dataId) as { backend: tf.KernelBackend }).backend;
