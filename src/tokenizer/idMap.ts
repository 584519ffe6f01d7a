/**
 * Maps between the ids of a tokenizer.json and the ids of its copy for plain text. The copy has fewer tokens, so its ids
 * can differ.
 */

export interface IdMap {
  /** Ids of the file, of ids of the copy. */
  toFile(ids: Int32Array): Int32Array;
  /** Ids of the copy, of ids of the file. Those that the copy does not have are left out. */
  toCopy(ids: number[]): Int32Array;
}

/**
 * @param model id in the file of each id of the copy's model; null where they are equal
 * @param added [id in the file, id in the copy] of added tokens; −1 where the copy has none
 */
export function idMap(model: Int32Array | null, added: [number, number][]): IdMap {
  const moved = added.filter(([inFile, inCopy]) => inCopy >= 0 && (model !== null || inFile !== inCopy));
  if (model === null && moved.length === 0) {
    return { toFile: (ids) => ids, toCopy: (ids) => Int32Array.from(ids) };
  }
  const file = new Map<number, number>();
  const copy = new Map<number, number>();
  model?.forEach((inFile, inCopy) => {
    file.set(inCopy, inFile);
    copy.set(inFile, inCopy);
  });
  for (const [inFile, inCopy] of moved) {
    file.set(inCopy, inFile);
    copy.set(inFile, inCopy);
  }
  const known = (id: number) => model === null || copy.has(id);
  return {
    toFile: (ids) => ids.map((id) => file.get(id) ?? id),
    toCopy: (ids) => Int32Array.from(ids.filter(known), (id) => copy.get(id) ?? id),
  };
}
