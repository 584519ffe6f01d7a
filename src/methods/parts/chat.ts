/**
 * The paper's chat text: `<|system|>\n…\n<|user|>\n…\n<|assistant|>\n…{end token}`. The markers are plain text and
 * carry no loss; a turn ends by the end token's id alone. This is the only place that knows the template.
 */
import type { Segment, Span } from './segment.ts';

/** Text that belongs to one span, or to none where no loss is taken. */
export interface Part {
  text: string;
  span: Span | null;
}

/** The text up to an end token, or up to where the model begins to write. Neighbours of no span are one part. */
export interface Stretch {
  parts: Part[];
  /** The end token behind it: with a loss, without one, or none there. */
  end: 'supervised' | 'plain' | null;
  /** Id of that token, where it is not the tokenizer's end token. */
  endId?: number;
}

/** Stretches in order. Their texts and end tokens, one after the other, are the whole chat. */
export function renderChat(segments: Segment[]): Stretch[] {
  const stretches: Stretch[] = [];
  let parts: Part[] = [];
  const add = (text: string, span: Span | null) => {
    const last = parts.at(-1);
    if (last && span === null && last.span === null) last.text += text;
    else parts.push({ text, span });
  };
  for (const { role, text, supervised } of segments) {
    if (role === 'system') add(`<|system|>\n${text}\n`, null);
    else if (role === 'user') add(`<|user|>\n${text}\n<|assistant|>\n`, null);
    else if (role === 'end') {
      stretches.push({ parts, end: supervised ? 'supervised' : 'plain' });
      parts = [];
      if (!supervised) add('\n', null);
    } else add(text, supervised ? role : null);
  }
  if (parts.length > 0) stretches.push({ parts, end: null });
  return stretches;
}
