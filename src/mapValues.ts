/** The same keys, each with what `change` makes of its value. */
export const mapValues = <T, U>(
  record: Record<string, T>,
  change: (value: T, key: string) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
