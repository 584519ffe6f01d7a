/**
 * The paper's chat text: `<|system|>\n…\n<|user|>\n…\n<|assistant|>\n…{end token}`. The markers are plain text and
 * carry no loss; a turn ends by the end token's id alone. This is the only place that knows the template.
 */
import type { Role, Segment } from './segment.ts';

/** A stretch of text to tokenize in one go, or the end token; `role` is null where no loss is taken. */
export type Piece = { text: string; role: Role | null } | { end: true; role: 'end' | null };

/** Pieces in order. Unsupervised neighbours are one piece, so that a prompt is tokenized whole. */
export function renderChat(segments: Segment[]): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  const flush = () => {
    if (plain) pieces.push({ text: plain, role: null });
    plain = '';
  };
  for (const { role, text, supervised } of segments) {
    if (role === 'system') plain += `<|system|>\n${text}\n`;
    else if (role === 'user') plain += `<|user|>\n${text}\n<|assistant|>\n`;
    else if (role === 'end') {
      flush();
      pieces.push({ end: true, role: supervised ? 'end' : null });
      if (!supervised) plain = '\n';
    } else if (supervised) {
      flush();
      pieces.push({ text, role });
    } else plain += text;
  }
  flush();
  return pieces;
}
