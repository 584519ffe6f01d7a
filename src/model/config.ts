/** The shape of a decoder. What sets architectures apart is told by these values; no code asks for a model's name. */

export interface ModelConfig {
  /** Name of its class in transformers, by which other programs know it: see `architectures/`. */
  architecture: string;
  vocabSize: number;
  /** Width of the residual stream (`hidden_size`). */
  dModel: number;
  nLayers: number;
  /** Query heads. */
  nHeads: number;
  /** Key and value heads; divides `nHeads` (grouped-query attention). */
  nKvHeads: number;
  headDim: number;
  /** Inner width of the feed-forward layer (`intermediate_size`). */
  ffnDim: number;
  maxSeqLen: number;
  ropeTheta: number;
  /** How rotary positions are stretched beyond the length that was first trained on, if they are. */
  ropeScaling: RopeScaling | null;
  /** Epsilon inside RMSNorm. */
  normEps: number;
  /** Whether the output matrix is the embedding (`tie_word_embeddings`). */
  tieEmbeddings: boolean;
  /** Projections of a layer that add a bias, such as `self_attn.q_proj`. */
  biases: string[];
  /** Whether queries and keys are normed, head by head, before they are rotated. */
  headNorms: boolean;
  /** What the feed-forward gate goes through, by its name in `config.json`. */
  activation: 'silu' | 'gelu_pytorch_tanh';
  /** Added to the weights of norms, which some keep around zero. */
  normOffset: number;
  /** Whether what attention and feed-forward give is normed too, before the residual stream takes it. */
  outputNorms: boolean;
  /** Embeddings are multiplied by it on their way in. */
  embeddingScale: number;
  /** Attention scores are divided by its root; null: headDim. */
  scoreDim: number | null;
  /** Base of the rotary positions, unscaled, in layers that see a window of tokens; null: that of all layers. */
  windowRopeTheta: number | null;
  /** How many tokens back each layer's queries see, themselves included; null: all. Empty: all layers see all. */
  windows: (number | null)[];
  bosId: number | null;
  /** Null where the model's files name none. */
  eosId: number | null;
  /** Further tokens that end a text, such as those that end a turn. */
  stopIds: number[];
  padId: number;
}

/** Scalings of rotary frequencies, as `config.json` names their parts; see `frequencies.ts`. */
export type RopeScaling =
  | { type: 'linear'; factor: number }
  | {
      type: 'llama3';
      factor: number;
      lowFreqFactor: number;
      highFreqFactor: number;
      originalMaxSeqLen: number;
    }
  | {
      type: 'yarn';
      factor: number;
      betaFast: number;
      betaSlow: number;
      originalMaxSeqLen: number;
      /** Multiplies cos and sin. */
      attentionFactor: number;
      /** False: the pairs between which frequencies are blended are not rounded to whole ones. */
      truncate?: false;
    };

/** What a plain Llama has none of, and a new one either. */
export const PLAIN_LLAMA = {
  architecture: 'LlamaForCausalLM',
  ropeScaling: null,
  biases: [] as string[],
  headNorms: false,
  activation: 'silu',
  normOffset: 0,
  outputNorms: false,
  embeddingScale: 1,
  scoreDim: null,
  windowRopeTheta: null,
  windows: [] as null[],
  stopIds: [] as number[],
} satisfies Partial<ModelConfig>;

/** The projections of a layer, by the last part of their names. */
export const PROJECTIONS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
