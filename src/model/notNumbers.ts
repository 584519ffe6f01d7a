import { UserError } from '../errors.ts';

/** The error for a model that computes NaN. @param what the values, such as `logits` */
export const notNumbers = (what: string): UserError =>
  new UserError(
    `model: expected numbers as ${what}, got NaN; its weights or config.json are damaged, or too large for bf16`,
  );
