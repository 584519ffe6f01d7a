/** Inputs and outputs of compiled functions: trees of tensors (pytrees), in arrays and objects, nested at will. */
import * as tf from '@tensorflow/tfjs-core';
import { RecordError } from './errors.ts';

// biome-ignore lint/suspicious/noConfusingVoidType: a function that only assigns variables returns nothing
export type Tree = tf.Tensor | null | undefined | void | readonly Tree[] | { readonly [key: string]: Tree };

/**
 * The same tree with every tensor replaced, in the order of the keys.
 * @param change gets each tensor and its path, such as `0.tokens`
 * @throws RecordError for anything that is not a tensor, an array, a plain object, null or undefined
 */
export function mapLeaves<T extends Tree>(
  tree: T,
  change: (tensor: tf.Tensor, path: string) => tf.Tensor,
): T {
  const visit = (node: Tree, path: string[]): Tree => {
    if (node === null || node === undefined) return node;
    if (node instanceof tf.Tensor) return change(node, path.join('.'));
    if (Array.isArray(node)) return node.map((inner, i) => visit(inner, [...path, String(i)]));
    if (isPlain(node)) {
      const entries = Object.entries(node as Record<string, Tree>);
      return Object.fromEntries(entries.map(([key, inner]) => [key, visit(inner, [...path, key])]));
    }
    throw new RecordError(
      `compile: expected tensors, and arrays and objects of them, got ${typeof node} ${String(node)}; ` +
        'what changes from call to call is a tensor such as tf.scalar(x), what does not is closed over',
    );
  };
  return visit(tree, []) as T;
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

/** The paths of the tensors in the order of `mapLeaves`; that of a tree that is one tensor is empty. */
export function pathsOf(tree: Tree): string[] {
  const paths: string[] = [];
  mapLeaves(tree, (tensor, path) => {
    paths.push(path);
    return tensor;
  });
  return paths;
}

/** Structure, shapes and dtypes as text. */
export function signatureOf(tree: Tree): string {
  if (tree === null || tree === undefined) return '-';
  if (tree instanceof tf.Tensor) return `${tree.dtype}[${tree.shape}]`;
  if (Array.isArray(tree)) return `(${tree.map(signatureOf).join(' ')})`;
  const entries = Object.entries(tree as { [key: string]: Tree });
  return `{${entries.map(([key, inner]) => `${key}:${signatureOf(inner)}`).join(' ')}}`;
}
