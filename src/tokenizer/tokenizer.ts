import type { ChatTemplate } from './chatTemplate.ts';

/** How a token beside the model's own is found. */
export interface SpecialToken {
  id: number;
  /** It takes the white space before it. */
  lstrip: boolean;
  /** It takes the white space after it. */
  rstrip: boolean;
  /** It is found only where no letter or digit touches it. */
  singleWord?: boolean;
}

export interface EncodeOptions {
  /** The text goes on from text already encoded: no word-start marker is put before it. */
  continuing?: boolean;
}

/** A text of many. */
export interface TextToEncode extends EncodeOptions {
  text: string;
  /** Asks for where each id begins, as `starts`, in place of the ids. */
  starts?: boolean;
}

/** The one interface of all tokenizers: Hugging Face `tokenizer.json` and SentencePiece `.model`. */
export interface Tokenizer {
  kind: 'huggingface' | 'sentencepiece';
  /** Number of ids: every id is in [0, vocabSize). */
  vocabSize: number;
  /** Id that opens every sequence, or null where the tokenizer has none. */
  bosId: number | null;
  /** Id of the token that ends a turn. */
  eosId: number;
  /** Id used to fill batches; may equal `eosId`. It never decides what is supervised. */
  padId: number;
  /** A hash of all that decides the ids: equal for equal tokenizers, wherever they were loaded from. */
  fingerprint: string;
  /** UTF-8 bytes of the text of each id, NaN where an id does not tell; a normalizer may make them differ. [vocabSize] */
  byteLengths: Float64Array;
  /** Special tokens by their text: no text gives them, only a template that spells them out. */
  special: ReadonlyMap<string, SpecialToken>;
  /** Tokens by their text that are added and not special: every text that spells one gives it. */
  added?: ReadonlyMap<string, SpecialToken>;
  /** The model's own chat, where its files have one. */
  chatTemplate: ChatTemplate | null;
  /** Text after a special token has a word-start marker like that at the front of a sequence. */
  marksSections: boolean;
  /** Ids of `text`, with no special token added; special tokens spelled out in `text` stay ordinary text. */
  encode(text: string, options?: EncodeOptions): number[];
  /**
   * Where each id of `encode(text, options)` begins in `text`, in UTF-16 units, also where the text is changed before it
   * is cut. Absent where the library does not tell.
   */
  starts?(text: string, options?: EncodeOptions): number[];
  /** What `encode` and `starts` give for each text, later and by several threads; absent where none would help. */
  encodeBatch?(texts: TextToEncode[]): Promise<ArrayLike<number>[]>;
  /** Text of `ids`. Special tokens are left out. */
  decode(ids: ArrayLike<number>): string;
  /** Writes the tokenizer's files into `dir`, so that `loadTokenizer(dir)` gives the same tokenizer. */
  save(dir: string): Promise<void>;
}
