import assert from 'node:assert/strict';
import { readDialogue } from '../../src/data/examples/dialogue.ts';

class Failure extends Error {}
const fail = (problem: string, reason: string): never => {
  throw new Failure(`${reason} | ${problem}`);
};
const read = (value: unknown) => readDialogue(value, fail);
const rejects = (value: unknown, message: string | RegExp) => assert.throws(() => read(value), { message });

const say = (role: string, content: unknown = role) => ({ role, content });
const turns = [
  { instruction: 'Q1', response: 'A1' },
  { instruction: 'Q2', response: 'A2' },
];

describe('readDialogue', () => {
  it('tells pairs, role/content and from/value messages apart', () => {
    const pairs = turns.map(({ instruction, response }) => [instruction, ` ${response}\n`]);
    assert.deepEqual(read(pairs), { turns, system: '' });
    const roles = pairs.flatMap(([q, a]) => [say('user', q), say('assistant', a)]);
    assert.deepEqual(read([say('system', 'S'), ...roles]), { turns, system: 'S' });
    const shared = pairs.flatMap(([q, a]) => [
      { from: 'human', value: q },
      { from: 'gpt', value: a },
    ]);
    assert.deepEqual(read([{ from: 'system', value: 'S' }, ...shared]), { turns, system: 'S' });
  });

  it('joins the parts of a content', () => {
    const parts = [
      { type: 'text', text: 'Q' },
      { type: 'text', text: '1' },
    ];
    assert.equal(read([say('user', parts), say('assistant', 'A1')]).turns[0].instruction, 'Q1');
    rejects(
      [say('user', [{ type: 'image_url', image_url: 'x' }])],
      'not text | message 1: expected parts {"type": "text", "text": "…"}, got {"type":"image_url","image_url":"x"}',
    );
    rejects([say('user', [])], /^not a string \| message 1/);
  });

  it('has user and assistant alternate, the user first', () => {
    const turn = (...roles: string[]) => roles.map((role) => say(role));
    rejects(turn('user', 'user'), /^roles do not alternate \| .* got user as message 2$/);
    rejects(turn('assistant', 'user'), /^roles do not alternate \| .* got assistant as message 1$/);
    rejects(turn('user', 'assistant', 'assistant'), /^roles do not alternate/);
    rejects(turn('user', 'system', 'assistant'), /^roles do not alternate \| .* got system as message 2$/);
  });

  it('needs an answer to the last message, and any turn at all', () => {
    rejects([...turns.map(() => ['Q', 'A']), say('user')], /^no last answer \| .*, got none$/);
    rejects([], 'empty | expected a conversation, got an empty one');
    rejects([say('system')], 'empty | expected a conversation, got an empty one');
  });

  it('names what is no message', () => {
    rejects(undefined, 'missing | expected a conversation, got no such field');
    rejects('Q', 'not a list | expected a list of messages, got "Q"');
    rejects(null, 'not a list | expected a list of messages, got null');
    rejects([['Q', 'A', 'B']], 'not a pair | message 1: expected a pair [user, assistant], got a list of 3');
    rejects([['Q', 'A'], 'Q'], 'not a message | message 2: expected a pair or an object, got "Q"');
    rejects([say('tool')], /^unknown role \| message 1: expected a role of system, user, .*; got "tool"$/);
    rejects([{ content: 'Q' }], /^unknown role \| .* got undefined$/);
    rejects([['Q', null]], 'null | message 1: expected a non-empty string, got null');
    rejects([say('user', '<noinput>')], /^<noinput> \| message 1: .* placeholder/);
    rejects([{ role: 'user' }], /^missing \| message 1/);
  });
});
