/**
 * Whole chat texts as the project trains on them: the methods' segments of real rows, through the chat template. The
 * end token, an id of its own, is left out. `run.ts` compares their ids with Python's of the whole text.
 */
import { join } from 'node:path';
import { getMethod } from '../../src/methods/index.ts';
import { renderChat } from '../../src/methods/parts/chat.ts';
import type { Example, Turn } from '../../src/methods/parts/example.ts';
import { type Group, readRows } from './texts.ts';

type Fields = Record<string, string | undefined>;

const files = [
  { name: 'alpaca', path: ['train', 'alpaca_en_zh.jsonl'], target: 'zh' },
  { name: 'mtbench', path: ['train', 'mtbench_en_ko.jsonl'], target: 'ko' },
];

/** Chat texts of `rows` rows of each file, for PLUG and for monolingual training. */
export function chatTexts(folder: string, rows: number): Group[] {
  return files.flatMap(({ name, path, target }) => {
    const settings = { target, pivot: 'en', translationRate: 0 };
    const examples = readRows<Fields & { id: string }>(join(folder, ...path))
      .slice(0, rows)
      .map((row) => exampleOf(row, [target, 'en']));
    return ['plug', 'monolingual'].map((method) => ({
      name: `chats of ${name}, ${method}`,
      texts: examples.flatMap((example) => getMethod(method).segments(example, settings).map(textOf)),
    }));
  });
}

function textOf(segments: Parameters<typeof renderChat>[0]): string {
  return renderChat(segments)
    .flatMap(({ parts }) => parts.map(({ text }) => text))
    .join('');
}

function exampleOf(row: Fields & { id: string }, languages: string[]): Example {
  const turn = (language: string, before: string): Turn => ({
    instruction: [row[`${before}instruction_${language}`], row[`${before}input_${language}`]]
      .filter(Boolean)
      .join('\n'),
    response: row[`${before}output_${language}`] ?? '',
  });
  const turns = (language: string) =>
    `turn2_instruction_${language}` in row
      ? [turn(language, ''), turn(language, 'turn2_')]
      : [turn(language, '')];
  return { id: row.id, turns: Object.fromEntries(languages.map((language) => [language, turns(language)])) };
}
