/**
 * A thread of the process that runs tokenizers: it ends the process, whatever that is busy with, when it takes more
 * processor time or memory than it may. The reason goes to standard error, where `thread.mjs` reads it.
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
