/**
 * The recording backend: a tfjs backend of tfjs-node's own class, over a binding that adds each op to a graph instead of
 * computing it. A tensor's id refers to an output of the graph, a variable's to a variable of the session. tfjs moves
 * data between backends on demand: a variable comes here when a program first uses it, and leaves when an eager op does.
 */
import * as tf from '@tensorflow/tfjs-core';
import { DataType, type Output } from '../tensorflow/capi.ts';
import { toHostArray } from '../tensorflow/hostTensor.ts';
import {
  backendClass,
  bindingConstants,
  EAGER_BACKEND,
  eagerBackend,
  type NodeBackend,
  type OpAttribute,
  type OpRunner,
  type TensorValues,
  tensorFrom,
  withBackend,
} from '../tensorflow/tfjs.ts';
import { constantOf, refuseRandomness } from './constants.ts';
import { dtypeName, dtypeNumber } from './dtypes.ts';
import { currentCall, RecordError } from './errors.ts';
import type { AttributeValue, Graph } from './graph.ts';
import { replaceKernels } from './kernels.ts';
import type { Program } from './program.ts';
import { dtypeAsRead, type ResourceVariable, type ResourceVariables } from './resourceVariables.ts';

const BACKEND = 'plug-tune-graph';

/** What a tensor's id refers to. */
type Entry =
  | { output: Output; constant?: TensorValues }
  | { variable: ResourceVariable }
  /** Changed in place or under a condition, so that no output holds its value; the text says which. */
  | { unreadable: string };

export interface Recorder extends NodeBackend {
  /** The program that is being recorded, if any. */
  program: Program | null;
  /** tfjs variables that become variables of the session when their data move here, by data id. */
  readonly expected: Map<object, tf.Variable>;
  /** Runs `make` with this as tfjs's backend. */
  active<T>(make: () => T): T;
  /** A tensor for an output of the graph. */
  tensorOfOutput(output: Output): tf.Tensor;
  /** A tensor for a variable of the session. */
  tensorOfVariable(variable: ResourceVariable): tf.Tensor;
  /** A tensor for a value that no output holds: using it throws `reason`. */
  unreadableTensor(like: tf.Tensor, reason: string): tf.Tensor;
  /** The output that a tensor refers to. */
  outputOf(tensor: tf.TensorInfo): Output;
  /** Whether the data are here, and not with another backend. */
  holds(dataId: object): boolean;
  variableOf(dataId: object): ResourceVariable | null;
  isUnreadable(tensor: tf.TensorInfo): boolean;
}

/** Registers the backend with tfjs, with tfjs-node's kernels and our replacements. Call once. */
export function registerRecorder(graph: Graph, variables: ResourceVariables): Recorder {
  const recorder = makeRecorder(eagerBackend(), graph, variables);
  tf.registerBackend(BACKEND, () => recorder, 0);
  tf.copyRegisteredKernels(EAGER_BACKEND, BACKEND);
  replaceKernels(BACKEND);
  return recorder;
}

