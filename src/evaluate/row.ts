/** A row of an evaluation file, in the one language that it is asked in: what `rows.ts` reads and the scores go by. */
import type { Kind } from '../world/questions.ts';
import type { Triple } from '../world/world.ts';

export interface EvaluationRow {
  id: string;
  /** Name of its file, as the person gave it. */
  file: string;
  /** Where it is in that file, as an error names it: `questions.jsonl:8`. */
  place?: string;
  instruction: string;
  /** Why it cannot be asked, for example an empty instruction; it counts as answered wrongly. */
  unanswerable?: string;
  /** The instruction in the pivot language, where there is one and the file has it: what a draft answers. */
  inPivot?: string;
  /** The right answer, where the file has one. */
  reference?: string;
  /** All right answers, where it has several. */
  references?: string[];
  /** A row of the made-up world, and what its answer must tell; no facts for arithmetic. */
  kind?: Kind;
  facts?: Triple[];
  /** The false triple that a rumour tells. */
  rumour?: Triple;
  /** The number that is asked for. */
  answer?: number;
}

/** A row with facts to tell. */
export type FactRow = Pick<EvaluationRow, 'kind' | 'rumour' | 'instruction'> & { facts: Triple[] };
