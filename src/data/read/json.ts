/**
 * Rows of a JSON document: a list of objects, an object that has one list of objects, as `{"data": [...]}`, or objects
 * one after the other. One row at a time is in memory, however long the document is.
 */
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';
import { kindOf } from '../../shown.ts';
import { readBytes } from './bytes.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  JsonBytes,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './jsonBytes.ts';
import { parseJson } from './jsonText.ts';
import { isObject, type OnBad, type PlacedRow, passBad, type Row, RowError } from './row.ts';

const SHAPE = 'a JSON list of rows, or an object with one such list';

/** Tells a row from an object that holds rows; `looksLikeRow` of the layouts, or what another reader looks for. */
export type IsRow = (row: Row) => boolean;

/** Bytes of an object that are kept while it is not known whether it is a row. */
const UNDECIDED_BYTES = 1 << 24;
/** Lists of objects for which it is checked, before the object ends, whether the object that holds them is a row. */
const LISTS_CHECKED = 8;

/** A document that is being read. */
class JsonDocument {
  readonly json: JsonBytes;
  /** Rows that were given. */
  rows = 0;
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });

  constructor(
    readonly path: string,
    chunks: AsyncGenerator<Buffer>,
    readonly isRow: IsRow,
  ) {
    this.json = new JsonBytes(chunks, path);
  }

  error(problem: string, detail = ''): UserError {
    return new UserError(`${displayPath(this.path)}: expected ${problem}${detail}`);
  }

  /** The same, with the last row before the fault. */
  errorBehind(problem: string, detail = ''): UserError {
    return this.error(problem, `${this.rows > 0 ? ` behind row ${this.rows}` : ''}${detail}`);
  }

  early = () => this.errorBehind('JSON, got a file that ends early');

  broken(detail: string): UserError {
    return this.errorBehind('JSON, got something else', ` (${detail})`);
  }

  private unexpected(byte: number): UserError {
    if (byte === END) return this.early();
    return this.broken(`unexpected ${JSON.stringify(String.fromCharCode(byte))}`);
  }

  /** Takes the next byte, which must be one of `bytes`. */
  async expect(...bytes: number[]): Promise<number> {
    const byte = await this.json.peek();
    if (!bytes.includes(byte)) throw this.unexpected(byte);
    this.json.take();
    return byte;
  }

  /** The value that begins here. */
  async value(opened = false): Promise<Buffer> {
    const byte = await this.json.peek();
    if (!opened && [END, COMMA, COLON, CLOSE_LIST, CLOSE_OBJECT].includes(byte)) throw this.unexpected(byte);
    const bytes = await this.json.value(opened);
    if (!bytes) throw this.early();
    return bytes;
  }

  parse(bytes: Buffer): unknown {
    let text: string;
    try {
      text = this.utf8.decode(bytes);
    } catch {
      throw this.errorBehind('UTF-8, got bytes that are none');
    }
    try {
      return parseJson(text);
    } catch (error) {
      throw this.broken((error as Error).message);
    }
  }

  /** The items of a list whose bracket has been taken, or of which some have. */
  async *items(begun = false): AsyncGenerator<Buffer> {
    if (!begun && (await this.json.peek()) === CLOSE_LIST) return this.json.take();
    for (let first = !begun; ; first = false) {
      if (!first && (await this.expect(COMMA, CLOSE_LIST)) === CLOSE_LIST) return;
      yield await this.value();
    }
  }
}

/** What the object at the front of a document is. */
type Opened =
  /** A row; its bytes. */
  | { kind: 'row'; bytes: Buffer }
  /** Neither a row nor an object with a list of objects; its fields. */
  | { kind: 'other'; bytes: Buffer; fields: string[] }
  /** It holds rows: those that have been read of its list, which goes on, or is `whole` and the object too. */
  | ({ kind: 'rows'; whole: boolean } & HeldList);

/** A list of objects in the object at the front: the items that have been read. */
interface HeldList {
  name: string;
  items: Buffer[];
}

/** Reads the object at the front until it is known what it is. */
async function openObject(document: JsonDocument): Promise<Opened> {
  const { json } = document;
  const fields: string[] = [];
  const lists: HeldList[] = [];
  /** The fields so far, lists of objects as empty ones. */
  const partial: Row = Object.create(null);
  let [isRow, checked] = [false, 0];
  json.record();
  await document.expect(OPEN_OBJECT);
  for (let next = await firstOrEnd(document); next !== CLOSE_OBJECT; ) {
    const name = await fieldName(document);
    fields.push(name);
    const opensList = !isRow && (await json.peek()) === OPEN_LIST;
    if (opensList) json.take();
    if (opensList && (await json.peek()) === OPEN_OBJECT) {
      // A list of objects: rows, unless the object that holds it is one.
      partial[name] = [];
      isRow = checked++ < LISTS_CHECKED && document.isRow(partial);
      if (isRow) await document.value(true);
      else if (await holdsRows(document, name, lists)) {
        json.recorded(true);
        return { kind: 'rows', ...lists[0], whole: false };
      }
    } else {
      const bytes = await document.value(opensList);
      if (!isRow) partial[name] = opensList ? [] : document.parse(bytes);
    }
    next = await document.expect(COMMA, CLOSE_OBJECT);
  }
  const bytes = json.recorded(true);
  if (isRow || looksLikeRow(document, bytes)) return { kind: 'row', bytes };
  // Rows follow each other. An object that holds rows is alone, unless it was recognised before.
  if ((await json.peek()) !== END) return { kind: 'row', bytes };
  if (lists.length > 1) throw twoLists(document, lists[0].name, lists[1].name);
  if (lists.length === 0) return { kind: 'other', bytes, fields };
  return { kind: 'rows', ...lists[0], whole: true };
}

