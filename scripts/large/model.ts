/** A random model of a billion parameters in bf16, written tensor by tensor, so that making it takes little memory. */
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { writeWeights } from '../../src/checkpoint/weights.ts';
import { writeJson } from '../../src/files.ts';
import { toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { type ModelConfig, PLAIN_LLAMA } from '../../src/model/config.ts';
import { parameterShapes } from '../../src/model/parameters.ts';
import { sizeOf } from '../../src/shapes.ts';

/** The shape of Llama 3.2 1B with a smaller vocabulary: 1,040 M parameters. */
export const LARGE: ModelConfig = {
  ...PLAIN_LLAMA,
  ...{ vocabSize: 32_768, dModel: 2048, nLayers: 16, nHeads: 32, nKvHeads: 8, headDim: 64, ffnDim: 8192 },
  ...{ maxSeqLen: 4096, ropeTheta: 500_000, normEps: 1e-5, tieEmbeddings: true },
  ...{ bosId: null, eosId: 0, padId: 0 },
};

/** Values drawn once and laid over all matrices from places that differ: random enough, and quick. */
const POOL = 1 << 20;

export async function makeLargeModel(dir: string, shardBytes = 1e9): Promise<void> {
  const random = seedrandom.alea('large');
  const pool = Float32Array.from({ length: POOL }, () => 0.07 * (random() - 0.5)); // deviation 0.02
  const tensors = Object.entries(parameterShapes(LARGE)).map(([name, shape], i) => ({
    ...{ name, shape, dtype: 'BF16' },
    async lend(write: (values: Float32Array) => Promise<void>) {
      const values = new Float32Array(sizeOf(shape));
      if (shape.length === 1) values.fill(1);
      for (let at = 0; shape.length > 1 && at < values.length; ) {
        const from = (i * 7919 + at * 3) % POOL;
        const part = pool.subarray(from, from + Math.min(POOL - from, values.length - at));
        values.set(part, at);
        at += part.length;
      }
      await write(values);
    },
  }));
  await writeJson(join(dir, 'config.json'), toHuggingFace(LARGE));
  await writeWeights(dir, tensors, { shardBytes });
}
