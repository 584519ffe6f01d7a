/**
 * Names of people and towns. Each is a row of syllables, and every syllable has one spelling a script, so the Latin,
 * Hangul and Han forms of a name correspond letter by letter. The names are made up; the lists leave out what is a
 * word in one of the languages.
 */

/** The scripts that a name is written in. */
export type Script = 'latin' | 'hangul' | 'han';

/** One name in every script. */
export type Name = Record<Script, string>;

export type Gender = 'm' | 'f';

/** A given name; the gender decides articles, adjectives and pronouns. */
export interface GivenName {
  name: Name;
  gender: Gender;
}

const SYLLABLES = `
a 아 阿 | e 에 埃 | o 오 奥 | ma 마 玛 | mi 미 米 | mo 모 莫 | na 나 娜 | ne 네 内 | ni 니 尼 | no 노 诺 | ra 라 拉 | re 레 雷
ri 리 里 | ro 로 罗 | ru 루 鲁 | ta 타 塔 | ti 티 蒂 | to 토 托 | ka 카 卡 | ki 키 基 | ko 코 科 | sa 사 萨 | se 세 塞 | so 소 索
da 다 达 | de 데 德 | do 도 多 | ba 바 巴 | be 베 贝 | bo 보 博 | pa 파 帕 | pe 페 佩 | po 포 波 | ban 반 班 | ran 란 兰
tan 탄 坦 | kan 칸 坎 | ron 론 隆 | bon 본 邦 | min 민 敏 | men 멘 门 | sen 센 森 | ren 렌 伦 | dun 둔 敦 | nam 남 南 | ram 람 拉姆
dem 뎀 德姆 | mel 멜 梅尔 | bel 벨 贝尔 | tal 탈 塔尔 | sol 솔 索尔
`;

const syllables = new Map<string, Name>();
for (const cell of SYLLABLES.trim().split(/\s*[|\n]\s*/)) {
  const [latin, hangul, han] = cell.split(' ');
  syllables.set(latin, { latin, hangul, han });
}

const FEMALE = `mi-re-na ka-ti-ra so-ni-da ta-se-na be-ri-ma do-ri-na ne-ka-ra to-mi-na ri-ba-na sa-bo-ra
pe-ni-ra mo-se-ra ki-da-na no-de-ra se-ko-na ra-mi-da ti-mo-na de-ki-ra bo-ne-da ko-re-ta`;

const MALE = `da-ron ki-ron ko-tan to-ren be-ren mi-dun pe-tan bo-ran do-ban ta-ren ri-dun no-ban ka-sol de-bel
se-tal ni-sol re-mel so-bel de-kan ti-bon`;

const FAMILY = `to-ban ka-de-ro se-do ri-ko po-dun ma-ren do-ki ta-mel so-ram ne-dem mo-ren ka-nam ti-bel ra-ko
de-no ki-men sa-ko pa-ron bo-ri ko-nam re-kan ni-ta ro-min ta-ki ba-ren do-sen mi-bo se-ran pe-mo na-dun`;

const TOWNS = `a-re-ba o-ri-mel e-so-ta ti-ka-mo ro-sa-men ba-ni-do se-ba-nam mo-ti-sol da-ru-bo pe-so-ran na-to-ra
ki-no-bel sa-ri-mo to-be-ka be-ru-na ru-do-tal ma-ko-se re-ba-dun do-ni-sa po-mi-ren ri-so-ka ta-po-ron ne-bo-ti
a-ko-min`;

/** Every syllable that names are made of. */
export const nameSyllables: Name[] = [...syllables.values()];

/** Writes a row of syllables, such as `to-ban`, in every script. */
export function spell(row: string): Name {
  const name: Name = { latin: '', hangul: '', han: '' };
  for (const part of row.split('-')) {
    const syllable = syllables.get(part);
    if (!syllable) throw new Error(`names.ts: expected a known syllable, got "${part}" in "${row}"`);
    name.latin += syllable.latin;
    name.hangul += syllable.hangul;
    name.han += syllable.han;
  }
  name.latin = name.latin[0].toUpperCase() + name.latin.slice(1);
  return name;
}

const spellAll = (rows: string): Name[] => rows.split(/\s+/).map(spell);

/** 20 female and 20 male given names; female ones end in -a, male ones in a consonant. */
export const givenNames: GivenName[] = [
  ...spellAll(FEMALE).map((name): GivenName => ({ name, gender: 'f' })),
  ...spellAll(MALE).map((name): GivenName => ({ name, gender: 'm' })),
];

/** 30 family names. */
export const familyNames: Name[] = spellAll(FAMILY);

/** 24 towns. */
export const townNames: Name[] = spellAll(TOWNS);
