/**
 * A TensorFlow graph under construction. Ops are added one by one; TensorFlow infers dtypes and shapes, and its
 * definition of each op says which inputs are lists and which attributes follow from the inputs.
 */
import { bufferBytes, type CApi, checked, DataType, type Output, type Pointer } from '../tensorflow/capi.ts';
import { allocate, type HostArray, toHostArray } from '../tensorflow/hostTensor.ts';
import { listLength, type OpDefinition, parseOpDefinition } from './opDef.ts';

/** Value of an op's attribute; null is an unknown shape. */
export type AttributeValue = number | boolean | string | number[] | string[] | HostArray | null;

/** An op of the graph and what it depends on. */
interface Operation {
  type: string;
  inputs: readonly Output[];
  /** Ops that must run before it. */
  controls: readonly Pointer[];
}

/** Shape and TF_DataType of an output. Shape null: unknown; a dimension of −1: known only in a run. */
interface OutputInfo {
  shape: number[] | null;
  dtype: number;
}

/** Constants of up to this many bytes are shared within the graph. */
const MAX_SHARED_CONSTANT_BYTES = 64;

export class Graph {
  pointer: Pointer;
  readonly api: CApi;
  private readonly definitions = new Map<string, OpDefinition>();
  private readonly constants = new Map<string, Output>();
  private readonly operations = new Map<Pointer, Operation>();
  private readonly status: Pointer;
  private nextName = 0;

  constructor(api: CApi) {
    this.api = api;
    this.pointer = api.newGraph();
    this.status = api.newStatus();
  }

  /** Empties the graph. */
  reset(): void {
    this.api.deleteGraph(this.pointer);
    this.pointer = this.api.newGraph();
    this.constants.clear();
    this.operations.clear();
    this.nextName = 0;
  }

  /** Number of ops in the graph. */
  get size(): number {
    return this.operations.size;
  }

  /**
   * Adds an op.
   * @param attributes by name; those that follow from the inputs may be given and are ignored
   * @param controls ops that must run before it
   * @throws Error with TensorFlow's reason
   */
  add(
    type: string,
    inputs: Output[],
    attributes: Record<string, AttributeValue> = {},
    controls: Pointer[] = [],
  ): Pointer {
    const { api, status } = this;
    const definition = this.define(type);
    const name = `${type.replace(/^_/, '')}_${this.nextName++}`;
    const description = api.newOperation(this.pointer, type, name);
    let at = 0;
    for (const { number, types } of definition.inputs) {
      if (number === undefined && types === undefined) {
        if (at < inputs.length) api.addInput(description, inputs[at++]);
        continue;
      }
      const length =
        number === undefined ? inputs.length - at : listLength(definition, attributes[number], inputs.length);
      api.addInputList(description, inputs.slice(at, at + length), length);
      at += length;
    }
    for (const control of controls) api.addControlInput(description, control);
    for (const [attribute, value] of Object.entries(attributes)) {
      const kind = definition.attributes.get(attribute);
      if (kind) this.setAttribute(description, attribute, kind, value);
    }
    const oper: Pointer = api.finishOperation(description, status);
    this.check();
    this.operations.set(oper, { type, inputs, controls });
    return oper;
  }

  /** The first output of a new op. */
  output(...args: Parameters<Graph['add']>): Output {
    return { oper: this.add(...args), index: 0 };
  }

  /** @param shape null: any */
  placeholder(dtype: number, shape: number[] | null): Output {
    return this.output('Placeholder', [], { dtype, ...(shape && { shape }) });
  }

  /** A constant. Small constants that are equal share one op. */
  constant(array: HostArray): Output {
    const make = () => this.output('Const', [], { dtype: array.dtype, value: array });
    if (array.bytes.length > MAX_SHARED_CONSTANT_BYTES) return make();
    const key = `${array.dtype}/${array.shape}/${array.bytes}`;
    const found = this.constants.get(key) ?? make();
    this.constants.set(key, found);
    return found;
  }

  /** An int32 constant: a scalar, or a list such as a shape. */
  int32(values: number | number[]): Output {
    const shape = Array.isArray(values) ? [values.length] : [];
    return this.constant(toHostArray([values].flat(), shape, DataType.int32));
  }

  /** A tensor of equal values, made when the program runs. @param bytes of one value */
  filled(dtype: number, shape: number[], bytes: Uint8Array): Output {
    return this.output('Fill', [this.int32(shape), this.constant({ dtype, shape: [], bytes })]);
  }

  info(output: Output): OutputInfo {
    const { api, status } = this;
    const rank = api.numDims(this.pointer, output, status);
    const dtype = api.outputType(output);
    if (rank < 0) return { shape: null, dtype };
    const shape = new Array(rank).fill(0);
    if (rank > 0) api.tensorShape(this.pointer, output, shape, rank, status);
    this.check();
    return { shape: shape.map(Number), dtype };
  }

  /** The ops that a run of these outputs and targets needs, themselves included. */
  closure(outputs: readonly Output[], targets: readonly Pointer[]): Map<Pointer, Operation> {
    const found = new Map<Pointer, Operation>();
    const open = [...outputs.map(({ oper }) => oper), ...targets];
    for (let oper = open.pop(); oper !== undefined; oper = open.pop()) {
      const operation = this.operations.get(oper);
      if (!operation || found.has(oper)) continue;
      found.set(oper, operation);
      open.push(...operation.inputs.map((input) => input.oper), ...operation.controls);
    }
    return found;
  }

  private check(): void {
    if (this.api.getCode(this.status) !== 0) throw new Error(this.api.message(this.status));
  }

  private setAttribute(description: Pointer, name: string, kind: string, value: AttributeValue): void {
    const { api } = this;
    if (kind === 'tensor') {
      const tensor = allocate(api, value as HostArray);
      api.setAttrTensor(description, name, tensor, this.status);
      api.deleteTensor(tensor);
      this.check();
    } else if (kind === 'type') api.setAttrType(description, name, value);
    else if (kind === 'int') api.setAttrInt(description, name, value);
    else if (kind === 'float') api.setAttrFloat(description, name, value);
    else if (kind === 'bool') api.setAttrBool(description, name, value ? 1 : 0);
    else if (kind === 'string')
      api.setAttrString(description, name, value, Buffer.byteLength(value as string));
    else if (kind === 'list(string)') {
      const texts = value as string[];
      const lengths = texts.map((text) => Buffer.byteLength(text));
      api.setAttrStringList(description, name, texts, lengths, texts.length);
    } else if (kind === 'shape')
      api.setAttrShape(description, name, value, (value as number[] | null)?.length ?? -1);
    else if (kind === 'list(int)') api.setAttrIntList(description, name, value, (value as number[]).length);
    else if (kind === 'list(type)') api.setAttrTypeList(description, name, value, (value as number[]).length);
    else throw new Error(`attribute ${name} is of type ${kind}, which cannot be recorded`);
  }

  private define(type: string): OpDefinition {
    const known = this.definitions.get(type);
    if (known) return known;
    const { api } = this;
    const buffer = api.newBuffer();
    checked(api, (status) => api.getOpDef(this.pointer, type, buffer, status));
    const definition = parseOpDefinition(bufferBytes(buffer));
    api.deleteBuffer(buffer);
    this.definitions.set(type, definition);
    return definition;
  }
}
