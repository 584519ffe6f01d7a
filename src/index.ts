/**
 * What a script or a notebook imports: recipes, data, tokenizers, models, the training loop, checkpoints, answers and
 * their scores, comparisons and their charts, and `compile` for functions of one's own.
 */
export { mergeAdapter } from './checkpoint/merge.ts';
export { type LoadedModel, loadModel, loadWeights, saveModel } from './checkpoint/model.ts';
export { type Chart, comparisonCharts } from './compare/charts.ts';
export type { Report } from './compare/report.ts';
export { type EvaluatedRun, reportOf } from './compare/summarize.ts';
export {
  allowXla,
  type Compiled,
  type CompileOptions,
  changeInPlace,
  compile,
  declareVariable,
  lendValues,
  newVariables,
  type OpProfile,
  type Precision,
  profile,
  RecordError,
  rounded,
  updateRows,
  when,
  withControlDependency,
  writeValues,
} from './compile/index.ts';
export { type Batch, makeBatch } from './data/batches/batch.ts';
export { type Order, orderOf } from './data/batches/order.ts';
export { packRows } from './data/batches/pack.ts';
export type { DataStats } from './data/dataStats.ts';
export { loadExamples, readExamples } from './data/examples/load.ts';
export { type PreparedData, prepareData } from './data/prepare.ts';
export { type Encoded, encodeExample } from './data/tokens/encode.ts';
export { type Piece, piecesOf } from './data/tokens/pieces.ts';
export { inMemory, type Sequences } from './data/tokens/sequences.ts';
export { UserError } from './errors.ts';
export type { Reply, ScoredAnswer } from './evaluate/answer.ts';
export { type BootstrapOptions, bootstrap, type Interval } from './evaluate/bootstrap.ts';
export { type Ask, askModel, type EvaluateOptions, type Evaluation, evaluate } from './evaluate/evaluate.ts';
export { inLanguage } from './evaluate/language.ts';
export { lastNumber } from './evaluate/number.ts';
export { comparePairs, type PairTotals } from './evaluate/pairs.ts';
export type { EvaluationRow } from './evaluate/row.ts';
export { readEvaluationRows } from './evaluate/rows.ts';
export { makeScorer, type Score, type Scorer } from './evaluate/score.ts';
export { accuracy, type Scores, summarize } from './evaluate/summary.ts';
export { scoreLines } from './evaluate/table.ts';
export { type TextScore, textScore } from './evaluate/text/measure.ts';
export { type GenerateOptions, type Generation, generate } from './generate/generate.ts';
export { getMethod, loadMethod, METHODS } from './methods/index.ts';
export type { Example, LanguageCode, Turn } from './methods/parts/example.ts';
export { LANGUAGES, type Language, type LanguageTable, language } from './methods/parts/languages.ts';
export {
  type Answer,
  type Context,
  type LanguagePair,
  type Method,
  type MethodSettings,
  type Role,
  type Segment,
  SPANS,
  type Span,
} from './methods/parts/segment.ts';
export type { ModelConfig } from './model/config.ts';
export { forward, logits, type Model } from './model/decoder.ts';
export { initialValues, parameterCount, toParameters } from './model/parameters.ts';
export { dropout, randomUniform } from './nn/random.ts';
export { recompute } from './nn/recompute.ts';
export { defineRecipe } from './recipe/defineRecipe.ts';
export { loadRecipe } from './recipe/loadRecipe.ts';
export type { Recipe, RecipeInput } from './recipe/schema.ts';
export { type Content, html, Markup } from './report/markup.ts';
export { startTensorFlow } from './runtime/start.ts';
export { openScorer, type ScoreOptions, score, type TextScorer } from './score/score.ts';
export { trainBpe } from './tokenizer/bpe.ts';
export { loadTokenizer } from './tokenizer/load.ts';
export type { Tokenizer } from './tokenizer/tokenizer.ts';
export { resumeRun, saveStep } from './train/checkpoints.ts';
export { prepareRun, type Run } from './train/run.ts';
export { type StepMetrics, train } from './train/train.ts';
export { validate } from './train/validate.ts';
