/** Where the time of compiled programs goes, by TensorFlow's own trace. */
import { openRuntime } from './runtime.ts';

/** All ops of one type. */
export interface OpAccount {
  type: string;
  count: number;
  /** Summed over the ops; those that run side by side count twice. */
  milliseconds: number;
}

/** Traces the runs that `work` makes. @returns by type of op, the most time first */
export async function profile(work: () => Promise<unknown>): Promise<OpAccount[]> {
  const { session } = await openRuntime();
  session.traced = [];
  const byType = new Map<string, OpAccount>();
  try {
    await work();
    for (const { name, microseconds } of session.traced) {
      const type = /^.*?(?=_\d+(\/|$)|$)/.exec(name)?.[0] ?? name;
      const account = byType.get(type) ?? { type, count: 0, milliseconds: 0 };
      account.count += 1;
      account.milliseconds += microseconds / 1000;
      byType.set(type, account);
    }
  } finally {
    session.traced = null;
  }
  return [...byType.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
