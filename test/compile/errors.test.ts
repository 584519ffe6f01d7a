/** What cannot be recorded is an error that names the call, and changes nothing. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, RecordError, type Tree } from '../../src/compile/index.ts';
import { startedDevice, startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf, wave } from '../support/tensors.ts';

describe('what cannot be recorded', () => {
  let variable: tf.Variable;
  let x: tf.Tensor;
  before(async () => {
    await startTensorFlow();
    variable = variableOf([1, 2]);
    x = wave([2, 3]);
  });
  after(() => tf.dispose([variable, x]));

  /** Recording fails with this message, and nothing but the message is left of it. */
  async function refused(fn: (x: tf.Tensor) => Tree, message: RegExp, name = 'RecordError') {
    const before = tf.memory();
    const program = compile((input: tf.Tensor) => {
      variable.assign(tf.mul(variable, 100));
      return fn(input);
    });
    await assert.rejects(program(x), { name, message });
    assert.equal(program.programs, 0);
    assert.equal(tf.getBackend(), 'tensorflow');
    const after = tf.memory();
    assert.deepEqual([after.numTensors, after.numBytes], [before.numTensors, before.numBytes]);
    assert.deepEqual(list(variable), [1, 2]);
    tf.tidy(() => assert.deepEqual(list(tf.add(tf.tensor1d([1]), 1)), [2]));
    const works = compile((input: tf.Tensor) => tf.sum(tf.mul(input, 0)));
    const output = await works(x);
    assert.deepEqual(list(output), [0]);
    output.dispose();
    works.dispose();
  }

  const READS: Record<string, (x: tf.Tensor) => Tree> = {
    dataSync: (x) => tf.scalar(tf.add(x, 1).dataSync()[0]),
    arraySync: (x) => tf.tensor(tf.add(x, 1).arraySync()),
    'a variable’s dataSync': () => tf.tensor(variable.dataSync()),
    print: (x) => {
      x.print();
      return x;
    },
  };
  for (const [name, fn] of Object.entries(READS)) {
    it(`reads a value: ${name}`, () =>
      refused(fn, /reads a value, and nothing is computed while a program is recorded/));
  }

  it('reads a value with a promise, which rejects with the error', async () => {
    let read: Promise<unknown> | undefined;
    const program = compile((x: tf.Tensor) => {
      read = tf.neg(x).data();
      read.catch(() => {});
      return x;
    });
    tf.dispose(await program(x));
    program.dispose();
    await assert.rejects(read as Promise<unknown>, { name: 'RecordError', message: /reads a value/ });
  });

  it('is an async function', () =>
    refused(
      (async (x: tf.Tensor) => tf.neg(x)) as unknown as (x: tf.Tensor) => Tree,
      /expected .*got .*[Pp]romise/,
    ));

  const RANDOM: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    randomNormal: () => tf.randomNormal([2]),
    randomUniform: () => tf.randomUniform([2], 0, 1, 'float32', 7),
    randomUniformInt: () => tf.randomUniformInt([2], 0, 9),
    randomGamma: () => tf.randomGamma([2], 1),
    randomStandardNormal: () => tf.randomStandardNormal([2]),
    truncatedNormal: () => tf.truncatedNormal([2]),
    rand: () => tf.rand([2], Math.random),
    dropout: (x) => tf.dropout(x, 0.5),
    multinomial: (x) => tf.multinomial(x as tf.Tensor2D, 2),
  };
  for (const [name, fn] of Object.entries(RANDOM)) {
    it(`draws numbers in JavaScript: ${name}`, () =>
      refused(fn, new RegExp(`tf\\.${name}: draws its numbers in JavaScript`)));
  }

  it('has a shape that depends on values', async () => {
    const message =
      /expected a shape that follows from the shapes of its inputs, got \[.*\?.*\].*pad to a fixed shape/;
    await refused((x) => tf.unique(tf.reshape(x, [-1])).values, /tf\.unique \(op UniqueV2\)/);
    await refused((x) => tf.unique(tf.reshape(x, [-1])).values, message);
    await refused((x) => {
      const backend = tf.backend() as unknown as { where(condition: tf.Tensor): tf.Tensor };
      return backend.where(tf.greater(x, 0));
    }, message);
    await refused((x) => {
      const boxes = tf.concat([x, tf.ones([2, 1])], 1) as tf.Tensor2D;
      return tf.image.nonMaxSuppression(boxes, tf.tensor1d([1, 2]), 2);
    }, /nonMaxSuppression/);
  });

  it('is of shapes that do not fit, by tfjs’s account or TensorFlow’s', async () => {
    await refused(
      (x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D),
      /tf\.matMul \(op MatMul\): Dimensions must be equal, but are 3 and 2/,
    );
    await refused(
      (x) => tf.add(x, tf.ones([4])),
      /^compile function: tf\.add \(op Add\): Dimensions must be equal, but are 3 and 4/,
    );
    await refused(
      (x) => tf.reshape(tf.mul(x, tf.ones([5])), [-1]),
      /tf\.mul \(op Mul\): Dimensions must be equal/,
    );
  });

  it('has a dtype that programs do not support', async () => {
    await refused(() => tf.tensor1d(['a', 'b']), /string/);
    await refused((x) => tf.complex(x, x), /float32, int32 or bool/);
    const strings = tf.tensor1d(['a']);
    const program = compile((text: tf.Tensor) => text);
    await assert.rejects(program(strings), {
      name: 'RecordError',
      message: /expected .*float32, int32 or bool, got string/,
    });
    strings.dispose();
  });

  it('is an op that TensorFlow has not', () =>
    refused((x) => tf.lowerBound(tf.reshape(x, [-1]) as tf.Tensor1D, tf.tensor1d([0])), /SearchSorted/));

  it('is in a gradient, which the message says', async () => {
    const broken = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.add(dy, tf.ones([7])),
    }));
    await refused(
      (x) => tf.grad((x: tf.Tensor) => tf.sum(broken(x)))(x),
      /tf\.add, in a gradient \(op Add\): Dimensions/,
    );
    const reads = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.scalar(tf.neg(dy).dataSync()[0]),
    }));
    await refused((x) => tf.grad((x: tf.Tensor) => tf.sum(reads(x)))(x), /in a gradient: reads a value/);
  });

  it('is what the function throws itself', () =>
    refused(
      () => {
        throw new TypeError('no such thing');
      },
      /^no such thing$/,
      'TypeError',
    ));

  it('names the function', async () => {
    const named = compile(function loss(x: tf.Tensor) {
      return tf.scalar(x.dataSync()[0]);
    });
    await assert.rejects(named(x), /^RecordError: compile loss: /);
    const given = compile((x: tf.Tensor) => tf.scalar(x.dataSync()[0]), { name: 'the step' });
    await assert.rejects(given(x), /^RecordError: compile the step: /);
  });

  it('calls another compiled function', async () => {
    const inner = compile((x: tf.Tensor) => tf.neg(x), { name: 'inner' });
    let call: Promise<unknown> | undefined;
    const outer = compile((x: tf.Tensor) => {
      call = inner(x);
      call.catch(() => {});
      return x;
    });
    tf.dispose(await outer(x));
    await assert.rejects(call as Promise<unknown>, /inner was called in the recording of another/);
    outer.dispose();
  });

  it('is to round op by op', () => {
    assert.throws(() => compile((x: tf.Tensor) => x, { mode: 'eager', precision: 'bf16' }), RecordError);
  });
});

