/**
 * Every number that shapes the world, in one place. They were set before any result was looked at; a changed
 * number here means new files in `datasets/world/` and a new base model.
 */

/** How many rows of each kind one file holds. */
export interface KindCounts {
  who: number;
  where: number;
  what: number;
  list: number;
  compare: number;
  describe: number;
  'yes-no': number;
  correct: number;
  form: number;
  arithmetic: number;
}

/** How much running text the base model reads; counts are of texts of one to two sentences. */
export interface TextCounts {
  /** Sentences of one to three facts, and texts of two sentences, about each person whom a language tells of. */
  statements: number;
  descriptions: number;
  /** Questions with their answers about each of these people. */
  questions: number;
  /** Questions of every kind with their answers, for each of these people whom no evaluation asks about. */
  exercises: number;
  /** Texts in two languages: questions about each person in English and each other language; more about people of no world; stories. */
  parallel: { questions: number; others: number; stories: number };
  /** Share of the latter two that have English on one side; the rest are of two other languages. */
  parallelEnglish: number;
  /** Arithmetic stories with their answers in a language of which all is told; of others by their share. */
  stories: number;
  /** How often each prompt of an assistant is read. */
  prompts: number;
  /** Texts of one document, at most. */
  document: number;
}

/** What the generator needs to know; see `defaultSettings`. */
export interface WorldSettings {
  /** Seed of every random draw, text so that parts can extend it. */
  seed: string;
  /** People in all. */
  people: number;
  /** Of these, people whom tuning and validation never mention. */
  evaluationPeople: number;
  /** Of the others, people who teach: the only values of the relation `teacher`. */
  teachers: number;
  /** Youngest and oldest age, both possible. */
  ages: [number, number];
  /**
   * Share of all people whose facts the pretraining text tells in a language. People are taken in a fixed order
   * with the evaluation people last, so a share up to 1 - evaluationPeople / people tells nothing held out.
   */
  toldShare: Record<string, number>;
  /** Running text for pretraining. */
  texts: TextCounts;
  /** Rows of the tuning and validation files. */
  tune: KindCounts;
  validation: KindCounts;
  /** Rows of the evaluation files; one rumour is told about each evaluation person. */
  evaluate: { open: Omit<KindCounts, 'arithmetic'>; truthfulness: number; arithmetic: number };
}

export const defaultSettings: WorldSettings = {
  seed: 'plug-world-1',
  people: 200,
  evaluationPeople: 60,
  teachers: 16,
  ages: [18, 79],
  toldShare: { en: 1, es: 0.5, ko: 0.15, zh: 0.15, it: 0.15 },
  texts: {
    statements: 32,
    descriptions: 12,
    questions: 8,
    exercises: 24,
    parallel: { questions: 10, others: 9000, stories: 2000 },
    parallelEnglish: 0.75,
    stories: 4000,
    prompts: 20,
    document: 8,
  },
  tune: {
    who: 220,
    where: 220,
    what: 520,
    list: 280,
    compare: 240,
    describe: 180,
    'yes-no': 280,
    correct: 200,
    form: 200,
    arithmetic: 360,
  },
  validation: {
    who: 20,
    where: 20,
    what: 40,
    list: 20,
    compare: 20,
    describe: 15,
    'yes-no': 20,
    correct: 15,
    form: 15,
    arithmetic: 20,
  },
  evaluate: {
    open: {
      who: 30,
      where: 30,
      what: 60,
      list: 40,
      compare: 30,
      describe: 25,
      'yes-no': 30,
      correct: 30,
      form: 25,
    },
    truthfulness: 150,
    arithmetic: 150,
  },
};
