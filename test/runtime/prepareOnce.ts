/** A process of its own that sets a fake world up, for lock.test.ts: its options come as JSON. */
import { prepare } from '../../src/runtime/setup.ts';

const options = JSON.parse(process.argv[2]);
await prepare({ ...options, log: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write('ready\n');
