/** What a compiled function can call besides tfjs's own ops. Outside a recording each does the same op by op, or nothing. */
import * as tf from '@tensorflow/tfjs-core';
import { RecordError } from './errors.ts';
import { assign, changedSince, currentRecording, dataIds, isAssigned } from './record.ts';

/**
 * Lets `change` assign to variables only in runs in which `condition` is true. The same function cannot read what was
 * assigned inside.
 * @param condition bool, scalar
 */
export function when(condition: tf.Tensor, change: () => void): void {
  const recording = currentRecording();
  if (!recording) {
    if (condition.dataSync()[0]) change();
    return;
  }
  const { recorder, program } = recording;
  const before = dataIds();
  const assigned = new Set([...before.keys()].filter((variable) => isAssigned(recording, variable)));
  program.when(recorder.outputOf(condition), () => {
    change();
    for (const variable of changedSince(before)) {
      if (assigned.has(variable)) {
        throw new RecordError(
          `when: expected a variable of shape [${variable.shape}] not assigned before, got one that was`,
        );
      }
      assign(recording, variable, 'reads a variable that was assigned under a condition');
    }
  });
}

/** A TensorFlow op that changes variables in place: it takes their resources, then the inputs. */
interface InPlaceOp {
  op: string;
  variables: tf.Variable[];
  inputs: tf.Tensor[];
}

/**
 * Runs TensorFlow ops that change variables in place, such as ResourceApplyAdam, one after the other, once everything
 * else in the function has read the variables. The same function cannot read them afterwards.
 * @returns false, with nothing done, outside a recording: variables are resources in a session only
 */
export function changeInPlace(ops: InPlaceOp[]): boolean {
  const recording = currentRecording();
  if (!recording) return false;
  const { recorder, variables: resources, program } = recording;
  const updates = ops.map(({ op, variables, inputs }) => {
    const changed = variables.map((variable) => {
      recorder.tensorMap.get(variable.dataId); // moves the data to the session
      if (!isAssigned(recording, variable)) return resources.of(variable);
      throw new RecordError(
        `${op}: expected a variable of shape [${variable.shape}] not assigned before, got one that was`,
      );
    });
    return { op, variables: changed, inputs: inputs.map((input) => recorder.outputOf(input)) };
  });
  program.updateInPlace(updates);
  for (const variable of new Set(ops.flatMap(({ variables }) => variables))) {
    tf.tidy(() =>
      variable.assign(recorder.unreadableTensor(variable, 'reads a variable that was changed in place')),
    );
  }
  return true;
}

/**
 * Writes rows of a variable and returns all of it. A program writes these rows alone, in the variable's own memory: the
 * value before must come from a program, not from a feed, and the variable cannot be read afterwards.
 * @param variable [length, width]
 * @param rows int32 [n]
 * @param values [n, width]
 */
export function updateRows(variable: tf.Variable, rows: tf.Tensor1D, values: tf.Tensor2D): tf.Tensor2D {
  const recording = currentRecording();
  if (!recording) {
    const updated = tf.tensorScatterUpdate(variable, tf.expandDims(rows, 1), values) as tf.Tensor2D;
    variable.assign(updated);
    return updated;
  }
  const { recorder, program } = recording;
  const inputs = [variable, rows, values].map((tensor) => recorder.outputOf(tensor));
  const updated = recorder.tensorOfOutput({ oper: program.add('InplaceUpdate', inputs, {}), index: 0 });
  variable.assign(recorder.unreadableTensor(variable, 'reads a variable of which rows were updated'));
  return updated as tf.Tensor2D;
}

/**
 * The same tensors, available only once `event` is computed: it orders ops that would run side by side, and keeps
 * TensorFlow from merging equal ones. Outside a recording the tensors themselves.
 */
export function withControlDependency<T extends tf.Tensor>(event: tf.Tensor, tensors: T[]): T[] {
  const recording = currentRecording();
  if (!recording) return tensors;
  const { recorder, program } = recording;
  const { oper } = recorder.outputOf(event);
  return tensors.map((tensor) => {
    const output = { oper: program.add('Identity', [recorder.outputOf(tensor)], {}, [oper]), index: 0 };
    return recorder.tensorOfOutput(output) as T;
  });
}

/** Whether products are computed in bf16: in a program of that precision. */
export const multipliesInBf16 = (): boolean => currentRecording()?.program.precision === 'bf16';

/**
 * What to save of a tensor for its gradient. In a bf16 program it is rounded to bf16, which takes half the memory, as
 * PyTorch's autocast does; elsewhere it is the tensor itself. In the backward pass, take it through
 * `withControlDependency(dy, …)`: otherwise TensorFlow finds the float32 tensor in the forward pass and keeps that.
 */
export function rounded<T extends tf.Tensor>(tensor: T): T {
  const recording = currentRecording();
  if (recording?.program.precision !== 'bf16') return tensor;
  const { recorder, program } = recording;
  return recorder.tensorOfOutput(program.rounded(recorder.outputOf(tensor))) as T;
}
