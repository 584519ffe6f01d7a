/** Tensors of model directories by the names of parameters: tied or not, damaged, and what is refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mergeAdapter } from '../../src/checkpoint/merge.ts';
import { loadWeights, readConfig, readModel, saveModel } from '../../src/checkpoint/model.ts';
import { readHeader } from '../../src/checkpoint/safetensors.ts';
import { modelTensors } from '../../src/checkpoint/tensors.ts';
import { toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import type { Model } from '../../src/model/decoder.ts';
import { disposeParameters, parameterShapes, trainedOf } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import { disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';
import { temporaryFolder } from '../support/files.ts';
import { drawn, stderrOf, writeModel } from '../support/modelFolder.ts';
import { batchOf, encoded, tinyConfig } from '../support/tiny.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
const NORM = 'model.layers.1.input_layernorm.weight';

const LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2200119864\n';

/** Makes something else in place of a file. */
const instead = (make: (file: string) => void) => (file: string) => {
  rmSync(file);
  make(file);
};

const renamed = (shapes: Record<string, number[]>, name: (name: string) => string) =>
  Object.fromEntries(Object.entries(shapes).map(([old, shape]) => [name(old), shape]));
const prefixed = (shapes: Record<string, number[]>, prefix: string) =>
  renamed(shapes, (name) => prefix + name);
const bare = (shapes: Record<string, number[]>) => renamed(shapes, (name) => name.replace(/^model\./, ''));

