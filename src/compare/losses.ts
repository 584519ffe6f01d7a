/** Loss curves of a comparison: the mean over the seeds of each row. */
import { drawable, type Point } from '../report/thin.ts';
import type { ReportRun } from './report.ts';

/** The curve at a step between its points, or NaN outside of them. `from` is where the search may begin. */
function lossAt(curve: Point[], step: number, from: number): { loss: number; index: number } {
  let i = from;
  while (i + 1 < curve.length && curve[i + 1][0] <= step) i++;
  const [x, y] = curve[i];
  if (step === x) return { loss: y, index: i };
  const next = curve[i + 1];
  if (step < x || !next) return { loss: Number.NaN, index: i };
  return { loss: y + ((next[1] - y) * (step - x)) / (next[0] - x), index: i };
}

/**
 * Mean of the runs' losses, in nats a supervised token, at every step that one of them has and all have reached; runs
 * are thinned each in its own way, so what lies between the points of one is taken from the line through them.
 */
export function meanLoss(runs: ReportRun[]): Point[] {
  const curves = runs.map(({ loss }) => drawable(loss ?? [])).filter((curve) => curve.length > 0);
  if (curves.length < 2) return curves[0] ?? [];
  const steps = [...new Set(curves.flat().map(([step]) => step))].sort((a, b) => a - b);
  const indices = curves.map(() => 0);
  const points = steps.map((step): Point => {
    const sum = curves.reduce((total, curve, c) => {
      const { loss, index } = lossAt(curve, step, indices[c]);
      indices[c] = index;
      return total + loss;
    }, 0);
    return [step, sum / curves.length];
  });
  return drawable(points);
}
