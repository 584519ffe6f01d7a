/**
 * Hashes of ids and contents, and a lean set of them: 12 bytes an entry and no objects, so that millions of rows
 * can be told apart in little memory. `rankOf` decides what is sampled.
 */
import { createHash } from 'node:crypto';

const digestOf = (text: string) => createHash('sha256').update(text).digest();

/** Place of an id in the order of a random sample: 48 bits of SHA-256 over seed and id. */
export const rankOf = (id: string, seed: number): number => digestOf(`${seed}/${id}`).readUIntBE(0, 6);

/** Words of 32 bits that are kept of a hash: 96 bits, so that two texts of 10⁹ share one with probability 10⁻¹¹. */
const WORDS = 3;

/** A set of texts that remembers hashes alone: open addressing over one flat array. */
export class HashSet {
  private capacity = 1024;
  private slots = new Uint32Array(this.capacity * WORDS);
  size = 0;

  /** Remembers `text`; false where it was there already. */
  add(text: string): boolean {
    if (this.size * 3 >= this.capacity * 2) this.grow();
    const words = this.wordsOf(text);
    const at = this.find(words);
    if (this.slots[at] !== 0) return false;
    this.put(words, at);
    this.size += 1;
    return true;
  }

  has(text: string): boolean {
    return this.slots[this.find(this.wordsOf(text))] !== 0;
  }

  private wordsOf(text: string): Uint32Array {
    const digest = digestOf(text);
    // A first word of 0 marks an empty slot.
    return Uint32Array.of(digest.readUInt32LE(0) || 1, digest.readUInt32LE(4), digest.readUInt32LE(8));
  }

  /** Where those words are, or the empty slot where they would be. */
  private find(words: Uint32Array): number {
    const { slots } = this;
    for (let slot = words[1] % this.capacity; ; slot = (slot + 1) % this.capacity) {
      const at = slot * WORDS;
      if (slots[at] === 0) return at;
      if (slots[at] === words[0] && slots[at + 1] === words[1] && slots[at + 2] === words[2]) return at;
    }
  }

  private put(words: Uint32Array, at: number): void {
    for (let word = 0; word < WORDS; word++) this.slots[at + word] = words[word];
  }

  private grow(): void {
    const { slots } = this;
    this.capacity *= 2;
    this.slots = new Uint32Array(this.capacity * WORDS);
    for (let at = 0; at < slots.length; at += WORDS) {
      if (slots[at] === 0) continue;
      const words = slots.subarray(at, at + WORDS);
      this.put(words, this.find(words));
    }
  }
}
