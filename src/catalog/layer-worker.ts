import { flushCompileCache } from 'node:module';
import { endWithParent } from '#base/index.ts';
import { analyzers } from './analyzers.ts';
import { serveLayers } from './serve-layers.ts';

/**
 * Entry of the processes that read layers. It names the analyzers itself, because functions cannot be sent to a process.
 * It ends with the process that started it.
 */
if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  endWithParent();
  serveLayers(process, analyzers);
  // It is killed in the end, and then Node writes nothing.
  flushCompileCache();
}
