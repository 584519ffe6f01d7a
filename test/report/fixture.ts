/** A run's records as training leaves them, for a look at its page. */
import type { RunRecords } from '../../src/report/records.ts';

const STEPS = 600;
const wave = (i: number, k: number) => Math.abs(Math.sin(i * 12.9898 + k * 78.233) * 43_758.5453) % 1;

/** A finished run of `plug-ko`. */
export function fixtureRun(): RunRecords {
  const spans = ['pivotInstruction', 'pivotResponse', 'targetResponse', 'end'];
  const metrics = Array.from({ length: STEPS }, (_, i) => {
    const losses = (noise: number) =>
      Object.fromEntries(
        spans.map((span, k) => [span, (3 - 0.5 * k) / (1 + i / 15) + 0.2 + noise * wave(i, k)]),
      );
    return {
      step: i + 1,
      steps: STEPS,
      epoch: (3 * (i + 1)) / STEPS,
      loss: losses(0.2).pivotResponse,
      spanLoss: losses(0.2),
      learningRate: 0.001 * (1 - i / STEPS),
      gradientNorm: 0.5 + wave(i, 9),
      tokens: 4096,
      seconds: 0.9,
      ...(i % 60 === 59 && { validation: { loss: losses(0.05).pivotResponse, spanLoss: losses(0.05) } }),
    };
  });
  const supervised = {
    pivotInstruction: 210_000,
    pivotResponse: 240_000,
    targetResponse: 260_000,
    end: 9000,
  };
  const counts = { sequences: 9000, kept: 8990, tooLong: 10, nothingSupervised: 0, truncated: 4 };
  return {
    recipe: {
      name: 'plug-ko',
      description: 'Korean by way of English',
      method: { name: 'plug', target: 'ko', pivot: 'en' },
      model: { layers: 4, dModel: 256 },
      train: { learningRate: 0.001, epochs: 3 },
      data: { train: ['datasets/world/tune.jsonl'] },
    },
    metrics,
    data: {
      rows: { read: 9007, kept: 9000, skipped: 7, reasons: { 'response_ko: empty': 4, 'not JSON': 3 } },
      train: { ...counts, tokens: 1_200_000, supervised },
      validation: { ...counts, sequences: 200, kept: 200, tooLong: 0, tokens: 26_000, supervised },
    },
    answers: [
      {
        instruction: '카솔 도키의 직업은 무엇인가요?',
        reference: '카솔 도키는 교사예요.',
        answer: '카솔 도키는 교사예요.',
        status: 'found',
        pivotInstruction: 'What is the occupation of Kasol Doki?',
        pivotResponse: 'Kasol Doki is a teacher.',
      },
      { instruction: '어디에 살아요?', reference: '베니토르에 살아요.', answer: '', status: 'not found' },
    ],
    parameters: 4_200_000,
  };
}
