/** Text in the cells of a terminal, where letters of East Asia and pictures are two cells wide. */

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NONE = /\p{Mark}|[\u200b-\u200f\u202a-\u202e\u2060-\u2069]/u;

const cells = (letter: string) => (NONE.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1);

/** Cells that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += cells(letter);
  return width;
}

/** At most `width` cells of a text, on one line; what is cut off is marked by an ellipsis. */
export function cut(text: string, width: number): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  if (widthOf(plain) <= width) return plain;
  let kept = '';
  let taken = 1;
  for (const letter of plain) {
    taken += cells(letter);
    if (taken > width) break;
    kept += letter;
  }
  return width > 0 ? `${kept}…` : '';
}

export const padEnd = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number) =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;
