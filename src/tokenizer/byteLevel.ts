/** Byte-level BPE writes each byte of a text as a printable character. Its trainer and `byteLengths.ts` need the table. */

/** The character of each byte (GPT-2's table). */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();
