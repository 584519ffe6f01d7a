/** Variables made, filled and read in place: a large model is never in memory twice. */
import * as tf from '@tensorflow/tfjs-core';
import { mapValues } from '../mapValues.ts';
import { DataType } from '../tensorflow/capi.ts';
import type { FileBytes } from '../tensorflow/fileBytes.ts';
import type { ResourceVariable } from './resourceVariables.ts';
import { openedRuntime, openRuntime, resetIfUnused } from './runtime.ts';

/** Where something is computed: in the session (`graph`), or op by op. */
export type Mode = 'graph' | 'eager';

/** Writes the row-major values of variable `name` into `values`, whose contents are arbitrary. */
type Fill = (values: Float32Array, name: string) => Promise<void> | void;

/** Variables that are stored in bf16: read as float32, rounded when they are assigned. */
export interface Bf16Storage {
  names: ReadonlySet<string>;
  /** Writes the bits of the row-major values of variable `name` into `bits`. */
  fill(bits: Uint16Array, name: string): Promise<void> | void;
}

export const zeros: Fill = (values) => void values.fill(0);

interface VariableOptions {
  /** Default `graph`. */
  mode?: Mode;
  /** Default true. */
  trainable?: boolean;
  /** Used in the session only. */
  bf16?: Bf16Storage;
  /** Where a file holds the bytes of a variable in the dtype that it is stored in: read from there, not filled. */
  stored?(name: string): FileBytes | null;
}

/** Variables by name, each filled where its values stay; float32, except those of `bf16`. */
export async function newVariables(
  shapes: Record<string, number[]>,
  fill: Fill,
  { mode = 'graph', trainable = true, bf16, stored }: VariableOptions = {},
): Promise<Record<string, tf.Variable>> {
  const dtypeOf = (name: string) => (bf16?.names.has(name) ? DataType.bf16 : DataType.float32);
  // All are declared before the first is written: TensorFlow processes the graph again whenever it has grown.
  const variables =
    mode === 'graph'
      ? await declareAll(shapes, (name) => ({ trainable, dtype: dtypeOf(name) }))
      : mapValues(shapes, (shape) => tf.tidy(() => tf.variable(tf.zeros(shape), trainable)));
  const write = async (name: string) => {
    const home = inSession(variables[name]);
    if (home && bf16?.names.has(name))
      await home.variables.fill(home.resource, (bytes) => bf16.fill(asUint16(bytes), name));
    else await writeValues(variables[name], (values) => fill(values, name));
  };
  try {
    const files = new Map<ResourceVariable, FileBytes>();
    const others: string[] = [];
    for (const [name, variable] of Object.entries(variables)) {
      const home = inSession(variable);
      const bytes = home && stored?.(name);
      if (bytes) files.set(home.resource, bytes);
      else others.push(name);
    }
    const writeOthers = async () => {
      for (const name of others) await write(name);
    };
    // Both must end before anything is freed.
    const ends = await Promise.allSettled([openedRuntime()?.variables.fillFromFiles(files), writeOthers()]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } catch (error) {
    tf.dispose(variables);
    throw error;
  }
  return variables;
}

/** Lets `fill` overwrite all values of a variable that is stored in float32. */
export async function writeValues(
  variable: tf.Variable,
  fill: (values: Float32Array) => Promise<void> | void,
): Promise<void> {
  const home = inSession(variable);
  if (home) return home.variables.fill(home.resource, (bytes) => fill(asFloat32(bytes)));
  const values = new Float32Array(variable.size);
  await fill(values);
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}

interface DeclareOptions {
  trainable?: boolean;
  /** TF_DataType that it is stored in. */
  dtype?: number;
}

/** A variable of the session without a value, which takes no memory before it is written; to record programs with. */
export async function declareVariable(shape: number[], options: DeclareOptions = {}): Promise<tf.Variable> {
  return (await declareAll({ it: shape }, () => options)).it;
}

/** Several at once: each exchange of tfjs's backend takes longer than the declarations. */
async function declareAll(
  shapes: Record<string, number[]>,
  optionsOf: (name: string) => DeclareOptions,
): Promise<Record<string, tf.Variable>> {
  const runtime = await openRuntime();
  resetIfUnused(runtime);
  const { recorder, variables } = runtime;
  return recorder.active(() =>
    mapValues(shapes, (shape, name) => {
      const { trainable = true, dtype = DataType.float32 } = optionsOf(name);
      const resource = variables.declare(shape, dtype);
      const variable = tf.tidy(() => tf.variable(recorder.tensorOfVariable(resource), trainable));
      variables.bind(variable, resource);
      return variable;
    }),
  );
}

/**
 * Lends the values of a variable to `use`, as float32. `use` must not change them, nor keep them: where they are stored
 * as float32 in a session on the CPU, they are the variable's own memory.
 */
export async function lendValues<T>(
  variable: tf.Variable,
  use: (values: Float32Array) => Promise<T> | T,
): Promise<T> {
  const home = inSession(variable);
  if (!home) return use(await variable.data<'float32'>());
  const { variables, resource } = home;
  return variables.lend(resource, (bytes) => use(asFloat32(bytes)));
}

/** The resource of a variable that is in the session. */
function inSession({ dataId }: tf.Variable) {
  const runtime = openedRuntime();
  const resource = runtime?.recorder.variableOf(dataId);
  return runtime && resource ? { variables: runtime.variables, resource } : null;
}

const asUint16 = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2);

const asFloat32 = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
