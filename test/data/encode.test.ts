/**
 * From segments to tokens and mask. The properties are held for every method, every kind of tokenizer and random
 * examples: what is supervised is the method's spans and nothing else, and the tokens are those of the whole text.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sequencesOf } from '../../src/data/tokens/dataset.ts';
import { type Encoded, encodeExample } from '../../src/data/tokens/encode.ts';
import { getMethod, METHODS } from '../../src/methods/index.ts';
import { renderChat } from '../../src/methods/parts/chat.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { type Method, type Segment, SPANS } from '../../src/methods/parts/segment.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { characters, koEn } from '../support/characters.ts';
import { temporaryFolder } from '../support/files.ts';
import { cases, randomTexts, realFolder } from '../tokenizer/support.ts';

const pair = { target: 'ko', pivot: 'en' };

describe('encodeExample', () => {
  const [segments] = getMethod('plug').segments(koEn('a', '가', 'A'), pair);
  const { ids, spans } = encodeExample(segments, characters);

  it('supervises the text of each span and nothing else', () => {
    const text = (span: number) => characters.decode(ids.filter((_, i) => spans[i] === span && ids[i] > 2));
    assert.equal(text(0), 'English instruction:\nA?');
    assert.equal(text(1), '\n\nEnglish response:\nA');
    assert.equal(text(2), '\n\n한국어 응답:\n가');
    assert.ok(text(-1).endsWith('<|user|>\n가?\n<|assistant|>\n'));
    assert.ok(text(-1).startsWith('<|system|>\n'));
  });

  it('begins once, and learns the end token though padding is the same', () => {
    assert.deepEqual([...ids].filter((id) => id === 2).length, 1);
    assert.deepEqual([ids[0], spans[0]], [2, -1]);
    assert.deepEqual([ids.at(-1), spans.at(-1)], [1, SPANS.indexOf('end')]);
  });

  it('begins with the very tokens of its prompt', () => {
    const prompt = encodeExample(getMethod('plug').prompt('가?', pair), characters);
    assert.deepEqual(ids.slice(0, prompt.ids.length), prompt.ids);
    assert.ok(spans.slice(0, prompt.ids.length).every((span) => span === -1));
    assert.equal(spans[prompt.ids.length], 0);
  });

  it('gives a token that reaches over two spans to the one it begins in', () => {
    // As a byte-level BPE has a piece of full stop and blank line.
    const stops = withPiece('.\n\n', 7);
    const [one] = getMethod('plug').segments(koEn('a', '가.', 'A.'), pair);
    const encoded = encodeExample(one, stops);
    const at = [...encoded.ids.entries()].filter(([, id]) => id === 7).map(([i]) => encoded.spans[i]);
    assert.deepEqual(at, [1], 'the pivot response ends in it, and it opens the target response');
    assert.equal(encoded.spans.filter((span) => span === 2).length, '한국어 응답:\n가.'.length);
  });

  it('cuts the text where a piece would reach over the end of the prompt', () => {
    const eager = withPiece('\nEnglish', 7);
    const encoded = encodeExample(segments, eager);
    const prompt = encodeExample(getMethod('plug').prompt('가?', pair), eager);
    assert.deepEqual(encoded.ids.slice(0, prompt.ids.length), prompt.ids);
    assert.deepEqual(spansText(encoded, eager).slice(0, 1), ['English instruction:\nA?']);
    assert.equal([...encoded.ids].filter((id) => id === 7).length, 1, 'it is used elsewhere');
  });

  it('finds the spans where the tokenizer changes the text', () => {
    // Runs of white space become one space, and none stands at the ends: as SentencePiece does by default.
    const folding: Tokenizer = {
      ...characters,
      encode: (text) => characters.encode(text.replace(/\s+/g, ' ').trim()),
    };
    assert.deepEqual(spansText(encodeExample(segments, folding), folding), [
      ' English instruction: A?',
      ' English response: A',
      ' 한국어 응답: 가',
    ]);
  });

  it('finds them too where the changes cancel out in number of bytes', () => {
    // NFC makes three letters with an accent three bytes shorter, and one Devanagari letter three bytes longer.
    const composing: Tokenizer = {
      ...characters,
      encode: (text) => characters.encode(text.normalize('NFC')),
    };
    const [one] = getMethod('plug').segments(koEn('a', '\u0958', 'e\u0301e\u0301e\u0301'), pair);
    const [, response, target] = spansText(encodeExample(one, composing), composing);
    assert.deepEqual([response, target], ['\n\nEnglish response:\nééé', '\n\n한국어 응답:\n\u0915\u093c']);
  });
});

/** The characters' tokenizer with one longer piece. */
function withPiece(piece: string, id: number): Tokenizer {
  const byteLengths = characters.byteLengths.slice();
  byteLengths[id] = Buffer.byteLength(piece);
  return {
    ...characters,
    byteLengths,
    encode: (text) => characters.encode(text.replaceAll(piece, String.fromCodePoint(id))),
    decode: (ids) => characters.decode(ids).replaceAll(String.fromCodePoint(id), piece),
  };
}

/** Text of each supervised span but the end. */
function spansText({ ids, spans }: Pick<Encoded, 'ids' | 'spans'>, tokenizer: Tokenizer): string[] {
  return SPANS.slice(0, 3).map((_, span) => tokenizer.decode(ids.filter((_, i) => spans[i] === span)));
}

