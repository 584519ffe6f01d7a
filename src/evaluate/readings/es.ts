/** How answers in Spanish are read: plurals, and "no", which answers as well as denies. */
import { es as world } from '../../world/languages/es.ts';
import { latinEdges, type Reading } from '../reading.ts';

const TENS = ['', '', 'veinte', 'treinta', 'cuarenta', 'cincuenta', 'sesenta', 'setenta'];
const UNITS = ['', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'];
const TWENTIES: Record<number, string> = { 22: 'veintidós', 23: 'veintitrés', 26: 'veintiséis' };

function numeral(n: number): string[] {
  if (n === 18) return ['dieciocho'];
  if (n === 19) return ['diecinueve'];
  const [tens, unit] = [TENS[Math.floor(n / 10)], UNITS[n % 10]];
  if (!unit) return [tens];
  if (n === 21) return ['veintiuno', 'veintiún'];
  if (n < 30) return [TWENTIES[n] ?? `veinti${unit}`];
  return unit === 'uno' ? [`${tens} y uno`, `${tens} y un`] : [`${tens} y ${unit}`];
}

function plural(noun: string): string {
  if (noun.endsWith('z')) return `${noun.slice(0, -1)}ces`;
  return /[aeiouáéí]$/.test(noun) ? `${noun}s` : `${noun}es`;
}

const TEACHER = '(?:profesora?|maestr[oa])';
const HEADING = {
  before: /\bsu\s+$/i,
  after: /^(?:\s+(?:de|es|era)(?!\p{L})|\s+se\s+llama|\s*:)/iu,
};

export const es: Reading = {
  world,
  edges: latinEdges,
  nameGap: '\\s+',
  otherForms: {
    dog: ['perra', 'perras'],
    cat: ['gata', 'gatas'],
    rabbit: ['coneja'],
    elephant: ['elefanta'],
    yoghurt: ['yogurt'],
    doctor: ['doctor', 'doctora'],
    'police-officer': ['agente de policía'],
  },
  plural,
  numeral,
  notThis: { profesor: HEADING, profesora: HEADING },
  notAge: {
    before: /\b(?:lleva|por)\s+$/i,
    after: /^\s*años\s+(?:más|menos|mayor|menor|de\s+diferencia)/i,
  },
  clauseEnd: /[.,;:!?¿¡\n]|(?<!\p{L})(?:sino|pero|y|e|así\s+que|porque)(?!\p{L})/giu,
  denies: {
    before:
      /\b(?:no(?!\s+s[oó]lo)|nunca|jamás|tampoco|ni|en\s+(?:vez|lugar)\s+de|es\s+(?:falso|mentira|incorrecto)\s+que)(?!\p{L})/iu,
    after: /\bes\s+(?:fals[oa]|incorrect[oa]|mentira|erróne[oa])|^\s*no\s+(?:es|son|era)\s+\S/iu,
  },
  either: /^,?\s*(?:o|u|ni)\s+(?:(?:en|con|el|la|los|las|un|una)\s+){0,2}$/i,
  together: /^\s*(?:,|y|e)\s+$/i,
  both: /\b(?:amb[oa]s|l[oa]s\s+dos)\b/gi,
  yes: /^(?:sí(?!\p{L})|si(?=\s*(?:[,.;:!]|$))|claro|correcto|exacto|cierto|verdad|es\s+(?:verdad|cierto))/iu,
  no: /^(?:no(?=\s*(?:[,.;:!]|$))|falso|incorrecto|mentira|no\s+es\s+(?:verdad|cierto|correcto))/iu,
  same: /\bmism[oa]s?\b/i,
  different: /\b(?:distint|diferente)|\bno\b[^.]*\bmism[oa]s?\b/i,
  older: /\b(?:mayor|más\s+(?:viej[oa]|grande|edad))(?!\p{L})/giu,
  younger: /\b(?:menor|más\s+(?:joven|pequeñ[oa])|menos\s+edad)(?!\p{L})/giu,
  than: { before: /\b(?:más|menos|mayor|menor)(?:\s+\p{L}+)?\s+que\s+$/iu },
  isThen: /^(?:\s+de\s+l[oa]s\s+dos)?(?:\s+es\s+|\s*:\s*)$/i,
  role(before, after) {
    if (new RegExp(`(?:${TEACHER}\\s+de|enseña\\s+a)\\s+$`, 'i').test(before)) return 'student';
    if (/(?:estudia|aprende|clases?)\s+(?:con|de)\s+$/i.test(before)) return 'teacher';
    if (
      new RegExp(`${TEACHER}(?:\\s+de\\s+[^.,;]{3,30})?(?:\\s+(?:es|se\\s+llama)|:)?\\s+$`, 'i').test(before)
    )
      return 'teacher';
    return /^\s+(?:le\s+)?enseña(?!\p{L})/iu.test(after) ? 'teacher' : null;
  },
  article: /^(?:el|los|las?|una?|en)\s+/i,
};
