/** Signals ask once; only a second one of a person quits, not an echo of the first. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnInterrupt } from '../../src/cli/interrupt.ts';

describe('signals', () => {
  /** Listens, sends signals, and gives what came of it. */
  async function sent(...signals: (NodeJS.Signals | number)[]) {
    const lines: string[] = [];
    const exits: number[] = [];
    const { exit } = process;
    process.exit = ((code: number) => void exits.push(code)) as typeof process.exit;
    const stop = stopOnInterrupt({ line: (text) => void lines.push(text) });
    try {
      for (const one of signals) {
        if (typeof one === 'number') await sleep(one);
        else process.emit(one, one);
      }
    } finally {
      stop.release();
      process.exit = exit;
    }
    return { asked: stop.asked, code: stop.code, exits, lines: lines.length };
  }

  it('ask for an end, with the exit code that shells give', async () => {
    assert.deepEqual(await sent(), { asked: false, code: 0, exits: [], lines: 0 });
    for (const [signal, code] of [
      ['SIGHUP', 129] as const,
      ['SIGINT', 130] as const,
      ['SIGTERM', 143] as const,
    ]) {
      assert.deepEqual(await sent(signal), { asked: true, code, exits: [], lines: 1 });
    }
  });

  it('that come twice at once, as npm and shells send them on, are one', async () => {
    assert.deepEqual(await sent('SIGINT', 'SIGINT', 'SIGTERM'), {
      asked: true,
      code: 130,
      exits: [],
      lines: 1,
    });
  });

  it('quit the second time, but a terminal that closes has no second time', async () => {
    assert.deepEqual((await sent('SIGINT', 600, 'SIGINT')).exits, [130]);
    assert.deepEqual((await sent('SIGHUP', 600, 'SIGHUP')).exits, []);
    assert.deepEqual((await sent('SIGHUP', 600, 'SIGTERM')).exits, [143]);
  });

  it('are left alone once nobody listens', async () => {
    const before = process.listenerCount('SIGHUP');
    await sent('SIGINT');
    assert.equal(process.listenerCount('SIGHUP'), before);
  });
});
