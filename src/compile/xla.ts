/** XLA: compiles clusters of ops of a program into one kernel each, which takes seconds at the first run of each. */
import { UserError } from '../errors.ts';
import { startedDevice } from '../runtime/start.ts';

/**
 * Lets XLA compile what comes. Only element-wise ops are left to it: its matrix products are slower on a CPU, and with all
 * that it can take a step on a GPU lasts six times as long as without it.
 * TensorFlow reads this as it loads, so it is called before `startTensorFlow`.
 */
export function allowXla(): void {
  if (startedDevice())
    throw new UserError('allowXla: expected to be called before TensorFlow starts, got after');
  process.env.TF_XLA_FLAGS ??= '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_ops_to_cluster=FUSIBLE';
}
