/** Loss, mask and gradients, as properties that hold for any weights. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../src/model/decoder.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { meanLoss, spanLosses } from '../../src/train/gradients.ts';
import { batchTensors, rowLosses } from '../../src/train/loss.ts';
import { batchOf, encoded, gradientsOf, packedOf, parkMiller, tinyModel } from '../support/tiny.ts';

const A = encoded([5, 6, 7, 8, 9, 10, 0], 3, 'a');
const B = encoded([11, 12, 13, 0], 1, 'b');
const C = encoded([20, 21, 22, 23, 24, 25, 26, 27, 28, 0], 9, 'c');

function assertNear(
  actual: Record<string, Float32Array>,
  expected: Record<string, Float32Array>,
  relative: number,
) {
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - actual[name][i])));
    assert.ok(worst <= relative * scale, `${name}: ${worst} of ${scale}`);
  }
}

describe('batchGradients', () => {
  let model: Model;
  before(async () => {
    await startTensorFlow();
    model = tinyModel();
  });
  after(() => disposeParameters(model.parameters));

  it('gives the same for unequal micro-batches as for one batch', async () => {
    const whole = await gradientsOf(model, [batchOf(A, B, C)]);
    const parts = await gradientsOf(model, [batchOf(A), batchOf(B, C)]);
    assert.ok(Math.abs(meanLoss(whole.spans) - meanLoss(parts.spans)) < 1e-6);
    assert.ok(Math.abs(whole.norm - parts.norm) < 1e-5 * whole.norm);
    assertNear(parts.gradients, whole.gradients, 1e-5);
  });

  it('gives the same for packed documents as the sum over each run alone', async () => {
    const counts = [A, B, C].map((example) => example.spans.filter((span) => span >= 0).length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const packed = await gradientsOf(model, [packedOf(A, B, C)]);
    const sum: Record<string, Float32Array> = {};
    let loss = 0;
    for (const [i, example] of [A, B, C].entries()) {
      const alone = await gradientsOf(model, [batchOf(example)]);
      loss += (meanLoss(alone.spans) * counts[i]) / total;
      for (const [name, values] of Object.entries(alone.gradients)) {
        sum[name] ??= new Float32Array(values.length);
        for (const [j, value] of values.entries()) sum[name][j] += (value * counts[i]) / total;
      }
    }
    assert.ok(
      Math.abs(meanLoss(packed.spans) - loss) <= 1e-6 * loss,
      `${meanLoss(packed.spans)} and ${loss}`,
    );
    const actual = packed.gradients;
    for (const [name, values] of Object.entries(sum)) {
      const norm = (some: Float32Array) =>
        Math.sqrt(some.reduce((squares, value) => squares + value ** 2, 0));
      const difference = norm(values.map((value, i) => value - actual[name][i]));
      assert.ok(difference <= 1e-6 * norm(values), `${name}: ${difference / norm(values)} relative`);
    }
  });

  it('is the mean over supervised tokens, each example weighing as many as it has', async () => {
    const counted = [A, B, C].map((example) => example.spans.filter((span) => span >= 0).length);
    const alone = await Promise.all([A, B, C].map((example) => gradientsOf(model, [batchOf(example)])));
    const together = await gradientsOf(model, [batchOf(A, B, C)]);
    const total = counted.reduce((sum, count) => sum + count, 0);
    const mean = alone.reduce((sum, { spans }, i) => sum + meanLoss(spans) * counted[i], 0) / total;
    assert.ok(Math.abs(meanLoss(together.spans) - mean) < 1e-6);
  });

  it('takes nothing from the targets of unsupervised positions', async () => {
    const batch = batchOf(A, C);
    const changed = { ...batch, targets: batch.targets.map((id, at) => (batch.spans[at] < 0 ? 60 : id)) };
    assert.notDeepEqual(changed.targets, batch.targets);
    const expected = await gradientsOf(model, [batch]);
    const actual = await gradientsOf(model, [changed]);
    assert.deepEqual(actual.spans, expected.spans);
    assert.deepEqual(actual.gradients, expected.gradients);
    const supervised = { ...batch, targets: batch.targets.map((id, at) => (batch.spans[at] < 0 ? id : 60)) };
    const other = await gradientsOf(model, [supervised]);
    assert.ok(Math.abs(meanLoss(other.spans) - meanLoss(expected.spans)) > 1e-3);
  });

  it('reports the loss of each span by itself', async () => {
    const spans = Int8Array.from([-1, -1, 0, 0, 1, 2, 3]);
    const found = await gradientsOf(model, [batchOf({ ...A, spans })]);
    const counts = Object.values(found.spans).map(({ count }) => count);
    assert.deepEqual(counts, [2, 1, 1, 1]);
    assert.deepEqual(Object.keys(spanLosses(found.spans)), [
      'pivotInstruction',
      'pivotResponse',
      'targetResponse',
      'end',
    ]);
    const only = Int8Array.from(spans, (span) => (span === 2 ? 2 : -1));
    const target = await gradientsOf(model, [batchOf({ ...A, spans: only })]);
    assert.ok(Math.abs(target.spans.targetResponse.sum - found.spans.targetResponse.sum) < 1e-6);
    assert.deepEqual(Object.keys(spanLosses(target.spans)), ['targetResponse']);
  });

  it('agrees with finite differences in every parameter', async () => {
    const batch = batchOf(A, B);
    const { gradients } = await gradientsOf(model, [batch]);
    const uniform = parkMiller(5);
    const supervised = batch.supervisedCount;
    const lossAt = () =>
      tf.tidy(() => {
        const tensors = batchTensors(batch, supervised);
        return tf.sum(tf.mul(rowLosses(model, tensors), tensors.weights)).dataSync()[0];
      });
    for (const [name, parameter] of Object.entries(model.parameters)) {
      const before = tf.clone(parameter as tf.Tensor);
      // A direction with a positive product with the gradient, so that the difference stands out of the rounding.
      const direction = gradients[name].map((g) => Math.sign(g) * (0.5 + uniform()));
      const slope = direction.reduce((sum, d, i) => sum + d * gradients[name][i], 0);
      const epsilon = Math.min(0.01, 0.02 / slope);
      const losses: number[] = [];
      for (const sign of [1, -1]) {
        tf.tidy(() =>
          parameter.assign(tf.add(before, tf.mul(tf.tensor(direction, parameter.shape), sign * epsilon))),
        );
        losses.push(lossAt());
      }
      parameter.assign(before);
      before.dispose();
      const measured = (losses[0] - losses[1]) / (2 * epsilon);
      assert.ok(Math.abs(measured / slope - 1) < 0.01, `${name}: expected ${slope}, got ${measured}`);
    }
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await gradientsOf(model, [batchOf(A, B), batchOf(C)]);
    assert.equal(tf.memory().numTensors, before);
  });
});
