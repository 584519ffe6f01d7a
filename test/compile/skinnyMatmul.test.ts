/** Products of few rows, which are computed in another way with the same result. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, type Precision } from '../../src/compile/index.ts';
import { Program } from '../../src/compile/program.ts';
import { openRuntime } from '../../src/compile/runtime.ts';
import { startTensorFlow, usesOneDnn } from '../../src/runtime/start.ts';
import { DataType } from '../../src/tensorflow/capi.ts';
import { assertSame, wave } from '../support/tensors.ts';

/** −1, 0 and 1: bf16 holds each sum of up to 256 of them, so any order of adding gives the same. */
const whole = (shape: number[], phase: number) => tf.tidy(() => tf.round(tf.mul(wave(shape, phase), 1.2)));

describe('products of few rows', () => {
  before(() => startTensorFlow());

  // The last two are large enough to be sliced; the rows of the first of them are a multiple of the alignment.
  const shapes: [number, number][] = [
    [3, 0],
    [3, 5],
    [64, 200],
    [256, 33],
    [256, 8192],
    [255, 5003],
  ];
  for (const precision of ['float32', 'bf16'] satisfies Precision[]) {
    it(`give what products of many give (${precision})`, async () => {
      const program = compile((a: tf.Tensor2D, b: tf.Tensor2D) => tf.matMul(a, b, false, true), {
        precision,
      });
      for (const [width, length] of shapes) {
        const [many, matrix] = [whole([70, width], 0), whole([length, width], 2)] as tf.Tensor2D[];
        const expected = tf.tidy(() => tf.matMul(many, matrix, false, true)) as tf.Tensor2D;
        for (const count of [1, 2, 64, 65]) {
          const rows = tf.slice(many, [70 - count, 0]);
          const found = await program(rows, matrix);
          const wanted = tf.slice(expected, [70 - count, 0]);
          assertSame(found, wanted, 0);
          tf.dispose([rows, found, wanted]);
        }
        tf.dispose([many, matrix, expected]);
      }
      program.dispose();
    });

    for (const turned of [false, true]) {
      it(`are sliced by blocks too (${precision}, matrices ${turned ? 'transposed' : 'as they are'})`, async () => {
        const program = compile((a: tf.Tensor4D, b: tf.Tensor4D) => tf.matMul(a, b, false, turned), {
          precision,
        });
        for (const blocks of [
          [1, 7],
          [3, 5],
        ]) {
          const rows = whole([...blocks, 2, 256], 0) as tf.Tensor4D;
          const matrices = whole([...blocks, ...(turned ? [512, 256] : [256, 512])], 2) as tf.Tensor4D;
          const found = await program(rows, matrices);
          const wanted = tf.tidy(() => tf.matMul(rows, matrices, false, turned));
          assertSame(found, wanted, 0);
          tf.dispose([rows, matrices, found, wanted]);
        }
        program.dispose();
      });
    }
  }

  it('are all that there is in a program, or not', async () => {
    const runtime = await openRuntime();
    const { graph } = runtime;
    const matrix = graph.placeholder(DataType.float32, [2048, 512]);
    const rows = (count: number) => graph.placeholder(DataType.float32, [count, 512]);
    const program = new Program(graph, 'float32', runtime);
    assert.equal(program.isSkinny, false);
    program.add('MatMul', [rows(64), matrix], { transpose_b: true });
    assert.equal(program.isSkinny, usesOneDnn());
    // The size of a matrix that only a run knows.
    const unknown = new Program(graph, 'float32', runtime);
    unknown.add('MatMul', [rows(1), graph.placeholder(DataType.float32, [-1, 512])], { transpose_b: true });
    assert.equal(unknown.isSkinny, false);
    program.add('MatMul', [rows(65), matrix], { transpose_b: true });
    assert.equal(program.isSkinny, false);
  });
});
