/**
 * tfjs records itself: a backend of the class that tfjs-node has for TensorFlow, over a binding that adds each op to
 * a graph where theirs computes it. A tensor's id then stands for an output in the graph, a variable's for state of
 * the session. tfjs moves data between backends when they meet, so variables come here when a program first touches
 * them, and leave when an eager op does.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BYTES, DataType, type Output } from './capi.ts';
import { asWritten, nameOfCall, RecordError } from './errors.ts';
import type { AttributeValue, Graph } from './graph.ts';
import { type TensorValues, toHostArray } from './hostTensor.ts';
import type { Program } from './program.ts';
import type { State, States } from './states.ts';

/** The name under which tfjs knows the backend. */
export const BACKEND = 'plug-tune-graph';

/** What a tensor's id stands for. */
type Entry =
  | { output: Output; constant?: TensorValues }
  | { state: State }
  /** Changed by an op in place or under a condition: no output holds its value. */
  | { changed: string };

interface Attribute {
  name: string;
  value: AttributeValue;
}

/** The part of tfjs-node's backend that is built on here. */
interface NodeBackend extends tf.KernelBackend {
  binding: Record<string, unknown>;
  tensorMap: tf.DataStorage<TensorData>;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  move(dataId: object, values: TensorValues, shape: number[], dtype: tf.DataType, refCount: number): void;
}

interface TensorData {
  shape: number[];
  dtype: number;
  id: number;
  values: TensorValues | null;
  refCount: number;
}

type NodeBackendClass = new (binding: object, packageName: string) => NodeBackend;

export interface Recorder extends NodeBackend {
  /** The program being recorded, if one is. */
  program: Program | null;
  /** Variables that become state of the session when their data come here, by data id. */
  readonly expected: Map<object, tf.Variable>;
  /** Runs `make` with this as tfjs's backend. */
  active<T>(make: () => T): T;
  /** A tensor that stands for `output`. */
  standIn(output: Output): tf.Tensor;
  /** A tensor that stands for a variable's state. */
  stateTensor(state: State): tf.Tensor;
  /** A tensor in place of a value that no output holds; using it is an error that says `why`. */
  changedTensor(like: tf.Tensor, why: string): tf.Tensor;
  /** The output that a tensor stands for. */
  outputOf(tensor: tf.TensorInfo): Output;
  /** Whether a data id is state of the session or an output; false while it is with another backend. */
  holds(dataId: object): boolean;
  stateOf(dataId: object): State | null;
  isChanged(tensor: tf.TensorInfo): boolean;
}

/** Makes the backend and registers it, with tfjs-node's kernels, beside the one that computes. */
export function registerRecorder(graph: Graph, states: States): Recorder {
  const eager = tf.findBackend('tensorflow') as NodeBackend;
  const recorder = makeRecorder(eager, graph, states);
  tf.registerBackend(BACKEND, () => recorder, 0);
  tf.copyRegisteredKernels('tensorflow', BACKEND);
  return recorder;
}

