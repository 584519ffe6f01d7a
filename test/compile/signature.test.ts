/** Inputs and outputs of programs, one program for each signature, and the order of runs. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, type Tree } from '../../src/compile/index.ts';
import { openedRuntime } from '../../src/compile/runtime.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, list, variableOf } from '../support/tensors.ts';

/** The same tree with values in place of tensors. */
function plain(tree: Tree): unknown {
  if (tree instanceof tf.Tensor) return tree.arraySync();
  if (tree === null || tree === undefined) return tree;
  if (Array.isArray(tree)) return tree.map(plain);
  return Object.fromEntries(Object.entries(tree).map(([key, inner]) => [key, plain(inner as Tree)]));
}

describe('a compiled function', () => {
  const made: { dispose(): void }[] = [];
  const own = <T extends { dispose(): void }>(thing: T): T => {
    made.push(thing);
    return thing;
  };
  before(() => startTensorFlow());
  afterEach(() => {
    for (const thing of made.splice(0)) thing.dispose();
  });

  /** What it gives as plain values. */
  async function valuesOf<Inputs extends Tree[]>(
    run: (...inputs: Inputs) => Promise<Tree>,
    ...inputs: Inputs
  ) {
    const outputs = await run(...inputs);
    const found = plain(outputs);
    tf.dispose(outputs as tf.TensorContainer);
    return found;
  }

  it('takes and gives arrays, objects and nothing, nested at will', async () => {
    type Inputs = { pair: tf.Tensor[]; inner: { x: tf.Tensor; none: null }; empty: [] };
    const program = own(
      compile(({ pair: [a, b], inner: { x, none } }: Inputs, missing: undefined, last: tf.Tensor) => ({
        sums: [tf.add(a, b), [tf.add(b, last), none]],
        missing,
        deep: { er: { x: tf.neg(x) }, empty: [], none: null },
      })),
    );
    const [a, b, x, last] = [1, 10, 100, 1000].map((value) => own(tf.scalar(value)));
    const inputs: Inputs = { pair: [a, b], inner: { x, none: null }, empty: [] };
    const expected = {
      sums: [11, [1010, null]],
      missing: undefined,
      deep: { er: { x: -100 }, empty: [], none: null },
    };
    assert.deepEqual(await valuesOf(program, inputs, undefined, last), expected);
  });

  it('gives outputs in their own places, whatever the order in which they were computed', async () => {
    const program = own(
      compile((x: tf.Tensor) => {
        const late = tf.mul(x, 3);
        const early = tf.add(x, 1);
        return { z: early, a: [late, x, early], m: tf.scalar(7) };
      }),
    );
    const x = own(tf.tensor1d([1, 2]));
    const expected = {
      z: [2, 3],
      a: [
        [3, 6],
        [1, 2],
        [2, 3],
      ],
      m: 7,
    };
    assert.deepEqual(await valuesOf(program, x), expected);
  });

  for (const mode of ['graph', 'eager'] as const) {
    it(`gives inputs, constants and variables as tensors of their own (${mode})`, async () => {
      const variable = own(variableOf([5, 6]));
      const constant = own(tf.tensor1d([7, 8]));
      const program = own(
        compile((x: tf.Tensor) => ({ x, again: x, variable, constant, kept: tf.keep(tf.neg(x)) }), { mode }),
      );
      const x = own(tf.tensor1d([1, 2]));
      const expected = { x: [1, 2], again: [1, 2], variable: [5, 6], constant: [7, 8], kept: [-1, -2] };
      const before = tf.memory().numTensors;
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await valuesOf(program, x), expected);
        assert.deepEqual([x, variable, constant].map(list), [
          [1, 2],
          [5, 6],
          [7, 8],
        ]);
        assert.equal(tf.memory().numTensors, before);
      }
    });
  }

  it('is recorded once for each shape, dtype and structure', async () => {
    let calls = 0;
    const program = own(
      compile((input: Tree) => {
        calls++;
        const tensors =
          input instanceof tf.Tensor ? [input] : (Object.values(input as object) as tf.Tensor[]);
        return tensors.map((tensor) => tf.add(tensor, tensor));
      }),
    );
    const sizes: number[] = [];
    const run = async (input: Tree) => {
      await valuesOf(program, input);
      sizes.push(program.programs);
    };
    const [vector, other] = [own(tf.tensor1d([1, 2])), own(tf.tensor1d([3, 4]))];
    await run(vector);
    await run(other);
    await run(own(tf.tensor2d([[1, 2]])));
    await run(own(tf.tensor1d([1, 2], 'int32')));
    await run([vector]);
    await run([vector, other]);
    await run({ a: vector });
    await run({ b: vector });
    await run(own(tf.tensor1d([1, 2], 'int32')));
    await run([other]);
    assert.deepEqual(sizes, [1, 1, 2, 3, 4, 5, 6, 7, 7, 7]);
    assert.equal(calls, 7);
  });

  it('is recorded ahead of its first run', async () => {
    let calls = 0;
    const program = own(
      compile((x: tf.Tensor) => {
        calls++;
        return tf.mul(tf.add(x, 1), 2);
      }),
    );
    const x = own(tf.tensor1d([1]));
    const { operations, seconds } = await program.record(x);
    assert.ok(operations >= 3 && operations < 10 && seconds > 0, `${operations} operations in ${seconds} s`);
    assert.deepEqual([await valuesOf(program, x), calls, program.programs], [[4], 1, 1]);
    program.dispose();
    assert.equal(program.programs, 0);
    assert.deepEqual([await valuesOf(program, x), calls], [[4], 2]);
  });

  it('takes scalars and tensors of no elements', async () => {
    const program = own(
      compile((scalar: tf.Tensor, none: tf.Tensor) => [
        tf.add(scalar, 1),
        tf.mul(none, scalar),
        tf.sum(none),
        tf.concat([none, tf.ones([1, 3])], 0),
        tf.zeros([2, 0]),
      ]),
    );
    const inputs = [own(tf.scalar(4)), own(tf.zeros([0, 3]))] as const;
    const found = await program(...inputs);
    const expected = [tf.scalar(5), tf.zeros([0, 3]), tf.scalar(0), tf.ones([1, 3]), tf.zeros([2, 0])].map(
      own,
    );
    for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor);
    tf.dispose(found);
  });

  it('keeps whole numbers and booleans as they are', async () => {
    const program = own(compile((...all: tf.Tensor[]) => all.map((x) => tf.clone(x))));
    const large = own(tf.tensor1d([2 ** 30 + 1, -(2 ** 31), 2 ** 31 - 1], 'int32'));
    const flags = own(tf.tensor1d([true, false], 'bool'));
    const found = await program(large, flags);
    assertSame(found[0], large);
    assertSame(found[1], flags);
    tf.dispose(found);
  });

  it('keeps what floats can be', async () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, 0];
    const program = own(compile((x: tf.Tensor) => [tf.mul(x, 1), tf.tensor1d(odd)]));
    const x = own(tf.tensor1d(odd));
    const found = await program(x);
    for (const tensor of found) assert.deepEqual(list(tensor), list(x));
    tf.dispose(found);
  });

  it('refuses numbers, which would be frozen, and says what to do', async () => {
    const program = own(compile((x: Tree) => x));
    const expected = { name: 'RecordError', message: /expected tensors.*got number 3.*tf\.scalar\(x\)/ };
    await assert.rejects(program(3 as unknown as Tree), expected);
    await assert.rejects(program({ a: [3] } as unknown as Tree), expected);
    const gives = own(compile(() => 3 as unknown as Tree));
    await assert.rejects(gives(), expected);
    const promises = own(compile(() => tf.scalar(1).data() as unknown as Tree));
    await assert.rejects(promises(), { name: 'RecordError' });
  });

  it('freezes the tensors that it closes over, which stay as they are outside', async () => {
    const held = own(tf.tensor1d([1, 2, 3]));
    const program = own(compile((x: tf.Tensor) => tf.mul(x, held)));
    const x = own(tf.scalar(2));
    assert.deepEqual(await valuesOf(program, x), [2, 4, 6]);
    const eager = own(tf.add(held, 1));
    assert.deepEqual(
      [list(eager), list(held)],
      [
        [2, 3, 4],
        [1, 2, 3],
      ],
    );
    assert.deepEqual(await valuesOf(program, x), [2, 4, 6]);
    held.dispose();
    made.splice(made.indexOf(held), 1);
    assert.deepEqual(await valuesOf(program, x), [2, 4, 6]);
  });

  it('freezes the variables that it does not know of by their state', async () => {
    let factor = 2;
    const program = own(compile((x: tf.Tensor) => tf.mul(x, factor)));
    const x = own(tf.scalar(5));
    assert.equal(await valuesOf(program, x), 10);
    factor = 3;
    assert.equal(await valuesOf(program, x), 10);
  });

  it('leaves its inputs to the caller, and gives tensors that live on', async () => {
    const program = own(compile((x: tf.Tensor) => tf.square(x)));
    const x = own(tf.tensor1d([3]));
    const before = tf.memory().numTensors;
    const output = await program(x);
    assert.equal(tf.memory().numTensors, before + 1);
    program.dispose();
    assert.deepEqual(list(own(tf.add(output, x))), [12]);
    output.dispose();
  });

  it('makes large uniform constants where they are needed, and refuses other large ones', async () => {
    const size = 5 * 2 ** 20;
    const { graph } = openedRuntime() as NonNullable<ReturnType<typeof openedRuntime>>;
    assert.ok(graph);
    const uniform = own(compile((x: tf.Tensor) => tf.sum(tf.mul(tf.ones([size]), x))));
    const x = own(tf.scalar(3));
    const { operations } = await uniform.record(x);
    assert.ok(operations < 10, `${operations}`);
    assert.equal(await valuesOf(uniform, x), 3 * size);
    const varied = new Float32Array(size);
    varied[7] = 1;
    const large = own(compile((x: tf.Tensor) => tf.mul(tf.tensor1d(varied), x)));
    await assert.rejects(large(x), {
      name: 'RecordError',
      message:
        /tf\.mul: expected constants of at most 16777216 bytes, got one of shape \[5242880\]; pass it as an input/,
    });
  });

  it('runs in the order in which it was asked', async () => {
    const counter = own(variableOf(0));
    const count = own(
      compile(() => {
        counter.assign(tf.add(counter, 1));
        return counter;
      }),
    );
    const scale = own(
      compile((x: tf.Tensor) => {
        counter.assign(tf.mul(counter, x));
        return counter;
      }),
    );
    const counts = await Promise.all(Array.from({ length: 20 }, () => valuesOf(count)));
    assert.deepEqual(
      counts,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    const two = own(tf.scalar(2));
    const mixed = [count, scale, count, scale, scale, count].map((program) =>
      program === scale ? valuesOf(scale, two) : valuesOf(count),
    );
    assert.deepEqual(await Promise.all(mixed), [21, 42, 43, 86, 172, 173]);
  });

  it('reads its inputs when it is called: they may be disposed right after', async () => {
    const program = own(compile((x: tf.Tensor) => tf.mul(x, 2)));
    const warm = own(tf.scalar(0));
    await program.record(warm);
    const runs = Array.from({ length: 5 }, async (_, i) => {
      const x = tf.scalar(i);
      const run = valuesOf(program, x);
      await Promise.resolve();
      return run.finally(() => x.dispose());
    });
    assert.deepEqual(await Promise.all(runs), [0, 2, 4, 6, 8]);
  });

  it('runs op by op in eager mode, with the same values and no tensor left', async () => {
    const before = tf.memory().numTensors;
    const total = own(variableOf([1]));
    const program = compile(
      (x: tf.Tensor) => {
        total.assign(tf.add(tf.mul(total, 2), x));
        return { sum: tf.sum(total), none: null };
      },
      { mode: 'eager' },
    );
    const x = own(tf.scalar(3));
    assert.deepEqual(await valuesOf(program, x), { sum: 5, none: null });
    assert.deepEqual(await valuesOf(program, x), { sum: 13, none: null });
    assert.deepEqual([list(total), program.programs, tf.memory().numTensors], [[13], 0, before + 2]);
  });
});
