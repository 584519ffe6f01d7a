/** Text as part of a pattern. */

/** `text` with what has a meaning in a regular expression escaped. */
export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
