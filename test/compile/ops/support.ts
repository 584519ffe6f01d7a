/** Compares compiled ops with eager ones. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { type Compiled, compile, type Tree } from '../../../src/compile/index.ts';
import { startedDevice, startTensorFlow } from '../../../src/runtime/start.ts';
import { assertSame, wave } from '../../support/tensors.ts';

export interface Case {
  name: string;
  inputs: () => tf.Tensor[];
  // biome-ignore lint/suspicious/noExplicitAny: each case knows the ranks of its own tensors
  fn: (...inputs: any[]) => tf.Tensor | tf.Tensor[];
}

export type Fn = Case['fn'];
export const one = (name: string, fn: Fn, ...inputs: (() => tf.Tensor)[]): Case => ({
  name,
  fn,
  inputs: () => inputs.map((make) => make()),
});

export const matrix = () => wave([3, 4]);
export const cube = () => wave([2, 3, 4]);
export const image = () => wave([2, 6, 5, 3]);
export const volume = () => wave([1, 4, 4, 4, 2]);
export const ints = (values: tf.TensorLike) => () => tf.tensor(values as number[], undefined, 'int32');
export const bools = (values: tf.TensorLike) => () => tf.tensor(values as number[], undefined, 'bool');
export const shaped = (shape: number[], phase = 0) => [() => wave(shape, phase)][0];

/** Broadcasts for which tfjs's gradient has the wrong shape, which tfjs reports as an error. */
const BROADCAST_GRADIENT =
  /^(maximum|minimum|squaredDifference) of .*(\[4\]|\[2,1,4\]|\[2,3\])$|^prelu of .*(\[2,1,4\]|\[2,3\])$|^matMul of \[(2,\d,\d\]ᵀ? and \[\d,\d\]|1,)/;
/** Ops without a gradient in tfjs. */
const NO_GRADIENT = /^(divNoNan|einsum|stridedSlice|prod over axis -1|cumsum$)/;
/** Ops without a deterministic kernel on a GPU, which TensorFlow refuses in deterministic mode. */
const NOT_ON_GPU = /^(bincount|resizeNearestNeighbor)$/;
const runsHere = ({ name }: Case) => startedDevice() !== 'gpu' || !NOT_ON_GPU.test(name);
const hasGradient = ({ name }: Case) => !NO_GRADIENT.test(name) && !BROADCAST_GRADIENT.test(name);

/** The result of each case, or why it has none. */
type Results = Map<string, tf.Tensor[] | Error>;

/** Runs all cases as one program; one that cannot be recorded does not hold up the others. */
async function compiledResults(cases: Case[], fnOf: (one: Case) => Fn): Promise<Results> {
  const results: Results = new Map();
  const program: Compiled<[Tree], Tree> = compile(function cases_(inputs: Tree): Tree {
    const given = inputs as tf.Tensor[][];
    const outputs: Record<string, tf.Tensor[]> = {};
    for (const [i, one] of cases.entries()) {
      try {
        outputs[one.name] = [fnOf(one)(...given[i])].flat();
      } catch (error) {
        results.set(one.name, error as Error);
      }
    }
    return outputs;
  });
  const inputs = cases.map((one) => tf.tidy(() => one.inputs()));
  const outputs = (await program(inputs)) as Record<string, tf.Tensor[]>;
  for (const [name, output] of Object.entries(outputs)) results.set(name, output);
  tf.dispose(inputs);
  program.dispose();
  return results;
}

function compareAll(cases: Case[], fnOf: (one: Case) => Fn): void {
  let results: Results;
  before(async () => {
    await startTensorFlow();
    assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
    results = await compiledResults(cases.filter(runsHere), fnOf);
  });
  after(() => {
    for (const result of results.values()) if (!(result instanceof Error)) tf.dispose(result);
  });
  for (const one of cases) {
    it(one.name, function () {
      if (!runsHere(one)) this.skip();
      const found = results.get(one.name);
      if (found instanceof Error) throw found;
      tf.tidy(() => {
        const expected = [fnOf(one)(...one.inputs())].flat();
        assert.equal(found?.length, expected.length);
        for (const [i, tensor] of expected.entries()) assertSame((found as tf.Tensor[])[i], tensor);
      });
    });
  }
}

/** Gradients for the inputs of float32 of the outputs, each element weighing something else. */
function gradientsOf({ fn }: Case): Fn {
  return (...inputs: tf.Tensor[]) => {
    const differ = inputs.filter(({ dtype }) => dtype === 'float32');
    const total = (...given: tf.Tensor[]): tf.Tensor => {
      const all = inputs.map((input) => (input.dtype === 'float32' ? (given.shift() as tf.Tensor) : input));
      const outputs = [fn(...all)].flat();
      return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, wave(output.shape, i)))));
    };
    return tf.grads(total)(differ);
  };
}

/** Compares each op, and the gradients of `differentiable` ones, in one program of all cases with the eager results. */
export function compareOps(title: string, differentiable: Case[], others: Case[]): void {
  describe(`compiled ${title} ops equal the eager ones:`, () => {
    compareAll([...differentiable, ...others], ({ fn }) => fn);
  });

  describe(`compiled gradients of ${title} ops equal the eager ones:`, () => {
    compareAll(differentiable.filter(hasGradient), gradientsOf);

    const cases = differentiable.filter((one) => !hasGradient(one));
    if (cases.length === 0) return;
    it('and what tfjs cannot derive op by op is the same error compiled', async () => {
      const results = await compiledResults(cases, gradientsOf);
      for (const one of cases) {
        const found = results.get(one.name) as Error;
        assert.ok(found instanceof Error, one.name);
        tf.tidy(() =>
          assert.throws(() => gradientsOf(one)(...one.inputs()), { message: found.message }, one.name),
        );
      }
    });
  });
}
