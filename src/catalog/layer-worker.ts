import { parentPort } from 'node:worker_threads';
import { analyzers } from './analyzers/index.ts';
import { serveLayers } from './serve-layers.ts';

/** Entry of the threads that read layers. It names the analyzers itself, because functions cannot be sent to a thread. */
if (parentPort !== null) serveLayers(parentPort, analyzers);
