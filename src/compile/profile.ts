/** Where the time of compiled programs goes, from TensorFlow's own trace. */
import { openRuntime } from './runtime.ts';

/** All ops of one type. */
export interface OpProfile {
  type: string;
  count: number;
  /** Summed over the ops, also over those that run at the same time. */
  milliseconds: number;
}

/** Traces the runs that `work` makes. @returns by type of op, the longest total first */
export async function profile(work: () => Promise<unknown>): Promise<OpProfile[]> {
  const { session } = await openRuntime();
  session.traced = [];
  const byType = new Map<string, OpProfile>();
  try {
    await work();
    for (const { name, microseconds } of session.traced) {
      const type = /^.*?(?=_\d+(\/|$)|$)/.exec(name)?.[0] ?? name;
      const total = byType.get(type) ?? { type, count: 0, milliseconds: 0 };
      total.count += 1;
      total.milliseconds += microseconds / 1000;
      byType.set(type, total);
    }
  } finally {
    session.traced = null;
  }
  return [...byType.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
