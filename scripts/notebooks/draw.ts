/**
 * Draws the Vega-Lite charts of an executed notebook and lays each drawing beside its specification, as JupyterLab does
 * when it shows one: readers that know no Vega, such as a repository's website, then show the drawing.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Notebook, outputsOf, VEGA_LITE } from './check.ts';

/** What of the two packages is used here; their own types are there only once they are installed. */
interface Vega {
  parse(specification: unknown): unknown;
  View: new (runtime: unknown, options: { renderer: 'none' }) => { toSVG(): Promise<string> };
}
interface VegaLite {
  compile(specification: unknown): { spec: unknown };
}

const NODE_MODULES = join(import.meta.dirname, 'node_modules');

/** @throws Error for a specification that Vega-Lite does not take */
export async function drawCharts(notebook: Notebook): Promise<void> {
  const require = createRequire(import.meta.url);
  const vega: Vega = require(join(NODE_MODULES, 'vega/build/vega-node.js'));
  const vegaLite: VegaLite = require(join(NODE_MODULES, 'vega-lite/build/vega-lite.js'));
  for (const { data } of outputsOf(notebook)) {
    if (!data?.[VEGA_LITE]) continue;
    const { spec } = vegaLite.compile(data[VEGA_LITE]);
    const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
    if (!/<path aria-label=[^>]* d="M/.test(svg)) throw new Error('expected lines in a loss chart, got none');
    data['image/svg+xml'] = svg;
  }
}
