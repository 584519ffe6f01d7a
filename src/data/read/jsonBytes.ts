/**
 * The bytes of a JSON text, value by value, however long the text is: only the value that is asked for is in memory.
 * It finds where values end and leaves what is in them to `parseJson`. `json.ts` reads documents with it.
 */
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';

/** What `peek` gives behind the last byte. */
export const END = -1;

/** Bytes of the longest row: more would not fit into a JavaScript string. */
export const MOST_ROW_BYTES = 1 << 28;

const code = (character: string) => character.charCodeAt(0);
const [BACKSLASH, SPACE] = [code('\\'), code(' ')];
export const [QUOTE, COMMA, COLON] = ['"', ',', ':'].map(code);
export const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = ['[', ']', '{', '}'].map(code);

const isSpace = (byte: number) => byte === SPACE || byte === 10 || byte === 13 || byte === 9;

/** What has been seen of a value so far. */
interface Seen {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Anything but white space. */
  begun: boolean;
}

export class JsonBytes {
  private chunk: Buffer = Buffer.alloc(0);
  private at = 0;
  /** Where recording began in this chunk, and what was recorded of earlier ones. */
  private recordFrom = 0;
  private records: Buffer[] | null = null;
  private recordedBytes = 0;

  constructor(
    private readonly chunks: AsyncIterator<Buffer>,
    private readonly path: string,
  ) {}

  /** The next byte that is no white space, not taken yet. */
  async peek(): Promise<number> {
    for (;;) {
      while (this.at < this.chunk.length) {
        const byte = this.chunk[this.at];
        if (!isSpace(byte)) return byte;
        this.at += 1;
      }
      if (!(await this.more())) return END;
    }
  }

  /** The next byte, be it white space. */
  async next(): Promise<number> {
    while (this.at >= this.chunk.length) if (!(await this.more())) return END;
    return this.chunk[this.at];
  }

  /** Takes the byte that `peek` gave. */
  take(): void {
    this.at += 1;
  }

  /** From here on, all bytes are kept until `recorded` is called. */
  record(): void {
    this.records = [];
    this.recordFrom = this.at;
    this.recordedBytes = 0;
  }

  /** Number of bytes since `record`. */
  get recordedLength(): number {
    return this.recordedBytes + this.at - this.recordFrom;
  }

  /** The bytes since `record`. @param end true ends the recording */
  recorded(end: boolean): Buffer {
    if (this.recordedLength > MOST_ROW_BYTES) throw tooLong(this.path);
    const all = Buffer.concat([...(this.records ?? []), this.chunk.subarray(this.recordFrom, this.at)]);
    if (end) this.records = null;
    return all;
  }

  /**
   * Takes the value that begins here. @param opened its opening bracket has been taken already
   * @returns its bytes, that bracket left out; null where the text ends within it
   */
  async value(opened = false): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    let length = 0;
    const seen: Seen = { depth: Number(opened), inString: false, escaped: false, begun: opened };
    for (;;) {
      const start = this.at;
      const end = this.scan(seen);
      pieces.push(this.chunk.subarray(start, this.at));
      length += this.at - start;
      if (length > MOST_ROW_BYTES) throw tooLong(this.path);
      if (end) break;
      // A number or a word may end with the text.
      if (!(await this.more())) return seen.depth > 0 || seen.inString ? null : Buffer.concat(pieces);
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  /** Passes over a value without keeping it. @returns false where the text ends within it */
  async skipValue(opened = false): Promise<boolean> {
    const seen: Seen = { depth: Number(opened), inString: false, escaped: false, begun: opened };
    while (!this.scan(seen)) if (!(await this.more())) return seen.depth === 0 && !seen.inString;
    return true;
  }

  /** Goes on in this chunk up to the end of the value. @returns whether that was found */
  private scan(seen: Seen): boolean {
    const { chunk } = this;
    let { depth, begun } = seen;
    const save = (at: number, found: boolean) => {
      Object.assign(seen, { depth, begun });
      this.at = at;
      return found;
    };
    for (let i = this.at; i < chunk.length; i++) {
      if (seen.inString) {
        i = endOfString(chunk, i, seen);
        if (i < 0) return save(chunk.length, false);
        if (depth === 0) return save(i + 1, true);
        continue;
      }
      const byte = chunk[i];
      if (byte === QUOTE || byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (begun && depth === 0) return save(i, true);
        begun = true;
        if (byte === QUOTE) seen.inString = true;
        else depth += 1;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 0) return save(i, true);
        depth -= 1;
        if (depth === 0) return save(i + 1, true);
      } else if (depth === 0) {
        if (byte === COMMA || byte === COLON || isSpace(byte)) return save(i, true);
        begun = true;
      }
    }
    return save(chunk.length, false);
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.chunks.next();
    if (this.records) {
      this.records.push(this.chunk.subarray(this.recordFrom));
      this.recordedBytes += this.chunk.length - this.recordFrom;
    }
    this.recordFrom = 0;
    this.at = 0;
    this.chunk = done ? Buffer.alloc(0) : value;
    return !done;
  }
}

/** Where the quotation mark is that ends a string, looked for from `from` on; −1 where it is not in this chunk. */
function endOfString(chunk: Buffer, from: number, seen: Seen): number {
  // A backslash at the end of the chunk before belongs to the first byte of this one.
  let at = from + Number(seen.escaped);
  seen.escaped = false;
  for (;;) {
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote < 0 ? chunk.length : quote;
    let backslashes = 0;
    while (end - 1 - backslashes >= at && chunk[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    const escapes = backslashes % 2 === 1;
    if (quote < 0) {
      seen.escaped = escapes;
      return -1;
    }
    if (!escapes) {
      seen.inString = false;
      return quote;
    }
    at = quote + 1;
  }
}

/** The error of a row that cannot be held in memory. */
export function tooLong(path: string): UserError {
  const most = `${MOST_ROW_BYTES >> 20} MiB`;
  return new UserError(
    `${displayPath(path)}: expected rows of at most ${most}, got a longer one; ` +
      'a whole JSON document is named .json, a row a line .jsonl',
  );
}
