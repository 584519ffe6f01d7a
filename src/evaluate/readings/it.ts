/** How answers in Italian are read: elision, plurals, "non" and its reach. */
import { it as world } from '../../world/languages/it.ts';
import { latinEdges, type Reading } from '../reading.ts';

const TENS = ['', '', 'venti', 'trenta', 'quaranta', 'cinquanta', 'sessanta', 'settanta'];
const UNITS = ['', 'uno', 'due', 'tre', 'quattro', 'cinque', 'sei', 'sette', 'otto', 'nove'];

function numeral(n: number): string[] {
  if (n === 18) return ['diciotto'];
  if (n === 19) return ['diciannove'];
  const [tens, unit] = [TENS[Math.floor(n / 10)], UNITS[n % 10]];
  // ventuno, ventotto: the tens lose their vowel before another
  if (/^[uo]/.test(unit))
    return unit === 'uno'
      ? [`${tens.slice(0, -1)}uno`, `${tens.slice(0, -1)}un`]
      : [`${tens.slice(0, -1)}otto`];
  return unit === 'tre' ? [`${tens}tré`] : [tens + unit];
}

function plural(noun: string): string {
  if (noun.endsWith('io')) return noun.slice(0, -1);
  if (/[cg]a$/.test(noun)) return `${noun.slice(0, -1)}he`;
  if (noun.endsWith('co')) return `${noun.slice(0, -1)}hi`;
  if (noun.endsWith('ista')) return `${noun.slice(0, -1)}i`;
  return noun.endsWith('a') ? `${noun.slice(0, -1)}e` : `${noun.slice(0, -1)}i`;
}

/** Words for a teacher, which are headings where a name follows. */
const TEACHER = '(?:insegnante|maestr[oa]|docente|professor(?:e|essa))';

export const it: Reading = {
  world,
  edges: latinEdges,
  nameGap: '\\s+',
  otherForms: {
    cat: ['gatta', 'gatte'],
    rabbit: ['coniglia'],
    elephant: ['elefantessa'],
    yoghurt: ['yoghurt'],
    doctor: ['medico', 'medica'],
    lawyer: ['avvocatessa'],
    'police-officer': ['agente di polizia'],
  },
  plural,
  numeral,
  notThis: {
    insegnante: {
      before: /\b(?:suo|sua|loro)\s+$/i,
      after: /^(?:\s+(?:di|è|era)(?!\p{L})|\s+si\s+chiama|\s*:)/iu,
    },
  },
  notAge: {
    before: /(?:grande|giovane|vecchi[oa]|anzian[oa]|maggiore|minore)\s+di\s+$/i,
    after: /^\s*anni\s+(?:(?:in\s+)?(?:più|meno)|di\s+differenza)/i,
  },
  clauseEnd: /[.,;:!?\n]|(?<!\p{L})(?:ma|bensì|però|ed?|quindi|perché)(?!\p{L})/giu,
  denies: {
    before:
      /\b(?:non(?!\s+sol)|mai|anziché|invece\s+(?:di|che)|piuttosto\s+che|neanche|nemmeno|falso\s+che)(?!\p{L})|(?<!\p{L})né(?!\p{L})/iu,
    after: /(?<!\p{L})è\s+(?:falso|sbagliat[oa]|errat[oa]|scorrett[oa])|^\s*non\s+(?:è|sono|era)\s+\S/iu,
  },
  either: /^,?\s*(?:o|oppure|né)\s+(?:(?:ad?|con|il|lo|la|gli|i|un|uno|una)\s+|l['’]|un['’])?$/i,
  together: /^\s*(?:,|ed?)\s+$/i,
  both: /\b(?:entramb[ie]|tutt[ie]\s+e\s+due|ambedue)\b/gi,
  yes: /^(?:sì(?!\p{L})|si(?=\s*(?:[,.;:!]|$))|esatto|certo|giusto|vero|è\s+vero|corretto)/iu,
  no: /^(?:no(?=\s*(?:[,.;:!]|$))|falso|sbagliato|non\s+è\s+(?:vero|corretto|giusto))/iu,
  same: /\bstess[oai]/i,
  different: /\bdivers[aeio]|\bnon\b[^.]*\bstess[oai]/i,
  older: /\b(?:più\s+(?:grande|vecchi[oa]|anzian[oa])|maggiore)(?!\p{L})/giu,
  younger: /\b(?:più\s+(?:giovane|piccol[oa])|minore)(?!\p{L})/giu,
  than: {
    before: /(?<!\p{L})(?:(?:più|meno|maggiore|minore)(?:\s+\p{L}+)?\s+(?:di|che)|rispetto\s+ad?)\s+$/iu,
  },
  isThen: /^(?:\s+(?:dei|delle|tra\s+i|fra\s+i)\s+due)?(?:\s+è\s+|\s*:\s*)$/i,
  role(before, after) {
    if (new RegExp(`(?:${TEACHER}\\s+di|insegna\\s+ad?)\\s+$`, 'i').test(before)) return 'student';
    if (/(?:studia|impara|lezion[ei]|va a lezione)\s+(?:con|da)\s+$/i.test(before)) return 'teacher';
    if (
      new RegExp(`${TEACHER}(?:\\s+di\\s+[^.,;]{3,30})?(?:\\s+(?:è|si\\s+chiama)|:)?\\s+$`, 'i').test(before)
    )
      return 'teacher';
    return /^\s+insegna\b/i.test(after) ? 'teacher' : null;
  },
  article: /^(?:(?:il|lo|la|gli|i|le|uno?|una|ad?)\s+|l['’]|un['’])/i,
};
