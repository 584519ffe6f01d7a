/**
 * From a recipe to its examples and its tokenizer, free of tensors: what training, and showing what will be
 * trained, both begin with.
 */
import { renderChat } from '../methods/parts/chat.ts';
import type { Example } from '../methods/parts/example.ts';
import type { Method } from '../methods/parts/segment.ts';
import type { Recipe } from '../recipe/schema.ts';
import { bpeTokenizer, trainBpe } from '../tokenizer/bpe.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type LoadAccount, loadExamples, splitValidation } from './load.ts';

/** The training and validation examples of a recipe, in the languages that its method needs. */
export async function loadSplit(
  { data, method: pair }: Recipe,
  method: Method,
): Promise<{ train: Example[]; validation: Example[]; account: LoadAccount }> {
  const languages = method.languages(pair);
  const { examples, account } = await loadExamples(data, languages);
  if (!data.validation) return { ...splitValidation(examples, data.validationShare), account };
  const held = await loadExamples({ ...data, train: data.validation, limit: undefined }, languages);
  return { train: examples, validation: held.examples, account };
}

/** The text that the method trains on, stretch by stretch. */
function* trainingText(examples: Example[], { method: pair }: Recipe, method: Method): Generator<string> {
  for (const example of examples) {
    for (const segments of method.segments(example, pair)) {
      for (const piece of renderChat(segments)) if ('text' in piece) yield piece.text;
    }
  }
}

/**
 * The tokenizer of the model at hand, of the recipe, or else a byte-level BPE trained on the very text to be
 * learned.
 *
 * @param from directory that comes before what the recipe says (for resuming)
 */
export async function findTokenizer(
  recipe: Recipe,
  method: Method,
  train: Example[],
  from?: string,
): Promise<Tokenizer> {
  const path = from ?? recipe.tokenizer.path ?? recipe.model.from;
  if (path) return loadTokenizer(path);
  const { vocabSize } = recipe.tokenizer;
  return bpeTokenizer(trainBpe(trainingText(train, recipe, method), { vocabSize }));
}
