/**
 * Sequences in the chat of a model's own template: the tokens are those that Python's `apply_chat_template` gives
 * (test/golden/chats.json, by scripts/golden/chats.py), and only the answer and the token that ends it carry a loss.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChatTokenizer, withChat } from '../../src/data/tokens/chatTokenizer.ts';
import { encodeExample } from '../../src/data/tokens/encode.ts';
import { getMethod } from '../../src/methods/index.ts';
import { type Segment, SPANS } from '../../src/methods/parts/segment.ts';
import type { ChatTemplate, Message } from '../../src/tokenizer/chatTemplate.ts';
import type { AddedToken } from '../../src/tokenizer/tokenizerJson.ts';
import { characters, koEn } from '../support/characters.ts';
import { temporaryFolder } from '../support/files.ts';
import { loadFiles, golden as tokenizers } from '../tokenizer/support.ts';

interface Case {
  tokenizer: 'Llama 2' | 'Metaspace' | 'SentencePiece';
  template: string;
  config: object;
  /** Special tokens added at the end of the tokenizer.json. */
  added: AddedToken[];
  /** Of each conversation: ids up to where the answer begins, and of all of it. */
  chats: { prompt: number[]; whole: number[] }[];
}

const golden: { conversations: Message[][]; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../golden/chats.json', import.meta.url), 'utf8'),
);

function filesOf({ tokenizer, config, added }: Case): Record<string, object | Buffer> {
  if (tokenizer === 'SentencePiece') {
    const model = Buffer.from(tokenizers.sentencepieceBpe.model, 'base64');
    return { 'tokenizer.model': model, 'tokenizer_config.json': config };
  }
  const { json } = tokenizer === 'Llama 2' ? tokenizers.llamaLike : tokenizers.metaspace;
  const more = { ...json, added_tokens: [...json.added_tokens, ...added] };
  return { 'tokenizer.json': more, 'tokenizer_config.json': config };
}

/** Segments of a conversation; its last answer in three spans, as PLUG writes it. */
function segmentsOf(conversation: Message[]): Segment[] {
  const plain = (role: Segment['role'], text: string): Segment => ({ role, text, supervised: false });
  return conversation.flatMap(({ role, content }, i): Segment[] => {
    if (role !== 'assistant') return [plain(role, content)];
    if (i + 1 < conversation.length) return [plain('targetResponse', content), plain('end', '')];
    const parts = content.split(/(?=\n\n)/).map((text, j) => ({ role: SPANS[j], text, supervised: true }));
    return [...parts, { role: 'end', text: '', supervised: true }];
  });
}

