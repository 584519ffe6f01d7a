/**
 * A conversation that stands in one field, to turns. It may be a list of [user, assistant] pairs, of messages
 * with role and content, or of messages with from and value (ShareGPT): which one is told from the value itself.
 * Where a file has only texts, as CSV does, the list may be JSON text.
 */
import type { Turn } from '../../methods/parts/example.ts';
import { parseJson } from '../read/jsonText.ts';
import { isObject, type Row } from '../read/row.ts';
import { type Fail, filled, requiredText, shown } from './text.ts';
import { unreadOf } from './unread.ts';

export interface Dialogue {
  turns: Turn[];
  /** Text of a leading system message; empty without one. */
  system: string;
  /** Fields of messages that carry content and are not read, as `tool_calls`; absent where there are none. */
  unread?: string[];
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

/** Fields of a message that are read. */
const FIELDS = new Set(['role', 'from', 'content', 'value', 'weight', 'train']);

interface Said {
  role: Role;
  text: string;
  /** No loss is taken on it. */
  untrained?: boolean;
}

/** The text of a message: a string, or parts of type text. */
function contentOf(content: unknown, fail: Fail): string {
  if (!Array.isArray(content) || content.length === 0) return requiredText(content, fail);
  const texts = content.map((part) => {
    if (isObject(part) && part.type === 'text' && typeof part.text === 'string') return part.text;
    return fail(`expected parts {"type": "text", "text": "…"}, got ${shown(part)}`, 'not text');
  });
  return requiredText(texts.join(''), fail);
}

/** Whether the data say that a message is not to be learned: `weight` as OpenAI has it, or `train`. */
function isUntrained({ weight, train }: Row, unread: Set<string>, fail: Fail): boolean {
  if (train === false) return true;
  if (weight === undefined || weight === null) return false;
  if (typeof weight !== 'number' || !(weight >= 0)) {
    return fail(`expected a weight of 0 or 1, got ${shown(weight)}`, 'weight');
  }
  if (weight !== 0 && weight !== 1) unread.add('weight other than 0 and 1');
  return weight === 0;
}

/** A list of messages, each checked by itself. */
function messagesOf(value: unknown[], unread: Set<string>, fail: Fail): Said[] {
  return value.flatMap((item, i): Said[] => {
    const at: Fail = (problem, reason) => fail(`message ${i + 1}: ${problem}`, reason);
    if (Array.isArray(item)) {
      if (item.length !== 2)
        at(`expected a pair [user, assistant], got a list of ${item.length}`, 'not a pair');
      return [
        { role: 'user', text: requiredText(item[0], at) },
        { role: 'assistant', text: requiredText(item[1], at) },
      ];
    }
    if (!isObject(item)) return at(`expected a pair or an object, got ${shown(item)}`, 'not a message');
    const name = item.role ?? item.from;
    const role = ROLES.get(name);
    if (!role)
      return at(`expected a role of ${[...ROLES.keys()].join(', ')}; got ${shown(name)}`, 'unknown role');
    for (const field of unreadOf(item, FIELDS)) unread.add(field);
    const untrained = role === 'assistant' && isUntrained(item, unread, at);
    return [{ role, text: contentOf(item.content ?? item.value, at), ...(untrained && { untrained }) }];
  });
}

/** A list, also as the text of one in JSON. */
function listOf(value: unknown, fail: Fail): unknown[] {
  let list = value;
  if (typeof value === 'string' && value.trimStart().startsWith('[')) {
    try {
      list = parseJson(value);
    } catch {
      return fail(`expected a list of messages in JSON, got ${shown(value)}`, 'not JSON');
    }
  }
  return Array.isArray(list) ? list : fail(`expected a list of messages, got ${shown(value)}`, 'not a list');
}

/** The turns of `value`. User and assistant must alternate, beginning with the user and ending with the assistant. */
export function readDialogue(value: unknown, fail: Fail): Dialogue {
  if (value === undefined) return fail('expected a conversation, got no such field', 'missing');
  const unread = new Set<string>();
  const messages = messagesOf(listOf(value, fail), unread, fail);
  const system = messages[0]?.role === 'system' ? (messages.shift()?.text ?? '') : '';
  const turns: Turn[] = [];
  for (const [i, { role, text, untrained }] of messages.entries()) {
    const expected = i % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      fail(`expected user and assistant in turn, got ${role} as message ${i + 1}`, 'roles do not alternate');
    }
    if (role === 'user') turns.push({ instruction: text, response: '' });
    else Object.assign(turns[turns.length - 1], { response: text, ...(untrained && { untrained }) });
  }
  if (turns.length === 0) fail('expected a conversation, got an empty one', 'empty');
  if (messages.length % 2 === 1)
    fail('expected an answer to the last user message, got none', 'no last answer');
  return { turns, system, ...(unread.size > 0 && { unread: [...unread] }) };
}

/** Earlier turns, which a field beside the instruction may hold; none where it is empty or not there. */
export function readHistory(value: unknown, fail: Fail): Dialogue {
  const none = !filled(value) || (typeof value === 'string' && value.replace(/\s/g, '') === '[]');
  return none ? { turns: [], system: '' } : readDialogue(value, fail);
}
