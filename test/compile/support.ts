/** What the tests of variables share: clean-up, a check for leaks, and an op that changes a variable in place. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { changeInPlace } from '../../src/compile/index.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf } from '../support/tensors.ts';

/** Subtracts `input` from `variable` in place. */
export const subtract = (variable: tf.Variable, input: tf.Tensor) =>
  changeInPlace([
    {
      op: 'AssignSubVariableOp',
      variables: [variable],
      inputs: [tf.broadcastTo(input, variable.shape as [1])],
    },
  ]);

/**
 * Adds hooks to the surrounding `describe`: each test's own things are disposed after it, and no tensor may be left.
 * @returns own: registers something to dispose. variable: makes a variable. values: what a program returns for inputs,
 * both freed. tensorsBefore: number of tensors when the test began.
 */
export function ownedByTest() {
  let numTensors: number;
  const made: { dispose(): void }[] = [];
  before(() => startTensorFlow());
  beforeEach(() => {
    numTensors = tf.memory().numTensors;
  });
  afterEach(function () {
    for (const thing of made.splice(0)) thing.dispose();
    if (this.currentTest?.state !== 'passed') return;
    assert.equal(tf.memory().numTensors, numTensors, 'tensors are left behind');
  });
  const own = <T extends { dispose(): void }>(thing: T): T => {
    made.push(thing);
    return thing;
  };
  return {
    own,
    variable: (...args: Parameters<typeof variableOf>) => own(variableOf(...args)),
    async values(run: (...inputs: never[]) => Promise<tf.Tensor>, ...inputs: tf.Tensor[]) {
      const output = await run(...(inputs as never[]));
      const found = list(output);
      tf.dispose([output, inputs]);
      return found;
    },
    tensorsBefore: () => numTensors,
  };
}