describe('a run that fails', () => {
  before(() => startTensorFlow());

  it('says where and why, and the next one works', async function () {
    // A GPU checks no index: it gives zeros.
    if (startedDevice() === 'gpu') this.skip();
    const total = variableOf([0]);
    const program = compile(function pick(x: tf.Tensor, at: tf.Tensor) {
      const found = tf.gather(x, at);
      total.assign(tf.add(total, tf.sum(found)));
      return found;
    });
    const values = tf.tensor1d([10, 20, 30]);
    const at = (...indices: number[]) => tf.tensor1d(indices, 'int32');
    const inside = at(2, 0);
    const outside = at(1, 7);
    const before = tf.memory().numTensors;
    const found = await program(values, inside);
    assert.deepEqual(list(found), [30, 10]);
    await assert.rejects(program(values, outside), (error: Error) => {
      assert.match(error.message, /^pick: /);
      assert.match(error.message, /indices\[1\] = 7 is not in \[0, 3\)/);
      return true;
    });
    const next = await program(values, inside);
    assert.deepEqual([list(next), list(total)], [[30, 10], [80]]);
    tf.dispose([found, next]);
    assert.equal(tf.memory().numTensors, before);
    // Runs requested after one that fails still run.
    const runs = await Promise.allSettled(
      [outside, inside, outside, inside].map((at) => program(values, at)),
    );
    assert.deepEqual(
      runs.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(list(total), [160]);
    for (const run of runs) if (run.status === 'fulfilled') run.value.dispose();
    program.dispose();
    tf.dispose([total, values, inside, outside]);
  });
});
