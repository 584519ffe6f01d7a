/**
 * All tokens of a tokenizer, those of the model and those added, with the ids that Python gives them. Python's
 * `tokenizers` does not take the ids of added tokens from the file: a token that the model has keeps its id, others are
 * numbered after the model's, in order. transformers then adds what the files beside it list and name.
 */
import { UserError } from '../errors.ts';
import { warn } from '../warn.ts';
import type { NamedTokens } from './namedTokens.ts';
import type { SpecialToken } from './tokenizer.ts';
import { noEndToken, type TokenizerFiles } from './tokenizerFiles.ts';
import { type AddedToken, shown } from './tokenizerJson.ts';

export interface Vocabulary {
  /** Every id is below. */
  size: number;
  /** The added tokens with their ids, those that the model has too included. */
  added: AddedToken[];
  /** How they were added, in order. A token can be added again with other flags, and the library remembers both. */
  additions: AddedToken[];
  /** Id of a token, or null. */
  idOf(token: string): number | null;
  /** Text of a token, or null. */
  textOf(id: number): string | null;
}

/**
 * @param model tokens of the model with their ids
 * @param stated added tokens of the tokenizer's own file
 * @param where name of the file, for warnings
 */
export function vocabularyOf(
  model: [string, number][],
  stated: AddedToken[],
  named: NamedTokens,
  where: string,
): Vocabulary {
  const own = new Map(model);
  const added = new Map<string, AddedToken>();
  const additions: AddedToken[] = [];
  const add = (tokens: AddedToken[], place: (token: AddedToken, id: number) => AddedToken | null): void => {
    let highest = -1;
    for (const { id } of added.values()) highest = Math.max(highest, id);
    let next = highest >= model.length ? highest + 1 : model.length;
    for (const token of tokens) {
      if (token.content === '') continue;
      const placed = place(token, added.get(token.content)?.id ?? own.get(token.content) ?? next++);
      if (!placed) continue;
      const before = added.get(token.content);
      if (!before || !sameFlags(before, placed)) additions.push(placed);
      added.set(token.content, placed);
    }
  };
  const moved: [AddedToken, number][] = [];
  const listed = (token: AddedToken, id: number): AddedToken => {
    if (token.id !== id) moved.push([token, id]);
    return { ...token, id, special: token.special || added.get(token.content)?.special === true };
  };
  add(stated, listed);
  const names = [...named.byName.values(), ...named.unnamed];
  add([...named.added, ...names], (token, id) => {
    if (named.added.includes(token)) return listed(token, id);
    const known = added.get(token.content);
    if (known || own.has(token.content)) return { ...(known ?? token), id, special: true };
    return hasRoom(token.content, id, named, where) ? { ...token, id } : null;
  });
  if (moved.length > 0) {
    const [token, id] = moved[0];
    const others = moved.length - 1;
    const more = others === 0 ? '' : `; ${others} more differ`;
    warn(
      `${where}: the added token ${shown(token.content)} has id ${token.id} in the file, but gets id ${id}, ` +
        `as in Python's tokenizers${more}`,
    );
  }
  let size = 0;
  for (const [, id] of model) size = Math.max(size, id + 1);
  for (const { id } of added.values()) size = Math.max(size, id + 1);
  return {
    size,
    added: [...added.values()],
    additions,
    idOf: (token) => added.get(token)?.id ?? own.get(token) ?? null,
    textOf(id) {
      for (const token of added.values()) if (token.id === id) return token.content;
      return model.find((one) => one[1] === id)?.[0] ?? null;
    },
  };
}

function sameFlags(a: AddedToken, b: AddedToken): boolean {
  const flags = ['single_word', 'lstrip', 'rstrip', 'normalized'] as const;
  return flags.every((flag) => a[flag] === b[flag]);
}

/**
 * Whether a special token that only its name speaks of gets an id of its own, as transformers gives it one. The model
 * must have a row for it; where nothing says how many rows there are, a begin, end or pad token gets none.
 */
function hasRoom(content: string, id: number, named: NamedTokens, where: string): boolean {
  const { bos, eos, pad, room } = named;
  if ([bos, eos, pad].includes(content)) return Number.isFinite(room) && id < room;
  if (id >= room) warn(`${where}: the special token ${shown(content)} has no id; it stays text`);
  return id < room;
}

/** Added tokens by their text, with what it takes to find them. */
export function tokensByText(tokens: AddedToken[]): Map<string, SpecialToken> {
  return new Map(
    tokens.map(({ content, id, lstrip, rstrip, single_word }) => [
      content,
      { id, lstrip, rstrip, singleWord: single_word },
    ]),
  );
}

/** What the loaders of both kinds know of a tokenizer's own file. */
export interface Own {
  main: string;
  vocabulary: Vocabulary;
  /** The end and pad tokens that the file itself knows. */
  eos: number | null;
  pad: number | null;
  /** What to do where a token is missing. */
  fix: string;
}

/** Id of the `what` token, given by its text or id; null for null. @throws UserError where it is none */
export function namedId(
  { main, vocabulary, fix }: Own,
  token: string | number | null,
  what: string,
): number | null {
  if (token === null) return null;
  if (typeof token === 'number' && vocabulary.textOf(token) !== null) return token;
  const id = typeof token === 'string' ? vocabulary.idOf(token) : null;
  if (id !== null) return id;
  throw new UserError(`${main}: expected the ${what} token to be in its vocabulary, got ${token}; ${fix}`);
}

/**
 * The ids of the end and pad tokens: those that are named, else the file's own; the end token fills batches where no
 * other does.
 * @throws UserError where no end token is known, or the one that is named has no id
 */
export function endAndPad(files: TokenizerFiles, named: NamedTokens, own: Own): { eos: number; pad: number } {
  const { main, vocabulary } = own;
  const eos = namedId(own, named.eos, 'end') ?? own.eos ?? namedId(own, named.eosFallback, 'end');
  if (eos === null) throw noEndToken(files);
  if (named.pad === null) return { eos, pad: own.pad ?? eos };
  const pad = vocabulary.idOf(named.pad);
  if (pad === null) {
    warn(
      `${main}: the pad token ${JSON.stringify(named.pad)} is not in its vocabulary; the end token fills batches`,
    );
  }
  return { eos, pad: pad ?? eos };
}
