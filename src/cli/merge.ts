/** `npm run merge`: an adapter and its base model as one model directory. */
import { readdirSync, statSync } from 'node:fs';
import { isAdapter, readLora } from '../checkpoint/adapterConfig.ts';
import { mergeAdapter } from '../checkpoint/merge.ts';
import { UserError } from '../errors.ts';
import { displayPath, fromCaller } from '../paths.ts';
import { refuseEmpty, refusePlace } from '../train/output.ts';
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
  refuseEmpty('output', flags.output);
  const given = flags.model ?? flags.checkpoint;
  if (!given || !flags.output) {
    throw new UserError(
      `merge: expected ${given ? '--output' : '--model'} DIR; npm run merge -- --help shows an example`,
    );
  }
  const [dir, output] = [fromCaller(given), fromCaller(flags.output)];
  const base = isAdapter(dir) ? [(await readLora(dir)).base] : [];
  refusePlace(output, [dir, ...base], {
    thing: 'the merged model alone',
    source: 'which is merged',
    fix: 'choose another folder with --output',
  });
  refuseHeldFiles(output, flags.overwrite);
  await mergeAdapter(dir, output);
  console.log(`Merged: ${displayPath(output)}`);
  return 0;
}

/** Files of a model, which a merged one would replace. */
const OF_MODELS =
  /^(?:(?:config|generation_config|recipe|tokenizer.*|special_tokens_map|added_tokens)\.json|chat_template\..*|.*\.safetensors(?:\.index\.json)?|.*\.model)$/;
/** What makes a folder that of a run or an adapter, which is never written over. */
const OF_RUNS = ['run.json', 'steps', 'adapter_config.json'];

function refuseHeldFiles(output: string, overwrite: boolean): void {
  if (!statSync(output, { throwIfNoEntry: false })?.isDirectory()) return;
  const name = displayPath(output);
  const names = readdirSync(output);
  const run = names.find((one) => OF_RUNS.includes(one));
  if (run) {
    throw new UserError(
      `${name}: expected a new folder, or one with a merged model, got a run or an adapter (${run}); ` +
        'choose another folder with --output',
    );
  }
  const held = names.filter((one) => OF_MODELS.test(one));
  if (held.length === 0 || overwrite) return;
  throw new UserError(
    `${name}: expected no model there, got ${held.slice(0, 4).join(', ')}; --overwrite writes it anew`,
  );
}
