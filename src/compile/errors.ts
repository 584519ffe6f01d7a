/** Why a function cannot be recorded, with the tfjs call that is the reason. */
import { UserError } from '../errors.ts';
import { scopeNames } from '../tensorflow/tfjs.ts';

export class RecordError extends UserError {
  override name = 'RecordError';
}

/** Scopes of tfjs and of the recorder, which are no calls of the user's. */
const INTERNAL_SCOPES = new Set(['unnamed scope', 'forward', 'gradients', 'backward', 'compile']);

/** The tfjs call in progress, as the user writes it: `tf.add`, or `tf.add, in a gradient`. */
export function currentCall(): string {
  const names = scopeNames();
  const last = names.findLastIndex((name) => INTERNAL_SCOPES.has(name));
  const call = names[last + 1];
  const where = names.lastIndexOf('backward') > names.lastIndexOf('forward') ? ', in a gradient' : '';
  return call ? `${tfjsFunction(call)}${where}` : `the function${where}`;
}

/** The tfjs function of a scope: `tf.add` of `add__op`. */
export const tfjsFunction = (scope: string): string => `tf.${scope.replace(/_*op$/, '')}`;
