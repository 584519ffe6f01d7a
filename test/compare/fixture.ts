/** Reports as a comparison would leave them, of any size; the same for the same options. */
import type { GroupResult, Report, ReportRow, Sample } from '../../src/compare/report.ts';
import type { Group } from '../../src/evaluate/score.ts';

export interface FixtureOptions {
  /** Names of recipes, XX for the language; the first one is what the others are held against. */
  kinds?: string[];
  targets?: string[];
  sweep?: { key: string; points: string[] };
  seeds?: number[];
}

const KINDS: Record<Group, string[]> = {
  open: ['who', 'where', 'what', 'list', 'compare', 'describe', 'yes-no', 'correct', 'form'],
  truthfulness: ['what', 'yes-no'],
  arithmetic: ['arithmetic'],
  text: [],
  other: [],
};

/** Numbers from 0 to 1 that look drawn by chance. */
function makeNoise(): () => number {
  let state = 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const clamp = (share: number) => Math.min(1, Math.max(0, share));

function result(group: Group, skill: number, noise: () => number, against?: string): GroupResult {
  const rows = group === 'arithmetic' ? 150 : 250;
  const mean = clamp(skill + 0.2 * (noise() - 0.5));
  const half = 0.98 / Math.sqrt(rows / (4 * Math.max(0.02, mean * (1 - mean)))) / 2;
  const shares = (correct: number) => ({
    rows,
    judged: rows,
    correct,
    facts: clamp(correct + 0.08),
    language: group === 'arithmetic' ? null : clamp(0.9 + 0.1 * noise()),
    form: clamp(0.95 + 0.05 * noise()),
    draft: null,
  });
  const win = Math.round(rows * clamp(skill) * 0.6);
  const loss = Math.round(rows * (1 - skill) * 0.3);
  return {
    ...shares(mean),
    accuracy: { mean, low: clamp(mean - half), high: clamp(mean + half) },
    ...(group === 'truthfulness' && {
      belief: { truthful: mean, rumour: (1 - mean) * 0.7, neither: (1 - mean) * 0.3 },
    }),
    kinds: Object.fromEntries(
      KINDS[group].map((kind) => [kind, shares(clamp(mean + 0.5 * (noise() - 0.5)))]),
    ),
    ...(against && { against: { recipe: against, win, loss, tie: rows - win - loss, rows } }),
  };
}

const TEXTS: Record<string, [instruction: string, reference: string, wrong: string]> = {
  ko: [
    '카솔 도키의 직업은 무엇인가요? 그리고 어디에서 일하나요?',
    '카솔 도키는 교사이고 베니토르에서 일해요.',
    '카솔 도키는 의사예요.',
  ],
  zh: ['卡索尔·多基的职业是什么？', '卡索尔·多基是教师，在贝尼托尔工作。', '卡索尔·多基是医生。'],
  it: ['Che lavoro fa Kasol Doki?', 'Kasol Doki è insegnante e lavora a Benitor.', 'È un medico.'],
  es: ['¿A qué se dedica Kasol Doki?', 'Kasol Doki es profesora y trabaja en Benitor.', 'Es médica.'],
  ar: ['ما هي مهنة كاسول دوكي؟', 'كاسول دوكي معلمة.', 'كاسول دوكي طبيبة "ماهرة".'],
};

function sampleOf(target: string, group: Group, rows: ReportRow[], noise: () => number): Sample {
  const [instruction, reference, wrong] = TEXTS[target] ?? TEXTS.es;
  return {
    id: `${target}-${group}`,
    group,
    target,
    instruction,
    reference,
    answers: rows.map(({ recipe, point }) => {
      const correct = noise() < 0.6;
      return { recipe, point, answer: correct ? reference : wrong, correct };
    }),
  };
}

/** A whole report. */
export function fixtureReport(options: FixtureOptions = {}): Report {
  const {
    kinds = ['mono-XX', 'plug-XX', 'pivot-only-en'],
    targets = ['ko'],
    sweep,
    seeds = [1, 2],
  } = options;
  const noise = makeNoise();
  const points = sweep?.points ?? [undefined];
  const rows = targets.flatMap((target) =>
    kinds.flatMap((kind, k) =>
      points.map((point, p): ReportRow => {
        const skill = 0.35 + (0.5 * k) / kinds.length + (0.1 * p) / points.length;
        const recipe = kind.replace('XX', target);
        const against = k > 0 ? kinds[0].replace('XX', target) : undefined;
        return {
          recipe,
          description: `Recipe ${recipe}`,
          method: kind.replace('-XX', '').replace('-en', ''),
          target,
          pivot: 'en',
          ...(point !== undefined && { point }),
          runs: seeds.map((seed) => ({
            seed,
            folder: `checkpoints/${recipe}${point ? `-${point}` : ''}-${seed}`,
            accuracy: { open: clamp(skill + 0.05 * noise()), arithmetic: clamp(skill - 0.1) },
            loss: Array.from({ length: 120 }, (_, i) => [
              i * 10 + 1,
              4 / (1 + i / (5 + k)) + 0.3 - 0.05 * k + 0.1 * noise(),
            ]),
          })),
          groups: {
            open: result('open', skill, noise, against),
            truthfulness: result('truthfulness', skill - 0.15, noise, against),
            arithmetic: result('arithmetic', skill - 0.1, noise, against),
          },
          cost: {
            tokensTrained: 1_234_567 * (k + 1),
            supervisedTokens: 600_000 * (k + 1),
            trainSeconds: 331 * (k + 1),
            tokensGenerated: 26_000 + 9000 * k,
            generateSeconds: 42 + 9 * k,
            answers: 650,
          },
        };
      }),
    ),
  );
  return {
    name: 'methods',
    command: `npm run compare -- --recipes ${rows.map(({ recipe }) => recipe).join(',')}`,
    ...(sweep && { sweep }),
    seeds,
    done: rows.length * seeds.length,
    total: rows.length * seeds.length,
    rows,
    samples: targets.flatMap((target) =>
      (['open', 'truthfulness'] as const).map((group) =>
        sampleOf(
          target,
          group,
          rows.filter((row) => row.target === target),
          noise,
        ),
      ),
    ),
  };
}

/** Eight kinds of recipes, as long in name as ours are. */
export const EIGHT_KINDS = [
  'mono-XX',
  'plug-XX',
  'plug-XX-no-pivot-instruction',
  'plug-XX-no-pivot-response',
  'code-switching-XX',
  'auxiliary-translation-XX',
  'translate-test-XX',
  'pivot-only-en',
];
