/**
 * `compile` turns a function of tensors into one that runs as a TensorFlow graph, as `tf.function` and `jax.jit` do. The
 * function is called once for each signature of its inputs, to record its ops as a program. Programs run in one session,
 * off the main thread, and share the variables that they read and assign.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Pointer, TensorFlowError } from '../tensorflow/capi.ts';
import { allocate, tensorValues, toHostArray } from '../tensorflow/hostTensor.ts';
import { nextTensorId } from '../tensorflow/tfjs.ts';
import type { Precision } from './bf16.ts';
import { describeProgram } from './describe.ts';
import { dtypeName, dtypeNumber } from './dtypes.ts';
import { RecordError } from './errors.ts';
import { Program } from './program.ts';
import { type RecordedFunction, record, unshare } from './record.ts';
import { type CompileRuntime, openedRuntime, openRuntime } from './runtime.ts';
import { leavesOf, mapLeaves, pathsOf, signatureOf, type Tree } from './tree.ts';
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
   * Runs the program for the shapes and dtypes of the inputs; the first run of each records it.
   * @returns the function's tensors with their values on the host; the caller disposes them
   */
  (...inputs: Inputs): Promise<Outputs>;
  /** Records the program for inputs of these shapes and dtypes, without running it. */
  record(...inputs: Inputs): Promise<RecordingStats>;
  /** Number of programs recorded so far: one for each signature. */
  readonly programs: number;
  /** The programs as text: ops by type, inputs, outputs and variables of each. */
  toString(): string;
  /** Frees the programs. When no program and no variable is left in the process, the graph is emptied. */
  dispose(): void;
}

/** What recording a program took. */
export interface RecordingStats {
  /** Ops added to the graph. */
  operations: number;
  seconds: number;
}

/** A program with what is needed to run it. */
interface CompiledProgram extends RecordedFunction {
  name: string;
  program: Program;
  inputPaths: string[];
  stats: RecordingStats;
}

/**
 * @param fn takes tensors, or arrays and objects of them, and returns the same; it may read and assign `tf.Variable`s.
 *   Other values that it closes over are frozen at the first call. It must not read a tensor's values, draw random
 *   numbers in JavaScript, or make a shape depend on data.
 * @throws RecordError when run or recorded, with the tfjs call that cannot be recorded
 */
export function compile<Inputs extends Tree[], Outputs extends Tree>(
  fn: (...inputs: Inputs) => Outputs,
  { name = fn.name || 'function', precision = 'float32', mode = 'graph' }: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  if (mode === 'eager' && precision !== 'float32') {
    throw new RecordError(`compile: expected precision float32 where nothing is compiled, got ${precision}`);
  }
  const programs = new Map<string, CompiledProgram>();

  const programFor = (runtime: CompileRuntime, inputs: Inputs): CompiledProgram => {
    const signature = signatureOf(inputs);
    const known = programs.get(signature);
    if (known) return known;
    const compiled = recordProgram(runtime, fn, name, precision, inputs);
    programs.set(signature, compiled);
    runtime.programs.add(compiled);
    return compiled;
  };

  const run = async (...inputs: Inputs): Promise<Outputs> => {
    if (openedRuntime()?.recorder.program)
      throw new RecordError(`compile: ${name} was called in the recording of another`);
    if (mode === 'eager') return runEagerly(fn, inputs);
    const runtime = await openRuntime();
    return (await runProgram(runtime, programFor(runtime, inputs), inputs)) as Outputs;
  };
  return Object.defineProperties(run as Compiled<Inputs, Outputs>, {
    record: { value: async (...inputs: Inputs) => programFor(await openRuntime(), inputs).stats },
    programs: { get: () => programs.size },
    toString: {
      value: () => {
        const texts = [...programs.values()].map(
          ({ program, inputPaths, outputs }, i) =>
            `program ${i + 1}\n${describeProgram(program, { inputs: inputPaths, outputs: pathsOf(outputs) })}`,
        );
        return [`${name} (${mode}, ${precision}): programs: ${programs.size}`, ...texts].join('\n');
      },
    },
    dispose: {
      value: () => {
        for (const compiled of programs.values()) openedRuntime()?.programs.delete(compiled);
        programs.clear();
      },
    },
  });
}

/** Op by op, with all but the outputs freed. The caller owns the outputs, also where the function returned an input. */
function runEagerly<Inputs extends Tree[], Outputs extends Tree>(
  fn: (...inputs: Inputs) => Outputs,
  inputs: Inputs,
): Outputs {
  let outputs = undefined as Outputs;
  const firstId = nextTensorId();
  tf.tidy(() => {
    outputs = mapLeaves(fn(...inputs), (tensor) => (tensor.id < firstId ? tf.clone(tensor) : tensor));
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
): CompiledProgram {
  const { graph, recorder } = runtime;
  const started = performance.now();
  const sizeBefore = graph.size;
  const program = new Program(graph, precision, runtime);
  try {
    const recorded = record(runtime, program, () => {
      const placeholders = mapLeaves(inputs, (tensor) => {
        const input = graph.placeholder(dtypeNumber(tensor.dtype), tensor.shape);
        program.inputs.push(input);
        return recorder.tensorOfOutput(input);
      });
      return fn(...placeholders);
    });
    const stats = { operations: graph.size - sizeBefore, seconds: (performance.now() - started) / 1000 };
    return { ...recorded, name, program, inputPaths: pathsOf(inputs), stats };
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
  runtime: CompileRuntime,
  { name, program, outputs, variables }: CompiledProgram,
  inputs: Tree[],
): Promise<Tree> {
  const { session } = runtime;
  const { api } = runtime.graph;
  const { inputs: feeds, outputs: fetches, targets } = program;
  if (fetches.length + targets.length === 0) return mapLeaves(outputs, (tensor) => tensor);
  moveToSession(runtime, variables);
  runtime.variables.flush();
  const values: Pointer[] = [];
  let fetched: Pointer[];
  try {
    for (const tensor of leavesOf(inputs)) {
      values.push(allocate(api, toHostArray(tensor.dataSync(), tensor.shape, dtypeNumber(tensor.dtype))));
    }
    // Not while training: the run-handler pool would busy-poll beside each later step.
    const singleThreadPerOp = program.isSkinny && !variables.some(({ trainable }) => trainable);
    fetched = await session.run({ feeds, values, fetches, targets, singleThreadPerOp });
  } catch (error) {
    if (error instanceof TensorFlowError) error.message = `${name}: ${error.message}`;
    throw error;
  } finally {
    for (const value of values) api.deleteTensor(value);
  }
  let next = 0;
  return mapLeaves(outputs, () => {
    const pointer = fetched[next++];
    const dtype = dtypeName(api.tensorType(pointer));
    const { values: found, shape } = tensorValues(api, pointer);
    api.deleteTensor(pointer);
    return tf.tensor(found, shape, dtype);
  });
}

/** Moves variables into the session that an eager op has moved out, or that were assigned outside. */
function moveToSession({ recorder }: CompileRuntime, variables: tf.Variable[]): void {
  const disposed = variables.find(({ isDisposed }) => isDisposed);
  if (disposed) throw new RecordError(`a variable of shape [${disposed.shape}] was disposed`);
  unshare(variables);
  for (const variable of variables) {
    if (recorder.holds(variable.dataId)) continue;
    recorder.expected.set(variable.dataId, variable);
    recorder.tensorMap.get(variable.dataId); // moves the data
    recorder.expected.delete(variable.dataId);
  }
}
