/** Variables made, filled and read in place, so that a large model is never in memory twice. */
import * as tf from '@tensorflow/tfjs-core';
import { DataType } from './capi.ts';
import { openedRuntime, openRuntime, renewIfUnused } from './runtime.ts';

/** Where something is computed: in the session, or op by op. */
export type Mode = 'graph' | 'eager';

/** Row-major values of variable `name`, to be written into `values`, whose contents are arbitrary. */
export type Fill = (values: Float32Array, name: string) => Promise<void> | void;

export const zeros: Fill = (values) => void values.fill(0);

/** Float32 variables by name, each filled in the memory where its values stay. */
export async function newVariables(
  shapes: Record<string, number[]>,
  fill: Fill,
  { mode = 'graph', trainable = true }: { mode?: Mode; trainable?: boolean } = {},
): Promise<Record<string, tf.Variable>> {
  const variables: Record<string, tf.Variable> = {};
  // All are declared before the first is written: TensorFlow goes over the graph again whenever it has grown.
  for (const [name, shape] of Object.entries(shapes)) {
    variables[name] =
      mode === 'graph'
        ? await declareVariable(shape, { trainable })
        : tf.tidy(() => tf.variable(tf.zeros(shape), trainable));
  }
  try {
    for (const [name, variable] of Object.entries(variables)) {
      await writeValues(variable, (values) => fill(values, name));
    }
  } catch (error) {
    tf.dispose(variables);
    throw error;
  }
  return variables;
}

/** Lets `fill` write all values of a float32 variable anew. */
export async function writeValues(
  variable: tf.Variable,
  fill: (values: Float32Array) => Promise<void> | void,
): Promise<void> {
  const home = inSession(variable);
  if (home) return home.states.fill(home.state, (bytes) => fill(float32(bytes)));
  const values = new Float32Array(variable.size);
  await fill(values);
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}

/** A float32 variable of the session that takes no memory before it is written; to record with. */
export async function declareVariable(shape: number[], { trainable = true } = {}): Promise<tf.Variable> {
  const runtime = await openRuntime();
  renewIfUnused(runtime);
  const { recorder, states } = runtime;
  const state = states.declare(shape, DataType.float32);
  const variable = recorder.active(() => tf.tidy(() => tf.variable(recorder.stateTensor(state), trainable)));
  states.bind(variable, state);
  return variable;
}

/**
 * Lends the values of a float32 variable to `use`, without a copy where it lives in a session on the CPU. They are not
 * to be changed, nor kept once `use` is done.
 */
export async function lendValues<T>(
  variable: tf.Variable,
  use: (values: Float32Array) => Promise<T> | T,
): Promise<T> {
  const home = inSession(variable);
  if (home) return home.states.lend(home.state, (bytes) => use(float32(bytes)));
  return use(await variable.data<'float32'>());
}

/** A variable's state, where it lives in the session. */
function inSession({ dataId }: tf.Variable) {
  const runtime = openedRuntime();
  const state = runtime?.recorder.stateOf(dataId);
  return runtime && state ? { states: runtime.states, state } : null;
}

const float32 = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
