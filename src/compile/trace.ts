/** Reads TensorFlow's trace of a run: RunMetadata and StepStats (tensorflow/core/framework/step_stats.proto). */
import { fieldsOf } from './protobuf.ts';

/** One op of a traced run. */
export interface OpTime {
  /** As in the graph: the op's type and a number. */
  name: string;
  microseconds: number;
}

interface Device {
  name: string;
  nodes: OpTime[];
}

/**
 * What each op took. A GPU is listed as the device whose ops only start kernels, stream by stream, and as all streams
 * together: the last counts, each op with all its kernels.
 */
export function opTimes(metadata: Uint8Array): OpTime[] {
  const devices = messages(metadata, 1).flatMap((stats) => messages(stats, 1).map(deviceOf));
  const streams = devices.filter(({ name }) => name.endsWith(ALL_STREAMS));
  const isOther = ({ name }: Device) => !name.includes('GPU:');
  return streams.length === 0
    ? devices.flatMap(({ nodes }) => nodes)
    : [...devices.filter(isOther).flatMap(({ nodes }) => nodes), ...streams.flatMap(byOp)];
}

const ALL_STREAMS = '/stream:all';

/** A kernel's name is that of its op, then `:` and the op's type. */
function byOp({ nodes }: Device): OpTime[] {
  const sums = new Map<string, number>();
  for (const { name, microseconds } of nodes) {
    const op = name.replace(/:\w+$/, '');
    sums.set(op, (sums.get(op) ?? 0) + microseconds);
  }
  return [...sums].map(([name, microseconds]) => ({ name, microseconds }));
}

function deviceOf(bytes: Uint8Array): Device {
  const nodes = messages(bytes, 2).map((node) => {
    const fields = Object.fromEntries(fieldsOf(node));
    return { name: textOf(fields[1]), microseconds: Number(fields[4] ?? 0) - Number(fields[3] ?? 0) };
  });
  return { name: textOf(Object.fromEntries(fieldsOf(bytes))[1]), nodes };
}

const messages = (bytes: Uint8Array, wanted: number) =>
  [...fieldsOf(bytes)].filter(([number]) => number === wanted).map(([, value]) => value as Uint8Array);

const textOf = (value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : '');
