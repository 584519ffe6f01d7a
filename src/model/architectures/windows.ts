/** Which layers see a window of tokens, as the Qwen family tells it: by a list, or from some layer on. */
import type { ModelConfig } from '../config.ts';
import type { Options } from './options.ts';

const FULL = 'full_attention';
const SLIDING = 'sliding_attention';

export function readWindows(options: Options): ModelConfig['windows'] {
  if (!options.flag('use_sliding_window') || options.get('sliding_window') === null) return [];
  const window = options.number('sliding_window');
  const layers = options.number('num_hidden_layers');
  const first = options.get('max_window_layers');
  const types: unknown =
    options.get('layer_types') ??
    Array.from({ length: layers }, (_, i) => (i >= Number(first) ? SLIDING : FULL));
  const known = (type: unknown) => type === FULL || type === SLIDING;
  if (!Array.isArray(types) || types.length !== layers || !types.every(known)) {
    throw options.bad('layer_types', `${layers} of "${FULL}" and "${SLIDING}"`);
  }
  return types.includes(SLIDING) ? types.map((type) => (type === SLIDING ? window : null)) : [];
}

export function writeWindows({ windows }: ModelConfig): Record<string, unknown> {
  const window = windows.find((window) => window !== null);
  if (window === undefined) return { use_sliding_window: false };
  const types = windows.map((window) => (window === null ? FULL : SLIDING));
  const first = types.indexOf(SLIDING);
  return {
    use_sliding_window: true,
    sliding_window: window,
    max_window_layers: first,
    layer_types: types,
  };
}
