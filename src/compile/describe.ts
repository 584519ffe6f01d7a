/** A recorded program as text, for debugging. */
import { dataTypeName } from './dtypes.ts';
import type { Program } from './program.ts';

/**
 * Ops by type and count, inputs (fed) and outputs (fetched) with dtype and shape, and the variables that it reads and
 * assigns. Ops are those of a run, before TensorFlow's own rewriting.
 * @param paths of the inputs and outputs in their trees, such as `0.tokens`
 */
export function describeProgram(program: Program, paths: { inputs: string[]; outputs: string[] }): string {
  const { graph, inputs, outputs, targets, variablesRead, variablesAssigned } = program;
  const types = [...graph.closure([...inputs, ...outputs], targets).values()].map(({ type }) => type);
  const info = (output: (typeof inputs)[number]) => {
    const { dtype, shape } = graph.info(output);
    return tensorText(dtype, shape ?? []);
  };
  const variables = (all: typeof variablesRead) =>
    counted(all.map(({ dtype, shape }) => tensorText(dtype, shape))).join('\n');
  return [
    section('fed', inputs.length, inputs.map((one, i) => `${paths.inputs[i]} ${info(one)}`).join('\n')),
    section(
      'fetched',
      outputs.length,
      outputs.map((one, i) => `${paths.outputs[i]} ${info(one)}`).join('\n'),
    ),
    section('variables read', variablesRead.length, variables(variablesRead)),
    section('variables assigned', variablesAssigned.length, variables(variablesAssigned)),
    section('ops', types.length, counted(types).join(', ')),
  ].join('\n');
}

const tensorText = (dtype: number, shape: number[]) => `${dataTypeName(dtype)} [${shape}]`;

/** `text × count` of each text, the most frequent first. */
function counted(texts: string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([text, count]) => `${text} × ${count}`);
}

function section(title: string, count: number, text: string): string {
  const lines = text === '' ? [] : text.split('\n').map((line) => `    ${line.trim()}`);
  return [`  ${title}: ${count}`, ...lines].join('\n');
}
