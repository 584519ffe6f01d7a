/** Variables stored in bf16: what programs of either precision read. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import {
  changeInPlace,
  compile,
  lendValues,
  newVariables,
  RecordError,
  updateRows,
} from '../../src/compile/index.ts';
import { Program } from '../../src/compile/program.ts';
import { openRuntime } from '../../src/compile/runtime.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { DataType, type Output } from '../../src/tensorflow/capi.ts';

describe('variables kept in bf16', () => {
  before(() => startTensorFlow());

  // 1, 1 + 2⁻⁷, −3, 2¹⁰⁰, 0.5 and 2⁻⁷
  const BITS = [0x3f80, 0x3f81, 0xc040, 0x7180, 0x3f00, 0x3c00];
  const VALUES = [1, 1 + 2 ** -7, -3, 2 ** 100, 0.5, 2 ** -7];
  const make = async () => {
    const variables = await newVariables({ weight: [3, 2], plain: [2] }, (values) => void values.fill(2), {
      trainable: false,
      bf16: { names: new Set(['weight']), fill: (halves) => halves.set(BITS) },
    });
    return variables as { weight: tf.Variable<tf.Rank.R2>; plain: tf.Variable };
  };

  for (const precision of ['float32', 'bf16'] as const) {
    it(`are read as float32, whole, in part, and in products (${precision})`, async () => {
      const { weight, plain } = await make();
      const program = compile(
        (rows: tf.Tensor1D) => [
          tf.add(weight, 0),
          tf.gather(weight, rows),
          tf.slice(weight, [1, 0], [2, 2]),
          tf.matMul(tf.tensor2d([[1, 2, 0]]), weight),
          tf.matMul(tf.gather(weight, rows), weight, false, true),
          tf.mul(plain, 3),
        ],
        { precision },
      );
      const rows = tf.tensor1d([2, 0], 'int32');
      const found = (await program(rows)).map((tensor) => [...tensor.dataSync()]);
      assert.deepEqual(found.slice(0, 3), [VALUES, [0.5, 2 ** -7, ...VALUES.slice(0, 2)], VALUES.slice(2)]);
      assert.deepEqual(found[3], [-5, 2 ** 101]);
      assert.ok(
        Math.abs(found[4][0] - (0.5 + 2 ** -7 * (1 + 2 ** -7))) < (precision === 'bf16' ? 0.01 : 1e-6),
      );
      assert.deepEqual(found[5], [6, 6]);
      program.dispose();
      tf.dispose([weight, plain, rows]);
    });
  }

  it('are lent, and read op by op, as float32, and come back', async () => {
    const { weight, plain } = await make();
    assert.deepEqual(await lendValues(weight, (values) => [...values]), VALUES);
    assert.deepEqual([...(await weight.data())], VALUES);
    assert.deepEqual(
      [...tf.tidy(() => tf.mul(weight, 2).dataSync())],
      VALUES.map((value) => 2 * value),
    );
    const program = compile(() => tf.mul(weight, 3));
    const tripled = await program();
    assert.deepEqual(
      [...tripled.dataSync()],
      VALUES.map((value) => 3 * value),
    );
    program.dispose();
    tf.dispose([tripled, weight, plain]);
  });

  it('round what a program assigns to them, and keep rows that it does not write', async () => {
    const { weight, plain } = await make();
    const doubled = compile(() => {
      weight.assign(tf.add(weight, 2 ** -9) as tf.Tensor2D);
      return tf.mul(weight, 1);
    });
    const inside = await doubled();
    // Only the last has room for so little.
    const rounded = [...VALUES.slice(0, 5), 2 ** -7 + 2 ** -9];
    assert.deepEqual([...(await weight.data())], rounded);
    // In the program that assigns it is not rounded yet.
    assert.deepEqual(
      [...inside.dataSync()],
      VALUES.map((value) => Math.fround(value + 2 ** -9)),
    );
    const rows = compile(() =>
      updateRows(weight, tf.tensor1d([1], 'int32'), tf.tensor2d([[5, 1 + 2 ** -9]])),
    );
    const whole = await rows();
    const expected = [...rounded.slice(0, 2), 5, 1, ...rounded.slice(4)];
    assert.deepEqual([...whole.dataSync()], expected);
    assert.deepEqual([...(await weight.data())], expected);
    for (const program of [doubled, rows]) program.dispose();
    tf.dispose([inside, whole, weight, plain]);
  });

  it('are moved in float32 where TensorFlow logs an error of bf16, but for rows that are looked up', async () => {
    const { graph } = await openRuntime();
    const opsOf = (movesBf16: boolean, name: string, inputs: Output[]) => {
      const program = new Program(graph, 'float32', { skinnyLimits: null, movesBf16 });
      const wide = program.rounded(graph.placeholder(DataType.float32, [4, 2]));
      const before = graph.size;
      program.add(name, [wide, ...inputs], {});
      return graph.size - before;
    };
    const slice = ['Slice', [graph.int32([1, 0]), graph.int32([2, 2])]] as const;
    const lookUp = ['GatherV2', [graph.int32([1, 3]), graph.int32(0)]] as const;
    // The op alone, or the op and a cast of what it gives.
    const found = [slice, lookUp, ['Identity', []] as const].map(([name, inputs]) =>
      [true, false].map((movesBf16) => opsOf(movesBf16, name, [...inputs])),
    );
    assert.deepEqual(found, [
      [2, 1],
      [2, 2],
      // A cast once more in place of the op.
      [2, 1],
    ]);
  });

  it('are left alone by ops that change variables in place', async () => {
    const { weight, plain } = await make();
    const program = compile(() => {
      changeInPlace([{ op: 'AssignAddVariableOp', variables: [weight], inputs: [tf.mul(plain, 1)] }]);
      return plain;
    });
    await assert.rejects(program(), (error: Error) => {
      assert.ok(error instanceof RecordError);
      assert.match(
        error.message,
        /AssignAddVariableOp: expected variables kept in float32, got one of shape \[3,2\]/,
      );
      return true;
    });
    program.dispose();
    tf.dispose([weight, plain]);
  });

  it('take half the memory', async () => {
    const size = 1 << 24;
    const before = process.memoryUsage.rss();
    const { weight } = await newVariables(
      { weight: [size / 64, 64] },
      () => assert.fail('expected bits alone to be asked for'),
      {
        trainable: false,
        bf16: { names: new Set(['weight']), fill: (halves) => void halves.fill(0x3f80) },
      },
    );
    const grown = process.memoryUsage.rss() - before;
    assert.ok(grown < 2.5 * size, `grew by ${(grown / size).toFixed(1)} bytes a value`);
    weight.dispose();
  });
});
