/** The session: runs parts of the graph off the main thread, one run after the other. */
import {
  bufferBytes,
  type CApi,
  checked,
  type Output,
  type Pointer,
  TensorFlowError,
} from '../tensorflow/capi.ts';
import { message } from '../tensorflow/protobuf.ts';
import type { Graph } from './graph.ts';
import { type OpTime, opTimes } from './stepStats.ts';

export interface RunRequest {
  feeds: Output[];
  /** A TF_Tensor for each feed; the caller deletes them. */
  values: Pointer[];
  fetches: Output[];
  /** Ops to run besides. */
  targets: Pointer[];
  /**
   * Runs each op on one thread; several ops may run at the same time. The first run of this kind starts the run-handler
   * pool, which busy-polls until the process exits: about 15 % of a core.
   */
  singleThreadPerOp?: boolean;
}

export class Session {
  private readonly api: CApi;
  private readonly graph: Graph;
  private pointer: Pointer;
  /** Settles when the last requested run has ended. */
  private last: Promise<unknown> = Promise.resolve();
  private pendingRuns = 0;
  /** While set, runs are traced and the times of their ops are added. */
  traced: OpTime[] | null = null;

  constructor(graph: Graph) {
    this.api = graph.api;
    this.graph = graph;
    this.pointer = this.open();
  }

  /** Closes the session; call it before the graph is reset. @returns opens it again */
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
    const pointer: Pointer = checked(api, (status) =>
      api.newSession(this.graph.pointer, sessionOptions, status),
    );
    api.deleteSessionOptions(sessionOptions);
    return pointer;
  }

  /** @returns the fetched tensors in order; the caller deletes them */
  run(request: RunRequest): Promise<Pointer[]> {
    this.pendingRuns++;
    const run = this.last.then(() => this.start(request)).finally(() => this.pendingRuns--);
    this.last = run.catch(() => {});
    return run;
  }

  /** Whether no run is in progress or waiting. */
  get idle(): boolean {
    return this.pendingRuns === 0;
  }

  /** As `run`, but on this thread, and without waiting for runs in progress. */
  runSync(request: RunRequest): Pointer[] {
    const fetched = request.fetches.map(() => null);
    checked(this.api, (status) =>
      this.api.sessionRun(...this.runArguments(request, fetched, status, null, null)),
    );
    return fetched as unknown as Pointer[];
  }

  private start(request: RunRequest): Promise<Pointer[]> {
    const { api, traced } = this;
    const status = api.newStatus();
    const fetched = request.fetches.map(() => null);
    const bytes = Buffer.concat([
      traced ? FULL_TRACE : NO_OPTION,
      request.singleThreadPerOp ? RUN_HANDLER_POOL : NO_OPTION,
    ]);
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
      api.sessionRun.async(...this.runArguments(request, fetched, status, options, metadata), done);
    });
  }

  /** The arguments of TF_SessionRun. */
  private runArguments(
    { feeds, values, fetches, targets }: RunRequest,
    fetched: null[],
    status: Pointer,
    options: Pointer | null,
    metadata: Pointer | null,
  ) {
    const fed = [feeds, values, feeds.length];
    const outputs = [fetches, fetched, fetches.length];
    return [this.pointer, options, ...fed, ...outputs, targets, targets.length, metadata, status];
  }
}

/** ConfigProto, by the field numbers of tensorflow/core/protobuf/config.proto. */
const CONFIG = message({
  6: message({ 4: true }), // gpu_options.allow_growth
  7: true, // allow_soft_placement
  // graph_options.rewrite_options.meta_optimizer_iterations = ONE: a second pass finds nothing and takes as long.
  10: message({ 10: message({ 12: 1 }) }),
});

/** Fields of RunOptions (tensorflow/core/protobuf/config.proto), to be concatenated. */
const NO_OPTION = new Uint8Array();
/** trace_level = FULL_TRACE. */
const FULL_TRACE = message({ 1: 3 });
/** experimental.use_run_handler_pool: ops and their parts then share threads, on which oneDNN splits no op. */
const RUN_HANDLER_POOL = message({ 8: message({ 2: true }) });
