/** Which layers see a window of tokens: by a list, or in the Qwen family from some layer on. */
import type { ModelConfig } from '../config.ts';
import { MOST } from './architecture.ts';
import type { Options } from './options.ts';
import { MOST_POSITIONS } from './rope.ts';

const FULL = 'full_attention';
const SLIDING = 'sliding_attention';

const layersOf = (options: Options) => options.count('num_hidden_layers', { most: MOST.layers });

/** The width of windows; null where there are none, which null in the file says. */
const widthOf = (options: Options): number | null =>
  options.isNull('sliding_window') ? null : options.count('sliding_window', { most: MOST_POSITIONS });

/** The list `layer_types`, where the file has one. */
function listed(options: Options): string[] | undefined {
  const types = options.get('layer_types');
  if (types === undefined) return undefined;
  const layers = layersOf(options);
  const known = (type: unknown) => type === FULL || type === SLIDING;
  if (Array.isArray(types) && types.length === layers && types.every(known)) return types;
  throw options.bad('layer_types', `${layers} of "${FULL}" and "${SLIDING}"`);
}

/** Where an architecture has no windows: settings of windows that are switched off are passed over. */
export function noWindows(options: Options): ModelConfig['windows'] {
  if (listed(options)?.includes(SLIDING)) throw options.bad('layer_types', `"${FULL}" in all layers`);
  if (options.get('use_sliding_window') !== undefined) {
    if (options.flag('use_sliding_window')) throw options.bad('use_sliding_window', 'false');
    passOver(options);
  }
  return [];
}

/** The same window in all layers, or none. */
export function sameWindows(options: Options): ModelConfig['windows'] {
  const window = widthOf(options);
  const types = listed(options);
  const expected = window === null ? FULL : SLIDING;
  if (types?.some((type) => type !== expected))
    throw options.bad('layer_types', `"${expected}" in all layers`);
  return window === null ? [] : Array(layersOf(options)).fill(window);
}

/** Where `use_sliding_window` says so; without a list the layers from `max_window_layers` on. */
export function readWindows(options: Options): ModelConfig['windows'] {
  if (!options.flag('use_sliding_window')) {
    passOver(options);
    if (!listed(options)?.includes(SLIDING)) return [];
    throw options.bad('layer_types', `"${FULL}" in all layers, since use_sliding_window is not true`);
  }
  const first = options.get('max_window_layers');
  if (!Number.isInteger(first) || (first as number) < 0) {
    throw options.bad('max_window_layers', 'the number of a layer');
  }
  return windowsBy(options, (layer) => layer >= (first as number));
}

/** By the list `layer_types`, or where there is none by `isSliding`. */
export function windowsBy(options: Options, isSliding: (layer: number) => boolean): ModelConfig['windows'] {
  const types = listed(options);
  const window = widthOf(options);
  if (window === null) {
    if (!types?.includes(SLIDING)) return [];
    throw options.bad('sliding_window', `a number > 0, since layer_types has "${SLIDING}"`);
  }
  const sliding = Array.from({ length: layersOf(options) }, (_, layer) =>
    types ? types[layer] === SLIDING : isSliding(layer),
  );
  return sliding.includes(true) ? sliding.map((slides) => (slides ? window : null)) : [];
}

function passOver(options: Options): void {
  for (const field of ['sliding_window', 'max_window_layers', 'use_sliding_window']) options.get(field);
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
