/** XLA compiles clusters of ops into one kernel each, which takes seconds at the first run of each. */
import { UserError } from '../errors.ts';
import { startedDevice } from '../runtime/start.ts';

/**
 * Lets XLA compile element-wise ops of programs. Products are left out: XLA's are slower on a CPU, and on a GPU a step
 * with all ops in XLA takes six times as long as without.
 * TensorFlow reads the setting while it loads.
 * @throws UserError after `startTensorFlow`
 */
export function allowXla(): void {
  if (startedDevice())
    throw new UserError('allowXla: expected to be called before TensorFlow starts, got after');
  process.env.TF_XLA_FLAGS ??= '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_ops_to_cluster=FUSIBLE';
}
