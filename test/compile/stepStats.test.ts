import assert from 'node:assert/strict';
import { opTimes } from '../../src/compile/stepStats.ts';
import { message } from '../../src/tensorflow/protobuf.ts';

const text = (value: string) => new TextEncoder().encode(value);
const node = (name: string, microseconds: number) =>
  message({ 2: message({ 1: text(name), 3: 0, 4: microseconds }) });

/** A device of StepStats with its nodes, as RunMetadata holds it. */
function device(name: string, nodes: Uint8Array[]): Uint8Array {
  return message({ 1: Buffer.concat([message({ 1: text(name) }), ...nodes]) });
}
const metadata = (...devices: Uint8Array[]) => message({ 1: Buffer.concat(devices) });

describe('the trace of a run', () => {
  const cpu = device('/job:localhost/replica:0/task:0/device:CPU:0', [node('Range_1', 3)]);

  it('holds each op of a CPU', () => {
    assert.deepEqual(opTimes(metadata(cpu)), [{ name: 'Range_1', microseconds: 3 }]);
  });

  it('counts each op of a GPU once, with all its kernels', () => {
    const kernels = [
      node('Softmax_2:Softmax', 10),
      node('Softmax_2:Softmax', 5),
      node('MatMul_3:MatMul', 20),
    ];
    const found = opTimes(
      metadata(
        device('/job:localhost/replica:0/task:0/device:GPU:0', [node('Softmax_2', 1), node('MatMul_3', 1)]),
        cpu,
        device('/device:GPU:0/stream:16', kernels),
        device('/device:GPU:0/stream:all', kernels),
        device('/device:GPU:0/memcpy', [node('MemcpyH2D', 9)]),
      ),
    );
    assert.deepEqual(found, [
      { name: 'Range_1', microseconds: 3 },
      { name: 'Softmax_2', microseconds: 15 },
      { name: 'MatMul_3', microseconds: 20 },
    ]);
  });
});
