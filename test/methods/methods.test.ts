/** What each method writes, word for word, and how its answers are read back. */
import assert from 'node:assert/strict';
import { getMethod, METHODS } from '../../src/methods/index.ts';
import { renderChat } from '../../src/methods/parts/chat.ts';
import type { Example } from '../../src/methods/parts/example.ts';
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
  const spans = renderChat(segments).flatMap(({ parts, end }) => [
    ...parts.map(({ text, span }) => (span === null ? text : `[${span}|${text}]`)),
    end === null ? '' : end === 'supervised' ? '[end|⟨end⟩]' : '⟨end⟩',
  ]);
  return spans.join('');
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

describe('the ablations of plug', () => {
  it('leave out the pivot instruction, and say so', () => {
    const method = getMethod('plug-no-pivot-instruction');
    assert.equal(
      marked(method.segments(example, pair)[0]),
      '<|system|>\nPlease respond to the instruction both in English and in Korean.\n' +
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n' +
        '[pivotResponse|English response:\nIt comes from China.]' +
        '[targetResponse|\n\n한국어 응답:\n중국에서 왔습니다.][end|⟨end⟩]',
    );
    assert.deepEqual(method.answer('English response:\nA\n\n한국어 응답:\n가', pair), {
      ...{ answer: '가', status: 'found', pivotResponse: 'A' },
    });
  });

  it('leave out the pivot response, and say so', () => {
    const method = getMethod('plug-no-pivot-response');
    assert.equal(
      marked(method.segments(example, pair)[0]),
      '<|system|>\nPlease interpret the instruction in English, and then respond in Korean.\n' +
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n' +
        '[pivotInstruction|English instruction:\nWhere does tea come from?]' +
        '[targetResponse|\n\n한국어 응답:\n중국에서 왔습니다.][end|⟨end⟩]',
    );
    assert.deepEqual(method.answer('English instruction:\nQ\n\n한국어 응답:\n가', pair), {
      ...{ answer: '가', status: 'found', pivotInstruction: 'Q' },
    });
  });
});

describe('pivot-only', () => {
  const method = getMethod('pivot-only');

  it('reads and writes the pivot language alone, and is asked in the target language zero-shot', () => {
    assert.deepEqual(method.languages(pair), ['en']);
    const { en } = example.turns;
    assert.equal(
      marked(method.segments({ id: 'tea', turns: { en } }, pair)[0]),
      '<|system|>\nPlease respond to the following user message in English.\n' +
        '<|user|>\nWhere does tea come from?\n<|assistant|>\n[pivotResponse|It comes from China.][end|⟨end⟩]',
    );
    assert.equal(
      marked(method.prompt('언제요?', pair)),
      '<|system|>\nPlease respond to the following user message in Korean.\n<|user|>\n언제요?\n<|assistant|>\n',
    );
  });
});

describe('code-switching', () => {
  it('crosses instruction and response both ways, earlier turns in the same languages', () => {
    const [first, second, , fourth] = getMethod('code-switching').segments(example, pair).map(marked);
    assert.equal(
      first,
      '<|system|>\nPlease respond to the following user message in English.\n' +
        '<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n[pivotResponse|It comes from China.][end|⟨end⟩]',
    );
    assert.equal(
      second,
      '<|system|>\nPlease respond to the following user message in Korean.\n' +
        '<|user|>\nWhere does tea come from?\n<|assistant|>\n[targetResponse|중국에서 왔습니다.][end|⟨end⟩]',
    );
    assert.ok(
      fourth.includes('Where does tea come from?\n<|assistant|>\n중국에서 왔습니다.⟨end⟩\n<|user|>\nWhen?\n'),
    );
  });
});

describe('auxiliary-translation', () => {
  const method = getMethod('auxiliary-translation');
  const texts = (translationRate: number, id = 'tea') =>
    method.segments({ ...example, id }, { ...pair, translationRate }).map(marked);
  const tasks = [
    'from English into Korean.\n<|user|>\nIt comes from China.\n<|assistant|>\n[targetResponse|중국에서 왔습니다.]',
    'from Korean into English.\n<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n[pivotInstruction|Where does tea come from?]',
    'from English into Korean.\n<|user|>\nWhere does tea come from?\n<|assistant|>\n[targetResponse|차는 어디서 왔나요?]',
    'from Korean into English.\n<|user|>\n중국에서 왔습니다.\n<|assistant|>\n[pivotResponse|It comes from China.]',
  ];

  it('adds all four translations at rate 4, and none at rate 0', () => {
    const monolingual = getMethod('monolingual').segments(example, pair).map(marked);
    assert.deepEqual(texts(0), monolingual);
    const all = texts(4);
    assert.equal(all.length, 2 * 5);
    for (const task of tasks) {
      const whole = `<|system|>\nPlease translate the following text ${task}[end|⟨end⟩]`;
      assert.ok(all.includes(whole), `${whole} in\n${all.join('\n')}`);
    }
  });

  it('adds as many as the rate says on average, of each kind alike, always the same for an id', () => {
    const made = Array.from({ length: 2000 }, (_, i) =>
      texts(0.75, `id-${i}`).filter((text) => text.includes('translate')),
    );
    const count = made.flat().length / 4000;
    assert.ok(Math.abs(count - 0.75) < 0.03, String(count));
    const kinds = tasks.map((task) => made.flat().filter((text) => text.includes(task)).length);
    assert.ok(Math.max(...kinds) < 1.25 * Math.min(...kinds), kinds.join());
    assert.deepEqual(texts(0.75, 'id-7'), texts(0.75, 'id-7'));
  });
});

