/** Variables made, filled and read in place, so that a large model is never in memory twice. */
import * as tf from '@tensorflow/tfjs-core';
import { mapValues } from '../mapValues.ts';
import { DataType } from './capi.ts';
import type { FileBytes } from './fileBytes.ts';
import { openedRuntime, openRuntime, renewIfUnused } from './runtime.ts';
import type { State } from './states.ts';

/** Where something is computed: in the session, or op by op. */
export type Mode = 'graph' | 'eager';

/** Row-major values of variable `name`, to be written into `values`, whose contents are arbitrary. */
export type Fill = (values: Float32Array, name: string) => Promise<void> | void;

/** Variables that are kept in bf16: read as float32, and rounded when they are assigned to. */
export interface Narrow {
  names: ReadonlySet<string>;
  /** The bits of row-major values, to be written into `halves`. */
  fill(halves: Uint16Array, name: string): Promise<void> | void;
}

export const zeros: Fill = (values) => void values.fill(0);

export interface VariableOptions {
  mode?: Mode;
  trainable?: boolean;
  narrow?: Narrow;
  /** Where the very bytes of a variable lie, as it keeps them: what is in the session is read from there, not filled. */
  stored?(name: string): FileBytes | null;
}

/** Variables by name, each filled in the memory where its values stay: float32, but for those of `narrow`. */
export async function newVariables(
  shapes: Record<string, number[]>,
  fill: Fill,
  { mode = 'graph', trainable = true, narrow, stored }: VariableOptions = {},
): Promise<Record<string, tf.Variable>> {
  const kept = (name: string) => (narrow?.names.has(name) ? DataType.bf16 : DataType.float32);
  // All are declared before the first is written: TensorFlow goes over the graph again whenever it has grown.
  const variables =
    mode === 'graph'
      ? await declareAll(shapes, (name) => ({ trainable, dtype: kept(name) }))
      : mapValues(shapes, (shape) => tf.tidy(() => tf.variable(tf.zeros(shape), trainable)));
  const write = async (name: string) => {
    const home = inSession(variables[name]);
    if (home && narrow?.names.has(name))
      await home.states.fill(home.state, (bytes) => narrow.fill(halvesOf(bytes), name));
    else await writeValues(variables[name], (values) => fill(values, name));
  };
  try {
    const places = new Map<State, FileBytes>();
    const others: string[] = [];
    for (const [name, variable] of Object.entries(variables)) {
      const home = inSession(variable);
      const bytes = home && stored?.(name);
      if (bytes) places.set(home.state, bytes);
      else others.push(name);
    }
    const writeOthers = async () => {
      for (const name of others) await write(name);
    };
    // Both end before anything is freed.
    const ends = await Promise.allSettled([openedRuntime()?.states.fillFrom(places), writeOthers()]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } catch (error) {
    tf.dispose(variables);
    throw error;
  }
  return variables;
}

/** Lets `fill` write all values of a variable, kept as float32, anew. */
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

interface Declared {
  trainable?: boolean;
  /** TF_DataType in which it is kept. */
  dtype?: number;
}

/** A variable of the session that takes no memory before it is written; to record with. */
export async function declareVariable(shape: number[], options: Declared = {}): Promise<tf.Variable> {
  return (await declareAll({ it: shape }, () => options)).it;
}

/** Several at once: each exchange of tfjs's backend takes longer than what is declared between. */
async function declareAll(
  shapes: Record<string, number[]>,
  optionsOf: (name: string) => Declared,
): Promise<Record<string, tf.Variable>> {
  const runtime = await openRuntime();
  renewIfUnused(runtime);
  const { recorder, states } = runtime;
  return recorder.active(() =>
    mapValues(shapes, (shape, name) => {
      const { trainable = true, dtype = DataType.float32 } = optionsOf(name);
      const state = states.declare(shape, dtype);
      const variable = tf.tidy(() => tf.variable(recorder.stateTensor(state), trainable));
      states.bind(variable, state);
      return variable;
    }),
  );
}

/**
 * Lends the values of a variable to `use`, as float32 and without a copy where it is so kept in a session on the CPU.
 * They are not to be changed, nor kept once `use` is done.
 */
export async function lendValues<T>(
  variable: tf.Variable,
  use: (values: Float32Array) => Promise<T> | T,
): Promise<T> {
  const home = inSession(variable);
  if (!home) return use(await variable.data<'float32'>());
  const { states, state } = home;
  return states.lend(state, (bytes) => use(float32(bytes)));
}

/** A variable's state, where it lives in the session. */
function inSession({ dataId }: tf.Variable) {
  const runtime = openedRuntime();
  const state = runtime?.recorder.stateOf(dataId);
  return runtime && state ? { states: runtime.states, state } : null;
}

const halvesOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2);

const float32 = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
