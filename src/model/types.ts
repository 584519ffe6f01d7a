/** A model, and the arguments of its forward pass. */
import type * as tf from '@tensorflow/tfjs-core';
import type { MaskInputs } from '../nn/attention/mask.ts';
import type { ModelConfig } from './config.ts';
import type { Lora } from './lora.ts';
import type { ModelParameters } from './parameters.ts';

/** A model on the device. */
export interface Model {
  config: ModelConfig;
  /** All parameters, those of adapters too; the ones that are not `trainable` are frozen. */
  parameters: ModelParameters;
  /** The model's low-rank adapters, if it has any. */
  lora?: Lora;
}

/** Tokens of a pass and what their masks are made of, int32 [batch, seq]. */
export interface Inputs extends MaskInputs {
  tokens: tf.Tensor2D;
}

/** Keys and values of earlier tokens, which a pass extends. */
export interface KvCache {
  /** Mask inputs of all keys, those of the pass included: int32 [batch, length]. */
  maskInputs: MaskInputs;
  /**
   * Stores the keys and values of a layer's new tokens, [batch, nKvHeads, seq, headDim].
   * @returns all to attend to, [batch, nKvHeads, length, headDim]
   */
  extend(layer: number, key: tf.Tensor4D, value: tf.Tensor4D): KeyValue;
}

export interface KeyValue {
  key: tf.Tensor4D;
  value: tf.Tensor4D;
}

export interface ForwardOptions {
  /** Without a cache, tokens see those of the same pass. */
  cache?: KvCache;
  /**
   * For training: the rate at which attention and MLP outputs are dropped, and the seed, int32 [2], of these masks and of
   * the adapters' (`Lora.dropout`).
   */
  dropout?: { rate: number; seed: tf.Tensor1D };
  /** Gradient checkpointing: a layer keeps its input alone, and is computed again in the backward pass. Without a cache. */
  recompute?: boolean;
}
