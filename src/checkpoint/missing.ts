/** The error for a model directory that is missing: what was found in its place, and how to get a model. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { displayPath, fromCaller } from '../paths.ts';

/** `Qwen/Qwen3-0.6B`, and not a path such as `./models/a` or `checkpoints/a`. */
const HUB_NAME = /^(?!(?:models|checkpoints|reports|datasets)\/)[\w][\w.-]*\/[\w][\w.-]*$/;

/** What is at a path where a folder was expected, in words. */
function foundAt(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 'no such folder';
    return found.isDirectory() ? 'none' : 'a file; name the folder that holds it';
  } catch {
    return 'no such folder';
  }
}

/** The error for `dir`, which is not a model directory. */
export function missingModel(dir: string): UserError {
  const shown = displayPath(dir);
  const got = foundAt(dir);
  const line = `${shown}: expected a model directory with config.json, got ${got}`;
  const aside = got === 'none' && readdirSync(dir).find((name) => /^replaced-[0-9a-f]{8}/.test(name));
  if (aside) {
    return new UserError(
      `${line}; an earlier run is kept in ${displayPath(join(dir, aside))} while another replaces it: ` +
        'npm run train with this --output goes on with one of the two',
    );
  }
  if (got === 'none') return new UserError(`${line}; config.json, safetensors and a tokenizer belong in it`);
  if (got !== 'no such folder') return new UserError(line);
  const trained = join('checkpoints', shown);
  if (existsSync(fromCaller(trained))) return new UserError(`${line}; did you mean ${trained}?`);
  if (/^(?:checkpoints|reports)\//.test(shown)) {
    return new UserError(`${line}; npm run train -- --recipe NAME makes one in checkpoints/NAME`);
  }
  const [id, to] = HUB_NAME.test(shown)
    ? [shown, `models/${shown.slice(shown.indexOf('/') + 1)}`]
    : ['OWNER/NAME', shown];
  return new UserError(
    `${line}; fetch it first: hf download ${id} --local-dir ${to}` +
      `${to === shown ? '' : `, then give --model ${to}`}, or name any directory with config.json, safetensors and a tokenizer`,
  );
}