/** Examples of one to three turns over hard texts, each with a letter, so that none is empty once stripped. */
function randomExamples(count: number): Example[] {
  const texts = randomTexts(count * 12, 11);
  const text = () => `x${texts.next().value ?? ''}y`;
  return Array.from({ length: count }, (_, i) => {
    const turns = () =>
      Array.from({ length: 1 + (i % 3) }, () => ({ instruction: text(), response: `${text()}.` }));
    return { id: `random-${i}`, turns: { ko: turns(), en: turns() } };
  });
}

/** The text between end tokens, tokenized whole, with begin and end tokens: what inference would read. */
function wholeIds(segments: Segment[], tokenizer: Tokenizer): number[] {
  const stretches = renderChat(segments).map(({ parts, end }, i) => {
    const text = parts.map((part) => part.text).join('');
    return [...tokenizer.encode(text, { continuing: i > 0 }), ...(end ? [tokenizer.eosId] : [])];
  });
  return [...(tokenizer.bosId === null ? [] : [tokenizer.bosId]), ...stretches.flat()];
}

describe('bytes behind the ids', () => {
  const dir = temporaryFolder();

  for (const { name, load } of cases.filter(({ lossless }) => lossless)) {
    it(`${name}: add up to the text`, async () => {
      mkdirSync(join(dir, name));
      const tokenizer = await load(join(dir, name));
      for (const text of randomTexts(200, 17)) {
        // ▁ (U+2581) in a text is a space to some; no random text has it.
        const ids = tokenizer.encode(text, { continuing: true });
        const bytes = ids.reduce((sum, id) => sum + tokenizer.byteLengths[id], 0);
        assert.equal(bytes, Buffer.byteLength(text), JSON.stringify(text));
      }
    });
  }
});

const real = existsSync(realFolder) ? ['minimind_tokenizer.json', 'mistral_v1_tokenizer.model'] : [];

describe('every method and every tokenizer', () => {
  const dir = temporaryFolder();
  const tokenizers: { name: string; load(): Promise<Tokenizer> }[] = [
    ...cases.map(({ name, load }, i) => ({
      name,
      async load() {
        mkdirSync(join(dir, String(i)));
        return load(join(dir, String(i)));
      },
    })),
    ...real.map((file) => ({ name: file, load: () => loadTokenizer(join(realFolder, file)) })),
  ];
  const examples = randomExamples(60);
  const settings = { ...pair, translationRate: 1.5 };

  for (const { name, load } of tokenizers) {
    describe(name, () => {
      let tokenizer: Tokenizer;
      before(async () => {
        tokenizer = await load();
      });

      for (const method of Object.values(METHODS).filter(({ textOnly }) => !textOnly)) {
        it(`${method.name}: tokens of the whole text, the loss on its spans alone`, () => {
          for (const example of examples) {
            for (const { id, segments } of sequencesOf(example, method, settings)) {
              check(segments, encodeExample(segments, tokenizer), method, tokenizer, id);
            }
          }
        });
      }
    });
  }

  function check(
    segments: Segment[],
    { ids, spans }: Pick<Encoded, 'ids' | 'spans'>,
    method: Method,
    tokenizer: Tokenizer,
    id: string,
  ): void {
    assert.deepEqual([...ids], wholeIds(segments, tokenizer), `${id}: tokens of the whole text`);
    // Once, even where the pad, end and begin tokens are the same or a text spells them.
    const opening = tokenizer.bosId === null ? 0 : 1;
    if (tokenizer.bosId !== null && tokenizer.bosId !== tokenizer.eosId) {
      assert.equal(ids.filter((one) => one === tokenizer.bosId).length, 1, `${id}: one begin token`);
    }
    // The prompt, as it is at inference, has no loss, and all behind it has one.
    const first = segments.findIndex(({ supervised }) => supervised);
    const prompt = encodeExample(segments.slice(0, first), tokenizer);
    assert.deepEqual([...ids.subarray(0, prompt.ids.length)], [...prompt.ids], `${id}: tokens of the prompt`);
    assert.ok(spans.subarray(0, prompt.ids.length).every((span) => span === -1));
    assert.ok(spans.subarray(prompt.ids.length).every((span) => span >= 0));
    assert.ok(prompt.ids.length > opening);
    // Each span in turn, of the method's own, and the end token last.
    const order = spans.subarray(prompt.ids.length).filter((span, i, all) => i === 0 || span !== all[i - 1]);
    const roles = segments.slice(first).map(({ role }) => role);
    assert.deepEqual(
      Array.from(order, (span) => SPANS[span]),
      roles,
      id,
    );
    assert.ok(roles.every((role) => method.spans.includes(role as (typeof SPANS)[number])));
    assert.deepEqual([ids.at(-1), spans.at(-1)], [tokenizer.eosId, SPANS.indexOf('end')]);
    // Where text comes back whole, a span ends with the first token that holds its last character.
    const texts = segments.slice(first).map(({ text }) => text);
    const written = texts.join('');
    if (tokenizer.decode(tokenizer.encode(written, { continuing: true })) !== written) return;
    const decoded = (end: number) => tokenizer.decode(ids.subarray(prompt.ids.length, end));
    for (const [i, text] of texts.entries()) {
      if (text === '') continue;
      const upTo = texts.slice(0, i + 1).join('');
      const end = spans.lastIndexOf(SPANS.indexOf(roles[i] as (typeof SPANS)[number])) + 1;
      assert.ok(decoded(end).startsWith(upTo), `${id}: ${roles[i]} ends too early`);
      assert.ok(!decoded(end - 1).startsWith(upTo), `${id}: ${roles[i]} ends too late`);
    }
  }
});
