/**
 * Texts to the words that measures count. Scripts without spaces between words (Chinese, Japanese, Thai and the like)
 * are taken character by character; Korean and all others word by word, as spaces divide them.
 */

/** Scripts that write no spaces between words. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
/** One character of these scripts, with its combining marks. */
const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED}]\\p{M}*`, 'gu');
/** That, or the letters and digits of a word. */
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** Punctuation of any script, and the symbols among ASCII that SQuAD counts to it. */
const PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;

/** Articles, which do not change a short answer. Other languages keep all words. */
const ARTICLES: Record<string, RegExp> = {
  en: /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu,
  es: /(?<![\p{L}\p{N}_])(?:un|una|unos|unas|el|la|los|las)(?![\p{L}\p{N}_])/gu,
  it: /(?<![\p{L}\p{N}_])(?:un|uno|una|il|lo|la|i|gli|le|l)(?![\p{L}\p{N}_])/gu,
};

/** An apostrophe between an article and its word, as in "l'uomo". */
const ELISION = /(?<=\p{L})['’](?=\p{L})/gu;

/**
 * The words of a short answer as SQuAD compares them (Rajpurkar et al. 2016), and MLQA in other languages (Lewis et al.
 * 2020): small letters, no punctuation, no articles. The Italian rules, for articles and for apostrophes, are ours.
 */
export function answerWords(text: string, language: string): string[] {
  const lower = text.normalize('NFC').toLowerCase();
  const bare = (language === 'it' ? lower.replace(ELISION, ' ') : lower).replace(PUNCTUATION, '');
  const said = ARTICLES[language] ? bare.replace(ARTICLES[language], ' ') : bare;
  return said.replace(UNSPACED_CHARACTER, ' $& ').split(/\s+/).filter(Boolean);
}

/**
 * The words that ROUGE counts. English has those of Google's `rouge_score`, without stemmer: runs of ASCII letters and
 * digits. That leaves nothing of other scripts, so any other language has runs of letters and digits of all of Unicode.
 */
export function rougeWords(text: string, language: string): string[] {
  const lower = text.toLowerCase();
  if (language === 'en') return lower.match(/[a-z0-9]+/g) ?? [];
  return lower.normalize('NFC').match(WORD) ?? [];
}
