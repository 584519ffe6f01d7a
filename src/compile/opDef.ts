/** TensorFlow's own definition of an op: OpDef (tensorflow/core/framework/op_def.proto). */
import { fieldsOf } from '../tensorflow/protobuf.ts';

/** What a definition says about inputs and attributes. */
export interface OpDefinition {
  /**
   * One for each input. For a list of one dtype, `number` is the attribute that counts it; for a list of several dtypes,
   * `types` is the attribute that lists them; a single input has neither.
   */
  inputs: { number?: string; types?: string }[];
  /** Attribute types by name, such as `list(int)`. Attributes that follow from the inputs are left out. */
  attributes: Map<string, string>;
}

/** @param bytes an OpDef message */
export function parseOpDefinition(bytes: Uint8Array): OpDefinition {
  const inputs: OpDefinition['inputs'] = [];
  const attributes = new Map<string, string>();
  const inferred = new Set<string>();
  for (const [number, value] of fieldsOf(bytes)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === 2) {
      const texts = textFields(value);
      const [typeAttribute, numberAttribute, typeListAttribute] = [texts[4], texts[5], texts[6]];
      inputs.push({ number: numberAttribute, types: typeListAttribute });
      for (const name of [typeAttribute, numberAttribute, typeListAttribute]) if (name) inferred.add(name);
    } else if (number === 4) {
      const texts = textFields(value);
      attributes.set(texts[1], texts[2]);
    }
  }
  for (const name of inferred) attributes.delete(name);
  return { inputs, attributes };
}

/** Fields of a message that are strings, by number. */
function textFields(message: Uint8Array): Record<number, string> {
  const decoder = new TextDecoder();
  const found: Record<number, string> = {};
  for (const [number, value] of fieldsOf(message)) {
    if (value instanceof Uint8Array) found[number] = decoder.decode(value);
  }
  return found;
}

/** Number of outputs that a list input takes: the attribute's where it is given, else all that other inputs leave. */
export function listLength({ inputs }: OpDefinition, given: unknown, available: number): number {
  return typeof given === 'number' ? given : available - (inputs.length - 1);
}
