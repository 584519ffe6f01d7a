/** Reads TensorFlow's trace of a run: RunMetadata and StepStats (tensorflow/core/framework/step_stats.proto). */
import { fieldsOf } from '../tensorflow/protobuf.ts';

/** One op of a traced run. */
export interface OpTime {
  /** Its name in the graph: the op's type and a number. */
  name: string;
  microseconds: number;
}

interface DeviceStats {
  name: string;
  ops: OpTime[];
}

const ALL_STREAMS = '/stream:all';

/**
 * The time of each op. A GPU is listed three times: as the device whose ops only launch kernels, as each stream, and as
 * all streams together. The last counts, each op with all its kernels.
 */
export function opTimes(metadata: Uint8Array): OpTime[] {
  const devices = messages(metadata, 1).flatMap((stats) => messages(stats, 1).map(deviceOf));
  const streams = devices.filter(({ name }) => name.endsWith(ALL_STREAMS));
  const counted =
    streams.length === 0
      ? devices
      : [...devices.filter(({ name }) => !name.includes('GPU:')), ...streams.map(kernelsByOp)];
  return counted.flatMap(({ ops }) => ops);
}

/** A kernel's name is the op's name, `:` and the op's type. */
function kernelsByOp({ name, ops }: DeviceStats): DeviceStats {
  const sums = new Map<string, number>();
  for (const kernel of ops) {
    const op = kernel.name.replace(/:\w+$/, '');
    sums.set(op, (sums.get(op) ?? 0) + kernel.microseconds);
  }
  return { name, ops: [...sums].map(([name, microseconds]) => ({ name, microseconds })) };
}

function deviceOf(bytes: Uint8Array): DeviceStats {
  const ops = messages(bytes, 2).map((node) => {
    const fields = Object.fromEntries(fieldsOf(node));
    return { name: textOf(fields[1]), microseconds: Number(fields[4] ?? 0) - Number(fields[3] ?? 0) };
  });
  return { name: textOf(Object.fromEntries(fieldsOf(bytes))[1]), ops };
}

const messages = (bytes: Uint8Array, wanted: number) =>
  [...fieldsOf(bytes)].filter(([number]) => number === wanted).map(([, value]) => value as Uint8Array);

const textOf = (value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : '');
