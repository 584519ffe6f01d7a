/**
 * From mentions to claims: of whom a value is told, and whether it is claimed or denied ("not in Areba", "아레바가
 * 아니라"). `facts.ts` compares the claims with what the world holds true.
 */
import type { Person, Relation } from '../world/world.ts';
import { type Lexicon, type Mention, plainText } from './lexicon.ts';
import { type Reading, stands } from './reading.ts';

/** One value told of one person. */
export interface Claim {
  /** Id; null for somebody whom the question is not about, or whom nobody knows. */
  person: string | null;
  relation: Relation;
  value: string | number | null;
  denied: boolean;
}

/** Text after its last, or before its first, end of a clause. */
function clauseAround(text: string, start: number, end: number, clauseEnd: RegExp): [string, string] {
  const left = text.slice(0, start);
  const right = text.slice(end);
  const lastEnd = [...left.matchAll(clauseEnd)].at(-1);
  const firstEnd = right.matchAll(clauseEnd).next().value;
  return [lastEnd ? left.slice(lastEnd.index + lastEnd[0].length) : left, right.slice(0, firstEnd?.index)];
}

/** True of a mention in a sentence that ends with a question mark. */
const isAsked = (text: string, { end }: Mention): boolean => /^[^.!?。！？\n]*[?？]/.test(text.slice(end));

/**
 * Which of the mentions of one relation are denied. Values joined by "or" are denied together; between others a
 * denial reaches no further than the next value.
 */
function denials(text: string, mentions: Mention[], { clauseEnd, denies, either }: Reading): Set<Mention> {
  const groups: Mention[][] = [];
  for (const mention of mentions) {
    const last = groups.at(-1)?.at(-1);
    if (last && either.test(text.slice(last.end, mention.start))) groups.at(-1)?.push(mention);
    else groups.push([mention]);
  }
  const denied = new Set<Mention>();
  for (const [i, group] of groups.entries()) {
    const from = groups[i - 1]?.at(-1)?.end ?? 0;
    const to = groups[i + 1]?.[0].start ?? text.length;
    const [start, end] = [group[0].start - from, (group.at(-1) as Mention).end - from];
    const [left, right] = clauseAround(text.slice(from, to), start, end, clauseEnd);
    if (stands(denies, left, right)) for (const mention of group) denied.add(mention);
  }
  return denied;
}

/** Who is being spoken of, from which place on. */
interface Subject {
  start: number;
  end: number;
  people: (string | null)[];
}

/** Names that open a statement, joined where they stand together, and words for both. */
function subjectsOf(text: string, names: Mention[], about: Person[], { together, both }: Reading): Subject[] {
  const ids = about.map(({ id }) => id);
  const subjects: Subject[] = [];
  for (const { value, start, end } of names) {
    const last = subjects.at(-1);
    const person = ids.includes(value as string) ? (value as string) : null;
    if (last && together.test(text.slice(last.end, start))) {
      last.people.push(person);
      last.end = end;
    } else subjects.push({ start, end, people: [person] });
  }
  if (ids.length < 2) return subjects;
  const pairs = [...text.matchAll(both)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    people: ids,
  }));
  return [...subjects, ...pairs].sort((a, b) => a.start - b.start);
}

/**
 * What `answer` says about the people of a question. Before any name is told, it is about them.
 * @param teachers the question asks for a teacher: other names are then taken for teachers
 */
export function claimsOf(
  answer: string,
  about: Person[],
  reading: Reading,
  lexicon: Lexicon,
  teachers: boolean,
): Claim[] {
  const text = plainText(answer);
  const mentions = lexicon.mentions(answer, about);
  const names = mentions.filter(({ relation }) => relation === 'teacher');
  const ids: unknown[] = about.map(({ id }) => id);
  const role = ({ start, end }: Mention) => reading.role(text.slice(0, start), text.slice(end));
  const asked = names.filter(({ value }) => ids.includes(value));
  const others = names.filter((name) => !asked.includes(name));
  // a name that is told in place of the one asked about, or a pupil and a teacher the wrong way round
  const foreign = others.filter((name) => role(name) === 'student');
  const reversed = teachers && asked.some((name) => role(name) === 'teacher');
  const comparedWith = ({ start, end }: Mention) =>
    stands(reading.than, text.slice(0, start), text.slice(end));
  const spokenOf = teachers
    ? [...asked, ...foreign]
    : names.filter((name) => asked.includes(name) || !(role(name) === 'teacher' || comparedWith(name)));
  const subjects = subjectsOf(
    text,
    spokenOf.sort((a, b) => a.start - b.start),
    about,
    reading,
  );
  const values = [
    ...mentions.filter(({ relation }) => relation !== 'teacher'),
    ...others.filter((name) => !spokenOf.includes(name)),
  ];

  const claims: (Claim & { subject: Subject | undefined })[] = [];
  for (const relation of new Set(values.map((mention) => mention.relation))) {
    const some = values.filter((mention) => mention.relation === relation).sort((a, b) => a.start - b.start);
    const denied = denials(text, some, reading);
    for (const mention of some.filter((one) => !isAsked(text, one))) {
      const subject = subjects.findLast(({ start }) => start < mention.start) ?? subjects[0];
      for (const person of subject?.people ?? about.map(({ id }) => id)) {
        const told = relation === 'teacher' && reversed ? null : person;
        claims.push({ person: told, relation, value: mention.value, denied: denied.has(mention), subject });
      }
    }
  }
  return inOrder(claims).map(({ person, relation, value, denied }) => ({ person, relation, value, denied }));
}

/** "A and B live in X and Y": where two people are told two values, each has one. */
function inOrder<C extends Claim & { subject: Subject | undefined }>(claims: C[]): C[] {
  return claims.filter((claim) => {
    const beside = claims.filter(
      (other) => other.subject === claim.subject && other.relation === claim.relation && !other.denied,
    );
    const values = [...new Set(beside.map(({ value }) => value))];
    if (claim.denied || claim.subject?.people.length !== 2 || values.length !== 2) return true;
    return claim.subject.people.indexOf(claim.person) === values.indexOf(claim.value);
  });
}
