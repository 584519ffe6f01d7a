/** The graph, the session and the recording backend: one of each in the process. */
import { startTensorFlow } from '../runtime/start.ts';
import { openLibrary } from './capi.ts';
import { betterGradients } from './gradients.ts';
import { Graph } from './graph.ts';
import { betterKernels } from './kernels.ts';
import { type Recorder, registerRecorder } from './recorder.ts';
import { Session } from './session.ts';
import { States } from './states.ts';

export interface CompileRuntime {
  graph: Graph;
  session: Session;
  states: States;
  recorder: Recorder;
  /** Programs in use. */
  programs: Set<object>;
}

let opened: CompileRuntime | undefined;

/** Starts TensorFlow where it is not, and opens the session once. */
export async function openRuntime(): Promise<CompileRuntime> {
  const { library } = await startTensorFlow();
  opened ??= open(library);
  return opened;
}

/**
 * Begins with an empty graph where neither a program nor a variable is left of the old one: TensorFlow goes over the
 * whole graph for each program that is added, so that what is no longer used would slow down what comes.
 */
export function renewIfUnused({ graph, session, states, programs }: CompileRuntime): void {
  if (programs.size > 0 || !states.empty || !session.idle || graph.size === 0) return;
  const reopen = session.close();
  graph.reset();
  states.reset();
  reopen();
}

/** What has been opened, if anything. */
export const openedRuntime = (): CompileRuntime | undefined => opened;

function open(library: string): CompileRuntime {
  const graph = new Graph(openLibrary(library));
  const session = new Session(graph);
  const states = new States(graph, session);
  const recorder = registerRecorder(graph, states);
  betterKernels();
  betterGradients();
  return { graph, session, states, recorder, programs: new Set() };
}
