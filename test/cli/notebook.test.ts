import assert from 'node:assert/strict';
import { notebook } from '../../src/cli/notebook.ts';

describe('npm run notebook', () => {
  it('names a notebook that is not there, before anything is set up', async () => {
    await assert.rejects(
      notebook(['no.ipynb']),
      /^UserError: notebook: expected a notebook, got no file at .*no\.ipynb$/,
    );
    await assert.rejects(notebook(['no.ipynb', '--', '--ip=0.0.0.0']), /got no file at .*no\.ipynb$/);
  });

  it('takes one notebook, and flags of its own before a lone --', async () => {
    await assert.rejects(notebook(['a.ipynb', 'b.ipynb']), /expected one notebook, got a\.ipynb, b\.ipynb$/);
    await assert.rejects(notebook(['--no-opne']), /unknown flag --no-opne, did you mean --no-open\?$/);
    await assert.rejects(notebook(['--port', 'x']), /--port must be an integer >= 0, got "x"$/);
  });
});
