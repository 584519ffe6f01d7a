/** The graph, the session and the recording backend: one of each in the process. */
import { logsOfBf16 } from '../runtime/bf16.ts';
import { startTensorFlow, usesOneDnn } from '../runtime/start.ts';
import { openLibrary } from '../tensorflow/capi.ts';
import { Graph } from './graph.ts';
import type { DeviceLimits } from './program.ts';
import { type Recorder, registerRecorder } from './recorder.ts';
import { ResourceVariables } from './resourceVariables.ts';
import { Session } from './session.ts';
import { skinnyMatmulLimits } from './skinnyMatmul.ts';

export interface CompileRuntime extends DeviceLimits {
  graph: Graph;
  session: Session;
  variables: ResourceVariables;
  recorder: Recorder;
  /** Programs in use. */
  programs: Set<object>;
}

let opened: CompileRuntime | undefined;

/** Starts TensorFlow if needed, and opens the session at the first call. */
export async function openRuntime(): Promise<CompileRuntime> {
  const { library } = await startTensorFlow();
  opened ??= open(library);
  return opened;
}

/**
 * Empties the graph when no program and no variable is left in it: TensorFlow processes the whole graph for each program
 * that is added, so unused ops would slow down later programs.
 */
export function resetIfUnused({ graph, session, variables, programs }: CompileRuntime): void {
  if (programs.size > 0 || !variables.empty || !session.idle || graph.size === 0) return;
  const reopen = session.close();
  graph.reset();
  variables.reset();
  reopen();
}

/** The runtime, if it has been opened. */
export const openedRuntime = (): CompileRuntime | undefined => opened;

function open(library: string): CompileRuntime {
  const graph = new Graph(openLibrary(library));
  const session = new Session(graph);
  const variables = new ResourceVariables(graph, session);
  const recorder = registerRecorder(graph, variables);
  const skinnyLimits = usesOneDnn() ? skinnyMatmulLimits() : null;
  const movesBf16 = !logsOfBf16();
  return { graph, session, variables, recorder, skinnyLimits, movesBf16, programs: new Set() };
}