function makeRecorder(eager: NodeBackend, graph: Graph, variables: ResourceVariables): Recorder {
  const entries = new Map<number, Entry>();
  let nextId = 0;
  const register = (entry: Entry): number => {
    entries.set(nextId, entry);
    return nextId++;
  };

  const binding: OpRunner = {
    createTensor(shape, dtype, values) {
      return register({ output: constantOf(graph, shape, dtype, values), constant: values });
    },
    deleteTensor(id) {
      const entry = entries.get(id);
      entries.delete(id);
      if (entry && 'variable' in entry) variables.release(entry.variable);
    },
    executeOp(name, attributes: OpAttribute<AttributeValue>[], ids, count) {
      const program = recording();
      const inputs = ids.map(outputOfId);
      const given = Object.fromEntries(attributes.map((one) => [one.name, one.value]));
      const oper = program.add(name, inputs, given);
      return Array.from({ length: count }, (_, index) => describe(program, name, { oper, index }));
    },
    tensorDataSync(id) {
      const entry = entries.get(id) as Entry;
      if ('constant' in entry && entry.constant) return entry.constant;
      if ('variable' in entry && !recorder.program) return variables.readSync(entry.variable);
      throw new RecordError(
        `${currentCall()}: reads a value, and nothing is computed while a program is recorded; ` +
          'return the tensor from the function and read it after the run',
      );
    },
    isUsingGpuDevice: () => eager.binding.isUsingGpuDevice(),
  };

  /** The program being recorded: kernels of this backend run only while there is one. */
  const recording = (): Program => {
    if (recorder.program) return recorder.program;
    throw new RecordError('an op ran on the recording backend while no program was recorded');
  };

  function outputOfId(id: number): Output {
    const entry = entries.get(id) as Entry;
    if ('variable' in entry) return recording().read(entry.variable);
    if ('unreadable' in entry) throw new RecordError(`${currentCall()}: ${entry.unreadable}`);
    return entry.output;
  }

  /** Id, shape and dtype of an output, as the binding returns them. */
  function describe(program: Program, name: string, found: Output) {
    let output = found;
    let info = graph.info(output);
    if (info.dtype === DataType.int64) {
      output = { oper: program.add('Cast', [output], { DstT: DataType.int32 }), index: 0 };
      info = graph.info(output);
    }
    if (info.shape === null || info.shape.some((size) => size < 0)) {
      const shape = info.shape?.map((size) => (size < 0 ? '?' : size)) ?? '?';
      throw new RecordError(
        `${currentCall()} (op ${name}): expected a shape that follows from the shapes of its inputs, got [${shape}], ` +
          'which depends on their values; pad to a fixed shape, or do it outside the compiled function',
      );
    }
    return { id: register({ output }), shape: info.shape, dtype: info.dtype };
  }

  function makeTensor(id: number, shape: number[], dtype: number): tf.Tensor {
    const dataId = {};
    recorder.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    return tensorFrom(recorder, dataId, shape, dtypeName(dtype));
  }

  const entryOf = (dataId: object) =>
    recorder.holds(dataId) ? entries.get(recorder.tensorMap.get(dataId).id) : undefined;

  class GraphBackend extends backendClass(eager) implements Recorder {
    program: Program | null = null;
    readonly expected = new Map<object, tf.Variable>();

    active<T>(make: () => T): T {
      return withBackend(BACKEND, make);
    }

    tensorOfOutput(output: Output): tf.Tensor {
      const { shape, dtype } = graph.info(output);
      return makeTensor(register({ output }), shape as number[], dtype);
    }

    tensorOfVariable(variable: ResourceVariable): tf.Tensor {
      return makeTensor(register({ variable }), variable.shape, dtypeAsRead(variable));
    }

    unreadableTensor(like: tf.Tensor, reason: string): tf.Tensor {
      return makeTensor(register({ unreadable: reason }), like.shape, dtypeNumber(like.dtype));
    }

    outputOf(tensor: tf.TensorInfo): Output {
      return outputOfId(this.getInputTensorIds([tensor])[0]);
    }

    holds(dataId: object): boolean {
      return this.tensorMap.has(dataId);
    }

    variableOf(dataId: object): ResourceVariable | null {
      const entry = entryOf(dataId);
      return entry && 'variable' in entry ? entry.variable : null;
    }

    isUnreadable({ dataId }: tf.TensorInfo): boolean {
      const entry = entryOf(dataId);
      return entry !== undefined && 'unreadable' in entry;
    }

    /** tfjs calls this with the data of a tensor that another backend held so far. */
    override move(
      dataId: object,
      values: TensorValues,
      shape: number[],
      dtype: tf.DataType,
      refCount: number,
    ) {
      const tfVariable = this.expected.get(dataId);
      if (!tfVariable) return super.move(dataId, values, shape, dtype, refCount);
      const variable = variables.of(tfVariable);
      variables.defer(variable, toHostArray(values, shape, variable.dtype));
      const id = register({ variable });
      this.tensorMap.set(dataId, { shape, dtype: dtypeNumber(dtype), id, values: null, refCount });
    }

    override write(values: TensorValues, shape: number[], dtype: tf.DataType): object {
      if (this.program) refuseRandomness();
      return super.write(values, shape, dtype);
    }

    override async read(dataId: object): Promise<TensorValues> {
      const entry = entryOf(dataId);
      if (entry && 'variable' in entry && !this.program) return variables.read(entry.variable);
      return this.readSync(dataId) as TensorValues;
    }
  }

  Object.assign(binding, bindingConstants(eager));
  const recorder = new GraphBackend(binding, '@tensorflow/tfjs-node-gpu');
  return recorder;
}
