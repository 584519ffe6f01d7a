/** How answers in English are read. */
import { en as world } from '../../world/languages/en.ts';
import { latinEdges, type Reading } from '../reading.ts';

const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy'];
const UNITS = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function numeral(n: number): string[] {
  if (n === 18) return ['eighteen'];
  if (n === 19) return ['nineteen'];
  const [tens, unit] = [TENS[Math.floor(n / 10)], UNITS[n % 10]];
  return unit ? [`${tens}-${unit}`, `${tens} ${unit}`] : [tens];
}

export const en: Reading = {
  world,
  edges: latinEdges,
  nameGap: '\\s+',
  otherForms: {
    yoghurt: ['yogurt'],
    'police-officer': ['policeman', 'policewoman'],
    vet: ['veterinarian'],
  },
  plural: (noun) => (noun === 'sheep' ? noun : `${noun}s`),
  numeral,
  notThis: {
    teacher: {
      before: /(?:['’]s?|\b(?:his|her|their))\s+$/i,
      after: /^(?:\s+(?:of|is|was)\b|\s*:)/i,
    },
  },
  notAge: { after: /^\s*years?\s+(?:older|younger|apart|more|less|between)/i },
  clauseEnd: /[.,;:!?\n]|\b(?:but|and|so|because)\b/gi,
  denies: {
    before:
      /\b(?:not(?!\s+only)|never|nor|neither|cannot|instead\s+of|rather\s+than|no\s+longer|(?:false|wrong|untrue|incorrect)\s+that)\b|n['’]t\b/i,
    after: /\b(?:is|are|was)\s+(?:wrong|false|incorrect|untrue)|^\s*(?:is|are|was)(?:\s+not|n['’]t)\s+\S/i,
  },
  either: /^,?\s*(?:or|nor)\s+(?:(?:in|an?|the|with)\s+)?$/i,
  together: /^\s*(?:,|&|and|,\s*and)\s+$/i,
  both: /\bboth\b|\bthey\b/gi,
  yes: /^(?:yes|yeah|yep|right|correct|true|indeed|that['’]s (?:right|true|correct))\b/i,
  no: /^(?:no|nope|wrong|false|incorrect|that['’]s (?:wrong|false|not true|not right))\b/i,
  same: /\bsame\b/i,
  different: /\bdifferent\b|(?:\bnot|n['’]t)\b[^.]*\bsame\b/i,
  older: /\b(?:older|oldest|elder|eldest)\b/gi,
  younger: /\byoung(?:er|est)\b/gi,
  than: { before: /\bthan\s+$/i },
  isThen: /^(?:\s+(?:one|person|of\s+the\s+two))?(?:\s+is\s+|\s*:\s*)$/i,
  role(before, after) {
    if (/^['’]s?\s+(?:\w+\s+)?teacher/i.test(after)) return 'student';
    if (/(?:teacher\s+of|teach(?:es|ing)?|taught)\s+$/i.test(before)) return 'student';
    if (/(?:stud(?:y|ies|ying)|learns?|taught|lessons|classes)\s+(?:with|from|under|by)\s+$/i.test(before))
      return 'teacher';
    if (/teacher(?:\s+(?:is|was)|,|:)?\s+$/i.test(before)) return 'teacher';
    return /^\s+teaches\b/i.test(after) ? 'teacher' : null;
  },
  article: /^(?:an?|the|in)\s+/i,
};
