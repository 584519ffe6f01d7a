/** Warnings: what a person should know of their input, though the program goes on. */

const given = new Set<string>();

/** Prints one line on stderr; the same line only once in a process. */
export function warn(text: string): void {
  if (given.has(text)) return;
  given.add(text);
  // In a terminal the line may hold progress that is drawn over in place.
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}Warning: ${text}\n`);
}
