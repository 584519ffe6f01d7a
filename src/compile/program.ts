/** One recorded function: what it is fed, what it reads and changes, and what it gives. */
import { logsOfBf16 } from '../runtime/bf16.ts';
import { DataType, type Output, type Pointer } from './capi.ts';
import { nameOfCall, RecordError } from './errors.ts';
import { isOfFewRows, type Product, productOfFewRows } from './fewRows.ts';
import type { AttributeValue, Graph } from './graph.ts';
import type { State } from './states.ts';

/** Numbers that matrix products are computed in; everything else is float32. */
export type Precision = 'float32' | 'bf16';

/** Ops whose float32 inputs are rounded to bf16, and whose result is float32 again. */
const PRODUCTS = new Set(['MatMul', 'BatchMatMulV2']);
/**
 * Ops that only move values, or write rows among them: where what they move is all in bf16, they move that, and what
 * they give is widened. Rows are rounded.
 */
const MOVING = new Set([
  'ConcatV2',
  'GatherV2',
  'Identity',
  'InplaceUpdate',
  'Reshape',
  'Slice',
  'Transpose',
]);

export class Program {
  readonly graph: Graph;
  readonly precision: Precision;
  readonly inputs: Output[] = [];
  readonly outputs: Output[] = [];
  /** Ops that change state: they run though nothing fetches them. */
  readonly targets: Pointer[] = [];
  /** The value at the start of the run of each state that is read. */
  private readonly reads = new Map<State, Output>();
  private readonly changed = new Set<State>();
  private readonly changes: (() => void)[] = [];
  /** The bf16 of float32 outputs, and those of them that were made of it: they lose nothing. */
  private readonly casts = new Map<string, Output>();
  private readonly widened = new Set<string>();
  /** How many products with matrices there are. */
  private readonly products = { ofFewRows: 0, others: 0 };
  /** While set, ops that change state run only if it does. */
  private gate: Pointer | null = null;
  /** Whether values that are stored in bf16 are moved in it though products are in float32. */
  private readonly movesNarrow: boolean;

  constructor(graph: Graph, precision: Precision, movesNarrow = precision === 'bf16' || !logsOfBf16()) {
    this.graph = graph;
    this.precision = precision;
    this.movesNarrow = movesNarrow;
  }

  /** Adds an op, as the precision asks. */
  add(
    name: string,
    inputs: Output[],
    attributes: Record<string, AttributeValue>,
    controls: Pointer[] = [],
  ): Pointer {
    try {
      if (PRODUCTS.has(name) && this.precision === 'bf16') {
        const narrow = inputs.map((input) => this.toBf16(input));
        return this.widen(this.multiply({ name, inputs: narrow, attributes, controls })).oper;
      }
      if (PRODUCTS.has(name)) return this.multiply({ name, inputs, attributes, controls }).oper;
      if (name === 'Identity' && !this.movesNarrow && this.widened.has(keyOf(inputs[0]))) {
        // TensorFlow's optimizer would turn Identity of a cast into a cast of Identity, which is of bf16.
        return this.widen(this.toBf16(inputs[0]), controls).oper;
      }
      const narrow = this.narrowed(name, inputs);
      if (!narrow) return this.graph.add(name, inputs, attributes, controls);
      const { Tparams: _, T: __, ...others } = attributes;
      return this.widen(this.graph.output(name, narrow, others, controls)).oper;
    } catch (error) {
      if (error instanceof RecordError) throw error;
      throw new RecordError(`${nameOfCall()} (op ${name}): ${(error as Error).message}`);
    }
  }

  /** The values of `output` as bf16 holds them, in float32; what only moves or multiplies them reads the bf16. */
  rounded(output: Output): Output {
    return this.widen(this.toBf16(output));
  }

  /** Gives `output` as the program's next; what is fed cannot be fetched as it is. */
  give(output: Output): void {
    const fed = this.inputs.some(({ oper, index }) => oper === output.oper && index === output.index);
    this.outputs.push(fed ? this.graph.output('Identity', [output]) : output);
  }

  /** Whether it has products with matrices, all of few rows: each op had better keep to one thread (see fewRows.ts). */
  get ofFewRows(): boolean {
    return this.products.ofFewRows > 0 && this.products.others === 0;
  }

  uses(state: State): boolean {
    return this.reads.has(state) || this.changed.has(state);
  }

