/**
 * The one error that setting TensorFlow up can end in, and the translation of what the system and pip say into
 * it. Everything in `src/runtime` throws a `SetupError`; its message is one line a user can act on.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';

/** What went wrong, for programs; the message is for people. */
export type SetupCode =
  | 'python'
  | 'pip'
  | 'compiler'
  | 'network'
  | 'download'
  | 'hash'
  | 'disk'
  | 'cache'
  | 'platform'
  | 'headers'
  | 'tensorflow';

/** A failed set-up, told as `where: expected, got actual; fix`. */
export class SetupError extends UserError {
  override name = 'SetupError';
  readonly code: SetupCode;

  constructor(code: SetupCode, where: string, expected: string, got: string, fix: string) {
    super(`${where}: expected ${expected}, got ${got}; ${fix}`.replace(/\s*\n\s*/g, ' '));
    this.code = code;
  }
}

/** A byte count for people: `274 MB`, `1.2 GB` (powers of ten, as disks and downloads are sold). */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return bytes >= 1e3 ? `${Math.round(bytes / 1e3)} kB` : `${bytes} bytes`;
}

export const FREE_SPACE = 'free some space, or set PLUG_CACHE to a folder on a larger disk';
export const WRITABLE = 'set PLUG_CACHE to a folder that can be written';

/**
 * A full disk or a cache that cannot be written becomes a SetupError; any other error is given back as it is.
 * @param making true while the folder itself is being made, when a missing parent is a reason too.
 */
export function fromSystemError(error: unknown, where: string, making = false): unknown {
  const code = (error as NodeJS.ErrnoException)?.code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SetupError('disk', where, 'room to write', 'a full disk', FREE_SPACE);
  }
  const reasons = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', ...(making ? ['ENOENT', 'EEXIST'] : [])];
  if (reasons.includes(code)) {
    const actual = (error as NodeJS.ErrnoException).path ?? where;
    return new SetupError('cache', where, 'a folder to write in', `${code} at ${actual}`, WRITABLE);
  }
  return error;
}

/** What pip printed, as a SetupError; `what` is the wheel asked for and `cache` where it was to go. */
export function fromPip(output: string, what: string, cache: string): SetupError {
  const says = (pattern: RegExp) => pattern.test(output);
  if (says(/No space left on device|Errno 28|Disk quota exceeded/i)) {
    return new SetupError('disk', cache, `room for ${what}`, 'a full disk', FREE_SPACE);
  }
  if (says(/Read-only file system|Permission denied: '/i)) {
    return new SetupError('cache', cache, 'a folder to write in', 'pip: permission denied', WRITABLE);
  }
  if (says(/DO NOT MATCH THE HASHES/)) {
    const fix = "check the package index or mirror in pip's configuration, then run again";
    return new SetupError('hash', what, "a file with the index's own hash", 'another file', fix);
  }
  if (says(/IncompleteRead|Connection broken: |not enough bytes|is invalid\.|not a zip file/)) {
    return new SetupError('download', what, 'the whole file', 'a download cut off', 'run again');
  }
  const unreachable =
    /NewConnectionError|NameResolutionError|Name or service not known|Temporary failure in name|Connection refused|unreachable|ConnectTimeout|ReadTimeout|timed out|ProxyError|SSLError|Max retries|Retrying \(/i;
  if (says(unreachable)) {
    const fix =
      'check the network or proxy and run again, or set PLUG_TENSORFLOW_DIR to an installed TensorFlow';
    return new SetupError('network', what, 'an answer from the package index', 'none', fix);
  }
  if (says(/No matching distribution|Could not find a version/)) {
    const fix =
      'check the network, and the package index or mirror in pip\'s configuration ("pip config list")';
    return new SetupError('download', what, 'it in the package index', 'no such file there', fix);
  }
  const last = output.trim().split('\n').at(-1) ?? '';
  return new SetupError(
    'pip',
    what,
    'pip to fetch it',
    last || 'no message',
    'mend what pip says and run again',
  );
}

const PACKAGES = {
  'apt-get': { python: 'python3 python3-pip', pip: 'python3-pip', compiler: 'g++' },
  dnf: { python: 'python3 python3-pip', pip: 'python3-pip', compiler: 'gcc-c++' },
  pacman: { python: 'python python-pip', pip: 'python-pip', compiler: 'gcc' },
  zypper: { python: 'python3 python3-pip', pip: 'python3-pip', compiler: 'gcc-c++' },
};

/** The command that installs `what` on this machine, by the package manager found on it. */
export function installCommand(what: 'python' | 'pip' | 'compiler', platform: string): string {
  if (platform.startsWith('darwin')) {
    return what === 'pip' ? 'python3 -m ensurepip --upgrade' : 'xcode-select --install';
  }
  const folders = ['/usr/bin', '/bin', '/usr/sbin'];
  const at = (name: string) => folders.some((folder) => existsSync(path.join(folder, name)));
  const managers = Object.keys(PACKAGES) as (keyof typeof PACKAGES)[];
  const manager = managers.find(at) ?? 'apt-get';
  return `${manager} ${manager === 'pacman' ? '-S' : 'install'} ${PACKAGES[manager][what]}`;
}
