/**
 * How answers in Chinese are read: no spaces bound a word, so short nouns name the longer words that they are parts of
 * (马上, 热狗), and 不 counts as a denial only where it is one.
 */
import { numeral, zh as world } from '../../world/languages/zh.ts';
import type { Reading } from '../reading.ts';

export const zh: Reading = {
  world,
  edges: { before: '', after: '' },
  nameGap: '[·・•‧\\s]?',
  otherForms: {
    rabbit: ['兔'],
    duck: ['鸭'],
    eagle: ['鹰'],
    turtle: ['龟'],
    pizza: ['比萨', '披萨'],
    spaghetti: ['意面'],
    'ice-cream': ['冰激凌'],
    teacher: ['老师'],
    doctor: ['大夫'],
    'police-officer': ['警官'],
  },
  plural: (noun) => noun,
  numeral: (n) => [numeral(n)],
  notThis: {
    马: { before: /[河斑罗海木人巴奥黑]$/, after: /^[上路铃车力虎戏桶来克拉达]/ },
    狗: { before: /[热海天走黑]$/, after: /^[熊粮]/ },
    猫: { before: /[熊夜]$/, after: /^头鹰/ },
    蛇: { after: /^年/ },
    鸭: { before: /[烤填]$/ },
    鹰: { before: /头$/ },
    医生: { before: /兽$/ },
    老师: { after: /^(?:是|叫|为|：|:|学|[^，。\s]{2,8}[·・•‧])/ },
    教师: { after: /^(?:是|叫|为|：|:)/ },
  },
  notAge: { before: /[大小长]了?\s*$/, after: /^\s*(?:只|个|条|匹|头|本|名|位|次|岁之差)/ },
  clauseEnd: /[。，；：:,.;!?！？\n]|而是|而|但是|但|所以/g,
  denies: {
    before: /不(?!过|仅|但|只|光|同|久|错)|没(?!错)|非(?!常)|并无/,
    after: /(?:是|说法|并)[^，。]{0,4}(?:错|不对|不正确|不实|假)|^不(?:是|对)[^，。]/,
  },
  either: /^(?:或者?|、|还是|也不是|和|与)(?:住?在|一?[只匹条头])?$/,
  together: /^(?:和|与|、|跟|及)$/,
  both: /两人|二人|两个人|他们|她们|都/g,
  yes: /^(?:是的|是(?=[，。,.！!]|$)|对|没错|正确|嗯|没有错)/,
  no: /^(?:不是|不对|不(?=[，。,.！!]|$)|错|没有(?=[，。]|$)|否|并非|不正确)/,
  same: /(?:相同|同一|一样|同样|同座)/,
  different: /不同|不一样|不在同|不是同|没有.{0,4}(?:同|一样)|不.{0,6}(?:相同|同一|一样)/,
  older: /年长|更大|较大|大一些|大(?!象|学|家)(?=[。，,.了\d]|$)|年[龄纪][更比较]?大/g,
  younger: /年轻|年幼|更小|较小|小一些|小(?=[。，,.了\d]|$)|年[龄纪][更比较]?小/g,
  than: { before: /比$/, after: /^相比/ },
  isThen: /^(?:一些)?的(?:人|那位)?(?:是|：|:)$/,
  role(before, after) {
    if (/^的(?:老师|教师)/.test(after) || /教过?$/.test(before)) return 'student';
    if (/(?:跟着?|向|随|和|与|从)$/.test(before) && /^(?:老师)?(?:那里)?(?:学|上课)/.test(after))
      return 'teacher';
    if (/(?:老师|教师)(?:是|叫|为|：|:)?$/.test(before)) return 'teacher';
    return /^(?:教(?!师)|是[^，。住]{2,12}的(?:老师|教师))/.test(after) ? 'teacher' : null;
  },
  article: /^(?:一?[只匹条头])/,
};
