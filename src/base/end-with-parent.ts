import { endedByKernel } from './process-bounds.ts';

/** Milliseconds between two looks. */
const lookEvery = 500;

/** A hostile file may keep the main thread busy, which then hears nothing; this thread still looks. */
const watch = `
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), ${lookEvery});`;

/**
 * Ends this process within a second after the process that started it is gone, however busy this one is. Where the kernel
 * does so, no thread is needed, which costs more than all else at the start of a process.
 */
export function endWithParent(): void {
  if (process.env[endedByKernel] === '1') return;
  // Not imported: pages of the console share this folder.
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  new Worker(watch, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } }).unref();
}