describe('tensors of a model directory', () => {
  const root = temporaryFolder();
  const config = { ...tinyConfig, vocabSize: 300 };
  const tied = toHuggingFace(config);
  const shapes = parameterShapes(config);
  const both = parameterShapes({ ...config, tieEmbeddings: false });
  let folders = 0;
  const folder = () => join(root, String(folders++));
  before(() => startTensorFlow());

  it('stay two where the config ties them and they differ: trained, saved and merged', async () => {
    const dir = await writeModel(folder(), tied, both);
    let model = {} as Model;
    const said = await stderrOf(async () => {
      model = await readModel(dir);
    });
    assert.match(said, /^Warning: .*tie_word_embeddings true, but lm_head\.weight differs.*not tied/);
    assert.equal(model.config.tieEmbeddings, false);
    const optimizer = await initAdamW(trainedOf(model.parameters), 'graph');
    const options = {
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: 1,
      dropout: 0,
      seed: 1,
    };
    const programs = makePrograms(model, optimizer, {
      ...options,
      ...{ mode: 'graph', precision: 'float32', gradientCheckpointing: false },
    });
    const read = async (name: string) => [...(await model.parameters[name].data())];
    const before = [await read(EMBEDDING), await read(HEAD)];
    await programs.step([batchOf(encoded([3, 4, 5], 1))], 0.01);
    const after = [await read(EMBEDDING), await read(HEAD)];
    // Of the embedding, the rows of the tokens alone; of the output matrix, every row.
    const moved = [0, 1].map((i) => after[i].filter((value, at) => value !== before[i][at]).length / 24);
    assert.deepEqual(moved.map(Math.round), [2, 300]);
    programs.dispose();
    const saved = folder();
    await saveModel(saved, model, await bpeTokenizer(trainBpe(['a'], { vocabSize: 257 })));
    disposeParameters(model.parameters);
    disposeAdamW(optimizer);
    assert.equal((await readConfig(saved)).tieEmbeddings, false);
    assert.ok((await readHeader(join(saved, 'model.safetensors'))).has(HEAD));

    const lora = { base: dir, rank: 2, alpha: 4, rankStabilized: false, dropout: 0, targets: ['q_proj'] };
    const adapted = await readModel(dir, { lora });
    const adapter = folder();
    await saveModel(adapter, adapted, await bpeTokenizer(trainBpe(['a'], { vocabSize: 257 })));
    disposeParameters(adapted.parameters);
    const merged = folder();
    await mergeAdapter(adapter, merged);
    assert.equal(JSON.parse(readFileSync(join(merged, 'config.json'), 'utf8')).tie_word_embeddings, false);
    assert.ok((await readHeader(join(merged, 'model.safetensors'))).has(HEAD));
  });

  it('are one where the config ties them and they are equal, in whatever dtype, or one is missing', async () => {
    const values = { [HEAD]: drawn(both, 7)[EMBEDDING] };
    const [{ [EMBEDDING]: _, ...headAlone }] = [both];
    for (const dir of [
      await writeModel(folder(), tied, both, { values }),
      await writeModel(folder(), tied, both, { values, dtype: 'BF16' }),
      await writeModel(folder(), tied, headAlone),
    ]) {
      const { entries, config: found } = await modelTensors(dir, await readConfig(dir));
      assert.equal(found.tieEmbeddings, true);
      assert.deepEqual([...entries.keys()], Object.keys(shapes));
    }
  });

  const nan = (name: string, at: number) => {
    const values = drawn(shapes, 7)[name].slice();
    values[at] = Number.NaN;
    return { [name]: values };
  };
  const damaged: [string, () => Promise<string>, RegExp][] = [
    ...['F32', 'BF16', 'F16'].map((dtype): [string, () => Promise<string>, RegExp] => [
      `one NaN in ${dtype}`,
      () =>
        writeModel(folder(), tied, shapes, { dtype, values: nan('model.layers.0.mlp.up_proj.weight', 959) }),
      /model\.safetensors: model\.layers\.0\.mlp\.up_proj\.weight: expected numbers, got NaN or an infinity as value 959/,
    ]),
    [
      'an infinity in a norm',
      () => {
        const values = { [NORM]: new Float32Array(24).fill(1).fill(Number.NEGATIVE_INFINITY, 5, 6) };
        return writeModel(folder(), tied, shapes, { values });
      },
      /model\.layers\.1\.input_layernorm\.weight: expected numbers, got NaN or an infinity as value 5/,
    ],
    [
      'other layers than the config has',
      () => writeModel(folder(), { ...tied, num_hidden_layers: 9000 }, shapes),
      /expected weights of 9000 layers, as num_hidden_layers in config\.json says, got 2/,
    ],
    [
      'another vocabulary than the config has',
      () => writeModel(folder(), { ...tied, vocab_size: 1e7 }, shapes),
      /embed_tokens\.weight: expected shape \[10000000,24\], as config\.json says, got \[300,24\]/,
    ],
    [
      'the bare model, untied',
      () => writeModel(folder(), { ...tied, tie_word_embeddings: false }, bare(shapes)),
      /lm_head\.weight: .*found none; .*AutoModelForCausalLM/,
    ],
    [
      'names both with and without model.',
      () => writeModel(folder(), tied, { ...shapes, 'norm.weight': [24] }),
      /model\.norm\.weight: expected once, got it with and without "model\."/,
    ],
    [
      'a tensor too many, of a name that objects have',
      () => writeModel(folder(), tied, { ...shapes, constructor: [1] }),
      /constructor: a tensor that config\.json does not ask for/,
    ],
    [
      'packed weights',
      () => {
        const { 'model.layers.0.mlp.up_proj.weight': _, ...rest } = shapes;
        return writeModel(folder(), tied, { ...rest, 'model.layers.0.mlp.up_proj.qweight': [4] });
      },
      /up_proj\.weight: expected a tensor .* found none, but .*up_proj\.qweight, as quantized models have/,
    ],
    [
      'the model as part of another',
      () => writeModel(folder(), tied, prefixed(shapes, 'language_model.')),
      /expected a tensor .* found none, but language_model\.model\..*; save the language model alone/,
    ],
    [
      'weights of something else',
      () => writeModel(folder(), tied, { 'wte.weight': [4] }),
      /got none, but such as wte\.weight/,
    ],
  ];
  for (const [what, make, message] of damaged) {
    it(`refuses ${what}`, async () => {
      const dir = await make();
      for (const frozen of [true, false]) await assert.rejects(loadWeights(dir, { frozen }), message);
    });
  }

  const files: [string, (file: string) => void, RegExp][] = [
    [
      'a pointer of Git LFS',
      (file) => writeFileSync(file, LFS),
      /got a Git LFS pointer to it; fetch it: git lfs pull/,
    ],
    [
      'a file that is cut off',
      (file) => truncateSync(file, 3000),
      /expected \d+ bytes inside the file's 3000/,
    ],
    ['a folder', instead((file) => mkdirSync(file)), /expected a safetensors file, got a folder/],
    [
      'a FIFO',
      instead((file) => execFileSync('mkfifo', [file])),
      /expected a safetensors file, got something/,
    ],
    [
      'a link to itself',
      instead((file) => symlinkSync(file, file)),
      /expected a safetensors file, got ELOOP/,
    ],
    ['an endless file', instead((file) => symlinkSync('/dev/zero', file)), /got something that is no file/],
    [
      'another layout',
      (file) => renameSync(file, file.replace('model.', 'consolidated.')),
      /consolidated\.safetensors/,
    ],
  ];
  for (const [what, change, message] of files) {
    it(`refuses ${what} in place of the weights`, async () => {
      const dir = await writeModel(folder(), tied, shapes);
      change(join(dir, 'model.safetensors'));
      await assert.rejects(readModel(dir), message);
    });
  }

  it('names a config.json that is none', async () => {
    const contents: [string, RegExp][] = [
      [LFS, /config\.json: expected the file itself, got a Git LFS pointer/],
      ['', /config\.json: expected JSON, got an empty file/],
      ['[]', /config\.json: expected a JSON object, got a list/],
      ['7', /config\.json: expected a JSON object, got a number/],
      [`{"layers": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`, /config\.json: /],
    ];
    const dir = await writeModel(folder(), tied, shapes);
    for (const [text, message] of contents) {
      writeFileSync(join(dir, 'config.json'), text);
      await assert.rejects(readModel(dir), message);
    }
  });
});
