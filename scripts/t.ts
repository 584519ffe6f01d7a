import * as tf from '@tensorflow/tfjs-core';
import { compile, fed, newVariables, taken } from '../src/compile/index.ts';
import { startTensorFlow } from '../src/runtime/start.ts';
await startTensorFlow();
const shapes: [number, number][] = [[512, 512], [1376, 512], [512, 1376], [8192, 512], [2048, 768], [50257, 768]];
for (const [n, k] of shapes) {
  const count = Math.max(4, Math.round(40e6 / (n * k)));
  const names = Array.from({ length: count }, (_, i) => `w${i}`);
  const all = Object.fromEntries(names.map((name) => [name, [n, k]]));
  const wide = Object.fromEntries(names.map((name) => [name, [k, n]]));
  const fill = (v: Float32Array | Uint16Array) => void v.fill(v instanceof Uint16Array ? 0x3c00 : 0.01);
  const narrow = (o: object) => ({ names: new Set(Object.keys(o)), fill });
  const f32 = await newVariables(all, fill, { trainable: false });
  const bf = await newVariables(all, fill, { trainable: false, narrow: narrow(all) });
  const bfWide = await newVariables(wide, fill, { trainable: false, narrow: narrow(wide) });
  for (const rows of [1, 8]) {
    const forms: Record<string, [string, (x: tf.Tensor2D) => tf.Tensor]> = {
      'f32 xWt': ['float32', (x) => tf.addN(names.map((m) => tf.matMul(x, f32[m] as tf.Tensor2D, false, true)))],
      'bf16 xWt': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(x, bf[m] as tf.Tensor2D, false, true)))],
      'bf16 Wxt': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(bf[m] as tf.Tensor2D, x, false, true)))],
      'bf16 xW': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(x, bfWide[m] as tf.Tensor2D)))],
      'bf16 tiled2': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(tf.tile(x, [2, 1]), bf[m] as tf.Tensor2D, false, true)))],
      'bf16 tiled4': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(tf.tile(x, [4, 1]), bf[m] as tf.Tensor2D, false, true)))],
      'bf16 tiled8': ['bf16', (x) => tf.addN(names.map((m) => tf.matMul(tf.tile(x, [8, 1]), bf[m] as tf.Tensor2D, false, true)))],
    };
    const line: string[] = [];
    for (const [name, [precision, fn]] of Object.entries(forms)) {
      const program = compile(function f(x: tf.Tensor2D) { return tf.sum(fn(x)); }, { precision: precision as 'bf16' });
      const times: number[] = [];
      for (let i = 0; i < 12; i++) {
        const start = performance.now();
        await taken(await fed([tf.fill([rows, k], 0.5) as tf.Tensor2D], program as never));
        times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      const us = (1000 * times[3]) / count;
      line.push(`${name} ${us.toFixed(0)} us ${((n * k * (precision === 'bf16' ? 2 : 4)) / us / 1000).toFixed(1)} GB/s`);
      program.dispose();
    }
    console.log(`[${n},${k}] rows ${rows}: ${line.join(' | ')}`);
  }
  tf.dispose([f32, bf, bfWide]);
}
