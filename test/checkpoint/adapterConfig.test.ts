/**
 * `adapter_config.json`: what PEFT 0.4 to 0.21 writes for plain LoRA is read without a word, everything else is refused
 * by its name. The golden file is made by `scripts/golden/configKeys.py`.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAdapter } from '../../src/checkpoint/adapter.ts';
import { readLora } from '../../src/checkpoint/adapterConfig.ts';
import { readBaseConfig } from '../../src/checkpoint/config.ts';
import { modelStamp } from '../../src/checkpoint/identity.ts';
import { readConfig } from '../../src/checkpoint/model.ts';
import { toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { adaptersOf } from '../../src/model/loraTargets.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { temporaryFolder } from '../support/files.ts';
import { stderrOf, writeAdapter } from '../support/modelFolder.ts';
import { tinyConfig } from '../support/tiny.ts';

const golden: { package: string; versions: string[]; options: Record<string, unknown> }[] = JSON.parse(
  readFileSync(new URL('../golden/configKeys.json', import.meta.url), 'utf8'),
);
const written = golden.filter((one) => one.package === 'peft');

/** They may be anything: about the file, or of an initialisation that is not asked for. */
const SILENT = `
  auto_mapping corda_config ensure_weight_tying eva_config inference_mode loftq_config lora_ga_config megatron_core
  peft_version qalora_group_size revision runtime_config
`
  .trim()
  .split(/\s+/);

function otherThan(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 0.5;
  return typeof value === 'string' ? `${value}x` : { q_proj: 4 };
}

