/** What progress says, and when: time left once it is known, lines by steps and by time where there is no terminal. */
import assert from 'node:assert/strict';
import { paceOf } from '../../src/cli/pace.ts';
import { countProgress, trainingProgress } from '../../src/cli/progress.ts';
import { setQuiet } from '../../src/note.ts';
import type { StepMetrics } from '../../src/train/train.ts';

/** A stream that keeps what is written, and a clock that is set by hand. */
function screen(isTTY = false) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const out = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  return {
    clock,
    lines: () => written.map((text) => text.trimEnd()),
    options: { out: out as unknown as NodeJS.WriteStream, now: () => clock.ms },
  };
}

const metrics = (step: number, steps: number): StepMetrics => ({
  ...{
    step,
    steps,
    epoch: 0,
    loss: 2.5,
    spanLoss: { targetResponse: 2.5 },
    learningRate: 1,
    gradientNorm: 1,
  },
  ...{ tokens: 1000, supervisedTokens: 10, utilisation: 1, seconds: 1 },
});

/** Steps that take `seconds` each, the first one a minute. */
function trained(steps: number, seconds: number, upTo = steps) {
  const { clock, lines, options } = screen();
  const progress = trainingProgress(options);
  for (let step = 1; step <= upTo; step++) {
    clock.ms += step === 1 ? 60_000 : seconds * 1000;
    progress.update(metrics(step, steps));
  }
  return lines();
}

describe('pace', () => {
  it('is not known from the first steps, and leaves out the time that they took', () => {
    const clock = { ms: 0 };
    const pace = paceOf({ warmUp: 2, now: () => clock.ms });
    const at = (ms: number, done: number) => {
      clock.ms = ms;
      pace.add(done);
      return pace.left(100);
    };
    assert.deepEqual([at(60_000, 1), at(90_000, 2), at(91_000, 3), at(92_000, 4)], [null, null, null, null]);
    assert.equal(at(93_000, 5), null);
    assert.equal(at(94_000, 6), null);
    assert.equal(at(95_000, 7), 93, 'a second a step, 93 steps');
  });

  it('is known from two slow steps on', () => {
    const clock = { ms: 0 };
    const pace = paceOf({ warmUp: 1, now: () => clock.ms });
    for (const [done, ms] of [
      [8, 30_000],
      [16, 36_000],
    ]) {
      clock.ms = ms;
      pace.add(done);
      assert.equal(pace.rate(), null);
    }
    clock.ms = 46_000;
    pace.add(24);
    assert.equal(pace.rate(), 1);
  });

  it('takes counts that come at once for one batch', () => {
    const clock = { ms: 0 };
    const pace = paceOf({ warmUp: 1, now: () => clock.ms });
    for (let batch = 1; batch <= 7; batch++) {
      clock.ms = batch * 4000;
      for (let row = 1; row <= 8; row++) pace.add(8 * (batch - 1) + row);
    }
    assert.equal(pace.rate(), 2);
  });
});

describe('progress without a terminal', () => {
  it('comes by steps where they are quick', () => {
    const lines = trained(40, 0.1);
    assert.equal(lines.length, 21, lines.join('\n'));
    assert.match(lines[0], /^step 1\/40 {2}loss 2\.500 \(target response 2\.500\)$/);
    assert.match(lines[4], /^step 8\/40 {2}0:03 left {2}10,000 tokens\/s {2}loss 2\.500/);
    assert.match(lines[20], /^step 40\/40 {2}10,000 tokens\/s/);
  });

  it('comes by time where they are slow', () => {
    const lines = trained(100_000, 20, 6);
    assert.equal(lines.length, 6);
    assert.doesNotMatch(lines[2], /left/);
    assert.match(lines[5], /^step 6\/100000 {2}555:31:20 left/);
  });

  it('begins again with another run', () => {
    const { clock, lines, options } = screen();
    const progress = trainingProgress(options);
    for (let run = 0; run < 2; run++) {
      for (let step = 1; step <= 8; step++) {
        clock.ms += run === 0 ? 100_000 : 16_000;
        progress.update(metrics(step, 8));
      }
    }
    assert.doesNotMatch(lines()[9], /left/, 'step 2 of the second run');
    assert.match(lines()[12], /^step 5\/8 {2}0:48 left/);
  });

  it('counts answers', () => {
    const { clock, lines, options } = screen();
    const progress = countProgress('answer', options);
    progress.begin(100, 20);
    for (let done = 20; done <= 100; done += 20) {
      clock.ms += 6000;
      progress.update(done, 100);
    }
    assert.deepEqual(lines(), [
      'answer 20/100',
      'answer 40/100',
      'answer 60/100  0:12 left',
      'answer 80/100  0:06 left',
      'answer 100/100',
    ]);
  });

  it('has one line for counts that come at once', () => {
    const { clock, lines, options } = screen();
    const progress = countProgress('answer', options);
    progress.begin(16, 0);
    for (let done = 1; done <= 16; done++) {
      if (done % 8 === 1) clock.ms += 5000;
      progress.update(done, 16);
    }
    assert.deepEqual(lines(), ['answer 1/16', 'answer 9/16', 'answer 16/16']);
  });

  it('is left out with --quiet', () => {
    setQuiet(true);
    try {
      assert.deepEqual(trained(40, 0.1), []);
      const { lines, options } = screen();
      const progress = trainingProgress(options);
      progress.line('step 4  validation loss 2');
      progress.warn('steps/000004: damaged');
      assert.deepEqual(
        lines(),
        ['Warning: steps/000004: damaged'],
        'what a person must know is not progress',
      );
    } finally {
      setQuiet(false);
    }
  });
});

describe('progress on a terminal', () => {
  it('is one line, drawn over', () => {
    const { lines, options } = screen(true);
    const progress = trainingProgress(options);
    progress.note('reading data …');
    progress.update(metrics(10, 20));
    progress.line('saved');
    progress.done();
    assert.deepEqual(lines(), [
      '\r\x1b[2Kreading data …',
      '\r\x1b[2K██████████░░░░░░░░░░ step 10/20  loss 2.500 (target response 2.500)',
      '\r\x1b[2K',
      'saved',
      '\r\x1b[2K██████████░░░░░░░░░░ step 10/20  loss 2.500 (target response 2.500)',
      '\r\x1b[2K',
    ]);
  });
});
