/**
 * `make test-parity`, the second half: random models of every architecture against transformers and PEFT, live. What
 * they write we read, in unusual forms too, what we write they read: weights, adapters, adapters merged. Log-probabilities must agree within
 * 1e-4 and greedy texts be the same; prints a table and ends with 1 where anything differs.
 *
 *     node --import tsx scripts/parity/models.ts [PYTHON] [SEED]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveAdapter } from '../../src/checkpoint/adapter.ts';
import { readLora } from '../../src/checkpoint/adapterConfig.ts';
import { mergeAdapter } from '../../src/checkpoint/merge.ts';
import { type LoadedWeights, loadWeights } from '../../src/checkpoint/model.ts';
import { sourcesOf, writeWeights } from '../../src/checkpoint/weights.ts';
import { writeJson } from '../../src/files.ts';
import { decode } from '../../src/generate/decode.ts';
import { makeDecoder } from '../../src/generate/decoder.ts';
import { toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { openScorer } from '../../src/score/score.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';

interface Judgement {
  logprobs: number[][];
  /** lead: of the likeliest token before the next, at the closest place. */
  greedy: { ids: number[]; lead: number }[];
}

const TOLERANCE = 1e-4;
const [program = '.venv-parity/bin/python', seed = '1'] = process.argv.slice(2);
const script = new URL('models.py', import.meta.url).pathname;
const python = (...args: string[]) =>
  JSON.parse(execFileSync(program, [script, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }));
const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** What we make of texts: scored in one batch, continued in one batch with padding, and each alone. */
async function judge(loaded: LoadedWeights, texts: number[][]): Promise<Judgement[]> {
  const scorer = openScorer(loaded);
  const logprobs = (await scorer.score(texts)).map((values) => [...values]);
  scorer.dispose();
  // No token ends a text: transformers was not stopped either.
  const model = { ...loaded.model, config: { ...loaded.model.config, eosId: -1, padId: 0 } };
  const decoder = makeDecoder(model, loaded);
  const options = { maxNewTokens: 64, temperature: 0, topP: 1, topK: 0, seed: 1 };
  const write = async (prompts: number[][]) =>
    (await decode(decoder, prompts, options)).map(({ ids }) => ({ ids, lead: 0 }));
  const together = await write(texts);
  const alone = [];
  for (const text of texts) alone.push(...(await write([text])));
  decoder.dispose();
  return [together, alone].map((greedy) => ({ logprobs, greedy }));
}

/** The largest difference of log-probabilities, and texts that differ though no two tokens were nearly as likely. */
function compare(ours: Judgement, theirs: Judgement): { difference: number; texts: number } {
  const pairs = ours.logprobs.flatMap((row, i) => row.map((value, j) => [value, theirs.logprobs[i][j]]));
  const difference = Math.max(...pairs.map(([a, b]) => Math.abs(a - b) / Math.max(1, Math.abs(b) / 10)));
  const differ = (i: number) => String(ours.greedy[i].ids) !== String(theirs.greedy[i].ids);
  const texts = ours.greedy.filter((_, i) => differ(i) && theirs.greedy[i].lead > TOLERANCE).length;
  return { difference, texts };
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'plug-models-'));
  const rows: object[] = [];
  let bad = 0;
  const note = (model: string, what: string, found: ReturnType<typeof compare>) => {
    const wrong = found.difference > TOLERANCE || found.texts > 0;
    if (wrong) bad += 1;
    rows.push({ model, what, difference: found.difference.toExponential(1), texts: found.texts, ok: !wrong });
  };
  try {
    const names: string[] = python('make', root, seed);
    const tokenizer = await bpeTokenizer(trainBpe(['a'], { vocabSize: 257 }));
    for (const name of names) {
      const at = (...path: string[]) => join(root, name, ...path);
      const texts = read(at('texts.json'));
      const expected: Record<string, Judgement> = read(at('expected.json'));
      const loaded = await loadWeights(at('theirs'), { precision: 'float32' });
      for (const found of await judge(loaded, texts))
        note(name, 'their weights', compare(found, expected.theirs));
      await writeJson(at('ours', 'config.json'), toHuggingFace(loaded.model.config));
      await writeWeights(at('ours'), sourcesOf(loaded.model.parameters), { shardBytes: 30_000 });
      loaded.dispose();

      await tokenizer.save(at('adapter'));
      const adapted = await loadWeights(at('adapter'), { precision: 'float32' });
      const [found] = await judge(adapted, texts);
      note(name, 'their adapter', compare(found, expected.adapter));
      await saveAdapter(at('our-adapter'), await readLora(at('adapter')), adapted.model.parameters);
      adapted.dispose();
      // Merged in float32: the dtype of the base would round.
      cpSync(at('our-adapter'), at('wide-adapter'), { recursive: true });
      await tokenizer.save(at('wide-adapter'));
      const config = read(at('wide-adapter', 'adapter_config.json'));
      await writeJson(at('wide-adapter', 'adapter_config.json'), {
        ...config,
        base_model_name_or_path: '../ours',
      });
      await mergeAdapter(at('wide-adapter'), at('merged'));
    }
    const theirs: Record<string, Record<string, Judgement>> = python('check', root);
    for (const name of names) {
      const expected = read(root, name, 'expected.json');
      note(name, 'our weights, there', compare(theirs[name].ours, expected.theirs));
      note(name, 'our adapter, there', compare(theirs[name]['our-adapter'], expected.adapter));
      note(name, 'merged, there', compare(theirs[name].merged, expected.adapter));
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  console.table(rows);
  await writeJson('reports/model-parity.json', { seed, rows });
  console.log(
    `${bad === 0 ? 'No difference' : `${bad} differences`} (seed ${seed}). Written: reports/model-parity.json`,
  );
  if (bad > 0) process.exitCode = 1;
}

await main();
