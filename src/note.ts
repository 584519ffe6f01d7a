/**
 * What is said on the way to a result: progress, settings, where files went. It goes to stderr, so that stdout holds
 * results alone, and `--quiet` silences it.
 */

const settings = { quiet: false };

/** `--quiet`: results and errors alone. It holds for the whole process. */
export function setQuiet(quiet: boolean): void {
  settings.quiet = quiet;
}

export const isQuiet = (): boolean => settings.quiet;

/** A line for a person who watches; never a result, never an error. */
export function note(text: string): void {
  if (!settings.quiet) process.stderr.write(`${text}\n`);
}
