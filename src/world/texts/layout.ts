/**
 * How documents look: paragraphs, lists, questions with answers as pages, books and forums write them. Who has seen a
 * sentence in one layout alone knows it in that one alone.
 */
import { between, pick, type Random } from '../random.ts';
import type { Text } from './text.ts';

/** A way to write a question and its answer; both stand in one line each. */
type Ask = (question: string, answer: string) => string;

const ASKS: Ask[] = [
  (q, a) => `${q}\n${a}`,
  (q, a) => `${q}\n\n${a}`,
  (q, a) => `Q: ${q}\nA: ${a}`,
  (q, a) => `Q: ${q}\n\nA: ${a}\n`,
  (q, a) => `- ${q}\n- ${a}`,
  (q, a) => `— ${q}\n— ${a}`,
  (q, a) => `# ${q}\n${a}`,
  (q, a) => `## ${q}\n\n${a}\n`,
  (q, a) => `**${q}**\n${a}`,
  (q, a) => `> ${q}\n\n${a}`,
  (q, a) => `? ${q}\n! ${a}`,
  (q, a) => `[${q}]\n[${a}]`,
  (q, a) => `"${q}"\n"${a}"`,
  (q, a) => `(1)\n${q}\n(2)\n${a}`,
  (q, a) => `Q:\n${q}\n\nA:\n${a}`,
  (q, a) => `<q>\n${q}\n<a>\n${a}`,
  (q, a) => `<p>${q}</p>\n<p>${a}</p>`,
  (q, a) => `{"q": "${q}", "a": "${a}"}`,
  (q, a) => `${q}\t${a}`,
  (q, a) => `* ${q}\n  ${a}`,
];

/** Ways to write one text in two languages. */
const PAIRS: Ask[] = [
  (one, other) => `${one}\n${other}`,
  (one, other) => `${one}\n${other}`,
  (one, other) => `${one}\n\n${other}`,
  (one, other) => `${one} = ${other}`,
  (one, other) => `${one}\t${other}`,
  (one, other) => `- ${one}\n- ${other}`,
  (one, other) => `(1)\n${one}\n(2)\n${other}`,
];

/** What begins each paragraph. */
const MARKS: ((i: number) => string)[] = [
  () => '- ',
  () => '* ',
  (i) => `${i + 1}. `,
  (i) => `(${i + 1})\n`,
  () => '> ',
  () => '<p>\n',
  (i) => `# ${i + 1}\n`,
];

/** The text of a document in a layout of its own. */
export function laidOut(random: Random, page: Text[]): string {
  const ask = random() < 0.3 ? null : pick(random, ASKS);
  const pair = pick(random, PAIRS);
  const mark = random() < 0.6 ? null : pick(random, MARKS);
  // Where a paragraph takes several lines, a blank one tells it from the next.
  const lines = [1, 1, 2, 2, 3][between(random, 0, 4)];
  const written = page.map(({ text, asked, kind }) => {
    if (asked) return ask ? ask(...asked) : text;
    if (kind !== 'parallel') return text;
    const [one, other] = text.split('\n');
    return pair(one, other);
  });
  const paragraphs = written.map((text, i) => (mark ? `${mark(i)}${text}` : text));
  const many = paragraphs.some((text) => text.trim().includes('\n'));
  return paragraphs.join('\n'.repeat(many ? Math.max(2, lines) : lines));
}
