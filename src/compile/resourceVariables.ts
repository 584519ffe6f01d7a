/**
 * Values of variables in the session: one TensorFlow resource for each. Read, assign and destroy are shared ops; an
 * int32 feed selects the variable. With ops of its own for each, TensorFlow would process the whole graph again for each.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { DataType, type Output, type Pointer } from '../tensorflow/capi.ts';
import { type FileBytes, fillTensors } from '../tensorflow/fileBytes.ts';
import {
  allocate,
  allocateEmpty,
  type HostArray,
  tensorBytes,
  toHostArray,
  toValues,
  widened,
} from '../tensorflow/hostTensor.ts';
import type { TensorValues } from '../tensorflow/tfjs.ts';
import { dtypeNumber } from './dtypes.ts';
import type { Graph } from './graph.ts';
import type { RunRequest, Session } from './session.ts';

/** A variable of the session. */
export interface ResourceVariable {
  /** The VarHandleOp. */
  handle: Output;
  shape: number[];
  /** TF_DataType that it is stored in. */
  dtype: number;
  /** A value to write before the next run: recording computes nothing. */
  pending: HostArray | null;
}

/** The shared ops of several variables of one dtype. */
interface SharedAccess {
  /** What to feed `selector` for each variable. */
  indices: Map<ResourceVariable, number>;
  selector: Output;
  /** Placeholder of the value to assign. */
  value: Output;
  read: Output;
  assign: Pointer[];
  destroy: Pointer[];
}

export class ResourceVariables {
  private readonly graph: Graph;
  private readonly session: Session;
  private readonly byVariable = new WeakMap<tf.Variable, ResourceVariable>();
  /** By dtype, the variables declared since shared ops were last made. */
  private readonly withoutAccess = new Map<number, ResourceVariable[]>();
  private readonly access = new WeakMap<ResourceVariable, SharedAccess>();
  /** The variables of the present graph. */
  private declared = new WeakSet<ResourceVariable>();
  private readonly pending = new Set<ResourceVariable>();
  /** The variables that hold a value, or wait for one. */
  private readonly live = new Set<ResourceVariable>();
  private count = 0;

  constructor(graph: Graph, session: Session) {
    this.graph = graph;
    this.session = session;
  }

  /** The resource of a tfjs variable, declared when there is none; it has no value before the first write. */
  of(variable: tf.Variable): ResourceVariable {
    const known = this.find(variable);
    if (known) return known;
    const resource = this.declare(variable.shape, dtypeNumber(variable.dtype));
    this.byVariable.set(variable, resource);
    return resource;
  }

  /** The resource of a tfjs variable, if it has one in the present graph. */
  find(variable: tf.Variable): ResourceVariable | undefined {
    const resource = this.byVariable.get(variable);
    return resource && this.declared.has(resource) ? resource : undefined;
  }

  declare(shape: number[], dtype: number): ResourceVariable {
    const name = `plug-tune/${++this.count}`;
    const handle = this.graph.output('VarHandleOp', [], { dtype, shape, shared_name: name });
    const resource: ResourceVariable = { handle, shape, dtype, pending: null };
    this.declared.add(resource);
    const siblings = this.withoutAccess.get(dtype) ?? [];
    siblings.push(resource);
    this.withoutAccess.set(dtype, siblings);
    return resource;
  }

  /** Whether no variable holds a value. */
  get empty(): boolean {
    return this.live.size === 0;
  }

  /** Forgets all variables, when the graph is emptied. */
  reset(): void {
    this.declared = new WeakSet();
    this.withoutAccess.clear();
    this.pending.clear();
  }

  /** Makes a declared resource hold the value of a tfjs variable; the caller writes it. */
  bind(variable: tf.Variable, resource: ResourceVariable): void {
    this.live.add(resource);
    this.byVariable.set(variable, resource);
  }

  /** Writes `array` before the next run; it must not change until then. */
  defer(resource: ResourceVariable, array: HostArray): void {
    resource.pending = array;
    this.pending.add(resource);
    this.live.add(resource);
  }

  /** Writes all deferred values. */
  flush(): void {
    for (const resource of this.pending) {
      const pending = resource.pending as HostArray;
      const value = allocate(this.graph.api, { ...pending, dtype: dtypeAsWritten(pending) });
      resource.pending = null;
      this.assign(resource, value);
    }
    this.pending.clear();
  }

  /** Lets `fill` write the row-major values into memory that becomes the variable's own: on a CPU without a copy. */
  async fill(
    resource: ResourceVariable,
    fill: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void,
  ): Promise<void> {
    const { api } = this.graph;
    const value = allocateEmpty(api, dtypeAsWritten(resource), resource.shape);
    try {
      await fill(tensorBytes(api, value));
    } catch (error) {
      api.deleteTensor(value);
      throw error;
    }
    this.replace(resource, value);
  }

  /** Reads values from files that hold them in the dtype in which they are stored here. */
  async fillFromFiles(sources: ReadonlyMap<ResourceVariable, FileBytes>): Promise<void> {
    const { api } = this.graph;
    const unfilled = new Set<Pointer>();
    const fillings = [...sources].map(([resource, bytes]) => {
      // All at once: while the system lays out memory, nothing is read.
      const tensor = allocateEmpty(api, dtypeAsWritten(resource), resource.shape);
      unfilled.add(tensor);
      const onFull = () => {
        unfilled.delete(tensor);
        this.replace(resource, tensor);
      };
      return { ...bytes, tensor, onFull };
    });
    try {
      await fillTensors(api, fillings);
    } finally {
      for (const tensor of unfilled) api.deleteTensor(tensor);
    }
  }

