/**
 * Random tokenizers against Python, live: normalizer, pre-tokenizer, model, added tokens and decoder drawn at random,
 * and hard texts. `make test-parity` runs it; it ends with 1 where anything differs.
 *
 *     node --import tsx scripts/parity/pipelines.ts [PYTHON] [COUNT] [SEED]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Message } from '../../src/tokenizer/chatTemplate.ts';
import { comparePipeline, type Difference, type Drawn } from '../../test/tokenizer/pipelines.ts';

const [program = '.venv-parity/bin/python', count = '300', seed = '1000'] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'plug-pipelines-'));
const script = new URL('../golden/pipelines.py', import.meta.url).pathname;
const child = spawn(program, [script, count, seed], { stdio: ['ignore', 'pipe', 'inherit'] });

let given: { texts: string[]; conversation: Message[] } | undefined;
const totals = { tokenizers: 0, refused: 0, comparisons: 0, aside: 0 };
const differing = new Map<string, { seed: number; difference: Difference; times: number }>();
for await (const line of createInterface({ input: child.stdout })) {
  const one = JSON.parse(line) as (Drawn & { refused?: string }) | NonNullable<typeof given>;
  if ('texts' in one) {
    given = one;
    continue;
  }
  const dir = mkdtempSync(join(root, 'drawn-'));
  if (!given || one.refused !== undefined) {
    totals.refused++;
    continue;
  }
  totals.tokenizers++;
  const {
    differences,
    count: compared,
    aside,
  } = await comparePipeline(one, given.texts, given.conversation, dir);
  totals.comparisons += compared;
  totals.aside += aside;
  for (const difference of differences) {
    const known = differing.get(difference.what);
    if (known) known.times++;
    else differing.set(difference.what, { seed: one.seed, difference, times: 1 });
  }
}
rmSync(root, { recursive: true, force: true });
console.log(
  `Random tokenizers: ${totals.tokenizers} (${totals.refused} refused by Python), ${totals.comparisons.toLocaleString('en')} ` +
    `comparisons, ${totals.aside} texts aside where Python finds a special token`,
);
for (const [what, { seed: first, difference, times }] of differing) {
  console.log(`  ${what}: ${times} times; first with seed ${first}, ${JSON.stringify(difference.text)}`);
  console.log(
    `    ours   ${JSON.stringify(difference.ours)}\n    theirs ${JSON.stringify(difference.theirs)}`,
  );
}
const expected = Number(count);
if (differing.size > 0 || totals.tokenizers + totals.refused < expected || totals.tokenizers < expected / 2) {
  process.exitCode = 1;
}