  /** The value of a state at the start of the run. */
  read(state: State): Output {
    const known = this.reads.get(state);
    if (known) return known;
    const stored = this.graph.output('ReadVariableOp', [state.handle], { dtype: state.dtype });
    const value = state.dtype === DataType.bf16 ? this.widen(stored) : stored;
    this.reads.set(state, value);
    return value;
  }

  /** Sets a state at the end of the run. */
  assign(state: State, value: Output): void {
    this.mark(state);
    const { gate } = this;
    const stored = state.dtype === DataType.bf16 ? this.toBf16(value) : value;
    this.changes.push(() => {
      const controls = this.before([state], gate);
      const inputs = [state.handle, stored];
      this.targets.push(this.graph.add('AssignVariableOp', inputs, { dtype: state.dtype }, controls));
    });
  }

  /** Ops that change states in place, given their resources, one after the other at the end of the run. */
  addInPlace(ops: { op: string; states: State[]; inputs: Output[] }[]): void {
    for (const state of new Set(ops.flatMap(({ states }) => states))) {
      if (state.dtype === DataType.bf16) {
        throw new RecordError(
          `${ops[0].op}: expected variables kept in float32, got one of shape [${state.shape}] in bf16`,
        );
      }
      this.mark(state);
    }
    const { gate } = this;
    this.changes.push(() => {
      let last: Pointer[] = [];
      for (const { op, states, inputs } of ops) {
        const handles = states.map(({ handle }) => handle);
        const oper = this.add(op, [...handles, ...inputs], {}, [...this.before(states, gate), ...last]);
        this.targets.push(oper);
        last = [oper];
      }
    });
  }

  /** Makes the changes of state, to be called last: each waits for what reads its states, wherever that stands. */
  finish(): void {
    for (const change of this.changes) change();
  }

  /** Changes of state inside `change` happen only in runs in which `condition`, a scalar of bool, is true. */
  when(condition: Output, change: () => void): void {
    if (this.gate !== null) throw new RecordError('when: expected no other when around it, got one');
    const choice = this.graph.add('Switch', [condition, condition]);
    this.gate = this.graph.add('Identity', [{ oper: choice, index: 1 }]);
    try {
      change();
    } finally {
      this.gate = null;
    }
  }

  private mark(state: State): void {
    if (this.changed.has(state)) {
      throw new RecordError(
        `expected a variable of shape [${state.shape}] to be left alone once it is changed in place or under a ` +
          'condition, got a second change',
      );
    }
    this.changed.add(state);
  }

  private before(states: State[], gate: Pointer | null): Pointer[] {
    const reads = states.map((state) => this.reads.get(state)?.oper).filter((oper) => oper !== undefined);
    return gate === null ? reads : [...reads, gate];
  }

  private multiply(product: Product): Output {
    const { name, inputs, attributes, controls } = product;
    const ofFewRows = isOfFewRows(this.graph, product);
    if (name === 'MatMul') this.products[ofFewRows ? 'ofFewRows' : 'others'] += 1;
    return ofFewRows
      ? productOfFewRows(this.graph, product)
      : this.graph.output(name, inputs, attributes, controls);
  }

  /** Inputs of an op that moves values, in bf16, if that is what these were made of. */
  private narrowed(name: string, inputs: Output[]): Output[] | undefined {
    // GatherV2 has no attribute T, and reads few rows of a large matrix.
    if (!MOVING.has(name) || !(this.movesNarrow || name === 'GatherV2')) return undefined;
    const moved = inputs.slice(0, name === 'ConcatV2' ? -1 : 1);
    if (!moved.every((input) => this.widened.has(keyOf(input)))) return undefined;
    return inputs.map((input) => this.toBf16(input));
  }

  private toBf16(output: Output): Output {
    if (this.graph.info(output).dtype !== DataType.float32) return output;
    const key = keyOf(output);
    const known = this.casts.get(key);
    if (known) return known;
    const cast = this.graph.output('Cast', [output], { DstT: DataType.bf16 });
    this.casts.set(key, cast);
    return cast;
  }

  /** Values of bf16 as float32; whoever rounds these gets them as they were. */
  private widen(narrow: Output, controls: Pointer[] = []): Output {
    const wide = this.graph.output('Cast', [narrow], { DstT: DataType.float32 }, controls);
    this.casts.set(keyOf(wide), narrow);
    this.widened.add(keyOf(wide));
    return wide;
  }
}

const keyOf = ({ oper, index }: Output) => `${oper}/${index}`;
