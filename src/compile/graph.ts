/**
 * A TensorFlow graph under construction. Ops go in one by one; TensorFlow itself infers types and shapes, and its own
 * definition of each op says which inputs are lists and which attributes the inputs decide.
 */
import { bufferBytes, type CApi, checked, DataType, type Output, type Pointer } from './capi.ts';
import { allocate, type HostArray, toHostArray } from './hostTensor.ts';
import { fieldsOf } from './protobuf.ts';

/** Null is a shape of which nothing is known. */
export type AttributeValue = number | boolean | string | number[] | string[] | HostArray | null;

/** Shape and dtype (a TF_DataType) of an output; a dimension of −1 is one that only a run can tell. */
export interface OutputInfo {
  shape: number[] | null;
  dtype: number;
}

/** What TensorFlow's definition of an op says about its inputs and attributes. */
interface OpDefinition {
  /** One an input: the attribute that counts a list of one type, or that lists the types of a list; else undefined. */
  inputs: { number?: string; types?: string }[];
  /** Attribute types by name, such as `list(int)`; those that follow from the inputs are left out. */
  attributes: Map<string, string>;
}

export class Graph {
  pointer: Pointer;
  readonly api: CApi;
  private readonly definitions = new Map<string, OpDefinition>();
  private readonly constants = new Map<string, Output>();
  private readonly status: Pointer;
  private count = 0;

  constructor(api: CApi) {
    this.api = api;
    this.pointer = api.newGraph();
    this.status = api.newStatus();
  }

  /** Begins anew; what was recorded is gone. */
  reset(): void {
    this.api.deleteGraph(this.pointer);
    this.pointer = this.api.newGraph();
    this.constants.clear();
    this.count = 0;
  }

  /** Number of operations in the graph. */
  get size(): number {
    return this.count;
  }

  /**
   * Adds an op.
   * @param attributes by name; those that follow from the inputs may be given and are passed over
   * @param controls operations that must have run before
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
    const description = api.newOperation(this.pointer, type, `${type.replace(/^_/, '')}_${this.count++}`);
    let at = 0;
    for (const { number, types } of definition.inputs) {
      if (number === undefined && types === undefined) {
        if (at < inputs.length) api.addInput(description, inputs[at++]);
        continue;
      }
      const length =
        number === undefined ? inputs.length - at : listLength(attributes, number, inputs, definition);
      api.addInputList(description, inputs.slice(at, at + length), length);
      at += length;
    }
    for (const control of controls) api.addControlInput(description, control);
    for (const [name, value] of Object.entries(attributes)) {
      const kind = definition.attributes.get(name);
      if (kind) this.setAttribute(description, name, kind, value);
    }
    const oper = api.finishOperation(description, status);
    this.check();
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

  /** A constant; small ones that are alike are one. */
  constant(array: HostArray): Output {
    const make = () => this.output('Const', [], { dtype: array.dtype, value: array });
    if (array.bytes.length > 64) return make();
    const key = `${array.dtype}/${array.shape}/${array.bytes}`;
    const found = this.constants.get(key) ?? make();
    this.constants.set(key, found);
    return found;
  }

  /** A constant scalar, or a list: a shape, an axis, where something starts. */
  int32(values: number | number[]): Output {
    const shape = Array.isArray(values) ? [values.length] : [];
    return this.constant(toHostArray([values].flat(), shape, DataType.int32));
  }

  /** Equal values, made when the program runs. @param bytes of one of them */
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
    const definition = parseDefinition(bufferBytes(buffer));
    api.deleteBuffer(buffer);
    this.definitions.set(type, definition);
    return definition;
  }
}

/** Length of a list input: as given, else all inputs that the other, single ones leave. */
function listLength(
  attributes: Record<string, AttributeValue>,
  name: string,
  inputs: Output[],
  definition: OpDefinition,
): number {
  const given = attributes[name];
  return typeof given === 'number' ? given : inputs.length - (definition.inputs.length - 1);
}

/** Reads an OpDef message (tensorflow/core/framework/op_def.proto). */
function parseDefinition(bytes: Uint8Array): OpDefinition {
  const text = new TextDecoder();
  const strings = (part: Uint8Array) => {
    const found: Record<number, string> = {};
    for (const [number, value] of fieldsOf(part)) {
      if (value instanceof Uint8Array) found[number] = text.decode(value);
    }
    return found;
  };
  const inputs: OpDefinition['inputs'] = [];
  const attributes = new Map<string, string>();
  const followed = new Set<string>();
  for (const [number, value] of fieldsOf(bytes)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === 2) {
      const argument = strings(value);
      inputs.push({ number: argument[5], types: argument[6] });
      for (const name of [argument[4], argument[5], argument[6]]) if (name) followed.add(name);
    } else if (number === 4) {
      const attribute = strings(value);
      attributes.set(attribute[1], attribute[2]);
    }
  }
  for (const name of followed) attributes.delete(name);
  return { inputs, attributes };
}
