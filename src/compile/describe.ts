/** A recorded program as text, for debugging. */
import type { Output } from '../tensorflow/capi.ts';
import { dataTypeName } from './dtypes.ts';
import type { Program } from './program.ts';
import type { ResourceVariable } from './resourceVariables.ts';

/**
 * Ops by type and count, inputs (fed) and outputs (fetched) with dtype and shape, and the variables that it reads and
 * assigns. Ops are those of a run, before TensorFlow's own rewriting.
 * @param paths of the inputs and outputs in their trees, such as `0.tokens`; empty where the tree is one tensor
 */
export function describeProgram(program: Program, paths: { inputs: string[]; outputs: string[] }): string {
  const { graph, inputs, outputs, targets, variablesRead, variablesAssigned } = program;
  const types = [...graph.closure([...inputs, ...outputs], targets).values()].map(({ type }) => type);
  const named = (tensors: Output[], names: string[]) =>
    tensors.map((output, i) => {
      const { dtype, shape } = graph.info(output);
      return `${names[i] || 'tensor'} ${tensorText(dtype, shape ?? [])}`;
    });
  const grouped = (variables: ResourceVariable[]) =>
    counted(variables.map(({ dtype, shape }) => tensorText(dtype, shape)));
  return [
    section('fed', inputs.length, named(inputs, paths.inputs)),
    section('fetched', outputs.length, named(outputs, paths.outputs)),
    section('variables read', variablesRead.length, grouped(variablesRead)),
    section('variables assigned', variablesAssigned.length, grouped(variablesAssigned)),
    section('ops', types.length, counted(types)),
  ].join('\n');
}

const tensorText = (dtype: number, shape: number[]) => `${dataTypeName(dtype)} [${shape}]`;

/** `text × count` of each text, the most frequent first, then by text. */
function counted(texts: string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([text, count]) => `${text} × ${count}`);
}

const section = (title: string, count: number, lines: string[]): string =>
  [`  ${title}: ${count}`, ...lines.map((line) => `    ${line}`)].join('\n');
