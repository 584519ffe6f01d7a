/**
 * Examples as text in which one sees what is learned: the tokens of each supervised span in a colour, the rest
 * dim; without colours, spans stand in brackets with their name. `npm run data -- --show` prints it.
 */
import type { Encoded } from '../data/tokens/encode.ts';
import { piecesOf } from '../data/tokens/pieces.ts';
import { SPANS, type Span } from '../methods/parts/segment.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

const COLOURS: Record<Span, number> = {
  pivotInstruction: 36,
  pivotResponse: 33,
  targetResponse: 32,
  end: 35,
};
const DIM = 2;

/** Whether output takes colours: on a terminal, unless NO_COLOR is set. */
export const takesColour = (out: NodeJS.WriteStream = process.stdout): boolean =>
  out.isTTY === true && !process.env.NO_COLOR;

const nameOf = (span: number) => (span < 0 ? 'not supervised' : SPANS[span]);

/** `text` in the colour of `span`, line by line, so that a pager keeps it. */
function paint(text: string, span: number): string {
  const code = span < 0 ? DIM : COLOURS[SPANS[span]];
  const lines = text.split('\n');
  return lines.map((line) => (line ? `\x1b[${code}m${line}\x1b[0m` : line)).join('\n');
}

function mark(text: string, span: number, colour: boolean): string {
  if (colour) return paint(text, span);
  return span < 0 ? text : `[${SPANS[span]}: ${text}]`;
}

/** One line naming what each colour, or bracket, stands for. */
export function legend(colour: boolean): string {
  const spans = [-1, ...SPANS.keys()];
  return colour
    ? spans.map((span) => paint(nameOf(span), span)).join('  ')
    : '[span: …] is supervised, the rest is not';
}

/** The text of each stretch of tokens that belong together. */
function stretches(example: Encoded, tokenizer: Tokenizer): { text: string; span: number }[] {
  const found: { text: string; span: number }[] = [];
  for (const { text, span: name } of piecesOf(example, tokenizer)) {
    const span = name ? SPANS.indexOf(name) : -1;
    const last = found.at(-1);
    if (last?.span === span) last.text += text;
    else found.push({ text, span });
  }
  return found;
}

/** Numbers in lines of at most 100 characters, coloured token by token. */
function idLines({ ids, spans }: Encoded, colour: boolean): string {
  let lines = '';
  let width = 0;
  for (const [i, id] of ids.entries()) {
    const text = String(id);
    if (width + text.length + 1 > 100) {
      lines += '\n';
      width = 0;
    }
    lines += `${width ? ' ' : ''}${colour ? paint(text, spans[i]) : text}`;
    width += text.length + 1;
  }
  return lines;
}

/** An example as `--show` prints it: a line on its size, its text, and with `ids` its token ids. */
export function showExample(
  example: Encoded,
  tokenizer: Tokenizer,
  { colour, ids = false }: { colour: boolean; ids?: boolean },
): string {
  const supervised = example.spans.reduce((count, span) => count + (span >= 0 ? 1 : 0), 0);
  const title = `── ${example.id}: ${example.ids.length} tokens, ${supervised} supervised`;
  const text = stretches(example, tokenizer)
    .map(({ text, span }) => mark(text, span, colour))
    .join('');
  return [title, text, ...(ids ? [idLines(example, colour)] : [])].join('\n');
}
