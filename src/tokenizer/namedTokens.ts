/**
 * What the files beside a tokenizer say of its tokens: those with a name (`eos_token`), and those added to its own
 * vocabulary. The files are read as transformers 5 reads them, except that a token named in one file only is taken
 * from there.
 */
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { type Json, parseObject, type TokenizerFiles } from './tokenizerFiles.ts';
import { type AddedToken, checkId } from './tokenizerJson.ts';

export interface NamedTokens {
  bos: string | null;
  eos: string | null;
  pad: string | null;
  /** The end id of config.json or generation_config.json, for a tokenizer that names none itself. */
  eosFallback: number | null;
  /** Whether every sequence opens with the begin token; undefined where nothing is said. */
  addBos: boolean | undefined;
  /** Special tokens by name (`sep_token`), in the order in which transformers adds them. */
  byName: ReadonlyMap<string, AddedToken>;
  /** Special tokens without a name. */
  unnamed: AddedToken[];
  /** Tokens that the files add, in the order of the ids that they give them. */
  added: AddedToken[];
  /** How many ids the model beside the tokenizer has; infinite where it does not say. */
  room: number;
}

/** The names that transformers knows, in its order. */
const standardNames = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((name) => `${name}_token`);

/** What the files say. @throws UserError where one is not as it must be */
export function namedTokens(files: TokenizerFiles): NamedTokens {
  const { config } = files;
  const path = (name: string) => join(dirname(files.main), name);
  const beside = (name: string) => {
    const text = files.beside.get(name);
    return text === undefined ? {} : parseObject(text, path(name));
  };
  const decoder = objectOf(config.added_tokens_decoder);
  const map = beside('special_tokens_map.json');
  // With a list of added tokens, transformers does not read the older files.
  const said: Json = decoder ? { ...map, ...given(config) } : { ...config, ...given(map) };

  const byName = new Map<string, AddedToken>();
  const names = new Set([...standardNames, ...Object.keys(said).filter((key) => key.endsWith('_token'))]);
  for (const name of names) setToken(byName, name, said[name]);
  const extra = said.extra_special_tokens ?? said.additional_special_tokens;
  for (const [name, token] of Object.entries(objectOf(extra) ?? {})) setToken(byName, name, token);
  const unnamed = (Array.isArray(extra) ? extra : []).map(specialToken).filter((token) => token !== null);

  const special = new Set([...byName.values(), ...unnamed].map(({ content }) => content));
  const added = decoder
    ? Object.entries(decoder).map(([id, token]) =>
        listedToken(Number(id), token, path('tokenizer_config.json')),
      )
    : Object.entries(beside('added_tokens.json')).map(([content, id]) =>
        olderToken(content, id, special.has(content), path('added_tokens.json')),
      );
  const model = beside('config.json');
  const room = model.vocab_size ?? objectOf(model.text_config)?.vocab_size;
  const addBos = config.add_bos_token;
  const content = (name: string) => byName.get(name)?.content ?? null;
  return {
    bos: content('bos_token'),
    eos: content('eos_token'),
    pad: content('pad_token'),
    eosFallback: firstId(beside('generation_config.json')) ?? firstId(model),
    addBos: typeof addBos === 'boolean' ? addBos : undefined,
    byName,
    unnamed,
    added: added.sort((a, b) => a.id - b.id),
    room: typeof room === 'number' ? room : Number.POSITIVE_INFINITY,
  };
}

/** Without the keys that are null: they say nothing. */
function given(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function setToken(tokens: Map<string, AddedToken>, name: string, value: unknown): void {
  const token = specialToken(value);
  if (token) tokens.set(name, token);
}

/** A special token, given as its text or as an object with `content`; null where it is neither. */
function specialToken(value: unknown): AddedToken | null {
  if (typeof value === 'string') return value === '' ? null : tokenOf({ content: value, special: true });
  const object = objectOf(value);
  return typeof object?.content === 'string' ? tokenOf({ ...object, special: true }) : null;
}

function listedToken(id: number, value: unknown, where: string): AddedToken {
  const token = objectOf(value);
  if (typeof token?.content === 'string') return tokenOf({ ...token, id: checkId(id, token.content, where) });
  throw new UserError(
    `${where}: expected added_tokens_decoder to give token ${id} a content, got ${JSON.stringify(value)}`,
  );
}

/** A token of added_tokens.json, which knows its text and id alone. */
function olderToken(content: string, id: unknown, special: boolean, where: string): AddedToken {
  return tokenOf({ content, special, id: checkId(id, content, where) });
}

/** A token with Python's defaults for what is not said. */
export function tokenOf(said: Json): AddedToken {
  const is = (key: string, otherwise = false) => (typeof said[key] === 'boolean' ? said[key] : otherwise);
  const special = is('special');
  return {
    id: typeof said.id === 'number' ? said.id : -1,
    content: String(said.content),
    single_word: is('single_word'),
    lstrip: is('lstrip'),
    rstrip: is('rstrip'),
    normalized: is('normalized', !special),
    special,
  };
}

/** `eos_token_id`: a number, or the first of several. */
function firstId(config: Json): number | null {
  const id = Array.isArray(config.eos_token_id) ? config.eos_token_id[0] : config.eos_token_id;
  return typeof id === 'number' ? id : null;
}
