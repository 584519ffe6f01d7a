/**
 * Texts put together into documents, as books and pages hold many: what is read of one has to be told apart from what
 * stands around it, and a question may be asked at any place.
 */
import { between, type Random, shuffle, stream } from '../random.ts';
import type { World } from '../world.ts';
import type { Text } from './text.ts';

/**
 * Texts in the same languages, a paragraph each, and all in random order; a prompt of an assistant begins a document in
 * any language.
 */
export function documents(world: World, name: string, texts: Text[]): Text[][] {
  const random = stream(`${world.settings.seed}:documents:${name}`);
  const { document: most } = world.settings.texts;
  const prompts = shuffle(
    random,
    texts.filter(({ kind }) => kind === 'prompt'),
  );
  const byLanguages = new Map<string, Text[]>();
  for (const text of texts) {
    if (text.kind === 'prompt') continue;
    const key = [...text.languages].sort().join();
    const alike = byLanguages.get(key) ?? [];
    alike.push(text);
    byLanguages.set(key, alike);
  }
  const paged = [...byLanguages.values()].flatMap((some) => pages(random, shuffle(random, some), most));
  return shuffle(random, paged).map((page, i) => [...prompts.slice(i, i + 1), ...page]);
}

/** One to `most` texts each. */
function pages(random: Random, texts: Text[], most: number): Text[][] {
  const all: Text[][] = [];
  for (let start = 0; start < texts.length; start += all[all.length - 1].length) {
    all.push(texts.slice(start, start + between(random, 1, most)));
  }
  return all;
}
