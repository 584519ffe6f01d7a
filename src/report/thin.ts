/**
 * Fewer points for long curves, without lies: thinning keeps the lowest and highest point of every stretch,
 * so a spike of one step in 100,000 is still drawn, and smoothing is a plain mean around each point.
 */

/** x and y. */
export type Point = readonly [number, number];

/** Points that can be drawn. */
export function drawable(points: Point[]): Point[] {
  return points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
}

/**
 * The lowest and the highest point of each of `buckets` stretches, in order; all points where they are few.
 */
export function thin(points: Point[], buckets: number): Point[] {
  if (points.length <= 2 * buckets) return points;
  const kept: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * points.length) / buckets);
    const end = Math.floor(((bucket + 1) * points.length) / buckets);
    let low = start;
    let high = start;
    for (let i = start; i < end; i++) {
      if (points[i][1] < points[low][1]) low = i;
      if (points[i][1] > points[high][1]) high = i;
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) kept.push(points[i]);
  }
  return kept;
}

/** Every how many of `count` single measurements are drawn, so that there are at most `most`. */
export const everyOf = (count: number, most: number) => Math.max(1, Math.ceil(count / most));

/** Every so many points, counted back from the last one, and always the lowest and the highest. */
export function every(points: Point[], gap: number): Point[] {
  const extreme = (better: (a: number, b: number) => boolean) =>
    points.reduce((best, point) => (better(point[1], best[1]) ? point : best), points[0]);
  const [low, high] = [extreme((a, b) => a < b), extreme((a, b) => a > b)];
  return points.filter((point, i) => (points.length - 1 - i) % gap === 0 || point === low || point === high);
}

/**
 * Means over the point itself and `half` points on either side, at most `count` of them, the ends included.
 * Near the start both sides are shorter, so that the curve never runs ahead of the first steep fall; near the
 * end only the side that is missing is, so that it does not end on the noise of one step.
 */
export function smooth(points: Point[], half: number, count: number): Point[] {
  const sums = [0];
  for (const [, y] of points) sums.push(sums[sums.length - 1] + y);
  const last = points.length - 1;
  const means: Point[] = [];
  const wanted = Math.min(count, points.length);
  for (let k = 0; k < wanted; k++) {
    const i = wanted === 1 ? last : Math.round((k * last) / (wanted - 1));
    const before = Math.min(half, i);
    const after = Math.min(before, last - i);
    means.push([points[i][0], (sums[i + after + 1] - sums[i - before]) / (before + after + 1)]);
  }
  return means;
}

/** Points on either side for a smooth curve: 2 % of the run. */
export const halfWindow = (count: number) => Math.round(count * 0.02);
