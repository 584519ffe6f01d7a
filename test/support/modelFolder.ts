/** Model directories with values that Python repeats: see `scripts/golden/uniform.py`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/checkpoint/safetensors.ts';
import { sizeOf } from '../../src/shapes.ts';
import { parkMiller } from './tiny.ts';

/** Values by tensor, drawn in the order of their names: norms around one, all else around zero. */
export function drawn(shapes: Record<string, number[]>, seed: number): Record<string, Float32Array> {
  const uniform = parkMiller(seed);
  const values = Object.keys(shapes)
    .sort()
    .map((name): [string, Float32Array] => {
      const [centre, width] = name.endsWith('norm.weight') ? [1, 0.4] : [0, 0.8];
      return [
        name,
        Float32Array.from({ length: sizeOf(shapes[name]) }, () => (uniform() - 0.5) * width + centre),
      ];
    });
  return Object.fromEntries(values);
}

/** Writes tensors of drawn values, those of `values` aside. */
export async function writeTensors(
  file: string,
  shapes: Record<string, number[]>,
  {
    seed = 7,
    values = {},
    dtype,
  }: { seed?: number; values?: Record<string, Float32Array>; dtype?: string } = {},
): Promise<void> {
  const all = { ...drawn(shapes, seed), ...values };
  const tensors = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape, dtype },
    lend: (write: (values: Float32Array) => Promise<void>) => write(all[name]),
  }));
  await writeSafetensors(file, tensors);
}

/** Writes a configuration and weights into a folder. @returns the folder */
const folderWriter =
  (configFile: string, weightsFile: string, defaults: Parameters<typeof writeTensors>[2] = {}) =>
  async (
    dir: string,
    config: object,
    shapes: Record<string, number[]>,
    options: Parameters<typeof writeTensors>[2] = {},
  ): Promise<string> => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, configFile), JSON.stringify(config));
    await writeTensors(join(dir, weightsFile), shapes, { ...defaults, ...options });
    return dir;
  };

export const writeModel = folderWriter('config.json', 'model.safetensors');
export const writeAdapter = folderWriter('adapter_config.json', 'adapter_model.safetensors', { seed: 11 });

/** What `run` writes on stderr. */
export async function stderrOf(run: () => unknown): Promise<string> {
  const { write } = process.stderr;
  let text = '';
  process.stderr.write = (part: string | Uint8Array) => {
    text += part;
    return true;
  };
  try {
    await run();
  } finally {
    process.stderr.write = write;
  }
  return text;
}
