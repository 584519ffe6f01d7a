/**
 * What is typed in a terminal, with a pasted text kept in one piece: its line breaks come through as a sign that is no
 * line break, so that the line editor does not take each line for a question of its own. Terminals mark a paste where
 * they are asked to ("bracketed paste"); where one does not, several lines in one read are a paste too.
 */
import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const START = '\x1b[200~';
const END = '\x1b[201~';
/** Asks a terminal to mark what is pasted, and to stop doing so. */
export const MARK_PASTES = '\x1b[?2004h';
export const NO_MARKS = '\x1b[?2004l';

/** Shown in place of a line break within a pasted text. */
const BREAK = '⏎';

/** The lines of a text that came through `pasteStream`. */
export const withBreaks = (line: string): string => line.replaceAll(BREAK, '\n');

/** Line breaks within `text`, those at its end left out. */
const joined = (text: string) => text.replace(/\r\n|\r|\n/g, BREAK);

/** Whether `text` ends with the beginning of a mark, of which the rest is yet to come. */
function cutMark(text: string): number {
  for (let length = Math.min(START.length - 1, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (START.startsWith(end) || END.startsWith(end)) return length;
  }
  return 0;
}

/** Keys in, keys out, with pastes in one piece. */
export function pasteStream(): Transform {
  const decoder = new StringDecoder('utf8');
  let pasting = false;
  let held = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = held + decoder.write(chunk);
      const cut = cutMark(text);
      held = cut > 0 ? text.slice(-cut) : '';
      let rest = cut > 0 ? text.slice(0, -cut) : text;
      let out = '';
      if (!pasting && !rest.includes(START)) {
        const [, body, end] = /^(.*?)([\r\n]*)$/s.exec(rest) ?? [];
        done(null, joined(body) + (end ? '\r' : ''));
        return;
      }
      while (rest !== '') {
        const at = rest.indexOf(pasting ? END : START);
        const part = at < 0 ? rest : rest.slice(0, at);
        out += pasting ? joined(part) : part;
        if (at >= 0) pasting = !pasting;
        rest = at < 0 ? '' : rest.slice(at + START.length);
      }
      done(null, out);
    },
  });
}
