/**
 * The one kind of error that is meant for the person at the keyboard: its message says where, what was
 * expected and what came, and the command line prints it without a stack. Every room may throw it.
 */
export class UserError extends Error {
  override name = 'UserError';
}