describe('adapter_config.json', () => {
  const root = temporaryFolder();
  let folders = 0;
  before(async () => {
    await startTensorFlow();
    mkdirSync(join(root, 'base'));
    writeFileSync(join(root, 'base', 'config.json'), JSON.stringify(toHuggingFace(tinyConfig)));
  });

  function folderOf(options: object): string {
    const dir = join(root, `adapter-${folders++}`);
    mkdirSync(dir);
    const base = { base_model_name_or_path: '../base', target_modules: ['q_proj'] };
    writeFileSync(join(dir, 'adapter_config.json'), JSON.stringify({ ...base, ...options }));
    return dir;
  }
  const read = (options: object) => readLora(folderOf(options));
  /** Adapters as `layer.projection rank scale`. */
  async function adapters(options: object): Promise<string[]> {
    const lora = await read(options);
    const found = adaptersOf(await readBaseConfig(lora.base), lora);
    return [...found].map(([name, { rank, scale }]) => {
      return `${name.replace(/^model\.layers\.|self_attn\.|mlp\.|_proj$/g, '')} ${rank} ${scale}`;
    });
  }

  for (const { versions, options } of written) {
    it(`is read as PEFT ${versions.join(', ')} writes it, and nothing that it holds is passed over`, async () => {
      const given: Record<string, unknown> = {
        ...options,
        ...{ base_model_name_or_path: '../base', target_modules: ['q_proj'] },
      };
      const [plain, said] = [await read(given), await stderrOf(() => read(given))];
      assert.equal(said, '');
      const silent: string[] = [];
      for (const field of Object.keys(given)) {
        const other = field === 'init_lora_weights' ? 'loftq' : otherThan(given[field]);
        let same = false;
        const warned = await stderrOf(async () => {
          const found = await read({ ...given, [field]: other }).catch(() => null);
          same = JSON.stringify(found) === JSON.stringify(plain);
        });
        if (same && warned === '') silent.push(field);
      }
      assert.deepEqual(
        silent.filter((field) => !SILENT.includes(field)),
        [],
      );
    });
  }

  it('says by the rules of PEFT which projections have an adapter', async () => {
    const all = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];
    const both = (names: string[]) => [0, 1].flatMap((layer) => names.map((name) => `${layer}.${name} 8 1`));
    const expected: [object, string[]][] = [
      [{ target_modules: undefined }, both(['q', 'v'])],
      [{ target_modules: null }, both(['q', 'v'])],
      [{ target_modules: 'ALL-linear' }, both(all)],
      [{ target_modules: 'all-linear', exclude_modules: ['down_proj'] }, both(all.slice(0, -1))],
      [{ target_modules: '.*\\.(q_proj|v_proj)$' }, both(['q', 'v'])],
      [{ target_modules: '(?i).*\\.1\\..*(?P<p>K)_PROJ' }, ['1.k 8 1']],
      // A name in a list is the end of a whole one, at a dot.
      [{ target_modules: ['self_attn.q_proj', 'mlp.q_proj', 'roj'] }, both(['q'])],
      [{ layers_to_transform: 1 }, ['1.q 8 1']],
      [{ layers_to_transform: [1], layers_pattern: 'layers' }, ['1.q 8 1']],
      [{ layers_to_transform: [0], layers_pattern: ['blocks', 'lay[a-z]+'] }, ['0.q 8 1']],
      [
        { target_modules: ['v_proj', 'model.layers.0.self_attn.q_proj'], layers_to_transform: [1] },
        ['0.q 8 1', '1.v 8 1'],
      ],
      [{ exclude_modules: '.*\\.0\\..*' }, ['1.q 8 1']],
      [{ rank_pattern: { '1.self_attn.q_proj': 2 } }, ['0.q 8 1', '1.q 2 4']],
      [{ alpha_pattern: { q_proj: 2, '1.self_attn.q_proj': 7 } }, ['0.q 8 0.25', '1.q 8 0.25']],
      [
        { r: 4, lora_alpha: 6, use_rslora: true, rank_pattern: { '^model.layers.0.*': 9 } },
        ['0.q 9 2', '1.q 4 3'],
      ],
      [
        { r: null, lora_alpha: null, lora_dropout: null, bias: null, use_dora: null, peft_type: null },
        both(['q']),
      ],
      [
        { modules_to_save: [], layers_to_transform: [], trainable_token_indices: [], rank_pattern: {} },
        both(['q']),
      ],
    ];
    for (const [options, names] of expected)
      assert.deepEqual(await adapters(options), names, JSON.stringify(options));
  });

  const slow = '(?:(?:a|a|.)+)+x';
  const refused: [string, object, RegExp][] = [
    ['DoRA', { use_dora: true }, /use_dora: expected false, got true/],
    ['biases of adapters', { lora_bias: true }, /lora_bias: expected false, got true/],
    ['biases of the base', { bias: 'lora_only' }, /bias: expected "none", got "lora_only"/],
    [
      'a changed base',
      { init_lora_weights: 'pissa_niter_4' },
      /init_lora_weights: .*"pissa_niter_4"; .*conversion/,
    ],
    ['a changed base of another kind', { init_lora_weights: 'olora' }, /init_lora_weights: .*got "olora"/],
    ['repeated layers', { layer_replication: [[0, 2]] }, /layer_replication: expected none, got \[\[0,2\]\]/],
    [
      'invoked adapters',
      { alora_invocation_tokens: [5] },
      /alora_invocation_tokens: expected none, got \[5\]/,
    ],
    ['parameters', { target_parameters: ['experts'] }, /target_parameters: expected none, got \["experts"\]/],
    ['trained tokens', { trainable_token_indices: { embed: [1] } }, /trainable_token_indices: expected none/],
    ['Megatron', { megatron_config: { a: 1 } }, /megatron_config: expected none/],
    ['what a later version may add', { use_newlora: true }, /use_newlora: expected none, got true/],
    ['another task', { task_type: 'SEQ_CLS' }, /task_type: expected "CAUSAL_LM", got "SEQ_CLS"/],
    [
      'the output matrix',
      { target_modules: ['lm_head'] },
      /expected some of q_proj.*"lm_head".*fits lm_head too/,
    ],
    ['all of it', { target_modules: '.*' }, /target_modules: .*got "\.\*", which fits model too/],
    ['nothing', { target_modules: ['c_attn'] }, /got \["c_attn"\], which fits none of the model/],
    ['no such layer', { layers_to_transform: [9] }, /fits none of the model, given layers_to_transform/],
    [
      'a layer that is none',
      { layers_to_transform: ['a'] },
      /layers_to_transform: expected a list of numbers/,
    ],
    [
      'a broken pattern',
      { target_modules: '(q_proj' },
      /target_modules: expected a regular expression, .*Unterminated/,
    ],
    [
      'layers beside a pattern',
      { target_modules: '.*q_proj', layers_to_transform: [0] },
      /none beside target_modules/,
    ],
    ['a list without layers', { layers_pattern: 'layers' }, /layers_pattern: expected none without/],
    ['half a rank', { r: 2.5 }, /r: expected a whole number up to \d+, got 2.5/],
    ['a rank of a thousand million', { r: 1e9 }, /r: expected a whole number up to/],
    ['no base', { base_model_name_or_path: null }, /expected the directory of a model, got/],
    [
      'a pattern that takes years',
      { target_modules: slow },
      /target_modules: expected a pattern .* within 2 s/,
    ],
    [
      'a rank by such a pattern',
      { rank_pattern: { [slow]: 2 } },
      /rank_pattern: expected a pattern .* within 2 s/,
    ],
  ];
  for (const [what, options, message] of refused)
    it(`refuses ${what}`, () => assert.rejects(read(options), message));

  it('refuses adapters of adapters, in a circle too, but not a model with its adapter in one folder', async () => {
    const first = folderOf({});
    const second = folderOf({ base_model_name_or_path: first });
    await assert.rejects(readConfig(second), /got ".*", which is an adapter itself; .*npm run merge/);
    writeFileSync(join(first, 'adapter_config.json'), JSON.stringify({ base_model_name_or_path: second }));
    await assert.rejects(readConfig(first), /which is an adapter itself/);
    const alone = folderOf({ base_model_name_or_path: '.' });
    await assert.rejects(readConfig(alone), /which is an adapter itself/);
    writeFileSync(join(alone, 'config.json'), JSON.stringify(toHuggingFace(tinyConfig)));
    assert.equal((await readConfig(alone)).dModel, tinyConfig.dModel);
    assert.equal(typeof (await modelStamp(alone)), 'string');
  });

  const PAIR = (layer: number, name = 'self_attn.q_proj') => ({
    [`base_model.model.model.layers.${layer}.${name}.lora_A.weight`]: [8, 24],
    [`base_model.model.model.layers.${layer}.${name}.lora_B.weight`]: [32, 8],
  });
  const whole = { ...PAIR(0), ...PAIR(1) };
  const [a, b] = Object.keys(whole);
  const tensors: [string, Record<string, number[]>, RegExp][] = [
    [
      'embeddings',
      { ...whole, 'base_model.model.lm_head.weight': [61, 24] },
      /lm_head\.weight: the adapter brings emb/,
    ],
    ['a magnitude', { ...whole, [a.replace('A.weight', 'magnitude_vector')]: [32] }, /a magnitude of DoRA/],
    [
      'another projection',
      { ...whole, ...PAIR(0, 'mlp.up_proj') },
      /up_proj.*: an adapter that adapter_config\.json/,
    ],
    ['half a pair', { [a]: [8, 24] }, /lora_B\.weight: expected beside/],
    ['another rank', { [a]: [4, 24], [b]: [32, 4] }, /expected shape \[8,24\], got \[4,24\]/],
    ['the model without its head', { [a.replace('model.model.model', 'model.model')]: [8, 24] }, /AutoModel/],
    ['nothing', {}, /expected adapters, found none/],
  ];
  for (const [what, shapes, message] of tensors) {
    it(`refuses an adapter with ${what}`, async () => {
      const dir = folderOf({});
      await writeAdapter(dir, JSON.parse(readFileSync(join(dir, 'adapter_config.json'), 'utf8')), shapes);
      await assert.rejects(loadAdapter(dir, tinyConfig, await readLora(dir)), message);
    });
  }

  it('tells of projections without an adapter, of pickled ones and of damaged ones', async () => {
    const dir = folderOf({});
    const config = JSON.parse(readFileSync(join(dir, 'adapter_config.json'), 'utf8'));
    await writeAdapter(dir, config, PAIR(1));
    const load = async () => loadAdapter(dir, tinyConfig, await readLora(dir));
    let names: string[] = [];
    const said = await stderrOf(async () => {
      const adapters = await load();
      names = Object.keys(adapters);
      disposeParameters(adapters);
    });
    assert.match(
      said,
      /no adapters for 1 of the projections .* such as model\.layers\.0\.self_attn\.q_proj;/,
    );
    assert.equal(names.length, 2);
    await writeAdapter(dir, config, whole, { values: { [b]: new Float32Array(256).fill(Number.NaN) } });
    await assert.rejects(
      load(),
      /model\.layers\.0\.self_attn\.q_proj\.lora_B\.weight: expected numbers, got NaN/,
    );
    const pickled = folderOf({});
    writeFileSync(join(pickled, 'adapter_model.bin'), '');
    const none = async () => loadAdapter(pickled, tinyConfig, await readLora(pickled));
    await assert.rejects(
      none(),
      /expected adapter_model\.safetensors, found adapter_model\.bin alone.*save it again/,
    );
  });
});
