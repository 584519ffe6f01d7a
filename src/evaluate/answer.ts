/** One answer to one row of an evaluation. */
import type { Kind } from '../world/questions.ts';
import type { Score } from './score.ts';

/** What came back for one instruction. */
export interface Reply {
  answer: string;
  /** The draft in the pivot language, where the method writes one. */
  pivotResponse?: string;
  /** All that was written. */
  text: string;
  /** Number of tokens written. */
  tokens: number;
  /** `length` where the most tokens allowed were reached, so that the answer is cut off. */
  stopped?: 'end' | 'length';
  /** Its share of the time that its batch took. */
  seconds?: number;
  /** Why the row could not be asked, or the model could not read it; the answer is empty then. */
  unanswered?: string;
}

/** A reply with its row and its score: one line of `answers.jsonl`. */
export interface ScoredAnswer extends Reply, Score {
  id: string;
  file: string;
  kind?: Kind;
  instruction: string;
  /** The right answer, where the file has one. */
  reference?: string;
  /** All right answers, where it has several. */
  references?: string[];
}
