/**
 * How answers in Korean are read: nouns carry particles and the copula, denials follow what they deny, and short nouns
 * are verbs, counters or parts of longer words elsewhere (배우다, 세 개, 말하다, 양파).
 */
import { ko as world } from '../../world/languages/ko.ts';
import type { Reading } from '../reading.ts';

/** Particles, up to three of which end a noun. */
const PARTICLES =
  '은|는|이|가|을|를|의|와|과|에|에서|에게|에게서|한테|한테서|께|께서|로|으로|도|만|보다|처럼|랑|이랑|하고|까지|부터|' +
  '나|이나|든|라도|이라도|씨|님|들|시|야|이야|요|고|며|지|지만|지요|면|이면|뿐|말고';
/** How the copula begins. */
const COPULA =
  '이에요|예요|에요|이예요|입니|이다|이고|이며|이지|이라|라고|라는|라서|라며|라기|란|인|일|이었|였|이죠|죠|이네|네요|여서|이니|니까';

const TENS = ['', '', '스물', '서른', '마흔', '쉰', '예순', '일흔'];
const UNITS = ['', '하나', '둘', '셋', '넷', '다섯', '여섯', '일곱', '여덟', '아홉'];
const BEFORE_COUNTER: Record<string, string> = { 하나: '한', 둘: '두', 셋: '세', 넷: '네' };
const SINO = ['', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];

function numeral(n: number): string[] {
  const [tens, units] = [Math.floor(n / 10), n % 10];
  const native =
    n === 18 ? '열여덟' : n === 19 ? '열아홉' : TENS[tens] + (BEFORE_COUNTER[UNITS[units]] ?? UNITS[units]);
  const sino = `${tens > 1 ? SINO[tens] : ''}십${SINO[units]}`;
  return [`${n === 20 ? '스무' : native} 살`, `${n === 20 ? '스무' : native}살`, `${sino} 세`, `${sino}세`];
}

export const ko: Reading = {
  world,
  edges: {
    before: '(?<![가-힣])',
    after: `(?=(?:${COPULA})|(?:${PARTICLES}){0,3}(?![가-힣]))`,
  },
  nameGap: '\\s*',
  otherForms: {
    dog: ['강아지'],
    turtle: ['거북'],
    yoghurt: ['요거트'],
    risotto: ['리조또', '리조토'],
    'police-officer': ['경찰'],
    teacher: ['선생님'],
  },
  plural: (noun) => noun,
  numeral,
  notThis: {
    개: { before: /(?:\d|(?<![가-힣])(?:[한두세네몇]|다섯|여섯|일곱|여덟|아홉|열|여러))\s*$/ },
    말: {
      before: /(?:라는|다는|란|정|한|이|그)\s*$/,
      after:
        /^(?:고(?![가-힣])|을\s*(?:하|해|한|할|했|걸|듣|잘)|이\s*(?:많|없|맞|틀)|은\s*(?:맞|틀|사실|거짓)|로\s*(?:하|말))/,
    },
    배우: { before: /(?:에게서?|한테서?|께|에서|[을를])\s*$/ },
    선생님: { before: /의\s*$/, after: /^(?:은|이(?![가-힣])|:|\s+[가-힣]{2,3}\s+[가-힣]{2,3})/ },
    양: { before: /\d\s*$/, after: /^이\s*(?:많|적)/ },
  },
  notAge: {
    after: /^\s*(?:살\s*)?(?:차이|더|많|어[려리립린]|적|위|아래)|^\s*(?:마리|개(?!월)|명|번|권|송이|자루)/,
  },
  clauseEnd: /[.,;:!?。\n]|(?<!말)(?:고|며|지만|는데|니까)(?=\s)(?!\s*있)/g,
  denies: { after: /아[니닌닙냐녜]|않|말고|대신|틀[렸린려립]|거짓|사실무근/ },
  either: /^(?:이?나|,|\s*또는|\s*혹은|[와과]|도)\s+$/,
  together: /^(?:[와과]|이?랑|하고|,|\s*그리고)\s*$/,
  both: /두\s*사람|둘\s*(?:다|모두)|모두|둘은/g,
  yes: /^(?:네|예|응|맞아요|맞습니다|그래요|그렇습니다|그렇죠|물론)(?![가-힣])/,
  no: /^(?:아니요|아뇨|아니오|아니에요|아닙니다|아니|틀렸어요|틀려요|틀립니다|그렇지\s*않아요)(?![가-힣])/,
  same: /같[은아이습]/,
  different: /다[르른릅]|달라|같지\s*않/,
  older: /(?:나이가?|더)\s*(?:더\s*)?많|연상|손위|연장자/g,
  younger: /(?:나이가?|더)\s*(?:더\s*)?적|어[려리립린]|연하|젊/g,
  than: { after: /^보다/ },
  isThen: /^[은을]?\s*(?:사람|쪽|분)은\s*$/,
  role(before, after) {
    if (/^의\s*(?:선생|스승|교사)/.test(after) || /^[을를]\s*가르/.test(after)) return 'student';
    if (/^(?:에게서?|한테서?|께|께서)\s*배/.test(after)) return 'teacher';
    if (/(?:선생님|스승)(?:은|이|:|이신)?\s*$/.test(before)) return 'teacher';
    return /^[이가은는]\s[^.,]{0,20}가르/.test(after) ? 'teacher' : null;
  },
  article: /^$/,
};
