/**
 * What every reader yields: a row and its place, and the error of one bad row. The readers beside this file make
 * them; whoever finds fault with a row later, such as `columns.ts`, names the same place.
 */
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';

export type Row = Record<string, unknown>;

/** Where a row stands. */
export interface Place {
  path: string;
  /** Line of the file, or number of the row, from 1. */
  line: number;
  unit: 'line' | 'row';
}

/** A row and its place. */
export interface PlacedRow extends Place {
  row: Row;
}

/** Told of a bad row, which is then passed over; it may throw to stop. */
export type OnBad = (error: RowError) => void;

/** `FILE:LINE`, or `FILE: row N` where rows have no lines of their own. */
export function showPlace({ path, line, unit }: Place): string {
  return unit === 'line' ? `${displayPath(path)}:${line}` : `${displayPath(path)}: row ${line}`;
}

/** What is wrong with one row: `FILE:LINE: expected …, got …`, and in a few words for counting. */
export class RowError extends UserError {
  override name = 'RowError';
  readonly reason: string;

  constructor(place: Place, problem: string, reason: string) {
    super(`${showPlace(place)}: ${problem}`);
    this.reason = reason;
  }
}

/** A part of a text, as an error shows it. */
export const excerpt = (text: string) => JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text);

export const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gives a bad row to `onBad`. @throws the error where there is no `onBad`, and any error that is not of a row */
export function passBad(error: unknown, onBad?: OnBad): void {
  if (!onBad || !(error instanceof RowError)) throw error;
  onBad(error);
}
