/** Inputs and outputs of compiled functions: trees of tensors (pytrees), in arrays and objects, nested to any depth. */
import * as tf from '@tensorflow/tfjs-core';
import { mapValues } from '../mapValues.ts';
import { RecordError } from './errors.ts';

// biome-ignore lint/suspicious/noConfusingVoidType: a function that only assigns variables returns nothing
export type Tree = tf.Tensor | null | undefined | void | readonly Tree[] | { readonly [key: string]: Tree };

/**
 * The same tree with every tensor replaced, in the order of the keys.
 * @throws RecordError for anything that is not a tensor, an array, a plain object, null or undefined
 */
export function mapLeaves<T extends Tree>(tree: T, change: (tensor: tf.Tensor) => tf.Tensor): T {
  const visit = (node: Tree): Tree => {
    if (node === null || node === undefined) return node;
    if (node instanceof tf.Tensor) return change(node);
    if (Array.isArray(node)) return node.map(visit);
    if (isPlain(node)) return mapValues(node as Record<string, Tree>, visit);
    throw new RecordError(
      `compile: expected tensors, and arrays and objects of them, got ${typeof node} ${String(node)}; ` +
        'what changes from call to call is a tensor such as tf.scalar(x), what does not is closed over',
    );
  };
  return visit(tree) as T;
}

const isPlain = (node: object): boolean =>
  typeof node === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(node));

/** The tensors of a tree in the order of `mapLeaves`. */
export function leavesOf(tree: Tree): tf.Tensor[] {
  const leaves: tf.Tensor[] = [];
  mapLeaves(tree, (tensor) => {
    leaves.push(tensor);
    return tensor;
  });
  return leaves;
}

/**
 * The paths of the tensors, such as `0.tokens`, in the order of `mapLeaves`; that of a tree that is one tensor is empty.
 * @param tree one that `mapLeaves` takes
 */
export function pathsOf(tree: Tree, path: string[] = []): string[] {
  if (tree === null || tree === undefined) return [];
  if (tree instanceof tf.Tensor) return [path.join('.')];
  return Object.entries(tree as Record<string, Tree>).flatMap(([key, inner]) =>
    pathsOf(inner, [...path, key]),
  );
}

/** Structure, shapes and dtypes as text. */
export function signatureOf(tree: Tree): string {
  if (tree === null || tree === undefined) return '-';
  if (tree instanceof tf.Tensor) return `${tree.dtype}[${tree.shape}]`;
  if (Array.isArray(tree)) return `(${tree.map(signatureOf).join(' ')})`;
  const entries = Object.entries(tree as { [key: string]: Tree });
  return `{${entries.map(([key, inner]) => `${key}:${signatureOf(inner)}`).join(' ')}}`;
}
