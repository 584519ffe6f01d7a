/**
 * The begin token, as the post-processor of a tokenizer.json gives it. The library does not get the post-processor: which
 * tokens are put around a text is decided by `data/tokens`.
 */
import { UserError } from '../errors.ts';
import { shown } from './tokenizerJson.ts';

interface PostProcessor {
  type?: unknown;
  processors?: unknown;
  single?: unknown;
  special_tokens?: Record<string, { ids?: unknown } | undefined> | null;
  cls?: unknown;
}

/**
 * The token that a post-processor puts before a single text, by its text or id; null where it puts none.
 * @param where name of the file, for errors
 * @throws UserError where it is not a post-processor
 */
export function openingToken(post: unknown, where: string): string | number | null {
  if (post === null || post === undefined) return null;
  const { type, processors, single, special_tokens: known, cls } = post as PostProcessor;
  const refused = (expected: string, got: unknown) =>
    new UserError(
      `${where}: post_processor: expected ${expected}, got ${shown(got)}; is the file whole, and made by a current release?`,
    );
  switch (type) {
    case 'ByteLevel':
      return null;
    case 'Sequence': {
      if (!Array.isArray(processors)) throw refused('processors to be a list', processors);
      const found = processors.map((one) => openingToken(one, where));
      return found.find((token) => token !== null) ?? null;
    }
    case 'BertProcessing':
    case 'RobertaProcessing':
      if (Array.isArray(cls) && Number.isInteger(cls[1])) return cls[1];
      throw refused('cls to be a list of a token and its id', cls);
    case 'TemplateProcessing': {
      if (!Array.isArray(single)) throw refused('single to be a list', single);
      const name: unknown = single[0]?.SpecialToken?.id;
      if (typeof name !== 'string') return null;
      if (!known || !Object.hasOwn(known, name)) return name;
      const ids = known[name]?.ids;
      if (Array.isArray(ids) && Number.isInteger(ids[0])) return ids[0];
      throw refused(`special_tokens to give ids of ${shown(name)}`, ids);
    }
    default:
      throw refused(
        'ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing or Sequence',
        type ?? post,
      );
  }
}
