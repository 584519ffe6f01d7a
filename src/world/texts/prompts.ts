/** The prompts that assistants are given, so that a tokenizer of these texts knows the words in them. */
import { wording } from '../../methods/parts/wording.ts';
import { languages } from '../languages/index.ts';
import type { World } from '../world.ts';
import type { Text } from './text.ts';

export function promptTexts(world: World): Text[] {
  const codes = languages.map(({ code }) => code);
  const pairs = codes
    .flatMap((target) => codes.map((pivot) => ({ target, pivot })))
    .filter(({ target, pivot }) => target !== pivot);
  const prompts = [
    ...codes.map((code) => wording.respond(code, { target: code, pivot: 'en' })),
    ...pairs.flatMap((pair) => [
      wording.interpretAndRespond(pair),
      wording.interpretOnly(pair),
      wording.respondInBoth(pair),
      wording.translate(pair.pivot, pair.target, pair),
    ]),
  ];
  return Array.from({ length: world.settings.texts.prompts }, () => prompts)
    .flat()
    .map((text) => ({ kind: 'prompt', languages: ['en'], facts: [], text }));
}
