/** What `make test-notebooks` takes for a good notebook, and what not. */
import assert from 'node:assert/strict';
import { type Cell, faultsOf, type Notebook, type Output, VEGA_LITE } from '../../scripts/notebooks/check.ts';

const shown = (type: string, content: unknown): Output => ({
  output_type: 'display_data',
  data: { [type]: content },
});
const chart = (last: number, end: number, loss = 0.5) => ({
  data: { values: Array.from({ length: last }, (_, i) => ({ step: i + 1, loss })) },
  encoding: { x: { scale: { domain: [0, end] } } },
});
const cell = (id: string, ...outputs: Output[]): Cell => ({
  ...{ cell_type: 'code', id, execution_count: 1, outputs },
});
const image = '<img alt="" src="data:image/svg+xml;base64,AA">';

function good(): Notebook {
  return {
    cells: [
      { cell_type: 'markdown', id: 'title' },
      cell('tokens', shown('text/html', ['<table>', '</table>'])),
      cell('plug', shown(VEGA_LITE, chart(9, 9))),
      cell('mono', shown(VEGA_LITE, chart(9, 9))),
      cell('answers', shown('text/html', '<table></table>')),
      cell('comparison', shown('text/html', image.repeat(3))),
    ],
  };
}
const withCell = (at: number, changed: Cell) => faultsOf({ cells: good().cells.with(at, changed) });

describe('the check of an executed notebook', () => {
  it('finds no fault in a good one', () => {
    assert.deepEqual(faultsOf(good()), []);
  });

  it('names a cell that was not run, failed or complained', () => {
    assert.deepEqual(withCell(1, { ...good().cells[1], execution_count: null }), ['cell tokens was not run']);
    const table = shown('text/html', '<table>');
    assert.deepEqual(withCell(1, cell('tokens', table, { output_type: 'error' })), [
      'cell tokens ended in an error',
    ]);
    const stderr = { output_type: 'stream', name: 'stderr', text: ['1:1 - ', 'no'] };
    assert.deepEqual(withCell(1, cell('tokens', table, stderr)), ['cell tokens wrote to stderr: 1:1 - no']);
  });

  it('wants charts that reach the last step, as objects with losses', () => {
    const charted = (content: unknown) => withCell(2, cell('plug', shown(VEGA_LITE, content)));
    assert.deepEqual(charted(chart(8, 9)), ['expected training to reach step 9, got to 8']);
    assert.deepEqual(charted(JSON.stringify(chart(9, 9))), ['expected a chart as an object, got string']);
    assert.deepEqual(charted(chart(9, 9, Number.NaN)), ['expected losses that are numbers']);
    assert.deepEqual(withCell(2, cell('plug')), ['expected a loss chart of each run, got 1']);
  });

  it('wants the tables and the images', () => {
    assert.deepEqual(withCell(4, cell('answers')), [
      'expected tables of tokens and of answers, got 1 tables',
    ]);
    assert.deepEqual(withCell(5, cell('comparison', shown('text/html', image))), [
      'expected the charts of the comparison, got 1 images',
    ]);
  });
});
