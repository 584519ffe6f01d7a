/**
 * What a method makes of an example: a sequence of segments, each knowing its role and whether it is
 * supervised. Everything downstream (tokens, loss mask, loss per span) follows from this list alone.
 */
import type { Example, LanguageCode, Turn } from './example.ts';
import type { LanguageTable } from './languages.ts';

/** The role of a segment. All but `system` and `user` are written by the model. */
export type Role = 'system' | 'user' | 'pivotInstruction' | 'pivotResponse' | 'targetResponse' | 'end';

/** The supervised spans, in the order in which metrics report them. */
export const SPANS = ['pivotInstruction', 'pivotResponse', 'targetResponse', 'end'] as const;
export type Span = (typeof SPANS)[number];

/** A span as a person reads it: `pivotResponse` is `pivot response`. */
export const spanName = (span: string) => span.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export interface Segment {
  role: Role;
  /** Content without chat markers. A heading and the blank line before it belong to the span they open. */
  text: string;
  /** True where the loss is taken. */
  supervised: boolean;
}

/** The languages of a run: read and answer in `target`, think in `pivot`. */
export interface LanguagePair {
  target: LanguageCode;
  pivot: LanguageCode;
  /** Languages that the recipe describes itself, beside the built-in ones. */
  languages?: LanguageTable;
}

/** What a method is told besides the example. */
export interface MethodSettings extends LanguagePair {
  /** Translation tasks for each turn, on average (auxiliary-translation alone). */
  translationRate?: number;
}

/** What was generated, split by its headings. */
export interface Answer {
  /** The final answer in the target language, stripped; empty when `status` is `not found`. */
  answer: string;
  /** `found`: behind the target heading. `monolingual`: the target was asked for first, the whole text is the answer. */
  status: 'found' | 'not found' | 'monolingual';
  /** The instruction restated in the pivot language, where the method writes one. */
  pivotInstruction?: string;
  /** The answer drafted in the pivot language, where the method writes one. */
  pivotResponse?: string;
}

/** What stands before the instruction that is to be answered. */
export interface Context {
  /** Earlier turns, with their target text alone, as a user of a chat client would send them back. */
  history?: Turn[];
  /** A system text of the data or the user, beside the method's own. */
  system?: string;
}

/** One time that the model is asked on the way to an answer. */
export interface Pass {
  /** What it writes; the last pass writes the `targetResponse`. */
  writes: 'pivotInstruction' | 'pivotResponse' | 'targetResponse';
  /** Segments of the prompt for the instruction, or for what the pass before wrote. */
  prompt(text: string): Segment[];
}

/** A way to tune and to prompt: pure functions over plain data. */
export interface Method {
  name: string;
  /** What the model learns to do, in half a sentence. */
  summary: string;
  /** It learns running text, which has no instructions. */
  textOnly?: boolean;
  /** The spans that it supervises. */
  spans: readonly Span[];
  /** Languages whose turns an example must hold. */
  languages(pair: LanguagePair): LanguageCode[];
  /** Segments of each training sequence that is made of one example: at least one a turn. */
  segments(example: Example, settings: MethodSettings): Segment[][];
  /** Segments of a prompt: system and user parts, up to where the model begins to write. */
  prompt(instruction: string, pair: LanguagePair, context?: Context): Segment[];
  /** Where an answer takes several passes, each of which reads what the one before wrote; `prompt` is then the first. */
  passes?(pair: LanguagePair): Pass[];
  /** Splits what the model wrote, end token excluded. */
  answer(text: string, pair: LanguagePair): Answer;
}
