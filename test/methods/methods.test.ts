/** What each method writes, word for word, and how its answers are read back. */
import assert from 'node:assert/strict';
import { renderChat } from '../../src/methods/parts/chat.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { getMethod, METHODS } from '../../src/methods/index.ts';
import { LANGUAGES } from '../../src/methods/parts/languages.ts';
import type { Segment } from '../../src/methods/parts/segment.ts';

const example: Example = {
  id: 'tea',
  turns: {
    ko: [
      { instruction: ' 차는 어디서 왔나요? ', response: '중국에서 왔습니다.\n' },
      { instruction: '언제요?', response: '오래전에요.' },
    ],
    en: [
      { instruction: 'Where does tea come from?', response: 'It comes from China.' },
      { instruction: 'When?', response: 'Long ago.' },
    ],
  },
};
const pair = { target: 'ko', pivot: 'en' };

/** The chat text, ⟨end⟩ for the end token, and with [role| … ] round what is supervised. */
function marked(segments: Segment[]): string {
  return renderChat(segments)
    .map((piece) => {
      const text = 'end' in piece ? '⟨end⟩' : piece.text;
      return piece.role === null ? text : `[${piece.role}|${text}]`;
    })
    .join('');
}

describe('plug', () => {
  const plug = getMethod('plug');

  it('writes pivot instruction, pivot response and target response, each under its heading', () => {
    assert.equal(
      marked(plug.segments(example, pair)[0]),
      '<|system|>\n' +
        'Please interpret the instruction in English, and then respond both in English and in Korean.\n' +
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n' +
        '[pivotInstruction|English instruction:\nWhere does tea come from?]' +
        '[pivotResponse|\n\nEnglish response:\nIt comes from China.]' +
        '[targetResponse|\n\n한국어 응답:\n중국에서 왔습니다.]' +
        '[end|⟨end⟩]',
    );
  });

  it('makes one sequence a turn, earlier turns with their target text alone and no loss', () => {
    const sequences = plug.segments(example, pair);
    assert.equal(sequences.length, 2);
    const text = marked(sequences[1]);
    assert.ok(
      text.includes(
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n중국에서 왔습니다.⟨end⟩\n<|user|>\n언제요?\n<|assistant|>\n',
      ),
      text,
    );
    assert.ok(text.endsWith('[targetResponse|\n\n한국어 응답:\n오래전에요.][end|⟨end⟩]'), text);
    assert.ok(!text.includes('It comes from China'));
  });

  it('reads back what it writes', () => {
    const written = plug
      .segments(example, pair)[0]
      .filter(({ supervised }) => supervised)
      .map(({ text }) => text)
      .join('');
    assert.deepEqual(plug.answer(written, pair), {
      answer: '중국에서 왔습니다.',
      status: 'found',
      pivotInstruction: 'Where does tea come from?',
      pivotResponse: 'It comes from China.',
    });
  });

  it('takes all behind the first target heading', () => {
    const text = 'English response:\nA\n\n한국어 응답: 가\n\n한국어 응답:\n나 ';
    assert.equal(plug.answer(text, pair).answer, '가\n\n한국어 응답:\n나');
  });

  it('looks for each heading behind the one before', () => {
    const text = 'English response: no\nEnglish instruction:\nQ\n\nEnglish response:\nA\n\n한국어 응답:\n가';
    const { pivotInstruction, pivotResponse, answer } = plug.answer(text, pair);
    assert.deepEqual([pivotInstruction, pivotResponse, answer], ['Q', 'A', '가']);
  });

  it('says when there is no target heading, and gives an empty answer', () => {
    assert.deepEqual(plug.answer('English instruction:\nQ\n\nEnglish response:\nA', pair), {
      answer: '',
      status: 'not found',
      pivotInstruction: 'Q',
      pivotResponse: 'A',
    });
    assert.equal(plug.answer('', pair).status, 'not found');
  });

  it('finds the answer though the pivot headings are missing', () => {
    const { answer, pivotResponse } = plug.answer('한국어 응답:\n가', pair);
    assert.deepEqual([answer, pivotResponse], ['가', undefined]);
  });
});

describe('monolingual', () => {
  const monolingual = getMethod('monolingual');

  it('writes the target response alone', () => {
    assert.equal(
      marked(monolingual.segments(example, pair)[0]),
      '<|system|>\nPlease respond to the following user message in Korean.\n' +
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n[targetResponse|중국에서 왔습니다.][end|⟨end⟩]',
    );
    assert.deepEqual(monolingual.languages(pair), ['ko']);
  });

  it('answers with the whole text', () => {
    assert.deepEqual(monolingual.answer(' 가 ', pair), { answer: '가', status: 'monolingual' });
  });
});

describe('every method', () => {
  const codes = Object.keys(LANGUAGES);
  const pairs = codes.flatMap((target) =>
    codes.filter((c) => c !== target).map((pivot) => ({ target, pivot })),
  );
  for (const method of Object.values(METHODS)) {
    it(`${method.name}: a training example begins with its prompt, in all ${pairs.length} pairs`, () => {
      for (const each of pairs) {
        const turns = Object.fromEntries(
          codes.map((code) => [code, [{ instruction: `Q ${code}`, response: `A ${code}` }]]),
        );
        const [segments] = method.segments({ id: 'x', turns }, each);
        const prompt = method.prompt(`Q ${each.target}`, each);
        assert.deepEqual(segments.slice(0, prompt.length), prompt);
        assert.ok(prompt.every(({ supervised }) => !supervised));
        assert.ok(segments.slice(prompt.length).every(({ supervised }) => supervised));
        assert.equal(segments.at(-1)?.role, 'end');
        const written = segments.slice(prompt.length).map(({ text }) => text);
        assert.equal(method.answer(written.join(''), each).answer, `A ${each.target}`);
      }
    });
  }

  it('is named in the error for an unknown one, and so are the languages', () => {
    assert.throws(() => getMethod('plugg'), /method\.name: expected one of plug, monolingual.*got "plugg"/);
    assert.throws(
      () => getMethod('plug').prompt('Q', { target: 'xx', pivot: 'en' }),
      /got "xx"; add a row to/,
    );
  });
});
