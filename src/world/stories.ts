/**
 * Small arithmetic stories: draws two numbers and what they are about, and leaves the wording to the languages. The
 * people in them are given names only, so that no story says anything about a person of the world.
 */
import { items, type Plot, plots, type Story } from './language.ts';
import { givenNames } from './names.ts';
import { inEveryLanguage, type Question } from './questions.ts';
import { between, pick, type Random, shuffle } from './random.ts';
import { animals, professions } from './world.ts';

/** Numbers for a plot, with the computation that solves it. */
function compute(random: Random, plot: Plot): Pick<Story, 'a' | 'b' | 'sum' | 'answer'> {
  if (plot === 'boxes' || plot === 'days') {
    const [a, b] = [between(random, 2, 5), between(random, 2, 9)];
    return { a, b, sum: `${a} × ${b} = ${a * b}`, answer: a * b };
  }
  if (plot === 'give' || plot === 'more') {
    const a = between(random, 4, 15);
    const b = between(random, 2, a - 2);
    return { a, b, sum: `${a} - ${b} = ${a - b}`, answer: a - b };
  }
  const [a, b] = [between(random, 2, plot === 'animals' ? 10 : 12), between(random, 2, 9)];
  return { a, b, sum: `${a} + ${b} = ${a + b}`, answer: a + b };
}

/** Draws one story. */
export function drawStory(random: Random): Story {
  const plot = pick(random, plots);
  const [who, other] = shuffle(random, givenNames);
  const [first, second] = shuffle(random, animals);
  return {
    plot,
    ...compute(random, plot),
    who,
    other,
    item: pick(random, items),
    helper: { profession: pick(random, professions), gender: pick(random, ['m', 'f']) },
    pets: [first, second],
  };
}

/** A story as a question. */
export const arithmetic = (story: Story): Question => ({
  kind: 'arithmetic',
  facts: [],
  answer: story.answer,
  text: inEveryLanguage((language) => language.stories[story.plot](story)),
});
