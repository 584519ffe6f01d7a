/**
 * How an answer looks in the terminal while it is written: the draft apart from the answer, and no more of either than
 * will stay. Answers go to stdout; drafts and remarks go to stderr, so that `generate > file` holds answers alone.
 */
import { type Answerer, type GenerateOptions, type Generation, generate } from '../generate/generate.ts';
import type { Answer } from '../methods/parts/segment.ts';
import { isQuiet } from '../note.ts';
import { takesColour } from './show.ts';

/** More characters than a heading with the lines around it has. */
const HEADING = 48;

const dim = (text: string) => (takesColour(process.stderr) ? `\x1b[2m${text}\x1b[0m` : text);

export interface SayOptions extends Partial<GenerateOptions> {
  /** Whether the draft is shown; default true. */
  draft?: boolean;
}

/** Asks once, and prints what the model writes as it writes it. */
export async function say(
  model: Answerer,
  instruction: string,
  { draft = true, onPart, ...options }: SayOptions,
): Promise<Generation> {
  const { stop } = { ...model.recipe?.generate, ...options };
  const write = (text: string) => process.stdout.write(text);
  const aside = (text: string) => !isQuiet() && process.stderr.write(text);
  const stream = answerStream(write, { dim, stop, aside, draft });
  const [generation] = await generate(model, [instruction], {
    ...options,
    onPart(part, index) {
      stream.part(part);
      onPart?.(part, index);
    },
  });
  stream.end(generation);
  return generation;
}

/** The pivot draft, indented, and the answer below it; of an answer that is being written, what there is. */
function formatted({ pivotInstruction, pivotResponse, answer: text = '' }: Partial<Answer>) {
  const indented = (label: string, body?: string) =>
    body ? `  ${label}: ${body.replaceAll('\n', '\n  ')}\n` : '';
  return { draft: indented('understood', pivotInstruction) + indented('draft', pivotResponse), answer: text };
}

/**
 * Prints an answer in the making, and no more of it than will stay: a draft's end may turn out to be a heading, an
 * answer's end one of the texts `stop` or half a letter.
 * @param write takes the answer
 * @param options.aside takes the draft and remarks; default `write`
 */
export function answerStream(
  write: (text: string) => void,
  {
    dim,
    stop = [],
    aside = write,
    draft: showsDraft = true,
  }: { dim: (text: string) => string; stop?: string[]; aside?: (text: string) => void; draft?: boolean },
) {
  const shown = { draft: '', answer: '' };
  const show = (key: keyof typeof shown, text: string) => {
    if (text.length <= shown[key].length || !text.startsWith(shown[key])) return;
    const more = text.slice(shown[key].length);
    if (key === 'answer') write(more);
    else if (showsDraft) aside(dim(more));
    shown[key] = text;
  };
  const held = Math.max(0, ...stop.map(({ length }) => length - 1));
  return {
    part(part: Partial<Answer>) {
      const { draft, answer } = formatted(part);
      show('draft', answer ? draft : draft.slice(0, -HEADING));
      show('answer', answer.slice(0, answer.length - held).replace(/\ufffd+$/, ''));
    },
    end({ status, stopped, text, unanswered, ...generation }: Generation) {
      if (unanswered !== undefined) return aside(`(not answered: ${unanswered})\n`);
      const { draft, answer } = formatted(generation);
      show('draft', draft);
      if (status === 'not found') aside(`(no answer found in: ${text})\n`);
      else show('answer', answer);
      write('\n');
      if (stopped === 'length') aside(`${dim('(cut off: the most tokens allowed were reached)')}\n`);
    },
  };
}
