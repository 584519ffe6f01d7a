/**
 * Words by which languages in the Latin script are told apart: the commonest function words, and for the world's
 * languages all words that the world is written in. French, Portuguese and German are there as what a model may
 * slip into, not as languages to ask for.
 */
import { items, type Language, plots } from '../world/language.ts';
import { languages } from '../world/languages/index.ts';
import { givenNames } from '../world/names.ts';
import { bareValue, clause, phrasesFor } from '../world/sentences.ts';
import { animals, buildWorld, foods, type Person, professions, relations } from '../world/world.ts';

const FUNCTION_WORDS: Record<string, string> = {
  en: `the a an and or but of to in on at by for with from is are was were be been it its this that these those he she
they we you i his her their our your my not no yes do does did has have had can could will would should may might
as if so than then there here who what when where why how which all any some more most other into about after before
also only because while over between such through during both each very just like up out one two`,
  it: `il lo la i gli le un uno una ad ed di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai in
nel nello nella nei negli nelle su sul sulla sui con per tra fra e ed o ma se che chi cui non sì no è sono era erano
essere ha hanno avere si ci ne mi ti vi suo sua suoi sue loro questo questa questi queste quello quella come quando dove
perché più meno molto anche solo ogni tutto tutti tutte può possono quale quali cosa quindi dopo prima così`,
  es: `el la los las un una unos unas de del a al en con por para sin sobre entre y e o u pero si que quien cual no sí
es son era eran ser está están estar ha han haber hay se me te le les lo su sus mi tu este esta estos estas ese esa
eso como cómo cuando cuándo donde dónde porque qué más menos muy también solo cada todo todos todas puede pueden así
desde hasta después antes tiene tienen otro otra ya`,
  fr: `le la les un une des du de au aux et ou mais que qui quoi dont où ne pas est sont était être avoir ont il elle
ils elles nous vous je tu son sa ses leur leurs ce cette ces dans sur avec pour par sans sous plus moins très aussi tout
tous comme quand parce oui non à y en`,
  pt: `o a os as um uma de do da dos das em no na nos nas por pelo pela para com sem e ou mas que quem não sim é são
era ser está estão ter tem têm seu sua seus suas este esta isso como quando onde porque mais menos muito também só cada
todo todos pode podem ele ela eles`,
  de: `der die das den dem des ein eine einen einem einer und oder aber nicht kein ist sind war waren sein haben hat mit
von zu im in auf für an bei aus nach er sie es wir ihr ich sein seine ihre dass wenn wie was wer wo warum auch nur sehr
mehr noch schon werden wird kann können ja nein`,
};

const person = (gender: 'm' | 'f', people: Person[]) => people.find((one) => one.gender === gender) as Person;

/** Texts that together hold every word of the world in one language, names aside. */
function* worldTexts(language: Language): Generator<string> {
  const { people, towns } = buildWorld();
  const pair = [person('m', people), person('f', people)];
  const [a, b] = pair;
  for (const one of pair) {
    for (const relation of relations) {
      const phrases = phrasesFor(language, relation);
      const value = one.values[relation];
      yield* phrases.clauses(one, value as never);
      yield* phrases.questions(one);
      yield phrases.ask(one, value as never);
      yield phrases.contrast(one, value as never, value as never);
    }
    for (const value of towns) yield clause(language, one, 'lives_in', value);
    for (const value of professions) yield clause(language, one, 'works_as', value);
    for (const value of professions) yield bareValue(language, one, 'works_as', value);
    for (const value of animals) yield clause(language, one, 'has_pet', value);
    for (const value of foods) yield clause(language, one, 'likes_food', value);
    yield language.tellAgain(one, [language.phrases.age.predicate(one, 40, true)]);
    yield* [...language.describe(one), language.who.clause(one), ...language.correct('')];
  }
  yield language.older.clause(a, a, b);
  yield language.younger.clause(a, a, b);
  yield* [language.yes(''), language.no(''), language.same.lives_in.clause(a, b, a.values.lives_in)];
  yield* [language.older.question(a, b), language.same.has_pet.question(a, b), language.isRight('x')];
  for (const plot of plots) {
    for (const item of items) {
      const [who, other] = givenNames;
      const helper = { profession: 'teacher', gender: 'f' } as const;
      const story = {
        plot,
        a: 2,
        b: 3,
        sum: '',
        answer: 5,
        who,
        other,
        item,
        helper,
        pets: ['dog', 'cat'] as const,
      };
      const { instruction, response } = language.stories[plot]({ ...story, pets: [...story.pets] });
      yield* [instruction, response];
    }
  }
}

/** The words of a text in the Latin script, in small letters; elided articles are words. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFC')
    .toLowerCase()
    .match(/(?:(?!\d)[\p{Script=Latin}\p{M}])+/gu) ?? [];

/** What is known of a language: single words, and pairs that follow each other in the world's texts. */
export interface WordList {
  words: Set<string>;
  pairs: Set<string>;
}

/** Words in a row, each with the one before it. */
export const pairsOf = (words: string[]): string[] => words.slice(1).map((word, i) => `${words[i]} ${word}`);

function makeWordLists(): Map<string, WordList> {
  const { people, towns } = buildWorld();
  const names = new Set([...people, ...towns].flatMap(({ name }) => wordsOf(name.latin)));
  return new Map(
    Object.entries(FUNCTION_WORDS).map(([code, functionWords]) => {
      const words = new Set(functionWords.split(/\s+/));
      const pairs = new Set<string>();
      const language = languages.find((one) => one.code === code);
      for (const text of language ? worldTexts(language) : []) {
        const written = wordsOf(text);
        for (const word of written) if (!names.has(word)) words.add(word);
        const told = (pair: string) => !pair.split(' ').some((word) => names.has(word));
        for (const pair of pairsOf(written).filter(told)) pairs.add(pair);
      }
      return [code, { words, pairs }];
    }),
  );
}

let lists: Map<string, WordList> | undefined;

/** The words of each language, made once. */
export function wordLists(): Map<string, WordList> {
  lists ??= makeWordLists();
  return lists;
}
