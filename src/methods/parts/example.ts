/** An example as it is read: what methods make segments of. */

/** ISO 639-1 code of a language, such as `ko`; the languages known by name stand in `languages.ts`. */
export type LanguageCode = string;

/** One exchange of a conversation: what the user asks and what the assistant answers. */
export interface Turn {
  instruction: string;
  response: string;
}

/** One training example: the same conversation in each of its languages, turn by turn. */
export interface Example {
  id: string;
  /** Turns by language. All languages of an example have the same number of turns. */
  turns: Record<LanguageCode, Turn[]>;
  /** System text of the row itself, by language, where it has one. */
  system?: Record<LanguageCode, string>;
}
