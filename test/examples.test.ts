/** The example that the README shows runs as it stands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/files.ts';

describe('examples/tune.ts', () => {
  const folder = temporaryFolder();

  it('tunes, validates, answers and saves', function () {
    this.timeout(180_000);
    const script = fileURLToPath(new URL('../examples/tune.ts', import.meta.url));
    const loader = createRequire(import.meta.url).resolve('tsx');
    const options = { cwd: folder, encoding: 'utf8' as const, env: { ...process.env, INIT_CWD: folder } };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', loader, script, '20'],
      options,
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^20\/20 \d\.\d+ \{\s+pivotInstruction: /m);
    assert.match(stdout, /held out \{\n? *loss: /);
    assert.match(stdout, /question: '.+\?'/);
    assert.ok(existsSync(join(folder, 'checkpoints/example/model.safetensors')));
  });
});
