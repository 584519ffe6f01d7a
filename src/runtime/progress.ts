/**
 * One line on stderr that tells how far a long step is: bytes, percent, time left. On a terminal the line is
 * rewritten in place; into a file or a CI log it is written afresh now and then. Used by `fetch.ts`.
 */
import { formatBytes } from './errors.ts';

export interface Progress {
  /** Tells the bytes done so far. */
  update(bytes: number): void;
  /** Ends the line. */
  end(): void;
}

/** `tensorflow-cpu 2.21.0  137 MB of 274 MB  50 %  2 s left` */
export function progressText(label: string, bytes: number, total: number, elapsedMs: number): string {
  const percent = Math.min(100, Math.floor((100 * bytes) / total));
  // The first kilobytes tell nothing about the rest.
  const left = bytes > total / 100 ? Math.ceil((elapsedMs * (total - bytes)) / bytes / 1000) : undefined;
  const time =
    left === undefined ? '' : `  ${left >= 90 ? `${Math.round(left / 60)} min` : `${left} s`} left`;
  return `${label}  ${formatBytes(bytes)} of ${formatBytes(total)}  ${percent} %${bytes < total ? time : ''}`;
}

/**
 * @param log takes whole lines, for a stream that is no terminal.
 * @param terminal rewritten in place when it is one.
 */
export function startProgress(
  label: string,
  total: number,
  log: (line: string) => void,
  terminal: NodeJS.WriteStream | undefined,
): Progress {
  const started = Date.now();
  let lastLine = started;
  let shown = '';
  return {
    update(bytes) {
      const text = progressText(label, bytes, total, Date.now() - started);
      if (text === shown) return;
      if (terminal?.isTTY) {
        const width = (terminal.columns || 80) - 1;
        terminal.write(`\r\x1b[K${text.slice(0, width)}`);
      } else if (Date.now() - lastLine > 5_000 || bytes >= total) {
        lastLine = Date.now();
        log(text);
      }
      shown = text;
    },
    end() {
      if (terminal?.isTTY && shown) terminal.write('\n');
    },
  };
}
