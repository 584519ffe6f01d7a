/** What a recipe makes of a model: the adapters on one from elsewhere, or the shape of a new one. */
import { resolve } from 'node:path';
import { longestSequence } from '../data/prepare.ts';
import { type ModelConfig, PLAIN_LLAMA } from '../model/config.ts';
import type { Lora } from '../model/lora.ts';
import type { Recipe } from '../recipe/schema.ts';

/** The adapters that a recipe asks for, on a model directory that has none. */
export function loraOf({ lora }: Recipe, base: string): Lora | undefined {
  if (lora === undefined) return undefined;
  return { base: resolve(base), ...lora, rankStabilized: false };
}

/** The shape that a recipe's own keys give a model. */
export function shapeOf(recipe: Recipe, vocabSize: number): ModelConfig {
  const { model } = recipe;
  const { dModel, nLayers, nHeads, ffnDim, ropeTheta, normEps, tieEmbeddings } = model;
  return {
    ...PLAIN_LLAMA,
    vocabSize,
    dModel,
    nLayers,
    nHeads,
    nKvHeads: model.nKvHeads ?? nHeads,
    headDim: model.headDim ?? dModel / nHeads,
    ffnDim,
    maxSeqLen: longestSequence(recipe),
    ropeTheta,
    normEps,
    tieEmbeddings,
    bosId: null,
    eosId: 0,
    padId: 0,
  };
}