describe('verbatim', () => {
  const method = getMethod('verbatim');

  it("takes rows as they are, under the row's own system text", () => {
    const row = { ...example, turns: { ko: example.turns.ko.slice(0, 1) }, system: { ko: ' Be brief. ' } };
    assert.equal(
      marked(method.segments(row, pair)[0]),
      '<|system|>\nBe brief.\n<|user|>\n차는 어디서 왔나요?\n<|assistant|>\n[targetResponse|중국에서 왔습니다.][end|⟨end⟩]',
    );
    assert.ok(marked(method.segments(example, pair)[0]).startsWith('<|user|>\n'), 'none where there is none');
  });

  it('reads an answer behind the target heading, or else all of the text', () => {
    assert.equal(method.answer('English response:\nA\n\n한국어 응답:\n가', pair).answer, '가');
    assert.deepEqual(method.answer(' 가 ', pair), { answer: '가', status: 'monolingual' });
  });
});

describe('translate-test', () => {
  const method = getMethod('translate-test');
  const [first, second] = example.turns.ko.map(({ instruction }) => instruction.trim());

  it('learns each turn in three sequences: into the pivot, answering there, and back', () => {
    const sequences = method.segments(example, pair).map(marked);
    assert.deepEqual(sequences.slice(0, 3), [
      '<|system|>\nPlease translate the following text from Korean into English.\n<|user|>\n차는 어디서 왔나요?\n' +
        '<|assistant|>\n[pivotInstruction|Where does tea come from?][end|⟨end⟩]',
      '<|system|>\nPlease respond to the following user message in English.\n<|user|>\nWhere does tea come from?\n' +
        '<|assistant|>\n[pivotResponse|It comes from China.][end|⟨end⟩]',
      '<|system|>\nPlease translate the following text from English into Korean.\n<|user|>\nIt comes from China.\n' +
        '<|assistant|>\n[targetResponse|중국에서 왔습니다.][end|⟨end⟩]',
    ]);
    assert.equal(sequences.length, 6);
    assert.ok(sequences[3].includes(second) && !sequences[3].includes(first), 'no earlier turn');
  });

  it('asks in three passes as it was taught', () => {
    const passes = method.passes?.(pair) ?? [];
    const texts = [first, 'Where does tea come from?', 'It comes from China.'];
    const taught = method.segments(example, pair).slice(0, 3);
    for (const [i, { prompt, writes }] of passes.entries()) {
      assert.deepEqual(prompt(texts[i]), taught[i].slice(0, 2));
      assert.equal(taught[i][2].role, writes);
    }
  });
});

describe('plain-text', () => {
  const method = getMethod('plain-text');
  const text: Example = { id: 'a', turns: { ko: [{ instruction: '', response: '차는 중국에서 왔다.' }] } };

  it('learns all of a text and where it ends', () => {
    assert.deepEqual(method.segments(text, pair).map(marked), [
      '[targetResponse|차는 중국에서 왔다.][end|⟨end⟩]',
    ]);
  });

  it('continues what is asked, without a word before it', () => {
    assert.equal(marked(method.prompt('차는', pair)), '차는');
    assert.deepEqual(method.answer(' 중국에서 왔다.', pair), {
      answer: '중국에서 왔다.',
      status: 'monolingual',
    });
  });
});

describe('system texts of rows', () => {
  const systemOf = (system: string) =>
    getMethod('plug').segments({ ...example, system: { ko: system } }, pair)[0][0].text;
  const own = 'Please interpret the instruction in English, and then respond both in English and in Korean.';

  it("follow the method's own", () =>
    assert.equal(systemOf('You are a tea merchant.'), `${own}\n\nYou are a tea merchant.`));

  it('are left out where they are what a method would say itself', () => {
    for (const text of [own, 'Please respond to the following user message in Korean.']) {
      assert.equal(systemOf(text), own);
    }
  });
});

describe('every method', () => {
  const codes = Object.keys(LANGUAGES);
  const pairs = codes.flatMap((target) =>
    codes.filter((c) => c !== target).map((pivot) => ({ target, pivot })),
  );
  for (const method of Object.values(METHODS).filter(({ textOnly }) => !textOnly)) {
    it(`${method.name}: a training example begins with its prompt, in all ${pairs.length} pairs`, () => {
      for (const each of pairs) {
        const turns = Object.fromEntries(
          codes.map((code) => [code, [{ instruction: `Q ${code}`, response: `A ${code}` }]]),
        );
        const [segments] = method.segments({ id: 'x', turns }, each);
        const prompt = method.prompt(`Q ${each.target}`, each);
        const zeroShot = ['pivot-only', 'code-switching'].includes(method.name);
        if (!zeroShot) assert.deepEqual(segments.slice(0, prompt.length), prompt);
        assert.ok(prompt.every(({ supervised }) => !supervised));
        assert.ok(segments.slice(prompt.length).every(({ supervised }) => supervised));
        assert.equal(segments.at(-1)?.role, 'end');
        const written = segments.slice(prompt.length).map(({ text }) => text);
        const answered = method.passes ? `Q ${each.pivot}` : `A ${zeroShot ? each.pivot : each.target}`;
        assert.equal(method.answer(written.join(''), each).answer, answered);
      }
    });
  }

  it('is named in the error for an unknown one, and so are the languages', () => {
    assert.throws(() => getMethod('plugg'), /method\.name: expected one of plug, .*monolingual.*got "plugg"/);
    assert.throws(
      () => getMethod('plug').prompt('Q', { target: 'xx', pivot: 'en' }),
      /got "xx"; describe it in the recipe, languages: \{ "xx": .*--languages FILE/,
    );
  });
});
