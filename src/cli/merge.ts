/** `npm run merge`: an adapter and its base model as one model directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mergeAdapter } from '../checkpoint/merge.ts';
import { UserError } from '../errors.ts';
import { displayPath, fromCaller } from '../paths.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';

const VERB = {
  name: 'merge',
  summary: 'Put a LoRA adapter into its base model: one directory that any program reads',
  examples: ['npm run merge -- --model checkpoints/plug-ko-lora --output checkpoints/plug-ko-merged'],
  flags: {
    model: { kind: 'string', value: 'DIR', help: 'The adapter: a run with LoRA, or any PEFT adapter.' },
    checkpoint: { kind: 'string', value: 'DIR', help: 'The same as --model.' },
    output: { kind: 'string', value: 'DIR', help: 'Directory of the merged model.' },
    overwrite: { kind: 'boolean', help: 'Write over a model that is there.' },
  },
} satisfies Verb;

export async function merge(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const given = flags.model ?? flags.checkpoint;
  if (!given || !flags.output) {
    throw new UserError(
      `merge: expected ${given ? '--output' : '--model'} DIR; npm run merge -- --help shows an example`,
    );
  }
  const output = fromCaller(flags.output);
  if (existsSync(join(output, 'config.json')) && !flags.overwrite) {
    throw new UserError(
      `${displayPath(output)}: expected no model there, got one; --overwrite writes it anew`,
    );
  }
  await mergeAdapter(fromCaller(given), output);
  console.log(`Merged: ${displayPath(output)}`);
  return 0;
}
