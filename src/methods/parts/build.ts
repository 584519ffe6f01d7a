/** What methods are put together from: prompts, supervised spans with and without a heading, and the end of a turn. */
import type { Example, LanguageCode, Turn } from './example.ts';
import type { Context, LanguagePair, Role, Segment } from './segment.ts';
import { strip } from './strip.ts';
import { isOurWording } from './wording.ts';

/** System, earlier turns and user, none with a loss. The text of the row follows the method's own. */
export function prompt(
  own: string,
  instruction: string,
  pair: LanguagePair,
  { history = [], system = '' }: Context = {},
): Segment[] {
  const asked = system.trim();
  const said = asked === '' || isOurWording(asked, pair) ? '' : asked;
  const text = [own, said].filter((part) => part !== '').join('\n\n');
  const earlier = history.flatMap((turn): Segment[] => [
    plain('user', turn.instruction),
    plain('targetResponse', turn.response),
    plain('end', ''),
  ]);
  return [...(text ? [plain('system', text)] : []), ...earlier, plain('user', instruction)];
}

const plain = (role: Role, text: string): Segment => ({
  role,
  text: role === 'targetResponse' ? strip(text) : text.trim(),
  supervised: false,
});

/** What stands before turn `turn` of an example whose user writes `asked` and reads `answered`. */
export function contextOf(
  { turns, system }: Example,
  turn: number,
  asked: LanguageCode,
  answered: LanguageCode = asked,
): Context {
  const history = turns[asked]
    .slice(0, turn)
    .map(({ instruction }, i): Turn => ({ instruction, response: turns[answered][i].response }));
  return { history, system: system?.[asked] };
}

/** A supervised span of text alone. */
export const span = (role: Role, text: string): Segment => ({ role, text: strip(text), supervised: true });

/** Supervised spans, each under its heading; the blank line before a heading belongs to the span that it opens. */
export function headedSpans(...spans: { role: Role; heading: string; text: string }[]): Segment[] {
  return spans.map(({ role, heading, text }, i) => ({
    ...span(role, text),
    text: `${i > 0 ? '\n\n' : ''}${heading}\n${strip(text)}`,
  }));
}

/** One sequence a turn of one language alone: its prompt, then the response as the one span. */
export function answering(
  example: Example,
  language: LanguageCode,
  role: Role,
  promptOf: (instruction: string, context: Context) => Segment[],
): Segment[][] {
  return example.turns[language].map(({ instruction, response }, turn) => [
    ...promptOf(instruction, contextOf(example, turn, language)),
    span(role, response),
    END,
  ]);
}

/** The supervised end of a turn: the tokenizer's end token. */
export const END: Segment = { role: 'end', text: '', supervised: true };