  /**
   * Lends the bytes to `use`, values stored in bf16 as float32. `use` must not change or keep the bytes: on a CPU they
   * are the variable's own memory.
   */
  async lend<T>(resource: ResourceVariable, use: (bytes: Uint8Array) => Promise<T> | T): Promise<T> {
    if (resource.pending) return use(pendingBytes(resource.pending));
    const { api } = this.graph;
    const { read, ...access } = this.accessTo(resource);
    const selection = this.selection(resource, access);
    const request = { feeds: [access.selector], values: [selection], fetches: [read], targets: [] };
    const [value] = await this.session.run(request).finally(() => api.deleteTensor(selection));
    try {
      return await use(tensorBytes(api, value));
    } finally {
      api.deleteTensor(value);
    }
  }

  read(resource: ResourceVariable): Promise<TensorValues> {
    return this.lend(resource, (bytes) => toValues(Uint8Array.from(bytes), dtypeAsRead(resource)));
  }

  readSync(resource: ResourceVariable): TensorValues {
    if (resource.pending) return toValues(Uint8Array.from(resource.pending.bytes), resource.dtype);
    const [value] = this.run(resource, ({ read }) => ({ fetches: [read] }));
    const values = toValues(tensorBytes(this.graph.api, value).slice(), dtypeAsRead(resource));
    this.graph.api.deleteTensor(value);
    return values;
  }

  /** Frees the memory; the variable may be written again. */
  release(resource: ResourceVariable): void {
    this.dropPending(resource);
    this.live.delete(resource);
    this.run(resource, ({ destroy }) => ({ targets: destroy }));
  }

  private dropPending(resource: ResourceVariable): void {
    resource.pending = null;
    this.pending.delete(resource);
  }

  /** Assigns `value` in place of the present or the pending value, and deletes the tensor. */
  private replace(resource: ResourceVariable, value: Pointer): void {
    this.dropPending(resource);
    this.live.add(resource);
    this.assign(resource, value);
  }

  private assign(resource: ResourceVariable, value: Pointer): void {
    try {
      this.run(resource, (access) => ({ feeds: [access.value], values: [value], targets: access.assign }));
    } finally {
      this.graph.api.deleteTensor(value);
    }
  }

  private run(resource: ResourceVariable, request: (access: SharedAccess) => Partial<RunRequest>): Pointer[] {
    const access = this.accessTo(resource);
    const { feeds = [], values = [], fetches = [], targets = [] } = request(access);
    const selection = this.selection(resource, access);
    try {
      return this.session.runSync({
        feeds: [access.selector, ...feeds],
        values: [selection, ...values],
        fetches,
        targets,
      });
    } finally {
      this.graph.api.deleteTensor(selection);
    }
  }

  private selection(resource: ResourceVariable, { indices }: Pick<SharedAccess, 'indices'>): Pointer {
    const index = indices.get(resource) as number;
    return allocate(this.graph.api, toHostArray([index], [], DataType.int32));
  }

  /** The shared ops, made for all variables of the dtype that have none yet. A switch runs those of one variable. */
  private accessTo(resource: ResourceVariable): SharedAccess {
    const known = this.access.get(resource);
    if (known) return known;
    const { graph } = this;
    const { dtype } = resource;
    const resources = this.withoutAccess.get(dtype) as ResourceVariable[];
    this.withoutAccess.delete(dtype);
    const selector = graph.placeholder(DataType.int32, []);
    const isBf16 = dtype === DataType.bf16;
    const value = graph.placeholder(dtypeAsWritten({ dtype }), null);
    const stored = isBf16 ? graph.output('Bitcast', [value], { type: dtype }) : value;
    const gates = graph.add('_SwitchN', [selector, selector], { num_outs: resources.length });
    const indices = new Map<ResourceVariable, number>();
    const reads: Output[] = [];
    const assign: Pointer[] = [];
    const destroy: Pointer[] = [];
    for (const [i, { handle }] of resources.entries()) {
      const gate = [graph.add('Identity', [{ oper: gates, index: i }])];
      const read = graph.output('ReadVariableOp', [handle], { dtype }, gate);
      reads.push(isBf16 ? graph.output('Cast', [read], { DstT: DataType.float32 }) : read);
      assign.push(graph.add('AssignVariableOp', [handle, stored], { dtype }, gate));
      destroy.push(graph.add('DestroyResourceOp', [handle], { ignore_lookup_error: true }, gate));
      indices.set(resources[i], i);
    }
    const access = { indices, selector, value, read: graph.output('Merge', reads), assign, destroy };
    for (const one of resources) this.access.set(one, access);
    return access;
  }
}

/**
 * The TF_DataTypes in which values are read and written. On a CPU without AVX-512, TensorFlow logs an error for each op
 * whose type attribute `T` is bf16; feeds, `Merge` and `Switch` are among these ops.
 */
export const dtypeAsRead = ({ dtype }: { dtype: number }) =>
  dtype === DataType.bf16 ? DataType.float32 : dtype;
const dtypeAsWritten = ({ dtype }: { dtype: number }) => (dtype === DataType.bf16 ? DataType.uint16 : dtype);

function pendingBytes({ dtype, bytes }: HostArray): Uint8Array {
  return dtype === DataType.bf16 ? new Uint8Array(widened(bytes).buffer) : bytes;
}
