/** State of the session: one TensorFlow resource for each variable, read and written from outside by programs of its own. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Output, Pointer } from './capi.ts';
import type { Graph } from './graph.ts';
import {
  allocate,
  allocateEmpty,
  type HostArray,
  type TensorValues,
  tensorBytes,
  toValues,
} from './hostTensor.ts';
import { dtypeNumber } from './recorder.ts';
import type { Session } from './session.ts';

/** Where a variable's value is while programs use it. */
export interface State {
  /** The VarHandleOp. */
  handle: Output;
  shape: number[];
  /** TF_DataType. */
  dtype: number;
  /** A value that is still to be written: recording computes nothing, so it waits for the next run. */
  pending: HostArray | null;
}

/** The ops that read, write and free a state from outside. */
interface Access {
  value: Output;
  read: Output;
  assign: Pointer;
  destroy: Pointer;
}

export class States {
  private readonly graph: Graph;
  private readonly session: Session;
  private readonly byVariable = new WeakMap<tf.Variable, State>();
  private readonly access = new Map<State, Access>();
  private readonly pending = new Set<State>();
  private count = 0;

  constructor(graph: Graph, session: Session) {
    this.graph = graph;
    this.session = session;
  }

  /** The state of a variable, declared when there is none; it holds nothing before it is written. */
  of(variable: tf.Variable): State {
    const known = this.byVariable.get(variable);
    if (known) return known;
    const state = this.declare(variable.shape, dtypeNumber(variable.dtype));
    this.bind(variable, state);
    return state;
  }

  declare(shape: number[], dtype: number): State {
    const name = `plug-tune/${++this.count}`;
    const handle = this.graph.output('VarHandleOp', [], { dtype, shape, shared_name: name });
    return { handle, shape, dtype, pending: null };
  }

  bind(variable: tf.Variable, state: State): void {
    this.byVariable.set(variable, state);
  }

  /** Writes `array` before the next run; it must not change until then. */
  defer(state: State, array: HostArray): void {
    state.pending = array;
    this.pending.add(state);
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
    this.assign(state, value);
  }

  /** Lends the values to `use`; on a CPU they are the state's own memory, not to be kept or changed. */
  async lend<T>(state: State, use: (bytes: Uint8Array) => Promise<T> | T): Promise<T> {
    if (state.pending) return use(state.pending.bytes);
    const { read } = this.accessTo(state);
    const [value] = await this.session.run({ feeds: [], values: [], fetches: [read], targets: [] });
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
    const { read } = this.accessTo(state);
    const [value] = this.session.runSync({ feeds: [], values: [], fetches: [read], targets: [] });
    const values = toValues(tensorBytes(this.graph.api, value).slice(), state.dtype);
    this.graph.api.deleteTensor(value);
    return values;
  }

  /** Frees the memory; the state may be written anew. */
  release(state: State): void {
    this.forget(state);
    const { destroy } = this.accessTo(state);
    this.session.runSync({ feeds: [], values: [], fetches: [], targets: [destroy] });
  }

  private forget(state: State): void {
    state.pending = null;
    this.pending.delete(state);
  }

  /** Hands `value` over to the state. */
  private assign(state: State, value: Pointer): void {
    const access = this.accessTo(state);
    try {
      this.session.runSync({ feeds: [access.value], values: [value], fetches: [], targets: [access.assign] });
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  private accessTo(state: State): Access {
    const known = this.access.get(state);
    if (known) return known;
    const { graph } = this;
    const { handle, dtype, shape } = state;
    const value = graph.placeholder(dtype, shape);
    const access: Access = {
      value,
      read: graph.output('ReadVariableOp', [handle], { dtype }),
      assign: graph.add('AssignVariableOp', [handle, value], { dtype }),
      destroy: graph.add('DestroyResourceOp', [handle], { ignore_lookup_error: true }),
    };
    this.access.set(state, access);
    return access;
  }
}
