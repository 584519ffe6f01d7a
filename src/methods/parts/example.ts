/** An example as it is read: what methods make segments of. */

/** ISO 639-1 code of a language, such as `ko`; the languages known by name stand in `languages.ts`. */
export type LanguageCode = string;

/** One exchange of a conversation: what the user asks and what the assistant answers. */
export interface Turn {
  instruction: string;
  response: string;
  /** The data give this answer no weight: it is read as an earlier turn, but no sequence is made to learn it. */
  untrained?: boolean;
}

/** One training example: the same conversation in each of its languages, turn by turn. */
export interface Example {
  id: string;
  /** Turns by language. All languages of an example have the same number of turns. */
  turns: Record<LanguageCode, Turn[]>;
  /** System text of the row itself, by language, where it has one. */
  system?: Record<LanguageCode, string>;
}

/** Numbers, from 0, of the turns that no sequence is made to learn, be it in one language alone. */
export function untrainedTurns({ turns }: Example): Set<number> {
  const numbers = Object.values(turns).flatMap((some) =>
    some.flatMap(({ untrained }, turn) => (untrained ? turn : [])),
  );
  return new Set(numbers);
}
