/** What is said about devices: the reason for no GPU, nvidia-smi's answers, the CPU's instructions. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  describeCpu,
  listGpus,
  multipliesBf16,
  oneDnnTakesBf16,
  whyNoGpu,
} from '../../src/runtime/device.ts';
import { progressText } from '../../src/runtime/progress.ts';
import { giveProgram, makeWorld, removeWorlds } from './support.ts';

describe('runtime: devices', () => {
  after(removeWorlds);
  const manifest = { tensorflow: 'tensorflow' };

  it('tells why a CUDA build has no GPU', async function () {
    const world = makeWorld();
    const why = (log = '') => whyNoGpu({ folder: world.root, manifest }, log, world.env);
    if ((await listGpus()).length > 0 && typeof (await listGpus()) !== 'string') this.skip();
    assert.equal(await why(), 'no NVIDIA driver on this machine');
    giveProgram(world, 'nvidia-smi', 'echo "NVIDIA-SMI has failed: no driver"; exit 9');
    assert.equal(await why(), 'nvidia-smi says: NVIDIA-SMI has failed: no driver');
    giveProgram(world, 'nvidia-smi', 'exit 0');
    assert.equal(await why(), 'the NVIDIA driver lists no GPU');
    giveProgram(world, 'nvidia-smi', 'echo "NVIDIA H100, 81559, 560.35"');
    assert.equal(await why(), `NVIDIA's CUDA libraries are not at ${path.join(world.root, 'nvidia')}`);
    mkdirSync(path.join(world.root, 'nvidia/cuda_runtime/lib'), { recursive: true });
    const log = 'I0000 00:00:1 1 a.cc:1] fine\nE0000 00:00:1 1 cuda.cc:52] failed call to cuInit: no luck\n';
    assert.equal(
      await why(log),
      'TensorFlow could not open NVIDIA H100 (driver 560.35): failed call to cuInit: no luck',
    );
    world.env.CUDA_VISIBLE_DEVICES = '';
    assert.equal(await why(), 'CUDA_VISIBLE_DEVICES="" hides every GPU');
  });

  it('reads what nvidia-smi lists', async () => {
    const world = makeWorld();
    assert.equal(await listGpus(world.env), 'nvidia-smi is not on the PATH');
    giveProgram(world, 'nvidia-smi', 'printf "NVIDIA H100, 81559, 560.35\\nNVIDIA L4, 23034, 560.35\\n"');
    assert.deepEqual(await listGpus(world.env), [
      { name: 'NVIDIA H100', memoryBytes: 81559 * 1024 * 1024, driver: '560.35' },
      { name: 'NVIDIA L4', memoryBytes: 23034 * 1024 * 1024, driver: '560.35' },
    ]);
  });

  it("reads the CPU's instructions from its flags, whole words only", () => {
    const cpu = describeCpu('model name\t: Some Xeon\nflags\t\t: fpu avx2 avx512fp16 avx512_bf16 amx_bf16\n');
    assert.equal(cpu.model, 'Some Xeon');
    assert.deepEqual(cpu.instructions, ['avx2', 'avx512_bf16', 'amx_bf16']);
    assert.deepEqual(describeCpu('').instructions, []);
  });

  it('tells bytes, percent and time left of a download', () => {
    const half = progressText('Fetching x', 137e6, 274e6, 3_000);
    assert.equal(half, 'Fetching x  137 MB of 274 MB  50 %  3 s left');
    assert.equal(progressText('Fetching x', 0, 274e6, 10), 'Fetching x  0 bytes of 274 MB  0 %');
    assert.equal(
      progressText('Fetching x', 1e9, 4e9, 60_000),
      'Fetching x  1.0 GB of 4.0 GB  25 %  3 min left',
    );
    assert.equal(progressText('Fetching x', 274e6, 274e6, 5_000), 'Fetching x  274 MB of 274 MB  100 %');
  });

  it('knows on which CPUs oneDNN takes bf16', () => {
    const takes = (flags: string) => oneDnnTakesBf16(describeCpu(`flags : fpu ${flags}\n`));
    assert.deepEqual(
      ['avx2 fma', 'avx2 avx512f', 'avx2 avx_vnni avx_ne_convert', 'avx2 avx512cd'].map(takes),
      [false, true, true, false],
    );
  });

  it('knows which CPUs multiply bf16 twice as fast', () => {
    const fast = (flags: string) => multipliesBf16(describeCpu(`flags : fpu ${flags}\n`));
    assert.deepEqual(
      ['avx2', 'avx2 avx512f', 'avx512f avx512_bf16', 'avx2 amx_bf16', 'asimd bf16'].map(fast),
      [false, false, true, true, false],
    );
  });
});
