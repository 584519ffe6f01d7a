/**
 * A conversation that stands in one field, to turns. It may be a list of [user, assistant] pairs, of messages
 * with role and content, or of messages with from and value (ShareGPT): which one is told from the value itself.
 */
import type { Turn } from '../../methods/parts/example.ts';
import { isObject } from '../read/row.ts';
import { type Fail, requiredText, shown } from './text.ts';

export interface Dialogue {
  turns: Turn[];
  /** Text of a leading system message; empty without one. */
  system: string;
}

type Role = 'system' | 'user' | 'assistant';

/** The roles as data sets write them. */
const ROLES = new Map<unknown, Role>([
  ['system', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['model', 'assistant'],
]);

/** The text of a message: a string, or parts of type text. */
function contentOf(content: unknown, fail: Fail): string {
  if (!Array.isArray(content) || content.length === 0) return requiredText(content, fail);
  const texts = content.map((part) => {
    if (isObject(part) && part.type === 'text' && typeof part.text === 'string') return part.text;
    return fail(`expected parts {"type": "text", "text": "…"}, got ${shown(part)}`, 'not text');
  });
  return requiredText(texts.join(''), fail);
}

/** A list of messages, each checked by itself. */
function messagesOf(value: unknown[], fail: Fail): { role: Role; text: string }[] {
  return value.flatMap((item, i) => {
    const at: Fail = (problem, reason) => fail(`message ${i + 1}: ${problem}`, reason);
    if (Array.isArray(item)) {
      if (item.length !== 2)
        at(`expected a pair [user, assistant], got a list of ${item.length}`, 'not a pair');
      return [
        { role: 'user' as const, text: requiredText(item[0], at) },
        { role: 'assistant' as const, text: requiredText(item[1], at) },
      ];
    }
    if (!isObject(item)) return at(`expected a pair or an object, got ${shown(item)}`, 'not a message');
    const name = item.role ?? item.from;
    const role = ROLES.get(name);
    if (!role)
      return at(`expected a role of ${[...ROLES.keys()].join(', ')}; got ${shown(name)}`, 'unknown role');
    return [{ role, text: contentOf(item.content ?? item.value, at) }];
  });
}

/** The turns of `value`. User and assistant must alternate, beginning with the user and ending with the assistant. */
export function readDialogue(value: unknown, fail: Fail): Dialogue {
  if (value === undefined) return fail('expected a conversation, got no such field', 'missing');
  if (!Array.isArray(value)) return fail(`expected a list of messages, got ${shown(value)}`, 'not a list');
  const messages = messagesOf(value, fail);
  const system = messages[0]?.role === 'system' ? (messages.shift()?.text ?? '') : '';
  const turns: Turn[] = [];
  for (const [i, { role, text }] of messages.entries()) {
    const expected = i % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      fail(`expected user and assistant in turn, got ${role} as message ${i + 1}`, 'roles do not alternate');
    }
    if (role === 'user') turns.push({ instruction: text, response: '' });
    else turns[turns.length - 1].response = text;
  }
  if (turns.length === 0) fail('expected a conversation, got an empty one', 'empty');
  if (messages.length % 2 === 1)
    fail('expected an answer to the last user message, got none', 'no last answer');
  return { turns, system };
}
