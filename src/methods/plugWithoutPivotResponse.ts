/** The ablation of PLUG that does not draft an answer: pivot instruction, then target response. */
import { wording } from './parts/wording.ts';
import { pivotGuided } from './plug.ts';

export default pivotGuided({
  name: 'plug-no-pivot-response',
  summary: 'restate the instruction in the pivot language, then answer in the target language alone',
  writes: { pivotInstruction: true, pivotResponse: false },
  system: wording.interpretOnly,
});
