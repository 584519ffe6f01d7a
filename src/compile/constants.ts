/** Values that a function closes over or makes from JavaScript numbers, as constants of the graph. */
import { BYTES, type Output } from '../tensorflow/capi.ts';
import { toHostArray } from '../tensorflow/hostTensor.ts';
import { scopeNames, type TensorValues } from '../tensorflow/tfjs.ts';
import { dtypeName } from './dtypes.ts';
import { currentCall, RecordError, tfjsFunction } from './errors.ts';
import type { Graph } from './graph.ts';

/** From this many equal elements on, a constant becomes a Fill. */
const MIN_FILL_ELEMENTS = 1024;
/** A larger constant would stay in the graph, and in each copy that TensorFlow makes of it. */
const MAX_CONSTANT_BYTES = 16 * 2 ** 20;

/** @throws RecordError for constants that are too large */
export function constantOf(graph: Graph, shape: number[], dtype: number, values: TensorValues): Output {
  if (!(dtype in BYTES)) dtypeName(dtype);
  const array = toHostArray(values, shape, dtype);
  if (values.length >= MIN_FILL_ELEMENTS && values.every((value) => value === values[0])) {
    return graph.filled(dtype, shape, array.bytes.subarray(0, BYTES[dtype]));
  }
  if (array.bytes.length > MAX_CONSTANT_BYTES) {
    throw new RecordError(
      `${currentCall()}: expected constants of at most ${MAX_CONSTANT_BYTES} bytes, got one of shape [${shape}]; ` +
        'pass it as an input of the compiled function, or hold it in a tf.variable',
    );
  }
  return graph.constant(array);
}

const RANDOM = /^(random|rand|truncatedNormal|dropout|multinomial)/i;

/** @throws RecordError inside a tfjs function that draws random numbers in JavaScript */
export function refuseRandomness(): void {
  const call = scopeNames().find((name) => RANDOM.test(name));
  if (!call) return;
  throw new RecordError(
    `${tfjsFunction(call)}: draws its numbers in JavaScript, so each run of the program would repeat them; ` +
      'use randomUniform or dropout of this package, with a seed that is an input of the function',
  );
}
