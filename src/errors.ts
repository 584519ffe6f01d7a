/**
 * Errors as the person at the keyboard reads them. `UserError` is the one kind that is written for that person; every
 * room may throw it. `errorLine` turns any other error into one line too; the command line prints that line.
 */

/** An error whose message says where, what was expected, what came and the fix. It is printed without a stack. */
export class UserError extends Error {
  override name = 'UserError';
  readonly isForUsers = true;
}

/** True also for an error of another copy of this package, which a module of the user's may have loaded. */
export const isUserError = (error: unknown): error is UserError =>
  error instanceof Error && (error as Partial<UserError>).isForUsers === true;

/** By the code of the system: what was expected, what came, and what to do. */
const SYSTEM: Record<string, [expected: string, got: string, fix: string]> = {
  ENOENT: [
    'a file or folder',
    'none',
    'check the path; if it was there before, something removed it while the command ran',
  ],
  ENOTDIR: ['a path through folders', 'a file on the way', 'choose another path'],
  EISDIR: ['a file', 'a folder', 'name a file in it'],
  EEXIST: ['no such file or folder', 'one', 'move it away, or choose another path'],
  ENOTEMPTY: ['an empty folder', 'files in it', 'move them away, or choose another path'],
  EACCES: ['permission to read or write', 'none', 'change its permissions, or choose another path'],
  EPERM: ['permission to read or write', 'none', 'change its permissions, or choose another path'],
  EROFS: ['a disk that can be written', 'a read-only one', 'choose a path on another disk'],
  ENOSPC: ['room on the disk', 'a full disk', 'free some space and give the same command again'],
  EDQUOT: ['room on the disk', 'a quota that is used up', 'free some space and give the same command again'],
  EFBIG: ['a file that the disk can hold', 'a larger one', 'choose a path on another disk'],
  EMFILE: [
    'room to open one more file',
    'the most that a process may open',
    'raise the limit: ulimit -n 8192',
  ],
  ENFILE: ['room to open one more file', 'the most that the system may open', 'close other programs'],
  ENAMETOOLONG: ['a shorter name', 'one that the disk refuses', 'choose a shorter path'],
  ELOOP: ['a path that ends somewhere', 'links that lead in a circle', 'correct the links'],
  EIO: ['a disk that works', 'an input/output error', 'check the disk, or choose a path on another one'],
  EBUSY: ['a file that is free', 'one in use by another program', 'close that program and try again'],
  ETXTBSY: ['a file that is free', 'one in use by another program', 'close that program and try again'],
  EXDEV: ['both paths on one disk', 'two disks', 'choose a path on the same disk'],
  ESTALE: ['a network disk that answers', 'one that lost the file', 'mount it again'],
  ENOTSUP: ['a disk that supports this', 'one that does not', 'choose a path on another disk'],
  ENXIO: ['a file', 'a device or socket', 'name a file'],
  ENODEV: ['a file', 'a device that is not there', 'name a file'],
  ENOMEM: ['memory', 'too little of it', 'close other programs, or use a machine with more'],
  EAGAIN: ['a free place for one more process or file', 'none', 'close other programs and try again'],
  ENOTFOUND: ['a host that is known', 'none of that name', 'check the network and the name'],
  EAI_AGAIN: ['an answer from the name server', 'none', 'check the network and try again'],
  ECONNREFUSED: ['a server that answers', 'none', 'check the address, and that it runs'],
  ECONNRESET: ['a whole answer', 'a connection that was cut', 'check the network and try again'],
  ETIMEDOUT: ['an answer in time', 'none', 'check the network and try again'],
  EADDRINUSE: ['a free port', 'one in use', 'choose another port'],
};

/** Errors of JavaScript itself that ordinary input can cause. */
const LIMITS: [pattern: RegExp, line: string][] = [
  [
    /Array buffer allocation failed|Invalid typed array length|Failed to allocate|Cannot allocate memory/i,
    'memory: expected room for one more array, got none; lower --train.batchSize or --model.maxSeqLen, or close other programs',
  ],
  [
    /Cannot create a string longer than|Invalid string length|ERR_FS_FILE_TOO_LARGE|is greater than 2 GiB/i,
    'a file or line: expected less than 512 MB in one piece, got more; split it',
  ],
  [
    /OOM when allocating|RESOURCE_EXHAUSTED|Resource exhausted/i,
    'TensorFlow: expected memory for one more tensor, got none; lower --train.batchSize or --model.maxSeqLen, ' +
      'or use --train.gradientCheckpointing',
  ],
];

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && /^E[A-Z_]+$/.test((error as NodeJS.ErrnoException).code ?? '');

/**
 * An error of the file system or the network as a UserError, anything else as it is.
 * @param path of the file that was worked on, as a person knows it; default what the system names
 */
export function readable(error: unknown, path?: string): unknown {
  if (!isSystemError(error) || isUserError(error)) return error;
  const { code = '', syscall = 'the system' } = error;
  const { dest, address, hostname } = error as { dest?: string; address?: string; hostname?: string };
  const where = path ?? error.path ?? dest ?? hostname ?? address ?? syscall;
  const [expected, got, fix] = SYSTEM[code] ?? [`${syscall} to work`, code, 'check the path'];
  return new UserError(`${where}: expected ${expected}, got ${got} (${code}); ${fix}`, { cause: error });
}

/** For `.catch`: throws what the system refused as a line that names `path`. */
export const refusedAt =
  (path: string) =>
  (error: unknown): never => {
    throw readable(error, path);
  };

/** The message of an error as it is, or the text of whatever else was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** In the stack of an error that a recipe or method of the user's throws late: such modules are imported from a bundle. */
const OWN_MODULE = 'data:text/javascript;base64,';

/** A text of several lines as one. */
export const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ').trim();

/** The text that a person reads for any error: one line a problem, with the fix and without the stack. */
export function errorLine(error: unknown): string {
  const found = readable(error);
  if (isUserError(found)) return found.message;
  const { name, code } = (found ?? {}) as { name?: string; code?: string };
  const text = oneLine(messageOf(found));
  const limit = LIMITS.find(([pattern]) => pattern.test(`${code ?? ''} ${text}`));
  if (limit) return limit[1];
  const kind = found instanceof Error ? `${name}: ` : '';
  if (found instanceof Error && found.stack?.includes(OWN_MODULE)) {
    return `plug-tune: expected a recipe or method that runs, got ${kind}${text}; correct it, its stack is shown with --debug`;
  }
  return (
    `plug-tune: expected no error of the program itself, got ${kind}${text || 'no message'}; ` +
    'please report it, with the stack that the same command prints with --debug'
  );
}
