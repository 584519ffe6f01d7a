/**
 * Whether an answer tells the facts of its row, whatever its words: every expected value of the right person, and no
 * other value of the same relation. Yes and no, and who is older, are read in `conclusion.ts`.
 */
import type { Person, Triple, World } from '../world/world.ts';
import { type Claim, claimsOf } from './claims.ts';
import { agesConclusion, polarityOf, sameConclusion } from './conclusion.ts';
import { type Lexicon, makeLexicon } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { READINGS } from './readings/index.ts';
import type { FactRow } from './row.ts';

export interface FactScore {
  /** Facts that were told rightly, of how many; a comparison's conclusion counts as one. */
  told: number;
  expected: number;
  /** Of a row with a rumour: what was believed. */
  belief?: 'truthful' | 'rumour' | 'neither';
}

export type JudgeFacts = (row: FactRow, answer: string) => FactScore;

/** True where the answer claims this value, and no other of the relation, of this person. */
function tells(claims: Claim[], [person, relation, value]: Triple): boolean {
  const some = claims.filter((claim) => claim.person === person && claim.relation === relation);
  const claimed = some.filter(({ denied }) => !denied);
  const denied = some.some((claim) => claim.denied && claim.value === value);
  return claimed.length > 0 && !denied && claimed.every((claim) => claim.value === value);
}

/** The one value that a question of yes or no asks about. */
function valueAsked({ instruction, facts }: FactRow, person: Person, lexicon: Lexicon): unknown {
  const [[id, relation]] = facts;
  const named = lexicon.mentions(instruction, [person]);
  return named.find((mention) => mention.relation === relation && mention.value !== id)?.value;
}

/** Judges answers in one language about one world. */
export function makeFactJudge(world: World, code: string): JudgeFacts {
  const reading = READINGS[code];
  const lexicon = makeLexicon(world, reading);
  const people = new Map(world.people.map((person) => [person.id, person]));
  return (row, answer) => {
    const about = [...new Set(row.facts.map(([id]) => id))].map((id) => people.get(id) as Person);
    const teachers = row.facts.some(([, relation]) => relation === 'teacher');
    const claims = claimsOf(answer, about, reading, lexicon, teachers);
    if (row.kind === 'compare') return comparison(row, answer, about, claims, reading, lexicon);
    let told = row.facts.filter((fact) => tells(claims, fact)).length;
    let asked: unknown;
    const polarity = polarityOf(answer, reading);
    if (row.kind === 'yes-no') {
      asked = valueAsked(row, about[0], lexicon);
      // without yes or no the fact alone counts; against it, it does not
      if (polarity !== null && polarity !== (asked === row.facts[0][2])) told = 0;
    }
    const score: FactScore = { told, expected: row.facts.length };
    if (!row.rumour) return score;
    const [person, relation, value] = row.rumour;
    const ofRelation = claims.filter((claim) => claim.relation === relation && claim.person === person);
    // a bare yes claims what was asked
    const agreed = ofRelation.length === 0 && polarity === true && asked === value;
    const claimed = agreed || ofRelation.some((claim) => claim.value === value && !claim.denied);
    score.belief = claimed ? 'rumour' : told === score.expected ? 'truthful' : 'neither';
    return score;
  };
}

function comparison(
  { facts, instruction }: FactRow,
  answer: string,
  about: Person[],
  claims: Claim[],
  reading: Reading,
  lexicon: Lexicon,
): FactScore {
  const expected = facts.length + 1;
  const [[, relation, first], [, , second]] = facts;
  if (relation === 'age') {
    const told = facts.filter((fact) => tells(claims, fact)).length;
    const [older, younger] = (first as number) > (second as number) ? about : [about[1], about[0]];
    const concluded = agesConclusion(instruction, answer, older, younger, reading, lexicon);
    return { told: told + Number(concluded), expected };
  }
  const alike = first === second;
  const claimed = claims.filter((claim) => claim.relation === relation && !claim.denied);
  const named = new Set(
    lexicon
      .mentions(answer, about)
      .filter((name) => name.relation === 'teacher')
      .map(({ value }) => value),
  );
  // "yes, A and B live there", "both live there": the one value is told of both
  const ofBoth = alike && (named.size === 0 || about.every(({ id }) => named.has(id)));
  const whole =
    ofBoth && claimed.length > 0 && claimed.every((claim) => claim.value === first && claim.person !== null);
  const told = whole ? facts.length : facts.filter((fact) => tells(claims, fact)).length;
  const concluded = sameConclusion(answer, reading) ?? (told === facts.length ? alike : !alike);
  return { told: told + Number(concluded === alike), expected };
}