/** The bracket that ends an empty object, which is taken, or the first byte of what it holds, which is not. */
async function firstOrEnd({ json }: JsonDocument): Promise<number> {
  const byte = await json.peek();
  if (byte === CLOSE_OBJECT) json.take();
  return byte;
}

/**
 * Reads a list of objects to its end and adds it to `lists`, unless it is one of messages.
 * @returns true, in the middle of the list, where its items are surely rows
 */
async function holdsRows(document: JsonDocument, name: string, lists: HeldList[]): Promise<boolean> {
  const list: HeldList = { name, items: [] };
  let messages = false;
  for await (const item of document.items()) {
    let rows = document.json.recordedLength > UNDECIDED_BYTES;
    if (list.items.push(item) === 1) {
      messages = looksLikeMessage(document.parse(item));
      rows ||= !messages && lists.length === 0 && looksLikeRow(document, item);
      if (!messages) lists.push(list);
    }
    if (messages || !rows) continue;
    if (lists.length > 1) throw twoLists(document, lists[0].name, name);
    return true;
  }
  return false;
}

/** The name of the field that begins here, and its colon. */
async function fieldName(document: JsonDocument): Promise<string> {
  if ((await document.json.peek()) !== QUOTE) await document.expect(QUOTE);
  const name = document.parse(await document.value()) as string;
  await document.expect(COLON);
  return name;
}

function looksLikeRow(document: JsonDocument, bytes: Buffer): boolean {
  const value = document.parse(bytes);
  return isObject(value) && document.isRow(value);
}

/** A message of a conversation, which is a part of a row. */
const looksLikeMessage = (value: unknown) =>
  isObject(value) && (('role' in value && 'content' in value) || ('from' in value && 'value' in value));

function twoLists(document: JsonDocument, ...names: string[]): UserError {
  return document.error(`one list of rows, got ${names.map((name) => JSON.stringify(name)).join(' and ')}`);
}

/** The rest of an object that holds rows, which has no other list of objects. */
async function* restOfRows(document: JsonDocument, list: string): AsyncGenerator<Buffer> {
  const { json } = document;
  yield* document.items(true);
  while ((await document.expect(COMMA, CLOSE_OBJECT)) === COMMA) {
    const name = await fieldName(document);
    const opensList = (await json.peek()) === OPEN_LIST;
    if (opensList) json.take();
    if (opensList && (await json.peek()) === OPEN_OBJECT) throw twoLists(document, list, name);
    if (!(await json.skipValue(opensList))) throw document.early();
  }
}

/** Bytes of row after row. */
async function* rowBytes(document: JsonDocument): AsyncGenerator<Buffer> {
  const first = await document.json.peek();
  if (first === END) return;
  if (first === OPEN_LIST) {
    document.json.take();
    yield* document.items();
  } else if (first === OPEN_OBJECT) {
    yield* objectRows(document);
  } else {
    await document.value();
    throw document.error(`${SHAPE}, got a single value`);
  }
  if ((await document.json.peek()) !== END) await document.expect(END);
}

/** Rows that follow each other, or the rows in objects that follow each other. */
async function* objectRows(document: JsonDocument): AsyncGenerator<Buffer> {
  let plain = false;
  while ((await document.json.peek()) === OPEN_OBJECT) {
    // All objects are of the kind of the first, so the others need no check.
    if (plain) {
      yield await document.value();
      continue;
    }
    const opened = await openObject(document);
    if (opened.kind === 'other' && opened.bytes.includes(10)) {
      const fields = opened.fields.join(', ') || 'no field';
      throw document.error(`${SHAPE}, got an object with ${fields}`);
    }
    if (opened.kind === 'rows') {
      yield* opened.items;
      if (!opened.whole) yield* restOfRows(document, opened.name);
    } else {
      plain = true;
      yield opened.bytes;
    }
  }
}

/** @throws UserError for a broken document, RowError for an item that is no object, unless `onBad` takes it */
export async function* readJson(
  path: string,
  onBad?: OnBad,
  isRow: IsRow = () => false,
): AsyncGenerator<PlacedRow> {
  const document = new JsonDocument(path, withoutMark(readBytes(path)), isRow);
  for await (const bytes of rowBytes(document)) {
    const value = document.parse(bytes);
    document.rows += 1;
    const place = { path, line: document.rows, unit: 'row' as const };
    if (isObject(value)) {
      yield { row: value, ...place };
      continue;
    }
    passBad(new RowError(place, `expected a JSON object, got ${kindOf(value)}`, 'not an object'), onBad);
  }
}

/** Whether a file that begins with `{` holds a row a line. */
export async function holdsLines(path: string, isRow: IsRow): Promise<boolean> {
  const chunks = withoutMark(readBytes(path));
  const document = new JsonDocument(path, chunks, isRow);
  try {
    await document.json.peek();
    const opened = await openObject(document);
    if (opened.kind === 'rows' || opened.bytes.includes(10)) return false;
    for (;;) {
      const byte = await document.json.next();
      if (byte === END || byte === 10) return true;
      if (byte > 32) return false;
      document.json.take();
    }
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  } finally {
    await chunks.return(undefined);
  }
}

/** Chunks without a byte-order mark at the front. */
async function* withoutMark(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    yield first && chunk.toString('hex', 0, 3) === 'efbbbf' ? chunk.subarray(3) : chunk;
    first = false;
  }
}
