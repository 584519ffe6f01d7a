/** Functions with a custom gradient (`jax.custom_vjp`), and gradients of functions with an auxiliary output (`has_aux`). */
import * as tf from '@tensorflow/tfjs-core';

/** Result of a forward pass: its value, and the tensors that the backward pass needs besides the inputs. */
interface Forward<T extends tf.Tensor> {
  value: T;
  /** Whatever else the forward pass computed is freed. */
  saved?: tf.Tensor[];
}

/** From the gradient of the value to one gradient for each input. */
type Backward<T extends tf.Tensor> = (dy: T, inputs: never[], saved: never[]) => tf.Tensor[];

/** Computes `forward(...inputs)` and registers `backward` as its gradient. */
export function customGradient<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: (...inputs: never[]) => Forward<T>,
  backward: Backward<T>,
): T {
  const compute = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const given = args.slice(0, -1) as never[];
    const { value, saved = [] } = forward(...given);
    save([...given, ...saved]);
    const gradFunc = (dy: tf.Tensor, kept: tf.Tensor[]) =>
      backward(dy as T, kept.slice(0, inputs.length) as never[], kept.slice(inputs.length) as never[]);
    return { value, gradFunc };
  });
  return compute(...inputs) as T;
}

/** `customGradient` with a second output, `aux`, that has no gradient. */
export function customGradientWithAux<T extends tf.Tensor, Aux extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: (...inputs: never[]) => Forward<T> & { aux: Aux },
  backward: Backward<T>,
): { value: T; aux: Aux } {
  const { result, aux } = carryingOut<Aux, T>((hold) =>
    customGradient(
      inputs,
      (...given: never[]) => {
        const found = forward(...given);
        hold(found.aux);
        return found;
      },
      backward,
    ),
  );
  return { value: result, aux };
}

/**
 * Value and gradients of a scalar function of variables.
 * @param fn returns the scalar, and an auxiliary tensor that has no gradient
 * @returns gradients in the order of `variables`; the caller disposes all tensors
 */
export function valueAndGradients<Aux extends tf.Tensor>(
  fn: () => { value: tf.Scalar; aux: Aux },
  variables: tf.Variable[],
): { value: tf.Scalar; aux: Aux; gradients: tf.Tensor[] } {
  const { result, aux } = carryingOut<Aux, ReturnType<typeof tf.variableGrads>>((hold) =>
    tf.variableGrads(() => {
      const found = fn();
      hold(found.aux);
      return found.value;
    }, variables),
  );
  return { value: result.value, aux, gradients: variables.map(({ name }) => result.grads[name]) };
}

/** Runs `run`, inside which tfjs frees all but one output, and returns the tensor that it held as well. */
function carryingOut<Aux extends tf.Tensor, Result>(run: (hold: (aux: Aux) => void) => Result) {
  const held: Aux[] = [];
  try {
    const result = run((aux) => void held.push(tf.keep(tf.clone(aux))));
    return { result, aux: tf.clone(held[0]) };
  } finally {
    tf.dispose(held);
  }
}
