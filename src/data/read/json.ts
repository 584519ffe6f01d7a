/**
 * Rows of a JSON document: a list of objects, or an object with one such list, as `{"data": [...]}`. The document
 * is taken apart token by token by stream-json, so that one row at a time is in memory.
 */
import { Assembler } from 'stream-json/core/assembler.js';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { UserError } from '../../errors.ts';
import { displayPath } from '../../recipe/paths.ts';
import { readBytes } from './bytes.ts';
import { isObject, kindOf, type OnBad, type PlacedRow, RowError } from './row.ts';

const SHAPE = 'a JSON list of rows, or an object with one such list';

const opens = (name: string) => name === 'startObject' || name === 'startArray';
const closes = (name: string) => name === 'endObject' || name === 'endArray';

/** Finds the rows among the tokens of a document. */
class RowFinder {
  private readonly file: string;
  private depth = 0;
  /** Depth within the list of rows: 1 where the document is the list, 2 where an object holds it. */
  private rowDepth = 0;
  /** Latest field of the object that is the document, and all of them. */
  private field = '';
  readonly fields: string[] = [];
  /** Field of the list of rows, once one was found. */
  private list?: string;
  /** Inside a list that may be one of rows; inside a row. */
  private inList = false;
  private assembler?: Assembler;

  constructor(path: string) {
    this.file = displayPath(path);
  }

  /** The document is whole. */
  get ended(): boolean {
    return this.depth === 0 && this.rowDepth > 0;
  }

  get found(): boolean {
    return this.rowDepth === 1 || this.list !== undefined;
  }

  /** Takes a token; the row that it completes, or undefined. */
  take(token: Token): { value: unknown } | undefined {
    const { name } = token;
    if (this.assembler) return this.goOn(this.assembler, token);
    if (this.depth === 0) this.begin(name);
    else if (this.rowDepth === 2 && this.depth === 1) this.enterField(token);
    else if (this.inList && this.depth === this.rowDepth && !closes(name)) return this.item(token);
    if (opens(name)) this.depth += 1;
    else if (closes(name)) this.depth -= 1;
    if (this.depth < this.rowDepth) this.inList = false;
    return undefined;
  }

  /** The first token of the document. */
  private begin(name: string): void {
    if (!opens(name)) throw new UserError(`${this.file}: expected ${SHAPE}, got a single value`);
    this.rowDepth = name === 'startArray' ? 1 : 2;
    this.inList = name === 'startArray';
  }

  /** A token right inside the object that is the document. */
  private enterField(token: Token): void {
    if (token.name === 'keyValue') {
      this.field = token.value;
      this.fields.push(this.field);
    } else this.inList = token.name === 'startArray';
  }

  /** A token that begins an item of the list. */
  private item(token: Token): { value: unknown } | undefined {
    if (this.rowDepth === 2 && this.list !== this.field) {
      // A list of anything but objects is not one of rows.
      if (token.name !== 'startObject') {
        this.inList = false;
        if (opens(token.name)) this.depth += 1;
        return undefined;
      }
      if (this.list !== undefined) {
        const both = `${JSON.stringify(this.list)} and ${JSON.stringify(this.field)}`;
        throw new UserError(`${this.file}: expected one list of rows, got ${both}`);
      }
      this.list = this.field;
    }
    this.assembler = new Assembler();
    return this.goOn(this.assembler, token);
  }

  private goOn(assembler: Assembler, token: Token): { value: unknown } | undefined {
    assembler.consume(token);
    if (!assembler.done) return undefined;
    this.assembler = undefined;
    return { value: assembler.current };
  }
}

/** What the parser makes of a piece of text. */
function tokensOf(parse: ReturnType<typeof jsonParser>, text: string): Token[] {
  // Either a bundle of tokens, or a mark that there is none.
  return (parse(text) as { values?: Token[] }).values ?? [];
}

/** @throws UserError for a broken document, RowError for an item that is no object, unless `onBad` takes it */
export async function* readJson(path: string, onBad?: OnBad): AsyncGenerator<PlacedRow> {
  const file = displayPath(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parse = jsonParser({ packValues: true, streamValues: false });
  const finder = new RowFinder(path);
  let line = 0;
  const behind = () => (line > 0 ? ` behind row ${line}` : '');
  for await (const chunk of readBytes(path)) {
    let tokens: Token[];
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw new UserError(`${file}: expected UTF-8, got bytes that are none${behind()}`);
    }
    try {
      tokens = tokensOf(parse, text);
    } catch (error) {
      const problem = (error as Error).message.replace('Parser cannot parse input: ', '');
      throw new UserError(`${file}: expected JSON, got something else${behind()} (${problem})`);
    }
    for (const token of tokens) {
      const item = finder.take(token);
      if (!item) continue;
      line += 1;
      if (isObject(item.value)) {
        yield { row: item.value, path, line, unit: 'row' };
        continue;
      }
      const problem = `expected a JSON object, got ${kindOf(item.value)}`;
      const error = new RowError({ path, line, unit: 'row' }, problem, 'not an object');
      if (!onBad) throw error;
      onBad(error);
    }
  }
  if (!finder.ended) throw new UserError(`${file}: expected JSON, got a file that ends early${behind()}`);
  if (!finder.found) {
    const fields = finder.fields.join(', ') || 'no field';
    throw new UserError(`${file}: expected ${SHAPE}, got an object with ${fields}`);
  }
}
