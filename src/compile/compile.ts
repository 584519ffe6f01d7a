/**
 * `compile` turns a function of tensors into one that runs as a single TensorFlow graph. The function is called once
 * for each signature of its inputs, to record what it does; after that its programs run in one session, off the main
 * thread, and share the variables that they read and assign. It is `tf.function` or `jax.jit` for tfjs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Pointer, TensorFlowError } from './capi.ts';
import { RecordError } from './errors.ts';
import { allocate, tensorValues, toHostArray } from './hostTensor.ts';
import { type Precision, Program } from './program.ts';
import { nextTensorId, recordWith, unshare } from './record.ts';
import { dtypeName, dtypeNumber } from './recorder.ts';
import { type CompileRuntime, openedRuntime, openRuntime } from './runtime.ts';
import { leavesOf, mapLeaves, signatureOf, type Tree } from './tree.ts';
import type { Mode } from './variables.ts';

export interface CompileOptions {
  /** For messages; default: the function's own name. */
  name?: string;
  /** Numbers that matrix products are computed in; variables stay float32. Default float32. */
  precision?: Precision;
  /** `eager` runs the function op by op, for debugging. Default `graph`. */
  mode?: Mode;
}

/** A compiled function. */
export interface Compiled<Inputs extends Tree[], Outputs extends Tree> {
  /**
   * Runs the program of these inputs' shapes and dtypes, recording it first when it is new.
   * @returns the function's tensors with their values on the host; the caller disposes them
   */
  (...inputs: Inputs): Promise<Outputs>;
  /** Records the program of such inputs without running it. */
  record(...inputs: Inputs): Promise<Recording>;
  /** Number of programs recorded so far: one a signature. */
  readonly programs: number;
  /** Forgets the programs; once nothing is in use any more, the graph begins anew. */
  dispose(): void;
}

/** What recording made. */
export interface Recording {
  /** Operations added to the graph. */
  operations: number;
  seconds: number;
}

/** A program with all that running it takes. */
interface Recorded {
  name: string;
  program: Program;
  outputs: Tree;
  variables: tf.Variable[];
  recording: Recording;
}

/**
 * @param fn takes tensors, or arrays and objects of them, and returns such; it may read and assign `tf.Variable`s.
 *   What it closes over besides is frozen as it is when first called. It must not read a value, draw random numbers
 *   in JavaScript, or have a shape depend on data.
 * @throws RecordError when run or recorded, naming the tfjs call that cannot be recorded
 */
export function compile<Inputs extends Tree[], Outputs extends Tree>(
  fn: (...inputs: Inputs) => Outputs,
  { name = fn.name || 'function', precision = 'float32', mode = 'graph' }: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  if (mode === 'eager' && precision !== 'float32') {
    throw new RecordError(`compile: expected precision float32 where nothing is compiled, got ${precision}`);
  }
  const programs = new Map<string, Recorded>();

  const recordedFor = (runtime: CompileRuntime, inputs: Inputs): Recorded => {
    const signature = signatureOf(inputs);
    const known = programs.get(signature);
    if (known) return known;
    const recorded = recordProgram(runtime, fn, name, precision, inputs);
    programs.set(signature, recorded);
    runtime.programs.add(recorded);
    return recorded;
  };

  const run = async (...inputs: Inputs): Promise<Outputs> => {
    if (openedRuntime()?.recorder.program)
      throw new RecordError(`compile: ${name} was called in the recording of another`);
    if (mode === 'eager') return eager(fn, inputs);
    const runtime = await openRuntime();
    return (await runProgram(runtime, recordedFor(runtime, inputs), inputs)) as Outputs;
  };
  const record = async (...inputs: Inputs): Promise<Recording> => {
    const runtime = await openRuntime();
    return recordedFor(runtime, inputs).recording;
  };
  const dispose = () => {
    for (const recorded of programs.values()) openedRuntime()?.programs.delete(recorded);
    programs.clear();
  };
  return Object.defineProperty(Object.assign(run, { record, dispose }), 'programs', {
    get: () => programs.size,
  }) as Compiled<Inputs, Outputs>;
}

