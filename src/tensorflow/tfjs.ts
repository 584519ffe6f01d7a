/**
 * The one adapter to tfjs internals: the backend of tfjs-node and its native binding, and the engine's scopes, tape
 * and tensor registry. None of it is public API, so package.json pins tfjs to one version. Check this file first when
 * that version changes.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Name under which tfjs-node registers its backend, which computes op by op. */
export const EAGER_BACKEND = 'tensorflow';

/** Values on the host, in the array type that tfjs uses for their dtype. */
export type TensorValues = Float32Array | Int32Array | Uint8Array;

/** Attribute of an op, as tfjs-node passes it to the binding. */
export interface OpAttribute<Value = unknown> {
  name: string;
  /** One of the binding's TF_ATTR_ numbers. */
  type?: number;
  value: Value;
}

/** The native binding of tfjs-node. Tensors are ids, dtypes are TF_DataType numbers. */
interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  createTensor(shape: number[], dtype: number, values: TensorValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TensorValues;
  executeOp(
    name: string,
    attributes: OpAttribute[],
    inputs: number[],
    outputCount: number,
  ): { id: number; shape: number[]; dtype: number }[];
  isUsingGpuDevice(): boolean;
}

/** The binding's functions, without its constants. */
export type OpRunner = Omit<Binding, `TF_${string}`>;

/** What a backend of tfjs-node knows about a tensor. */
interface TensorEntry {
  shape: number[];
  dtype: number;
  /** The binding's id; −1 while the values are still in `values`. */
  id: number;
  values: TensorValues | null;
  refCount: number;
}

/** The backend class of tfjs-node, as far as the project uses it. */
export interface NodeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: tf.DataStorage<TensorEntry>;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  move(dataId: object, values: TensorValues, shape: number[], dtype: tf.DataType, refCount: number): void;
}

/** The backend that computes op by op. `startTensorFlow` must have been awaited. */
export const eagerBackend = (): NodeBackend => tf.findBackend(EAGER_BACKEND) as NodeBackend;

/** The backend in use: the eager one, or the recorder of compile/ while a function is recorded. */
export const activeBackend = (): NodeBackend => tf.backend() as NodeBackend;

/** Runs `fn` with another backend. The change takes effect at once: both backends start synchronously. */
export function withBackend<T>(name: string, fn: () => T): T {
  const previous = tf.getBackend();
  void tf.setBackend(name);
  try {
    return fn();
  } finally {
    void tf.setBackend(previous);
  }
}

/** The numbers by which the binding names dtypes and kinds of attributes. */
export function bindingConstants({ binding }: NodeBackend): Record<string, unknown> {
  const names = Object.getOwnPropertyNames(binding).filter((name) => name.startsWith('TF_'));
  return Object.fromEntries(names.map((name) => [name, binding[name as keyof Binding]]));
}

/** The constructor of a backend, to extend. */
export const backendClass = (backend: NodeBackend) =>
  backend.constructor as unknown as new (
    binding: OpRunner,
    packageName: string,
  ) => NodeBackend;

/** Parts of the engine that its type declarations leave out or mark as private. */
interface EngineInternals {
  nextTensorId(): number;
  disposeTensor(tensor: tf.Tensor): void;
  trackTensor(tensor: tf.Tensor, backend: tf.KernelBackend): void;
}

const internals = () => tf.engine() as unknown as EngineInternals;

/** Takes the next tensor id: tensors made from now on have a higher one. */
export const nextTensorId = (): number => internals().nextTensorId();

/** All variables that are not disposed. */
export const liveVariables = (): tf.Variable[] => Object.values(tf.engine().state.registeredVariables);

/** The backend that holds the data of a tensor. */
export const backendOf = (dataId: object): tf.KernelBackend =>
  (tf.engine().state.tensorInfo.get(dataId) as { backend: tf.KernelBackend }).backend;

/** Makes a tensor for data that `backend` already holds. */
export const tensorFrom = (backend: NodeBackend, dataId: object, shape: number[], dtype: tf.DataType) =>
  tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, backend);

/** Gives a variable back the data `dataId`, whose reference count its holder has kept up. */
export function rebind(variable: tf.Variable, dataId: object): void {
  internals().disposeTensor(variable);
  variable.dataId = dataId;
  internals().trackTensor(variable, backendOf(dataId));
}

/** `tf.tidy` with a name in the scope stack. */
export const namedTidy = (name: string, fn: () => void): void => tf.engine().tidy(name, fn as never);

/** Names of the open scopes, outermost first: tfjs functions, gradient passes and `namedTidy`. */
export const scopeNames = (): string[] => tf.engine().state.scopeStack.map(({ name }) => name);

/** Runs `fn`, which may take gradients, inside a gradient. tfjs drops the outer tape at the end of an inner gradient. */
export function withNewTape<T>(fn: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth } = state;
  state.activeTape = [];
  state.gradientDepth = 0;
  try {
    return fn();
  } finally {
    state.activeTape = activeTape;
    state.gradientDepth = gradientDepth;
  }
}

/** Frees what a gradient saved before it failed: tfjs keeps it. */
export function discardTape(): void {
  const { state } = tf.engine();
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = undefined as unknown as typeof state.activeTape;
}
