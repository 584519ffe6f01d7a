/** Lines from a person at a terminal: an editor with history, pastes of several lines, and Ctrl-C that ends an answer. */
import { createInterface } from 'node:readline';
import { MARK_PASTES, NO_MARKS, pasteStream, withBreaks } from './paste.ts';

export interface TerminalLines {
  /** The next question; null when the person ends the chat. */
  read(): Promise<string | null>;
  /** Whether Ctrl-C was pressed since this was last asked, while no line was read. */
  interrupted(): boolean;
  close(): void;
}

/** Exit code of a process that Ctrl-C ends. */
const SIGINT_CODE = 130;

/** Reads from stdin and edits on stderr, since stdout is for answers. */
export function terminalLines(): TerminalLines {
  const { stdin, stderr } = process;
  const raw = (on: boolean) => stdin.setRawMode?.(on);
  const input = Object.assign(pasteStream(), { isTTY: true });
  stdin.pipe(input);
  const lines = createInterface({ input, output: stderr, terminal: true, prompt: '> ' });
  const queue: string[] = [];
  let waiting: ((line: string | null) => void) | null = null;
  let ended = false;
  let isAsked = false;
  const give = (line: string | null) => {
    const to = waiting;
    waiting = null;
    if (to) to(line);
    else if (line !== null) queue.push(line);
  };
  lines.on('line', (line) => give(withBreaks(line)));
  lines.on('close', () => {
    ended = true;
    give(null);
  });
  // In raw mode Ctrl-C is a key, and the line editor tells of it.
  let warned = false;
  lines.on('SIGINT', () => {
    if (lines.line === '' && warned) return lines.close();
    warned = lines.line === '';
    if (warned) stderr.write('\n(Ctrl-C again or /exit ends the chat)\n');
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    lines.prompt();
  });
  const onInterrupt = () => {
    if (isAsked) process.exit(SIGINT_CODE);
    isAsked = true;
  };
  process.on('SIGINT', onInterrupt);
  const restore = () => {
    raw(false);
    if (stderr.isTTY) stderr.write(NO_MARKS);
  };
  process.on('exit', restore);

  return {
    async read() {
      const next = queue.shift();
      if (next !== undefined) return next;
      if (ended) return null;
      [isAsked, warned] = [false, false];
      raw(true);
      if (stderr.isTTY) stderr.write(MARK_PASTES);
      const line = await new Promise<string | null>((resolve) => {
        waiting = resolve;
        lines.prompt();
      });
      // While an answer is written the terminal is as usual, so that Ctrl-C is a signal.
      lines.pause();
      restore();
      return line;
    },
    interrupted() {
      const was = isAsked;
      isAsked = false;
      return was;
    },
    close() {
      process.off('SIGINT', onInterrupt).off('exit', restore);
      lines.close();
      stdin.unpipe(input);
      stdin.pause();
      restore();
    },
  };
}
