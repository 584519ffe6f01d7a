/**
 * Whether a text is in the language that was asked for: by its script, and in the Latin script by its words. Made for
 * the question "did the model slip into another language", not for naming any language of the world.
 */
import { pairsOf, type WordList, wordLists, wordsOf } from './words.ts';

/** Scripts of the languages that are told apart by script alone. */
const SCRIPTS: Record<string, RegExp> = { ko: /\p{Script=Hangul}/gu, zh: /\p{Script=Han}/gu };
/** Letters of a word in the Latin script weigh as much as one syllable or character. */
const LATIN_LETTERS = 3;
/** Of a long text, the share of words that must be known ones of the language. */
const LEAST_SHARE = 0.15;
const LONG = 8;
/** Words that a foreign pair of words counts for. */
const PAIR = 2;

/** What is written in no language: code, links, numbers. */
const prose = (text: string): string => text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+/g, ' ');

const LATIN = /\p{Script=Latin}/gu;

/** Words with a capital left out, names for the most part, which other scripts take over as they are. */
const withoutNames = (text: string) => text.replace(/(?<!\p{L})\p{Lu}[\p{Script=Latin}'’.-]*/gu, ' ');

const letters = (text: string, script: RegExp) => text.match(script)?.length ?? 0;

/** True for names alone: at most three capitalised words that are in no list. */
function isBareName(text: string): boolean {
  const words = text.match(/[\p{L}\p{M}'’]+/gu) ?? [];
  const known = [...wordLists().values()];
  return (
    words.length <= 3 &&
    words.every((word) => /^\p{Lu}/u.test(word) && !known.some((list) => list.words.has(word.toLowerCase())))
  );
}

/** The languages that can be told from others. */
export const TOLD_APART = ['en', 'ko', 'zh', 'it', 'es'];

/**
 * True where `text` is in the language `code`, or says nothing in any language: a number, a bare name.
 * @returns null for a language that is not in `TOLD_APART`
 */
export function inLanguage(text: string, code: string): boolean | null {
  if (!TOLD_APART.includes(code)) return null;
  const written = prose(text);
  const all = letters(written, /\p{L}/gu);
  const latin = letters(written, LATIN);
  if (all === 0) return true;
  if (code in SCRIPTS) {
    if (latin === all && isBareName(written)) return true;
    const own = letters(written, SCRIPTS[code]);
    // Han is written in Japanese too, beside kana
    const kana = letters(written, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
    const foreign = all - latin - own + letters(withoutNames(written), LATIN) / LATIN_LETTERS;
    return own > 0 && own >= foreign && kana * 10 < own;
  }
  if (all - latin > letters(withoutNames(written), LATIN) / LATIN_LETTERS) return false;
  const words = wordsOf(written);
  const own = wordLists().get(code) as WordList;
  const others = [...wordLists().values()].filter((list) => list !== own);
  const known = words.filter((word) => own.words.has(word)).length;
  // "vive a" is Italian, though both words are Spanish too
  const foreign =
    words.filter((word) => !own.words.has(word) && others.some((list) => list.words.has(word))).length +
    PAIR *
      pairsOf(words).filter((pair) => !own.pairs.has(pair) && others.some((list) => list.pairs.has(pair)))
        .length;
  if (words.length >= LONG && known < LEAST_SHARE * words.length) return false;
  return known > 0 ? foreign * 2 < known : foreign === 0;
}
