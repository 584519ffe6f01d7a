/** What an executed notebook has to show for itself: which outputs there are, and whether training reached its end. */

export interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
}
export interface Cell {
  cell_type: string;
  id: string;
  execution_count?: number | null;
  outputs?: Output[];
}
export interface Notebook {
  cells: Cell[];
}

/** A loss chart, as far as the check reads it. */
export interface LossChart {
  data: { values: { step: number; loss: number }[] };
  encoding: { x: { scale: { domain: [number, number] } } };
}

export const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/** Outputs of the whole notebook. */
export const outputsOf = ({ cells }: Notebook): Output[] => cells.flatMap(({ outputs = [] }) => outputs);

/** Bundles of one kind of content, in order. */
export const contentsOf = (notebook: Notebook, type: string): unknown[] =>
  outputsOf(notebook).flatMap(({ data }) => data?.[type] ?? []);

const textOf = (text: unknown) => [text ?? ''].flat().join('');

/** Faults, none for a notebook that ran as it should. */
export function faultsOf(notebook: Notebook): string[] {
  const faults: string[] = [];
  for (const { cell_type, id, execution_count, outputs = [] } of notebook.cells) {
    if (cell_type === 'code' && !execution_count) faults.push(`cell ${id} was not run`);
    for (const { output_type, name, text } of outputs) {
      if (output_type === 'error') faults.push(`cell ${id} ended in an error`);
      if (name === 'stderr') faults.push(`cell ${id} wrote to stderr: ${textOf(text).slice(0, 300)}`);
    }
  }
  const charts = contentsOf(notebook, VEGA_LITE);
  if (charts.length < 2) faults.push(`expected a loss chart of each run, got ${charts.length}`);
  for (const chart of charts) faults.push(...chartFaults(chart));
  const pages = outputsOf(notebook).map(({ data }) => textOf(data?.['text/html']));
  const tables = pages.filter((page) => page.includes('<table')).length;
  if (tables < 2) faults.push(`expected tables of tokens and of answers, got ${tables} tables`);
  const images = pages.join('').match(/<img [^>]*src="data:image\/svg\+xml/g)?.length ?? 0;
  if (images < 3) faults.push(`expected the charts of the comparison, got ${images} images`);
  return faults;
}

function chartFaults(chart: unknown): string[] {
  if (typeof chart !== 'object' || chart === null)
    return [`expected a chart as an object, got ${typeof chart}`];
  const { data, encoding } = chart as LossChart;
  const [, end] = encoding.x.scale.domain;
  const last = Math.max(...data.values.map(({ step }) => step));
  const losses = data.values.every(({ loss }) => Number.isFinite(loss) && loss >= 0);
  return [
    ...(last === end ? [] : [`expected training to reach step ${end}, got to ${last}`]),
    ...(losses ? [] : ['expected losses that are numbers']),
  ];
}
