/**
 * State of the session: one TensorFlow resource for each variable. It is read and written from outside by three programs
 * that many states share and that are fed which one is meant: programs of its own for each state would cost TensorFlow
 * as many passes over the whole graph.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { DataType, type Output, type Pointer } from './capi.ts';
import { type FileBytes, fillTensors } from './fileBytes.ts';
import type { Graph } from './graph.ts';
import {
  allocate,
  allocateEmpty,
  type HostArray,
  type TensorValues,
  tensorBytes,
  toHostArray,
  toValues,
  widened,
} from './hostTensor.ts';
import { dtypeNumber } from './recorder.ts';
import type { RunRequest, Session } from './session.ts';

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

/** The ops that read, write and free one of several states of a dtype: the one whose number they are fed. */
interface Access {
  numbers: Map<State, number>;
  number: Output;
  value: Output;
  read: Output;
  assign: Pointer[];
  destroy: Pointer[];
}

export class States {
  private readonly graph: Graph;
  private readonly session: Session;
  private readonly byVariable = new WeakMap<tf.Variable, State>();
  /** By dtype, those declared since access was last made. */
  private readonly fresh = new Map<number, State[]>();
  private readonly access = new WeakMap<State, Access>();
  /** Those of the graph as it is now. */
  private declared = new WeakSet<State>();
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
    return state && this.declared.has(state) ? state : undefined;
  }

  declare(shape: number[], dtype: number): State {
    const name = `plug-tune/${++this.count}`;
    const handle = this.graph.output('VarHandleOp', [], { dtype, shape, shared_name: name });
    const state: State = { handle, shape, dtype, pending: null };
    this.declared.add(state);
    const fresh = this.fresh.get(dtype) ?? [];
    fresh.push(state);
    this.fresh.set(dtype, fresh);
    return state;
  }

  /** Whether no state holds a value. */
  get empty(): boolean {
    return this.live.size === 0;
  }

  /** Forgets all states, when the graph begins anew. */
  reset(): void {
    this.declared = new WeakSet();
    this.fresh.clear();
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
      const pending = state.pending as HostArray;
      const value = allocate(this.graph.api, { ...pending, dtype: dtypeAsWritten(pending) });
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
    const { api } = this.graph;
    const value = allocateEmpty(api, dtypeAsWritten(state), state.shape);
    try {
      await fill(tensorBytes(api, value));
    } catch (error) {
      api.deleteTensor(value);
      throw error;
    }
    this.replace(state, value);
  }

  /** Reads values from files, where they are stored as the states keep them. */
  async fillFrom(places: ReadonlyMap<State, FileBytes>): Promise<void> {
    const { api } = this.graph;
    const unfilled = new Set<Pointer>();
    const fillings = [...places].map(([state, bytes]) => {
      // All at once: nothing is read while the system lays out memory.
      const tensor = allocateEmpty(api, dtypeAsWritten(state), state.shape);
      unfilled.add(tensor);
      const full = () => {
        unfilled.delete(tensor);
        this.replace(state, tensor);
      };
      return { ...bytes, tensor, full };
    });
    try {
      await fillTensors(api, fillings);
    } finally {
      for (const tensor of unfilled) api.deleteTensor(tensor);
    }
  }

  /**
   * Lends the values to `use`, those in bf16 as float32; others are on a CPU the state's own memory, not to be kept or
   * changed.
   */
  async lend<T>(state: State, use: (bytes: Uint8Array) => Promise<T> | T): Promise<T> {
    if (state.pending) return use(pendingBytes(state.pending));
    const { numbers, number, read } = this.accessTo(state);
    const index = this.tensorOf(numbers.get(state) as number);
    const request = { feeds: [number], values: [index], fetches: [read], targets: [] };
    const [value] = await this.session.run(request).finally(() => this.graph.api.deleteTensor(index));
    try {
      return await use(tensorBytes(this.graph.api, value));
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  read(state: State): Promise<TensorValues> {
    return this.lend(state, (bytes) => toValues(Uint8Array.from(bytes), dtypeAsRead(state)));
  }

  readSync(state: State): TensorValues {
    if (state.pending) return toValues(Uint8Array.from(state.pending.bytes), state.dtype);
    const [value] = this.run(state, ({ read }) => ({ fetches: [read] }));
    const values = toValues(tensorBytes(this.graph.api, value).slice(), dtypeAsRead(state));
    this.graph.api.deleteTensor(value);
    return values;
  }

  /** Frees the memory; the state may be written anew. */
  release(state: State): void {
    this.forget(state);
    this.live.delete(state);
    this.run(state, ({ destroy }) => ({ targets: destroy }));
  }

  private forget(state: State): void {
    state.pending = null;
    this.pending.delete(state);
  }

  /** Hands `value` over to the state, in place of what it held or was to hold. */
  private replace(state: State, value: Pointer): void {
    this.forget(state);
    this.live.add(state);
    this.assign(state, value);
  }

  private assign(state: State, value: Pointer): void {
    try {
      this.run(state, (access) => ({ feeds: [access.value], values: [value], targets: access.assign }));
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  private run(state: State, use: (access: Access) => Partial<RunRequest>): Pointer[] {
    const access = this.accessTo(state);
    const { feeds = [], values = [], fetches = [], targets = [] } = use(access);
    const index = this.tensorOf(access.numbers.get(state) as number);
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

  private tensorOf(number: number): Pointer {
    return allocate(this.graph.api, toHostArray([number], [], DataType.int32));
  }

  /**
   * Made at once for all states of the dtype that have none yet. Each has ops of its own, on its own device, which run
   * only where a switch sends the run to them.
   */
  private accessTo(state: State): Access {
    const known = this.access.get(state);
    if (known) return known;
    const { graph } = this;
    const { dtype } = state;
    const states = this.fresh.get(dtype) as State[];
    this.fresh.delete(dtype);
    const number = graph.placeholder(DataType.int32, []);
    const value = graph.placeholder(dtypeAsWritten({ dtype }), null);
    const given = dtype === DataType.bf16 ? graph.output('Bitcast', [value], { type: dtype }) : value;
    const gates = graph.add('_SwitchN', [number, number], { num_outs: states.length });
    const reads: Output[] = [];
    const access = { numbers: new Map(), number, value, assign: [] as Pointer[], destroy: [] as Pointer[] };
    for (const [i, one] of states.entries()) {
      const gate = [graph.add('Identity', [{ oper: gates, index: i }])];
      const read = graph.output('ReadVariableOp', [one.handle], { dtype }, gate);
      reads.push(dtype === DataType.bf16 ? graph.output('Cast', [read], { DstT: DataType.float32 }) : read);
      access.assign.push(graph.add('AssignVariableOp', [one.handle, given], { dtype }, gate));
      access.destroy.push(graph.add('DestroyResourceOp', [one.handle], { ignore_lookup_error: true }, gate));
      access.numbers.set(one, i);
    }
    const whole: Access = { ...access, read: graph.output('Merge', reads) };
    for (const one of states) this.access.set(one, whole);
    return whole;
  }
}

/**
 * The TF_DataTypes in which a state's values are given out and taken. On a CPU without AVX-512 TensorFlow logs an error
 * for each op whose type attribute `T` is bf16: feeds, `Merge` and `Switch` would be among them.
 */
const dtypeAsRead = ({ dtype }: State) => (dtype === DataType.bf16 ? DataType.float32 : dtype);
const dtypeAsWritten = ({ dtype }: { dtype: number }) => (dtype === DataType.bf16 ? DataType.uint16 : dtype);

function pendingBytes({ dtype, bytes }: HostArray): Uint8Array {
  return dtype === DataType.bf16 ? new Uint8Array(widened(bytes).buffer) : bytes;
}
