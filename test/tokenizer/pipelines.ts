/**
 * Compares a drawn tokenizer with what Python made of it: scripts/golden/pipelines.py draws and asks Python. The test of
 * the golden file and scripts/parity/pipelines.ts share this.
 */
import { withChat } from '../../src/data/tokens/chatTokenizer.ts';
import { encodeExample } from '../../src/data/tokens/encode.ts';
import { type Segment, SPANS } from '../../src/methods/parts/segment.ts';
import type { Message } from '../../src/tokenizer/chatTemplate.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { TokenizerJson } from '../../src/tokenizer/tokenizerJson.ts';
import { loadFiles } from './support.ts';

/** A tokenizer and what Python makes of each text. */
export interface Drawn {
  seed: number;
  json: TokenizerJson;
  config: object;
  /** The highest id and one. */
  size: number;
  ids: number[][];
  decoded: string[];
  /** Drawn ids, and their text. */
  drawn: number[][];
  drawnDecoded: string[];
  /** Ids of `<s>` and the text. */
  begun: number[][];
  /** Ids of the conversation up to the answer, and of all of it. */
  prompt: number[];
  chat: number[];
  /** Where each id begins in the text, in code points. */
  starts: number[][];
}

export interface Difference {
  what: string;
  text?: string;
  ours: unknown;
  theirs: unknown;
}

export interface Compared {
  differences: Difference[];
  /** Comparisons made. */
  count: number;
  /** Texts in which Python finds a special token among the pieces of the model; ours never does. */
  aside: number;
}

/** Loads `one` from `dir`, an empty folder, and compares it. */
export async function comparePipeline(
  one: Drawn,
  texts: string[],
  conversation: Message[],
  dir: string,
): Promise<Compared> {
  const files = { 'tokenizer.json': one.json, 'tokenizer_config.json': one.config };
  const tokenizer = await loadFiles(dir, files);
  const compared: Compared = { differences: [], count: 0, aside: 0 };
  const same = (what: string, ours: unknown, theirs: unknown, text?: string) => {
    compared.count++;
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      compared.differences.push({ what, text, ours, theirs });
  };
  same('size', tokenizer.vocabSize, one.size);
  const special = new Set([...tokenizer.special.values()].map(({ id }) => id));
  const { unk_token, unk_id } = one.json.model;
  special.delete(tokenizer.special.get(String(unk_token))?.id ?? Number(unk_id ?? -1)); // a text without pieces gives it
  const batch = await tokenizer.encodeBatch?.(texts.map((text) => ({ text })));
  texts.forEach((text, i) => {
    const ids = tokenizer.encode(text);
    same('batch', Array.from(batch?.[i] ?? []), ids, text);
    same(
      'no special id',
      ids.filter((id) => special.has(id)),
      [],
      text,
    );
    if (one.ids[i].some((id) => special.has(id))) {
      compared.aside++;
      return;
    }
    same('ids', ids, one.ids[i], text);
    same('text', tokenizer.decode(one.ids[i]), one.decoded[i], text);
    // The library's places of some normalizers go back and forth: no part can be told from them. A Unigram model gives
    // all bytes of a run of unknown characters the place of the first.
    const forward = one.starts[i].every((start, j) => j === 0 || start >= one.starts[i][j - 1]);
    if (forward && !(one.json.model.type === 'Unigram' && one.json.model.byte_fallback)) {
      same('spans', spansOf(text, tokenizer), spansByStarts(text, one.starts[i]), text);
    }
    if (goesOn(one, tokenizer) && ![...tokenizer.special.keys()].some((token) => text.includes(token))) {
      same('continuing', tokenizer.encode(text, { continuing: true }), one.begun[i].slice(1), text);
    }
  });
  one.drawn.forEach((ids, i) => {
    same('decode', tokenizer.decode(ids), one.drawnDecoded[i], ids.join());
  });
  const chatting = withChat(tokenizer, 'model');
  const segments = segmentsOf(conversation);
  // A pipeline with two kinds of word-start markers is not known to be in use; ours has one rule for both.
  const { pre_tokenizer } = one.json;
  if (tokenizer.marksSections && JSON.stringify(pre_tokenizer).includes('"first"')) return compared;
  same('prompt', [...encodeExample(segments.slice(0, 1), chatting).ids], one.prompt);
  // Where Python merges across the place at which the answer begins, ours is cut there.
  if (chatting.chat?.endId != null && one.prompt.every((id, i) => id === one.chat[i])) {
    const end = one.chat.lastIndexOf(chatting.eosId) + 1;
    same('chat', [...encodeExample(segments, chatting).ids], one.chat.slice(0, end));
  }
  return compared;
}

/** Whether Python's text after `<s>` is what we call text that goes on. */
function goesOn({ json }: Drawn, tokenizer: Tokenizer): boolean {
  const begin = json.added_tokens.find(({ content }) => content === '<s>');
  return begin !== undefined && !begin.single_word && !begin.rstrip && !tokenizer.marksSections;
}

function segmentsOf(conversation: Message[]): Segment[] {
  return conversation.flatMap(({ role, content }): Segment[] => {
    if (role !== 'assistant') return [{ role: 'user', text: content, supervised: false }];
    const answer: Segment = { role: 'targetResponse', text: content, supervised: true };
    return [answer, { role: 'end', text: '', supervised: true }];
  });
}

/** A text in three parts of a third each, in code points. */
function thirds(text: string): string[] {
  const characters = [...text];
  const third = Math.ceil(characters.length / 3);
  return [0, 1, 2].map((i) => characters.slice(i * third, (i + 1) * third).join(''));
}

/** The part that each id belongs to, as the training data has it. */
function spansOf(text: string, tokenizer: Tokenizer): number[] {
  const parts = thirds(text).map((part, i): Segment => ({ role: SPANS[i], text: part, supervised: true }));
  const { spans } = encodeExample([...parts, { role: 'end', text: '', supervised: true }], tokenizer);
  return [...spans].slice(tokenizer.bosId === null ? 0 : 1, -1);
}

/** The part that each id begins in, as Python says. */
function spansByStarts(text: string, starts: number[]): number[] {
  const { length } = [...text];
  const third = Math.ceil(length / 3);
  return starts.map((start) => (start >= length ? 2 : Math.min(2, Math.floor(start / third))));
}
