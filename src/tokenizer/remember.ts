/** Parts of text that come again, remembered with their ids. */

const cachedParts = 100_000;
/** A longer part is not kept: few come twice. In UTF-16 units. */
const longestCached = 64;

/** `encode`, asked once for each part that comes often. The ids that it gives are shared: they must not be changed. */
export function remember(encode: (text: string) => number[]): (text: string) => number[] {
  const cache = new Map<string, number[]>();
  return (part) => {
    const known = cache.get(part);
    if (known) return known;
    const ids = encode(part);
    if (part.length > longestCached) return ids;
    if (cache.size >= cachedParts) cache.clear();
    cache.set(detached(part), ids);
    return ids;
  };
}

/** A copy of `word` that does not keep alive the text it was cut from. */
export function detached(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
