/** A process of its own that starts TensorFlow, for start.test.ts: prints what it found as one JSON line. */
import { readFileSync } from 'node:fs';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { startTensorFlow } from '../../src/runtime/start.ts';

// As Node 23 and later are.
if (process.argv.includes('--without-utilities')) {
  for (const name of ['isNullOrUndefined', 'isArray'])
    delete (util as unknown as Record<string, unknown>)[name];
}
const before = performance.now();
const info = await startTensorFlow();
const milliseconds = performance.now() - before;
const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).arraySync());
const topk = tf.tidy(() => tf.topk(tf.tensor1d([1, 3, 2]), 2).indices.arraySync());
const maps = process.platform === 'linux' ? readFileSync('/proc/self/maps', 'utf8') : '';
const bindings = new Set(maps.match(/\S+tfjs_binding\.node$/gm));
const { TF_CPP_MIN_LOG_LEVEL, TF_DETERMINISTIC_OPS, TF_FORCE_GPU_ALLOW_GROWTH } = process.env;
const env = { TF_CPP_MIN_LOG_LEVEL, TF_DETERMINISTIC_OPS, TF_FORCE_GPU_ALLOW_GROWTH };
const backend = tf.getBackend();
console.log(JSON.stringify({ info, milliseconds, backend, product, topk, bindings: [...bindings], env }));
