/** One recorded function: its inputs and outputs, the variables that it reads, and its changes of them. */
import { DataType, type Output, type Pointer } from '../tensorflow/capi.ts';
import { Bf16Casts, type Precision } from './bf16.ts';
import { currentCall, RecordError } from './errors.ts';
import type { AttributeValue, Graph } from './graph.ts';
import type { ResourceVariable } from './resourceVariables.ts';
import { type MatmulOp, SkinnyMatmul, type SkinnyMatmulLimits } from './skinnyMatmul.ts';

const MATMUL_OPS = new Set(['MatMul', 'BatchMatMulV2']);

/** An op that changes variables in place: it takes their resources, then `inputs`. */
interface InPlaceUpdate {
  op: string;
  variables: ResourceVariable[];
  inputs: Output[];
}

/** What the device asks of a program. */
export interface DeviceLimits {
  /** Limits of the pass for skinny products; null where it is off. */
  skinnyLimits: SkinnyMatmulLimits | null;
  /** Whether float32 programs may move values as bf16 that are stored in it. */
  movesBf16: boolean;
}

export class Program {
  readonly graph: Graph;
  readonly precision: Precision;
  /** Placeholders, which are fed. */
  readonly inputs: Output[] = [];
  /** What is fetched. */
  readonly outputs: Output[] = [];
  /** Ops that change variables: they run though nothing fetches them. */
  readonly targets: Pointer[] = [];
  private readonly skinnyMatmul: SkinnyMatmul | null;
  private readonly casts: Bf16Casts;
  /** The value at the start of the run of each variable that is read. */
  private readonly reads = new Map<ResourceVariable, Output>();
  private readonly changed = new Set<ResourceVariable>();
  /** Add the ops that change variables, at the end of the recording. */
  private readonly changes: (() => void)[] = [];
  private readonly matmuls = { skinny: 0, others: 0 };
  /** While set, changes of variables happen only in runs in which this op runs. */
  private gate: Pointer | null = null;

  constructor(graph: Graph, precision: Precision, { skinnyLimits, movesBf16 }: DeviceLimits) {
    this.graph = graph;
    this.precision = precision;
    this.skinnyMatmul = skinnyLimits && new SkinnyMatmul(graph, skinnyLimits);
    this.casts = new Bf16Casts(graph, precision === 'bf16' || movesBf16);
  }

  /** Adds an op, through the passes. @throws RecordError with the tfjs call and TensorFlow's reason */
  add(
    name: string,
    inputs: Output[],
    attributes: Record<string, AttributeValue>,
    controls: Pointer[] = [],
  ): Pointer {
    const { graph, casts } = this;
    try {
      if (MATMUL_OPS.has(name)) return this.multiply({ name, inputs, attributes, controls }).oper;
      const kept = casts.identityInput(name, inputs);
      if (kept) return casts.widen(kept, controls).oper;
      const moved = casts.movedInputs(name, inputs);
      if (!moved) return graph.add(name, inputs, attributes, controls);
      const { Tparams: _, T: __, ...others } = attributes;
      return casts.widen(graph.output(name, moved, others, controls)).oper;
    } catch (error) {
      if (error instanceof RecordError) throw error;
      throw new RecordError(`${currentCall()} (op ${name}): ${(error as Error).message}`);
    }
  }

  /** `output` rounded to bf16, as float32. Ops that move or multiply it read the bf16. */
  rounded(output: Output): Output {
    return this.casts.widen(this.casts.toBf16(output));
  }

  /** Adds an output. A placeholder cannot be fetched, so it passes through an op. */
  addOutput(output: Output): void {
    const isInput = this.inputs.some(({ oper, index }) => oper === output.oper && index === output.index);
    this.outputs.push(isInput ? this.graph.output('Identity', [output]) : output);
  }

  /** Whether each of its products with a matrix is skinny, so that one thread for each op is faster. */
  get isSkinny(): boolean {
    return this.matmuls.skinny > 0 && this.matmuls.others === 0;
  }

  get variablesRead(): ResourceVariable[] {
    return [...this.reads.keys()];
  }

  get variablesAssigned(): ResourceVariable[] {
    return [...this.changed];
  }

  /** The value of a variable at the start of the run, float32 where it is stored in bf16. */
  read(variable: ResourceVariable): Output {
    const known = this.reads.get(variable);
    if (known) return known;
    const { handle, dtype } = variable;
    const stored = this.graph.output('ReadVariableOp', [handle], { dtype });
    const value = dtype === DataType.bf16 ? this.casts.widen(stored) : stored;
    this.reads.set(variable, value);
    return value;
  }

  /** Sets a variable at the end of the run. */
  assign(variable: ResourceVariable, value: Output): void {
    this.markChanged(variable);
    const { gate } = this;
    const { handle, dtype } = variable;
    const stored = dtype === DataType.bf16 ? this.casts.toBf16(value) : value;
    this.changes.push(() => {
      const controls = this.controlsOfChange([variable], gate);
      this.targets.push(this.graph.add('AssignVariableOp', [handle, stored], { dtype }, controls));
    });
  }

  /** Changes variables in place at the end of the run, one op after the other. */
  updateInPlace(updates: InPlaceUpdate[]): void {
    for (const variable of new Set(updates.flatMap(({ variables }) => variables))) {
      if (variable.dtype === DataType.bf16) {
        throw new RecordError(
          `${updates[0].op}: expected variables kept in float32, got one of shape [${variable.shape}] in bf16`,
        );
      }
      this.markChanged(variable);
    }
    const { gate } = this;
    this.changes.push(() => {
      let previous: Pointer[] = [];
      for (const { op, variables, inputs } of updates) {
        const handles = variables.map(({ handle }) => handle);
        const controls = [...this.controlsOfChange(variables, gate), ...previous];
        const oper = this.add(op, [...handles, ...inputs], {}, controls);
        this.targets.push(oper);
        previous = [oper];
      }
    });
  }

  /** Adds the ops that change variables. Call last: a change waits for all reads of its variables. */
  finish(): void {
    for (const change of this.changes) change();
  }

  /** Changes of variables made inside `change` happen only in runs in which `condition`, a bool scalar, is true. */
  when(condition: Output, change: () => void): void {
    if (this.gate !== null) throw new RecordError('when: expected no other when around it, got one');
    const branches = this.graph.add('Switch', [condition, condition]);
    this.gate = this.graph.add('Identity', [{ oper: branches, index: 1 }]);
    try {
      change();
    } finally {
      this.gate = null;
    }
  }

  private markChanged(variable: ResourceVariable): void {
    if (this.changed.has(variable)) {
      throw new RecordError(
        `expected a variable of shape [${variable.shape}] to be left alone once it is changed in place or under a ` +
          'condition, got a second change',
      );
    }
    this.changed.add(variable);
  }

  private controlsOfChange(variables: ResourceVariable[], gate: Pointer | null): Pointer[] {
    const reads = variables.flatMap((variable) => this.reads.get(variable)?.oper ?? []);
    return gate === null ? reads : [...reads, gate];
  }

  private multiply(op: MatmulOp): Output {
    if (this.precision !== 'bf16') return this.product(op);
    const inputs = op.inputs.map((input) => this.casts.toBf16(input));
    return this.casts.widen(this.product({ ...op, inputs }));
  }

  private product(op: MatmulOp): Output {
    const pass = this.skinnyMatmul?.takes(op) ? this.skinnyMatmul : null;
    if (op.name === 'MatMul') this.matmuls[pass ? 'skinny' : 'others'] += 1;
    return pass ? pass.add(op) : this.graph.output(op.name, op.inputs, op.attributes, op.controls);
  }
}
