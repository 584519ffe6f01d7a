/** Why a function cannot be recorded, naming the tfjs call that stands in the way. */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.ts';

export class RecordError extends UserError {
  override name = 'RecordError';
}

/** Scopes that are none of the user's calls. */
const OWN = new Set(['unnamed scope', 'forward', 'gradients', 'backward', 'compile']);

/** The tfjs call that is being made, as the user would write it. */
export function nameOfCall(): string {
  const names = tf.engine().state.scopeStack.map(({ name }) => name);
  const last = names.findLastIndex((name) => OWN.has(name));
  const call = names[last + 1];
  const where = names.lastIndexOf('backward') > names.lastIndexOf('forward') ? ', in a gradient' : '';
  return call ? `${asWritten(call)}${where}` : `the function${where}`;
}

/** The tfjs function of a scope. */
export const asWritten = (scope: string): string => `tf.${scope.replace(/_*op$/, '')}`;
