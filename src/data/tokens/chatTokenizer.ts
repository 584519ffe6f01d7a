/** A tokenizer and the chat that its sequences are put into: the paper's, or that of the model's own template. */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import { type ModelChat, modelChat } from '../../methods/parts/modelChat.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';

/** `method.chat` of a recipe. */
export type ChatName = 'paper' | 'model';

export interface ChatTokenizer extends Tokenizer {
  /** The model's own chat; without one it is the paper's. */
  chat?: ModelChat;
  /** The tokenizer as it is without that chat. */
  bare?: Tokenizer;
}

export const chatOf = ({ chat }: ChatTokenizer): ChatName => (chat ? 'model' : 'paper');

/**
 * The same tokenizer with another chat. With the model's own, its end token is the one that ends an answer there.
 * @throws UserError where the tokenizer's files have no template, or none that can be used
 */
export function withChat(tokenizer: ChatTokenizer, name: ChatName): ChatTokenizer {
  if (chatOf(tokenizer) === name) return tokenizer;
  if (name === 'paper') return tokenizer.bare ?? tokenizer;
  const { chatTemplate, special, added, eosId, fingerprint } = tokenizer;
  if (!chatTemplate) {
    throw new UserError(
      'method.chat: expected a chat template for "model", in chat_template.jinja or tokenizer_config.json beside the ' +
        'tokenizer, got none; use --method.chat paper',
    );
  }
  const chat = modelChat(chatTemplate, special, added);
  return {
    ...tokenizer,
    chat,
    bare: tokenizer,
    eosId: chat.endId ?? eosId,
    fingerprint: createHash('sha256').update(fingerprint).update(chatTemplate.source).digest('hex'),
  };
}