function makeRecorder(eager: NodeBackend, graph: Graph, states: States): Recorder {
  const entries = new Map<number, Entry>();
  let nextId = 0;
  const register = (entry: Entry): number => {
    entries.set(nextId, entry);
    return nextId++;
  };

  /** The binding's functions, as tfjs-node calls them. */
  const binding = {
    createTensor(shape: number[], dtype: number, values: TensorValues): number {
      return register({ output: constantOf(graph, shape, dtype, values), constant: values });
    },
    deleteTensor(id: number): void {
      const entry = entries.get(id);
      entries.delete(id);
      if (entry && 'state' in entry) states.release(entry.state);
    },
    executeOp(name: string, attributes: Attribute[], ids: number[], count: number) {
      const program = recording();
      const inputs = ids.map(outputOfId);
      const given = Object.fromEntries(attributes.map((one) => [one.name, one.value]));
      const oper = program.add(name, inputs, given);
      return Array.from({ length: count }, (_, index) => describe(program, name, { oper, index }));
    },
    tensorDataSync(id: number): TensorValues {
      const entry = entries.get(id) as Entry;
      if ('constant' in entry && entry.constant) return entry.constant;
      if ('state' in entry && !recorder.program) return states.readSync(entry.state);
      throw new RecordError(
        `${nameOfCall()}: reads a value, and nothing is computed while a program is recorded; ` +
          'return the tensor from the function and read it after the run',
      );
    },
    isUsingGpuDevice: () => (eager.binding.isUsingGpuDevice as () => boolean)(),
  };

  /** The program at hand: kernels of this backend run only while there is one. */
  const recording = (): Program => {
    if (recorder.program) return recorder.program;
    throw new RecordError('an op ran on the recording backend while no program was recorded');
  };

  function outputOfId(id: number): Output {
    const entry = entries.get(id) as Entry;
    if ('state' in entry) return recording().read(entry.state);
    if ('changed' in entry) throw new RecordError(`${nameOfCall()}: ${entry.changed}`);
    return entry.output;
  }

  /** Id, shape and dtype of an output, as the binding would give them. */
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
        `${nameOfCall()} (op ${name}): expected a shape that follows from the shapes of its inputs, got [${shape}], ` +
          'which depends on their values; pad to a fixed shape, or do it outside the compiled function',
      );
    }
    return { id: register({ output }), shape: info.shape, dtype: info.dtype };
  }

  /** Enters something into tfjs's books as a tensor. */
  function tensorOf(id: number, shape: number[], dtype: number): tf.Tensor {
    const dataId = {};
    recorder.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: dtypeName(dtype) }, recorder);
  }

  const entryOf = (dataId: object) =>
    recorder.holds(dataId) ? entries.get(recorder.tensorMap.get(dataId).id) : undefined;

  const Base = eager.constructor as unknown as NodeBackendClass;
  class GraphBackend extends Base implements Recorder {
    program: Program | null = null;
    readonly expected = new Map<object, tf.Variable>();

    active<T>(make: () => T): T {
      const previous = tf.getBackend();
      // Takes effect at once: only a backend that starts asynchronously is waited for.
      void tf.setBackend(BACKEND);
      try {
        return make();
      } finally {
        void tf.setBackend(previous);
      }
    }

    standIn(output: Output): tf.Tensor {
      const { shape, dtype } = graph.info(output);
      return tensorOf(register({ output }), shape as number[], dtype);
    }

    stateTensor(state: State): tf.Tensor {
      // Kept in bf16, it is read as float32.
      const dtype = state.dtype === DataType.bf16 ? DataType.float32 : state.dtype;
      return tensorOf(register({ state }), state.shape, dtype);
    }

    changedTensor(like: tf.Tensor, why: string): tf.Tensor {
      return tensorOf(register({ changed: why }), like.shape, dtypeNumber(like.dtype));
    }

    outputOf(tensor: tf.TensorInfo): Output {
      return outputOfId(this.getInputTensorIds([tensor])[0]);
    }

    holds(dataId: object): boolean {
      return this.tensorMap.has(dataId);
    }

    stateOf(dataId: object): State | null {
      const entry = entryOf(dataId);
      return entry && 'state' in entry ? entry.state : null;
    }

    isChanged({ dataId }: tf.TensorInfo): boolean {
      const entry = entryOf(dataId);
      return entry !== undefined && 'changed' in entry;
    }

    /** tfjs calls this with the data of a tensor that another backend held so far. */
    override move(
      dataId: object,
      values: TensorValues,
      shape: number[],
      dtype: tf.DataType,
      refCount: number,
    ) {
      const variable = this.expected.get(dataId);
      if (!variable) return super.move(dataId, values, shape, dtype, refCount);
      const state = states.of(variable);
      states.defer(state, toHostArray(values, shape, state.dtype));
      const id = register({ state });
      this.tensorMap.set(dataId, { shape, dtype: dtypeNumber(dtype), id, values: null, refCount });
    }

    override write(values: TensorValues, shape: number[], dtype: tf.DataType): object {
      if (this.program) refuseRandomness();
      return super.write(values, shape, dtype);
    }

    override async read(dataId: object): Promise<TensorValues> {
      const entry = entryOf(dataId);
      if (entry && 'state' in entry && !this.program) return states.read(entry.state);
      return this.readSync(dataId) as TensorValues;
    }
  }

  for (const [name, value] of Object.entries(constantsOf(eager.binding)))
    Object.assign(binding, { [name]: value });
  const recorder = new GraphBackend(binding, '@tensorflow/tfjs-node-gpu');
  return recorder;
}

/** The numbers under which the binding knows dtypes and kinds of attributes. */
function constantsOf(binding: Record<string, unknown>): Record<string, unknown> {
  const names = Object.getOwnPropertyNames(binding).filter((name) => name.startsWith('TF_'));
  return Object.fromEntries(names.map((name) => [name, binding[name]]));
}

/** From this many equal elements on, a constant becomes a Fill. */
const FILL_FROM = 1024;
/** Larger constants would live in the graph for good, in every copy that TensorFlow makes of it. */
const MAX_CONSTANT_BYTES = 16 * 2 ** 20;

function constantOf(graph: Graph, shape: number[], dtype: number, values: TensorValues): Output {
  if (!(dtype in BYTES)) dtypeName(dtype);
  const array = toHostArray(values, shape, dtype);
  if (values.length >= FILL_FROM && values.every((value) => value === values[0])) {
    return graph.filled(dtype, shape, array.bytes.subarray(0, BYTES[dtype]));
  }
  if (array.bytes.length > MAX_CONSTANT_BYTES) {
    throw new RecordError(
      `${nameOfCall()}: expected constants of at most ${MAX_CONSTANT_BYTES} bytes, got one of shape [${shape}]; ` +
        'pass it as an input of the compiled function, or hold it in a tf.variable',
    );
  }
  return graph.constant(array);
}

const RANDOM = /^(random|rand|truncatedNormal|dropout|multinomial)/i;

function refuseRandomness(): void {
  const call = tf.engine().state.scopeStack.find(({ name }) => RANDOM.test(name))?.name;
  if (!call) return;
  throw new RecordError(
    `${asWritten(call)}: draws its numbers in JavaScript, so each run of the program would repeat them; ` +
      'use randomUniform or dropout of this package, with a seed that is an input of the function',
  );
}

export function dtypeName(dtype: number): 'float32' | 'int32' | 'bool' {
  if (dtype === DataType.float32) return 'float32';
  if (dtype === DataType.int32) return 'int32';
  if (dtype === DataType.bool) return 'bool';
  const known = Object.entries(DataType).find(([, number]) => number === dtype)?.[0];
  const got = known ?? `TensorFlow's dtype ${dtype}`;
  throw new RecordError(`${nameOfCall()}: expected float32, int32 or bool, got ${got}`);
}

export function dtypeNumber(dtype: tf.DataType): number {
  if (dtype in DataType && dtype !== 'string') return DataType[dtype as 'float32' | 'int32' | 'bool'];
  throw new RecordError(`expected a tensor of float32, int32 or bool, got ${dtype}`);
}
