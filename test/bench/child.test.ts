import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild, withFolder } from '../../src/bench/child.ts';
import { UserError } from '../../src/errors.ts';
import { projectRoot } from '../../src/paths.ts';

const node = (script: string) => runChild('peer', process.execPath, ['-e', script]);

/** Whether a process still runs; one that nobody has waited for yet does not. */
function alive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat) && /\) [ZX]/.test(readFileSync(stat, 'utf8'))) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runChild', () => {
  it('gives the JSON of the last line', async () => {
    assert.deepEqual(await node('console.log("loading"); console.log(JSON.stringify({ a: 1 }))'), { a: 1 });
  });

  it('tells the last line of stderr when the child fails', async () => {
    await assert.rejects(node('console.error("one\\nout of luck\\n"); process.exit(3)'), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.message, 'peer: expected it to finish, got exit status 3: out of luck');
      return true;
    });
  });

  it('says what to install when Python lacks a module', async () => {
    const script = `console.error("ModuleNotFoundError: No module named 'trl'"); process.exit(1)`;
    await assert.rejects(node(script), /No module named 'trl'; install bench\/requirements\.txt/);
  });

  it('says that a child was ended, or did not start', async () => {
    await assert.rejects(
      node('process.kill(process.pid, "SIGKILL")'),
      /^UserError: peer: .* ended by a signal/,
    );
    await assert.rejects(runChild('peer', '/no/such/program', []), /did not start: .*ENOENT/);
  });

  it('says what came in place of JSON', async () => {
    await assert.rejects(node('console.log("no JSON")'), /expected a line of JSON, got "no JSON"/);
  });
});

describe('withFolder', () => {
  it('removes the folder, also after an error', async () => {
    let dir = '';
    await assert.rejects(
      withFolder(async (folder) => {
        dir = folder;
        assert.ok(existsSync(dir));
        throw new Error('no');
      }),
      /no/,
    );
    assert.ok(!existsSync(dir));
  });

  it('ends the children and removes the folder on Ctrl-C', async () => {
    const module = new URL('../../src/bench/child.ts', import.meta.url).href;
    // The child writes its process id beside, and waits.
    const child =
      'require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)';
    const script = `
      import { existsSync } from 'node:fs';
      import { runChild, withFolder } from ${JSON.stringify(module)};
      await withFolder(async (dir) => {
        const look = setInterval(() => {
          if (existsSync(dir + '/pid')) console.log(dir);
        }, 20);
        await runChild('child', process.execPath, ['-e', ${JSON.stringify(child)}, dir + '/pid']);
        clearInterval(look);
      });`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const bench = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] });
    const dir = await new Promise<string>((resolve) =>
      createInterface({ input: bench.stdout }).once('line', resolve),
    );
    const pid = Number(readFileSync(`${dir}/pid`, 'utf8'));
    assert.ok(alive(pid));
    const ended = new Promise<number | null>((resolve) => bench.on('exit', resolve));
    bench.kill('SIGINT');
    assert.equal(await ended, 130);
    for (let i = 0; i < 50 && alive(pid); i++) await sleep(20);
    assert.ok(!alive(pid));
    assert.ok(!existsSync(dir));
  });
});
