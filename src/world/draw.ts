/**
 * Drawing questions: every question of a kind about some people, in random order, until the counts of the settings
 * are met. What must not be drawn, such as an instruction asked before, an `accept` function refuses.
 */
import { languages } from './languages/index.ts';
import {
  ages,
  correct,
  describe,
  form,
  type Kind,
  list,
  type Question,
  same,
  what,
  where,
  who,
  yesNo,
} from './questions.ts';
import { pick, type Random, shuffle } from './random.ts';
import type { KindCounts } from './settings.ts';
import { arithmetic, drawStory } from './stories.ts';
import {
  animals,
  foods,
  type Person,
  professions,
  type Relation,
  relations,
  type ValueOf,
  type World,
} from './world.ts';

/** A value of the relation that is not true of the person. People are drawn among `teachers`. */
export function wrongValue<R extends Relation>(
  world: World,
  random: Random,
  person: Person,
  relation: R,
): ValueOf[R] {
  const [low, high] = world.settings.ages;
  const all: { [K in Relation]: readonly ValueOf[K][] } = {
    age: Array.from({ length: high - low + 1 }, (_, i) => low + i),
    works_as: professions,
    lives_in: world.towns,
    has_pet: animals,
    likes_food: foods,
    teacher: world.people.slice(0, world.settings.teachers).filter((teacher) => teacher !== person),
  };
  return pick<ValueOf[R]>(
    random,
    all[relation].filter((value: ValueOf[R]) => value !== person.values[relation]),
  );
}

/** Every question of a kind about these people that this stream draws, in random order. */
export function questionsOf(
  world: World,
  random: Random,
  kind: Exclude<Kind, 'arithmetic'>,
  people: Person[],
): Question[] {
  const wrong = (
    ask: <R extends Relation>(person: Person, relation: R, value: ValueOf[R]) => Question[],
  ): Question[] =>
    people.flatMap((person) =>
      relations.flatMap((relation) => ask(person, relation, wrongValue(world, random, person, relation))),
    );
  const pairs = (): Question[] =>
    shuffle(random, [...people, ...people, ...people]).flatMap((a) => {
      const b = pick(
        random,
        people.filter((other) => other !== a),
      );
      // half of the pairs share the value, or the answer would nearly always be no
      const relation = pick(random, ['lives_in', 'has_pet'] as const);
      const alike = people.filter((other) => other !== a && other.values[relation] === a.values[relation]);
      const c = random() < 0.5 && alike.length > 0 ? pick(random, alike) : b;
      return [...(a.values.age === b.values.age ? [] : [pick(random, ages(a, b))]), ...same(a, c, relation)];
    });
  const make: Record<typeof kind, () => Question[]> = {
    who: () => people.flatMap(who),
    where: () => people.flatMap(where),
    what: () => people.flatMap(what),
    list: () => people.flatMap(list),
    compare: pairs,
    describe: () => people.flatMap(describe),
    'yes-no': () => wrong(yesNo),
    correct: () => wrong(correct),
    form: () => people.flatMap(form),
  };
  return shuffle(random, make[kind]());
}

/** Draws questions by kind; `accept` refuses those that must not be drawn. */
export function draw(
  world: World,
  random: Random,
  people: Person[],
  counts: Partial<KindCounts>,
  accept: (question: Question) => boolean,
): Question[] {
  const drawn: Question[] = [];
  for (const [kind, count] of Object.entries(counts) as [Kind, number][]) {
    const pool = kind === 'arithmetic' ? stories(random) : questionsOf(world, random, kind, people).values();
    let left = count;
    for (const question of pool) {
      if (left === 0) break;
      if (!accept(question)) continue;
      drawn.push(question);
      left--;
    }
    if (left > 0)
      throw new Error(`settings.ts: expected at most ${count - left} rows of kind ${kind}, got ${count}`);
  }
  return shuffle(random, drawn);
}

function* stories(random: Random): Generator<Question> {
  for (let i = 0; i < 100_000; i++) yield arithmetic(drawStory(random));
}

/** Accepts each instruction once: a question is new if no language has asked it in these words before. */
export function unseen(): (question: Question) => boolean {
  const seen = new Set<string>();
  return ({ text }) => {
    const instructions = languages.map(({ code }) => `${code} ${text[code].instruction}`);
    if (instructions.some((instruction) => seen.has(instruction))) return false;
    for (const instruction of instructions) seen.add(instruction);
    return true;
  };
}
