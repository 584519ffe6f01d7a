/** The one session of the process: runs parts of the graph off the main thread, one run after the other. */
import { bufferBytes, type CApi, checked, type Output, type Pointer, TensorFlowError } from './capi.ts';
import type { Graph } from './graph.ts';
import { message } from './protobuf.ts';
import { type OpTime, opTimes } from './trace.ts';

/** What to feed, what to fetch, and what to run besides. */
export interface RunRequest {
  feeds: Output[];
  /** TF_Tensors, one a feed; the caller deletes them. */
  values: Pointer[];
  fetches: Output[];
  targets: Pointer[];
  /**
   * Whether each op keeps to one thread; several may still be under way at once. The first such run starts threads that
   * take 15 % of a core from then on.
   */
  oneThreadAnOp?: boolean;
}

export class Session {
  private readonly api: CApi;
  private readonly graph: Graph;
  private pointer: Pointer;
  /** Ends when the last run asked for so far has. */
  private last: Promise<unknown> = Promise.resolve();
  private underWay = 0;
  /** While set, runs are traced and the times of their ops go here. */
  traced: OpTime[] | null = null;

  constructor(graph: Graph) {
    this.api = graph.api;
    this.graph = graph;
    this.pointer = this.open();
  }

  /** Closes the session, to be called before the graph is reset; returns what opens it anew. */
  close(): () => void {
    checked(this.api, (status) => this.api.closeSession(this.pointer, status));
    checked(this.api, (status) => this.api.deleteSession(this.pointer, status));
    return () => {
      this.pointer = this.open();
    };
  }

  private open(): Pointer {
    const { api } = this;
    const sessionOptions = api.newSessionOptions();
    checked(api, (status) => api.setConfig(sessionOptions, CONFIG, CONFIG.length, status));
    const pointer = checked(api, (status) =>
      api.newSession(this.graph.pointer, sessionOptions, status),
    ) as Pointer;
    api.deleteSessionOptions(sessionOptions);
    return pointer;
  }

  /** Fetched tensors in order; the caller deletes them. */
  run(request: RunRequest): Promise<Pointer[]> {
    this.underWay++;
    const run = this.last.then(() => this.start(request)).finally(() => this.underWay--);
    this.last = run.catch(() => {});
    return run;
  }

  /** Whether no run is under way or waits. */
  get idle(): boolean {
    return this.underWay === 0;
  }

  /** The same on this thread, without waiting for runs that are under way. */
  runSync(request: RunRequest): Pointer[] {
    const fetched = request.fetches.map(() => null);
    checked(this.api, (status) => this.api.sessionRun(...this.arguments(request, fetched, status)));
    return fetched as unknown as Pointer[];
  }

  private start(request: RunRequest): Promise<Pointer[]> {
    const { api, traced } = this;
    const status = api.newStatus();
    const fetched = request.fetches.map(() => null);
    const fields = [...(traced ? [FULL_TRACE] : []), ...(request.oneThreadAnOp ? [ONE_THREAD_AN_OP] : [])];
    const bytes = Buffer.concat(fields);
    const options = bytes.length > 0 ? api.newBufferFrom(bytes, bytes.length) : null;
    const metadata = traced && api.newBuffer();
    return new Promise((resolve, reject) => {
      const done = (failure: unknown) => {
        const failed =
          failure ?? (api.getCode(status) === 0 ? null : new TensorFlowError(api.message(status)));
        if (traced && !failed) traced.push(...opTimes(bufferBytes(metadata)));
        for (const buffer of [options, metadata]) if (buffer) api.deleteBuffer(buffer);
        api.deleteStatus(status);
        if (failed) reject(failed);
        else resolve(fetched as unknown as Pointer[]);
      };
      api.sessionRun.async(...this.arguments(request, fetched, status, options, metadata), done);
    });
  }

  private arguments(
    { feeds, values, fetches, targets }: RunRequest,
    fetched: null[],
    status: Pointer,
    options: Pointer | null = null,
    metadata: Pointer | null = null,
  ) {
    return [
      ...[this.pointer, options, feeds, values, feeds.length],
      ...[fetches, fetched, fetches.length, targets, targets.length, metadata, status],
    ];
  }
}

/** ConfigProto, by the field numbers of tensorflow/core/protobuf/config.proto. */
const CONFIG = message({
  6: message({ 4: true }), // gpu_options.allow_growth
  7: true, // allow_soft_placement
  // graph_options.rewrite_options.meta_optimizer_iterations = ONE: a second pass finds nothing and takes as long.
  10: message({ 10: message({ 12: 1 }) }),
});

/** Fields of RunOptions (tensorflow/core/protobuf/config.proto), to be joined: trace_level = FULL_TRACE. */
const FULL_TRACE = message({ 1: 3 });

/**
 * And experimental.use_run_handler_pool. Ops and what they share out then go to the same threads, and oneDNN
 * shares nothing out from a thread that is one of those.
 */
const ONE_THREAD_AN_OP = message({ 8: message({ 2: true }) });
