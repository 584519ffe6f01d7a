/** String(program): what a compiled function was recorded as. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, newVariables } from '../../src/compile/index.ts';
import { ownedByTest, subtract } from './support.ts';

describe('a compiled function as text', () => {
  const { own, variable } = ownedByTest();

  /** The lines of a section, by title. */
  function sections(text: string): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    let title = '';
    for (const line of text.split('\n').slice(2)) {
      if (line.startsWith('    ')) found[title].push(line.trim());
      else {
        title = line.trim();
        found[title] = [];
      }
    }
    return found;
  }

  it('lists ops, inputs, outputs and variables of each program', async () => {
    const [weight, bias, count] = [variable([[1], [2]]), variable([3]), variable(0, 'int32')];
    const step = own(
      compile(function step({ x }: { x: tf.Tensor2D }, rate: tf.Scalar) {
        count.assign(tf.add(count, tf.scalar(1, 'int32')));
        subtract(bias, rate);
        return { y: tf.matMul(x, weight), twice: [tf.mul(rate, 2)] };
      }),
    );
    assert.equal(String(step), 'step (graph, float32): programs: 0');
    const [x, rate] = [own(tf.ones([4, 2]) as tf.Tensor2D), own(tf.scalar(1))];
    await step.record({ x }, rate);
    const text = String(step);
    assert.match(text, /^step \(graph, float32\): programs: 1\nprogram 1\n/);
    assert.deepEqual(sections(text), {
      'fed: 2': ['0.x float32 [4,2]', '1 float32 []'],
      'fetched: 2': ['y float32 [4,1]', 'twice.0 float32 []'],
      'variables read: 2': ['float32 [2,1] × 1', 'int32 [] × 1'],
      'variables assigned: 2': ['float32 [1] × 1', 'int32 [] × 1'],
      'ops: 16': [
        'Const × 3',
        'VarHandleOp × 3',
        'Placeholder × 2',
        'ReadVariableOp × 2',
        'Add × 1',
        'AssignSubVariableOp × 1',
        'AssignVariableOp × 1',
        'MatMul × 1',
        'Mul × 1',
        'Reshape × 1',
      ],
    });
    const more = own(tf.ones([5, 2]) as tf.Tensor2D);
    await step.record({ x: more }, rate);
    assert.match(String(step), /programs: 2\n[\s\S]*program 2\n {2}fed: 2\n {4}0\.x float32 \[5,2\]/);
  });

  it('counts what runs, not what was recorded in vain', async () => {
    const program = own(
      compile((x: tf.Tensor) => {
        tf.exp(tf.exp(x));
        return tf.neg(x);
      }),
    );
    const x = own(tf.scalar(1));
    await program.record(x);
    const found = sections(String(program));
    assert.deepEqual(found['fetched: 1'], ['tensor float32 []']);
    assert.deepEqual(found['ops: 2'], ['Neg × 1', 'Placeholder × 1']);
  });

  it('shows the dtype that variables are stored in, and the precision', async () => {
    const { a } = await newVariables({ a: [2, 2] }, () => {}, {
      trainable: false,
      bf16: { names: new Set(['a']), fill: (bits) => void bits.fill(0) },
    });
    own(a);
    const program = own(compile((x: tf.Tensor2D) => tf.matMul(x, a as tf.Tensor2D), { precision: 'bf16' }));
    const x = own(tf.ones([2, 2]) as tf.Tensor2D);
    await program.record(x);
    assert.match(String(program), /\(graph, bf16\)[\s\S]*variables read: 1\n {4}bf16 \[2,2\] × 1/);
  });

  it('says that nothing is recorded op by op', () => {
    const program = own(compile(function loss(x: tf.Tensor) { return x; }, { mode: 'eager' })); // biome-ignore format: one line
    assert.equal(String(program), 'loss (eager, float32): programs: 0');
  });
});
