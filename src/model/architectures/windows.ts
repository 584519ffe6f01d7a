/** Which layers see a window of tokens: by a list, or in the Qwen family from some layer on. */
import type { ModelConfig } from '../config.ts';
import type { Options } from './options.ts';

const FULL = 'full_attention';
const SLIDING = 'sliding_attention';

/** Where `use_sliding_window` says so; without a list the layers from `max_window_layers` on. */
export function readWindows(options: Options): ModelConfig['windows'] {
  if (!options.flag('use_sliding_window')) return [];
  const first = Number(options.get('max_window_layers'));
  return windowsBy(options, (layer) => layer >= first);
}

/** By the list `layer_types`, or where there is none by `isSliding`. */
export function windowsBy(options: Options, isSliding: (layer: number) => boolean): ModelConfig['windows'] {
  if (options.get('sliding_window') === null) return [];
  const window = options.number('sliding_window');
  const layers = options.number('num_hidden_layers');
  const types: unknown =
    options.get('layer_types') ??
    Array.from({ length: layers }, (_, layer) => (isSliding(layer) ? SLIDING : FULL));
  const known = (type: unknown) => type === FULL || type === SLIDING;
  if (!Array.isArray(types) || types.length !== layers || !types.every(known)) {
    throw options.bad('layer_types', `${layers} of "${FULL}" and "${SLIDING}"`);
  }
  return types.includes(SLIDING) ? types.map((type) => (type === SLIDING ? window : null)) : [];
}

export function writeWindows({ windows }: ModelConfig): Record<string, unknown> {
  const window = windows.find((window) => window !== null);
  if (window === undefined) return { use_sliding_window: false };
  const types = typesOf(windows);
  const first = types.indexOf(SLIDING);
  return {
    use_sliding_window: true,
    sliding_window: window,
    max_window_layers: first,
    layer_types: types,
  };
}

/** `layer_types` of these windows. */
export const typesOf = (windows: ModelConfig['windows']): string[] =>
  windows.map((window) => (window === null ? FULL : SLIDING));
