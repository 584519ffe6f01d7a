/** A tiny model that answers, whose letters share few pieces. */
import type { Answerer } from '../../src/generate/generate.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { few } from '../support/characters.ts';
import { tinyModel } from '../support/tiny.ts';

/** Has its model while the tests of the suite that calls this run. */
export function tinyAnswerer(): Answerer {
  const answerer = { tokenizer: few, recipe: null } as unknown as Answerer;
  before(async () => {
    await startTensorFlow();
    answerer.model = tinyModel({ vocabSize: few.vocabSize, maxSeqLen: 400, eosId: few.eosId });
  });
  after(() => disposeParameters(answerer.model.parameters));
  return answerer;
}
