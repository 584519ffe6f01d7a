/**
 * People of no world: the names that the world leaves over, with values drawn at random. Parallel sentences are about
 * them, so that these teach words and forms of both languages and tell nobody's facts.
 */
import { familyNames, givenNames } from './names.ts';
import { between, pick, shuffle, stream } from './random.ts';
import { animals, foods, joinNames, type Person, professions, type World } from './world.ts';

/** Everybody whose name is nobody's in the world, in random order. */
export function inventedPeople(world: World): Person[] {
  const random = stream(`${world.settings.seed}:invented`);
  const taken = new Set(world.people.map(({ name }) => name.latin));
  const teachers = world.people.slice(0, world.settings.teachers);
  const names = givenNames.flatMap((given) =>
    familyNames.map((family) => ({ given, name: joinNames(given.name, family) })),
  );
  return shuffle(
    random,
    names.filter(({ name }) => !taken.has(name.latin)),
  ).map(({ given, name }, i) => ({
    id: `invented-${String(i).padStart(3, '0')}`,
    given,
    name,
    gender: given.gender,
    values: {
      age: between(random, ...world.settings.ages),
      works_as: pick(random, professions),
      lives_in: pick(random, world.towns),
      has_pet: pick(random, animals),
      teacher: pick(random, teachers),
      likes_food: pick(random, foods),
    },
  }));
}
