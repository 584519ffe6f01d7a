/** Warnings for the person at the keyboard: one line each, on standard error, once a run. */

const said = new Set<string>();

/** Says `message` (`where: what is the matter; what is done about it`), unless it has been said before. */
export function warn(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.error(`warning: ${message}`);
}
