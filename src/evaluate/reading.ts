/**
 * What must be known of a language to read facts out of free wording in it: how its words are bounded, what denies,
 * what affirms, what compares. Each file in `readings/` is one object of this type; the nouns themselves come from the
 * world's own languages, so a value that the world can write can be read.
 */
import type { Language } from '../world/language.ts';

/** What stands right before and right after a mention. */
export interface Surroundings {
  before?: RegExp;
  after?: RegExp;
}

/** Who teaches whom, as far as the words beside a name tell. */
export type TeachingRole = 'student' | 'teacher' | null;

export interface Reading {
  world: Language;
  /** Sources of the patterns that must hold before and after a word, so that it is no part of a longer one. */
  edges: { before: string; after: string };
  /** What may stand between given and family name. */
  nameGap: string;
  /** Other forms of a value's word: gender, spelling, everyday name; by the value's id. */
  otherForms: Record<string, string[]>;
  /** Plural of a noun; the noun itself in a language without one. */
  plural(noun: string): string;
  /** An age in words. */
  numeral(n: number): string[];
  /** Surroundings in which a form is something else: a counter, a verb, a heading; by form. */
  notThis: Record<string, Surroundings>;
  /** Surroundings in which a number is no age: a difference, a count. */
  notAge: Surroundings;
  /** Ends a clause, and with it the reach of a denial. */
  clauseEnd: RegExp;
  /** Denies what follows, or what precedes, within the clause. */
  denies: Surroundings;
  /** All that stands between two values that are denied or claimed as one: "or a". */
  either: RegExp;
  /** All that stands between two names that are spoken of together: "and". */
  together: RegExp;
  /** "Both of them". */
  both: RegExp;
  /** An answer that begins with yes or no. */
  yes: RegExp;
  no: RegExp;
  /** What two people share, or do not. */
  same: RegExp;
  different: RegExp;
  older: RegExp;
  younger: RegExp;
  /** The name that another is compared with: "than". */
  than: Surroundings;
  /** Between a comparison and the name that it is about, where that name follows: "the older one is". */
  isThen: RegExp;
  role(before: string, after: string): TeachingRole;
  /** Articles, which "name: value" may hold. */
  article: RegExp;
}

/** True where the text ends, or begins, as the surroundings say. */
export const stands = ({ before, after }: Surroundings, left: string, right: string): boolean =>
  Boolean(before?.test(left) || after?.test(right));

/** Edges of a word in the Latin script. */
export const latinEdges = { before: '(?<![\\p{L}\\p{N}])', after: '(?![\\p{L}\\p{N}])' };