describe("the chat of a model's own template", () => {
  const folder = temporaryFolder();

  for (const [i, one] of golden.cases.entries()) {
    it(`${one.template} with ${one.tokenizer} has the tokens of Python`, async () => {
      const dir = join(folder, `case${i}`);
      mkdirSync(dir, { recursive: true });
      const tokenizer = withChat(await loadFiles(dir, filesOf(one)), 'model');
      for (const [j, conversation] of golden.conversations.entries()) {
        const segments = segmentsOf(conversation);
        const { ids, spans } = encodeExample(segments, tokenizer);
        const { prompt, whole } = one.chats[j];
        const end = whole.lastIndexOf(tokenizer.eosId) + 1;
        assert.deepEqual([...ids], whole.slice(0, end));
        const asked = segments.filter((segment) => !segment.supervised);
        assert.deepEqual([...encodeExample(asked, tokenizer).ids], prompt);
        assert.ok(spans.subarray(0, prompt.length).every((span) => span === -1));
        const written = spans.subarray(prompt.length);
        assert.deepEqual([...new Set(written)], [0, 1, 2, 3], 'each span, in order');
        assert.deepEqual([...written].toSorted(), [...written]);
      }
    });
  }

  it('learns the token that ends an answer also where no file calls it special', async () => {
    const jinja =
      "{% for m in messages %}<|im_start|>{{ m.role + '\\n' + m.content }}<|im_end|>\n{% endfor %}";
    const dir = join(folder, 'unnamed');
    mkdirSync(dir);
    const files = {
      'tokenizer.model': Buffer.from(tokenizers.sentencepieceBpe.model, 'base64'),
      'added_tokens.json': { '<|im_start|>': 640, '<|im_end|>': 641 },
      'tokenizer_config.json': { legacy: false, chat_template: jinja },
    };
    const tokenizer = withChat(await loadFiles(dir, files), 'model');
    const { ids, spans } = encodeExample(segmentsOf(golden.conversations[0]), tokenizer);
    assert.deepEqual([tokenizer.eosId, ids.at(-1), spans.at(-1)], [641, 641, SPANS.indexOf('end')]);
    assert.deepEqual(
      [...ids].filter((id) => id >= 640),
      [640, 641, 640, 641],
    );
  });

  it('takes special tokens in what is said for text, but not in the template', () => {
    const [segments] = getMethod('monolingual').segments(koEn('a', '<end>가<end>', 'A'), {
      target: 'ko',
      pivot: 'en',
    });
    const { ids, spans } = encodeExample(segments, withChat(chatty(), 'model'));
    const text = characters.decode(ids.map((id) => (id === END ? '|'.charCodeAt(0) : id)));
    const [system, user, answer, nothing] = text.split('|');
    assert.match(system, /^system:/);
    assert.equal(user, 'user:<end>가<end>?');
    assert.equal(answer, 'assistant:<end>가<end>');
    assert.equal(nothing, '');
    assert.deepEqual([ids.at(-1), spans.at(-1)], [END, SPANS.indexOf('end')]);
  });

  it('leaves texts without a user as they are', () => {
    const [segments] = getMethod('plain-text').segments(koEn('a', '가', 'A'), { target: 'ko', pivot: 'en' });
    const chatting = encodeExample(segments, withChat(chatty(), 'model'));
    assert.deepEqual(chatting.ids, encodeExample(segments, { ...characters, eosId: END }).ids);
  });

  it('learns the end token where the template ends an answer with text alone', () => {
    const lines = (messages: Message[], open: boolean) =>
      messages.map(({ role, content }) => `${role}: ${content}\n`).join('') + (open ? 'assistant:' : '');
    const [segments] = getMethod('monolingual').segments(koEn('a', '가', 'A'), { target: 'ko', pivot: 'en' });
    const { ids, spans } = encodeExample(segments, withChat(chatty(lines), 'model'));
    const supervised = [...ids].filter((_, i) => spans[i] >= 0);
    assert.deepEqual(supervised, [...characters.encode(' 가'), characters.eosId]);
  });

  it('gives the heading of an answer to the prompt where the template does not', () => {
    const closed = (messages: Message[]) => said(messages, false);
    const tokenizer = withChat(chatty(closed), 'model');
    const prompt = encodeExample(
      getMethod('monolingual').prompt('가', { target: 'ko', pivot: 'en' }),
      tokenizer,
    );
    assert.match(characters.decode(prompt.ids), /user:가.assistant:$/su);
  });

  it('is another tokenizer to a cache, ends where the template ends, and can be left again', () => {
    const bare = chatty();
    const chatting = withChat(bare, 'model');
    assert.notEqual(chatting.fingerprint, bare.fingerprint);
    assert.deepEqual([bare.eosId, chatting.eosId], [characters.eosId, END]);
    assert.equal(withChat(chatting, 'paper'), bare);
  });

  const refused: [string, RegExp, (messages: Message[], open: boolean) => string, string?][] = [
    ['loses the question', /repeats what is said/, () => 'hello'],
    [
      'refuses all',
      /expected one for user, got: no/,
      () => {
        throw new Error('no');
      },
    ],
    [
      'changes answers',
      /expected ".*<b>.*got: /,
      (some, open) => said(some, open).replace('assistant:<b>', 'assistant:'),
      '<b>가',
    ],
  ];
  for (const [what, message, render, response = '가'] of refused) {
    it(`says what is wrong with a template that ${what}`, () => {
      const [segments] = getMethod('monolingual').segments(koEn('a', response, 'A'), {
        target: 'ko',
        pivot: 'en',
      });
      const act = () => encodeExample(segments, withChat(chatty(render), 'model'));
      assert.throws(
        act,
        (error: Error) => message.test(error.message) && /--method.chat paper/.test(error.message),
      );
    });
  }

  it('says where a template was looked for', () => {
    assert.throws(() => withChat(characters, 'model'), /chat_template.jinja or tokenizer_config.json/);
  });
});

const END = 0xe100;

const said = (messages: Message[], open: boolean) =>
  messages.map(({ role, content }) => `${role}:${content}<end>`).join('') + (open ? 'assistant:' : '');

/** The characters' tokenizer with one special token and a template. */
function chatty(render: ChatTemplate['render'] = said): ChatTokenizer {
  const special = new Map([['<end>', { id: END, lstrip: false, rstrip: false }]]);
  return { ...characters, special, chatTemplate: { source: 'test', render } };
}
