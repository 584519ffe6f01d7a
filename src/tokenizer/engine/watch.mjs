/**
 * A thread of the process that runs tokenizers. It ends the process when that exceeds its limit of processor time or
 * memory, also while native code runs. The reason goes to standard error, where `thread.mjs` reads it.
 */
import { writeSync } from 'node:fs';
import { cpuUsage, memoryUsage } from 'node:process';
import { workerData } from 'node:worker_threads';

/** @type {Float64Array} */
const limits = workerData;

/** @param {string} reason */
function end(reason) {
  writeSync(2, `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
}

setInterval(() => {
  const [time, memory] = limits;
  const { user, system } = cpuUsage();
  if (user + system > time) end('it takes too much time');
  else if (memoryUsage.rss() > memory) end('it takes too much memory');
}, 50);