/** Op by op, with all but the outputs freed; these are the caller's, even where the function gives what it was given. */
function eager<Inputs extends Tree[], Outputs extends Tree>(
  fn: (...inputs: Inputs) => Outputs,
  inputs: Inputs,
): Outputs {
  let outputs = undefined as Outputs;
  const first = nextTensorId();
  tf.tidy(() => {
    outputs = mapLeaves(fn(...inputs), (tensor) => (tensor.id < first ? tf.clone(tensor) : tensor));
    return leavesOf(outputs);
  });
  return outputs;
}

function recordProgram<Inputs extends Tree[]>(
  runtime: CompileRuntime,
  fn: (...inputs: Inputs) => Tree,
  name: string,
  precision: Precision,
  inputs: Inputs,
): Recorded {
  const { graph, recorder } = runtime;
  const started = performance.now();
  const sizeBefore = graph.size;
  const program = new Program(graph, precision);
  try {
    const { outputs, variables } = recordWith(runtime, program, () => {
      const standIns = mapLeaves(inputs, (tensor) => {
        const input = graph.placeholder(dtypeNumber(tensor.dtype), tensor.shape);
        program.inputs.push(input);
        return recorder.standIn(input);
      });
      return fn(...standIns);
    });
    const seconds = (performance.now() - started) / 1000;
    return { name, program, outputs, variables, recording: { operations: graph.size - sizeBefore, seconds } };
  } catch (error) {
    const missing = error instanceof Error && /^Kernel '(\w+)' not registered/.exec(error.message);
    if (missing)
      throw new RecordError(
        `compile ${name}: expected ops of TensorFlow, got ${missing[1]}, which it has not`,
      );
    if (error instanceof RecordError) error.message = `compile ${name}: ${error.message}`;
    throw error;
  }
}

async function runProgram(
  { graph, session, states, recorder }: CompileRuntime,
  { name, program, outputs, variables }: Recorded,
  inputs: Tree[],
): Promise<Tree> {
  const { api } = graph;
  const { inputs: feeds, outputs: fetches, targets, ofFewRows } = program;
  if (fetches.length + targets.length === 0) return mapLeaves(outputs, (tensor) => tensor);
  bringBack(recorder, variables);
  states.flush();
  const values: Pointer[] = [];
  let fetched: Pointer[];
  try {
    for (const tensor of leavesOf(inputs)) {
      values.push(allocate(api, toHostArray(tensor.dataSync(), tensor.shape, dtypeNumber(tensor.dtype))));
    }
    // Not where something is trained: the threads that serve such runs look for work thousands of times a second ever after.
    const oneThreadAnOp = ofFewRows && !variables.some(({ trainable }) => trainable);
    fetched = await session.run({ feeds, values, fetches, targets, oneThreadAnOp });
  } catch (error) {
    if (error instanceof TensorFlowError) error.message = `${name}: ${error.message}`;
    throw error;
  } finally {
    for (const value of values) api.deleteTensor(value);
  }
  let at = 0;
  return mapLeaves(outputs, () => {
    const pointer = fetched[at++];
    const dtype = dtypeName(api.tensorType(pointer));
    const { values: found, shape } = tensorValues(api, pointer);
    api.deleteTensor(pointer);
    return tf.tensor(found, shape, dtype);
  });
}

/** Variables that an eager op has taken out of the session, or that were assigned outside, go back in. */
function bringBack(recorder: CompileRuntime['recorder'], variables: tf.Variable[]): void {
  const disposed = variables.find(({ isDisposed }) => isDisposed);
  if (disposed) throw new RecordError(`a variable of shape [${disposed.shape}] was disposed`);
  unshare(variables);
  for (const variable of variables) {
    if (recorder.holds(variable.dataId)) continue;
    recorder.expected.set(variable.dataId, variable);
    recorder.tensorMap.get(variable.dataId);
    recorder.expected.delete(variable.dataId);
  }
}
