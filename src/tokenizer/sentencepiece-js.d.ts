/** The part of `sentencepiece-js` that is used here; the package ships no types. */
declare module 'sentencepiece-js' {
  /** SentencePiece compiled to WebAssembly; `encodeIds` also takes UTF-8 bytes for its text. */
  export class SentencePieceProcessor {
    load(path: string): Promise<void>;
    encodeIds(text: string | Uint8Array): number[];
    decodeIds(ids: number[]): string;
  }
  const library: { SentencePieceProcessor: typeof SentencePieceProcessor };
  export default library;
}
