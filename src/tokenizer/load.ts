/**
 * Loads a tokenizer from a path. Training, generation and scoring all call this; the kind of file decides which library
 * runs it.
 */
import { loadHuggingFace } from './huggingface.ts';
import { namedTokens } from './namedTokens.ts';
import { loadSentencePiece } from './sentencepiece.ts';
import type { Tokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizerFiles.ts';

/**
 * Loads a tokenizer.
 *
 * The end token is what tokenizer_config.json or special_tokens_map.json names; failing that, what a SentencePiece
 * model says itself; failing that, `eos_token_id` of generation_config.json or config.json. Pad falls back to the end
 * token. The begin token is null where sequences do not open with one (`add_bos_token: false`, or a `tokenizer.json`
 * whose post-processor adds none).
 *
 * @param path a `tokenizer.json` (any name in .json, its config beside it as tokenizer_config.json or
 *   NAME_config.json), a SentencePiece `.model`, or a directory holding either (tokenizer.json is preferred)
 * @throws UserError when there is no such file, it is of another kind, it cannot be read, or no end token is known
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const files = await readTokenizerFiles(path);
  const named = namedTokens(files);
  return files.main.endsWith('.model') ? loadSentencePiece(files, named) : loadHuggingFace(files, named);
}
