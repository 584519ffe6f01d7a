/** Tunes a small model by PLUG from a script, then asks it. Run: npx tsx examples/tune.ts [STEPS] */
import { generate, loadRecipe, prepareRun, saveModel, train, validate } from '../src/index.ts';

const recipe = await loadRecipe('plug-ko', { train: { steps: Number(process.argv[2] ?? 100) } });
const run = await prepareRun(recipe);

for await (const { step, steps, loss, spanLoss } of train(run)) {
  if (step % 10 === 0) console.log(`${step}/${steps}`, loss.toFixed(3), spanLoss);
}
console.log('held out', await validate(run));

const question = run.heldOut[0].example.turns.ko[0].instruction;
const [{ answer, pivotResponse }] = await generate(run, [question]);
console.log({ question, pivotResponse, answer });

await saveModel('checkpoints/example', run.model, run.tokenizer);
run.dispose();
