/**
 * The bf16 pass: matrix products take bf16 and give float32, and ops that only move values move bf16 where all that they
 * move was widened from it. Everything else is float32.
 */
import { DataType, type Output, type Pointer } from '../tensorflow/capi.ts';
import type { Graph } from './graph.ts';

/** Numbers that matrix products are computed in; everything else is float32. */
export type Precision = 'float32' | 'bf16';

/** Ops that move values, or write rows among others, without computing. */
const DATA_MOVEMENT_OPS = new Set([
  'ConcatV2',
  'GatherV2',
  'Identity',
  'InplaceUpdate',
  'Reshape',
  'Slice',
  'Transpose',
]);

/** Casts of one program, each made once. */
export class Bf16Casts {
  private readonly graph: Graph;
  private readonly movesBf16: boolean;
  /** bf16 cast of each float32 output. */
  private readonly narrow = new Map<string, Output>();
  /** Outputs cast up from bf16: casting those back is exact. */
  private readonly widened = new Set<string>();

  /** @param movesBf16 false: values widened from bf16 are moved as float32 */
  constructor(graph: Graph, movesBf16: boolean) {
    this.graph = graph;
    this.movesBf16 = movesBf16;
  }

  /** A float32 output as bf16; outputs of other dtypes are returned as they are. */
  toBf16(output: Output): Output {
    if (this.graph.info(output).dtype !== DataType.float32) return output;
    const key = keyOf(output);
    const known = this.narrow.get(key);
    if (known) return known;
    const cast = this.graph.output('Cast', [output], { DstT: DataType.bf16 });
    this.narrow.set(key, cast);
    return cast;
  }

  /** A bf16 output as float32; `toBf16` of it gives `narrow` again. */
  widen(narrow: Output, controls: Pointer[] = []): Output {
    const wide = this.graph.output('Cast', [narrow], { DstT: DataType.float32 }, controls);
    this.narrow.set(keyOf(wide), narrow);
    this.widened.add(keyOf(wide));
    return wide;
  }

  /**
   * The bf16 value to widen once more in place of an Identity, where values are moved as float32. TensorFlow's optimizer
   * would turn Identity of a cast into a cast of Identity, which is bf16.
   */
  identityInput(name: string, inputs: Output[]): Output | null {
    const replaces = name === 'Identity' && !this.movesBf16 && this.widened.has(keyOf(inputs[0]));
    return replaces ? this.toBf16(inputs[0]) : null;
  }

  /** The inputs of op `name` in bf16, if it moves values only and all of these were widened from bf16; else null. */
  movedInputs(name: string, inputs: Output[]): Output[] | null {
    // GatherV2 has no attribute T, and reads few rows of a large matrix.
    if (!DATA_MOVEMENT_OPS.has(name) || !(this.movesBf16 || name === 'GatherV2')) return null;
    const moved = inputs.slice(0, name === 'ConcatV2' ? -1 : 1);
    if (!moved.every((input) => this.widened.has(keyOf(input)))) return null;
    return inputs.map((input) => this.toBf16(input));
  }
}

const keyOf = ({ oper, index }: Output) => `${oper}/${index}`;
