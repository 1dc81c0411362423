import { Worker } from 'node:worker_threads';
import { analyzers } from './analyzers/index.ts';
import { serveLayers } from './serve-layers.ts';

/**
 * Entry of the processes that read layers. It names the analyzers itself, because functions cannot be sent to a process.
 * It ends with the process that started it; a thread looks after that while this one is busy.
 */
if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  serveLayers(process, analyzers);
  const watch = `const parent = ${process.ppid};
    setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000);`;
  new Worker(watch, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } }).unref();
}
