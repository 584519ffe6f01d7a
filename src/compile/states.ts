/**
 * State of the session: one TensorFlow resource for each variable. It is read and written from outside by three small
 * programs a dtype, which take its number as an input: one of its own for each state would cost TensorFlow a pass over
 * the whole graph.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { DataType, type Output, type Pointer } from './capi.ts';
import type { Graph } from './graph.ts';
import {
  allocate,
  allocateEmpty,
  type HostArray,
  type TensorValues,
  tensorBytes,
  toHostArray,
  toValues,
} from './hostTensor.ts';
import { dtypeNumber } from './recorder.ts';
import type { RunRequest, Session } from './session.ts';

/** Where a variable's value is while programs use it. */
export interface State {
  /** The VarHandleOp. */
  handle: Output;
  /** Place among the states of its dtype. */
  number: number;
  shape: number[];
  /** TF_DataType. */
  dtype: number;
  /** A value that is still to be written: recording computes nothing, so it waits for the next run. */
  pending: HostArray | null;
}

/** The ops that read, write and free the state whose number they are fed. */
interface Access {
  /** How many states there were when the ops were made. */
  count: number;
  number: Output;
  value: Output;
  read: Output;
  assign: Pointer;
  destroy: Pointer;
}

export class States {
  private readonly graph: Graph;
  private readonly session: Session;
  private readonly byVariable = new WeakMap<tf.Variable, State>();
  private readonly handles = new Map<number, Output[]>();
  private readonly access = new Map<number, Access>();
  private readonly pending = new Set<State>();
  /** Those that hold a value, or are to. */
  private readonly live = new Set<State>();
  private count = 0;

  constructor(graph: Graph, session: Session) {
    this.graph = graph;
    this.session = session;
  }

  /** The state of a variable, declared when there is none; it holds nothing before it is written. */
  of(variable: tf.Variable): State {
    const known = this.find(variable);
    if (known) return known;
    const state = this.declare(variable.shape, dtypeNumber(variable.dtype));
    this.byVariable.set(variable, state);
    return state;
  }

  /** The state of a variable, if it has one in this graph. */
  find(variable: tf.Variable): State | undefined {
    const state = this.byVariable.get(variable);
    return state && this.handles.get(state.dtype)?.[state.number] === state.handle ? state : undefined;
  }

  declare(shape: number[], dtype: number): State {
    const name = `plug-tune/${++this.count}`;
    const handle = this.graph.output('VarHandleOp', [], { dtype, shape, shared_name: name });
    const handles = this.handles.get(dtype) ?? [];
    this.handles.set(dtype, handles);
    return { handle, number: handles.push(handle) - 1, shape, dtype, pending: null };
  }

  /** Whether no state holds a value. */
  get empty(): boolean {
    return this.live.size === 0;
  }

  /** Forgets all states, when the graph begins anew. */
  reset(): void {
    this.handles.clear();
    this.access.clear();
    this.pending.clear();
  }

  /** Makes a declared state the place of a variable, which is to be written to it. */
  bind(variable: tf.Variable, state: State): void {
    this.live.add(state);
    this.byVariable.set(variable, state);
  }

  /** Writes `array` before the next run; it must not change until then. */
  defer(state: State, array: HostArray): void {
    state.pending = array;
    this.pending.add(state);
    this.live.add(state);
  }

  /** Writes what waits. */
  flush(): void {
    for (const state of this.pending) {
      const value = allocate(this.graph.api, state.pending as HostArray);
      state.pending = null;
      this.assign(state, value);
    }
    this.pending.clear();
  }

  /**
   * Lets `fill` write the values, row-major, into the memory that becomes the state's own: on a CPU there is no
   * second copy.
   */
  async fill(state: State, fill: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void): Promise<void> {
    const value = allocateEmpty(this.graph.api, state.dtype, state.shape);
    try {
      await fill(tensorBytes(this.graph.api, value));
    } catch (error) {
      this.graph.api.deleteTensor(value);
      throw error;
    }
    this.forget(state);
    this.live.add(state);
    this.assign(state, value);
  }

  /** Lends the values to `use`; on a CPU they are the state's own memory, not to be kept or changed. */
  async lend<T>(state: State, use: (bytes: Uint8Array) => Promise<T> | T): Promise<T> {
    if (state.pending) return use(state.pending.bytes);
    const { number, read } = this.accessTo(state);
    const index = this.numberOf(state);
    const request = { feeds: [number], values: [index], fetches: [read], targets: [] };
    const [value] = await this.session.run(request).finally(() => this.graph.api.deleteTensor(index));
    try {
      return await use(tensorBytes(this.graph.api, value));
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  read(state: State): Promise<TensorValues> {
    return this.lend(state, (bytes) => toValues(Uint8Array.from(bytes), state.dtype));
  }

  readSync(state: State): TensorValues {
    if (state.pending) return toValues(Uint8Array.from(state.pending.bytes), state.dtype);
    const [value] = this.run(state, ({ read }) => ({ fetches: [read] }));
    const values = toValues(tensorBytes(this.graph.api, value).slice(), state.dtype);
    this.graph.api.deleteTensor(value);
    return values;
  }

  /** Frees the memory; the state may be written anew. */
  release(state: State): void {
    this.forget(state);
    this.live.delete(state);
    this.run(state, ({ destroy }) => ({ targets: [destroy] }));
  }

  private forget(state: State): void {
    state.pending = null;
    this.pending.delete(state);
  }

  /** Hands `value` over to the state. */
  private assign(state: State, value: Pointer): void {
    try {
      this.run(state, (access) => ({ feeds: [access.value], values: [value], targets: [access.assign] }));
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  private run(state: State, use: (access: Access) => Partial<RunRequest>): Pointer[] {
    const access = this.accessTo(state);
    const { feeds = [], values = [], fetches = [], targets = [] } = use(access);
    const index = this.numberOf(state);
    try {
      return this.session.runSync({
        feeds: [access.number, ...feeds],
        values: [index, ...values],
        fetches,
        targets,
      });
    } finally {
      this.graph.api.deleteTensor(index);
    }
  }

  private numberOf({ number }: State): Pointer {
    return allocate(this.graph.api, toHostArray([number], [], DataType.int32));
  }

  /** Made anew when states have been added since. */
  private accessTo({ dtype, number: wanted }: State): Access {
    const known = this.access.get(dtype);
    if (known && wanted < known.count) return known;
    const { graph } = this;
    const handles = this.handles.get(dtype) as Output[];
    const number = graph.placeholder(DataType.int32, []);
    const value = graph.output('Placeholder', [], { dtype });
    const axis = graph.constant(toHostArray([0], [], DataType.int32));
    const all = graph.output('Pack', handles);
    const handle = graph.output('GatherV2', [all, number, axis]);
    const access: Access = {
      count: handles.length,
      number,
      value,
      read: graph.output('ReadVariableOp', [handle], { dtype }),
      assign: graph.add('AssignVariableOp', [handle, value], { dtype }),
      destroy: graph.add('DestroyResourceOp', [handle], { ignore_lookup_error: true }),
    };
    this.access.set(dtype, access);
    return access;
  }
}
