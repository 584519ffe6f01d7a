/**
 * Reads the few fields of a SentencePiece `.model` file (a protobuf, `ModelProto`) that the library does not tell:
 * the pieces with their types, the special ids, and how the normalizer treats spaces. `sentencepiece.ts` builds on it.
 */
import { UserError } from '../errors.ts';

/** What kind of piece an id stands for, as numbered in `sentencepiece_model.proto`. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The part of a SentencePiece model that this project looks at. */
export interface SentencePieceModel {
  /** Piece of each id, with ▁ (U+2581) for a space. */
  pieces: string[];
  /** `PieceType` of each id. */
  types: number[];
  /** Score of each id: of two merges, the one of the higher score comes first. */
  scores: number[];
  /** Special ids; −1 where the model has none. */
  unkId: number;
  bosId: number;
  eosId: number;
  padId: number;
  /** It is a BPE; else a Unigram or another kind. */
  isBpe: boolean;
  /** Characters without a piece become byte pieces, so nothing is lost. */
  byteFallback: boolean;
  /** A space is put before every text. */
  addDummyPrefix: boolean;
  /** Runs of spaces become one, and those at both ends are dropped. */
  removeExtraWhitespaces: boolean;
  /** The normalizer does more to text than writing ▁ for a space and putting one before it. */
  changesText: boolean;
}

/** One field of a protobuf message: a number for a varint, bytes for a string or a message. */
interface Field {
  number: number;
  value: number;
  bytes: Uint8Array;
}

const noBytes = new Uint8Array(0);

/** Goes through the fields of one protobuf message. @throws RangeError when the bytes are no protobuf. */
function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    // Only the low 32 bits are kept, as a signed number: that is how an int32 of −1 comes out right.
    for (let value = 0, shift = 0; shift < 70 && at < bytes.length; shift += 7) {
      const byte = bytes[at++];
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint that does not end');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('a field longer than the file');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = tag >>> 3;
    if (number === 0) throw new RangeError('a field numbered 0');
    const wire = tag & 7;
    if (wire === 0) yield { number, value: varint(), bytes: noBytes };
    else if (wire === 2) yield { number, value: 0, bytes: take(varint()) };
    else if (wire === 1) yield { number, value: 0, bytes: take(8) };
    else if (wire === 5) yield { number, value: 0, bytes: take(4) };
    else throw new RangeError(`a field of wire type ${wire}`);
  }
}

/**
 * Parses a SentencePiece model.
 * @param bytes the whole `.model` file
 * @param where name to put before an error
 * @throws UserError when the bytes are no SentencePiece model
 */
export function parseSentencePieceModel(bytes: Uint8Array, where: string): SentencePieceModel {
  const model: SentencePieceModel = {
    pieces: [],
    types: [],
    scores: [],
    unkId: 0,
    bosId: 1,
    eosId: 2,
    padId: -1,
    isBpe: false,
    byteFallback: false,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    changesText: false,
  };
  let rewrites = false; // by a table of characters, by suffixes for prefixes, or by leaving spaces as they are
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  try {
    for (const field of fields(bytes)) {
      if (field.number === 1) {
        let piece = '';
        let type: number = PieceType.normal;
        let score = 0;
        for (const part of fields(field.bytes)) {
          if (part.number === 1) piece = utf8.decode(part.bytes);
          else if (part.number === 2) score = Buffer.from(part.bytes).readFloatLE();
          else if (part.number === 3) type = part.value;
        }
        model.pieces.push(piece);
        model.types.push(type);
        model.scores.push(score);
      } else if (field.number === 2) {
        for (const part of fields(field.bytes)) {
          if (part.number === 3) model.isBpe = part.value === 2;
          else if (part.number === 24) rewrites ||= part.value !== 0;
          else if (part.number === 35) model.byteFallback = part.value !== 0;
          else if (part.number === 40) model.unkId = part.value;
          else if (part.number === 41) model.bosId = part.value;
          else if (part.number === 42) model.eosId = part.value;
          else if (part.number === 43) model.padId = part.value;
        }
      } else if (field.number === 3) {
        for (const part of fields(field.bytes)) {
          if (part.number === 3) model.addDummyPrefix = part.value !== 0;
          else if (part.number === 4) model.removeExtraWhitespaces = part.value !== 0;
          else if (part.number === 2) rewrites ||= part.bytes.length > 0;
          else if (part.number === 5) rewrites ||= part.value === 0;
        }
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${where}: expected a SentencePiece model, got ${reason}; is the download whole?`);
  }
  model.changesText = rewrites || model.removeExtraWhitespaces;
  if (!model.types.includes(PieceType.unknown)) {
    const got = model.pieces.length === 0 ? 'a file with no pieces' : 'pieces of which none is <unk>';
    throw new UserError(
      `${where}: expected a SentencePiece model, got ${got}; is it another kind of .model file?`,
    );
  }
  return model;
}
