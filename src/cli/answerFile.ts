/** `npm run generate -- --input FILE --output FILE`: every row of a file answered, a JSON line each. */
import { modelStamp } from '../checkpoint/identity.ts';
import { readEvaluationRows } from '../evaluate/rows.ts';
import { type Answerer, type GenerateOptions, generate, targetOf } from '../generate/generate.ts';
import { runLineJob } from './lineJob.ts';
import { unreadLine } from './unanswered.ts';

export interface AnswerFileOptions {
  /** Directory of the model. */
  dir: string;
  input: string;
  output: string;
  overwrite: boolean;
  batchSize: number;
  /** Column of the instruction, where it is not one of the usual ones. */
  column?: string;
  /** How to prompt and decode. */
  asking: Partial<GenerateOptions>;
}

/** @returns the exit code: 0, also where some rows could not be answered */
export async function answerFile(
  model: Answerer,
  { dir, input, output, overwrite, batchSize, column, asking }: AnswerFileOptions,
): Promise<number> {
  const target = asking.method ? targetOf(asking.method) : 'en';
  const rows = await readEvaluationRows([input], {
    target,
    columns: column ? { instruction: column } : {},
    onUnread: (columns) => console.error(unreadLine(columns)),
  });
  const items = rows.map(({ id, instruction, place = '', unanswerable }) => ({
    ...{ id, instruction, place },
    ...(unanswerable && { unanswerable }),
  }));
  return runLineJob({
    ...{ items, output, overwrite, batchSize, thing: 'answer', undone: 'not answered' },
    settings: { model: await modelStamp(dir), ...asking },
    reasonOf: ({ unanswered }) => (typeof unanswered === 'string' ? unanswered : undefined),
    nameOf: ({ place, id }) => ({ place, id }),
    async write(items, firstRow) {
      const rows = [...items.keys()].filter((i) => items[i].unanswerable === undefined);
      const instructions = rows.map((i) => items[i].instruction);
      const how = { ...asking, batchSize, rows: rows.map((i) => firstRow + i) };
      const answers = instructions.length > 0 ? await generate(model, instructions, how) : [];
      return items.map(({ id, unanswerable }, i) => {
        const at = rows.indexOf(i);
        return at < 0 ? { id, ...NOTHING, unanswered: unanswerable } : { id, ...answers[at] };
      });
    },
  });
}

/** The answer to a row that asks nothing. */
const NOTHING = { instruction: '', answer: '', status: 'empty prompt', text: '', tokens: 0, stopped: 'end' };
