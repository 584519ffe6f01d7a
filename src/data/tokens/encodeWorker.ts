/** A thread that tokenizes: says when its tokenizer is loaded, then answers each batch of segments with its tokens. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Segment } from '../../methods/parts/segment.ts';
import { loadTokenizer } from '../../tokenizer/load.ts';
import { type ChatName, withChat } from './chatTokenizer.ts';
import { encodeExample } from './encode.ts';
import type { Answer } from './encoder.ts';

const { dir, chat } = workerData as { dir: string; chat: ChatName };
const tokenizer = withChat(await loadTokenizer(dir), chat);

parentPort?.on('message', (batch: Segment[][]) => {
  const encoded = batch.map((segments) => encodeExample(segments, tokenizer));
  const lengths = Int32Array.from(encoded, ({ ids }) => ids.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const answer: Answer = { lengths, ids: new Int32Array(total), spans: new Int8Array(total) };
  let at = 0;
  for (const { ids, spans } of encoded) {
    answer.ids.set(ids, at);
    answer.spans.set(spans, at);
    at += ids.length;
  }
  const moved = [answer.lengths, answer.ids, answer.spans].map(({ buffer }) => buffer as ArrayBuffer);
  parentPort?.postMessage(answer, moved);
});
parentPort?.postMessage('ready');
