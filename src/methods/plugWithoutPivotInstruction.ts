/** The ablation of PLUG that does not restate the instruction: pivot response, then target response. */
import { wording } from './parts/wording.ts';
import { pivotGuided } from './plug.ts';

export default pivotGuided({
  name: 'plug-no-pivot-instruction',
  summary: 'answer in the pivot language, then in the target language, without restating the instruction',
  writes: { pivotInstruction: false, pivotResponse: true },
  system: wording.respondInBoth,
});
