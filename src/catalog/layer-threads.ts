import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Fault } from '#image/index.ts';
import { type LayerResult, unreadLayer } from './layer-result.ts';
import type { LayerJob, LayerReply } from './serve-layers.ts';

/** Threads that read layers, so that a hostile one can neither hang nor exhaust the process. */
export interface LayerThreads {
  /** Reads one layer; a thread that dies or takes too long gives a result with a fault. */
  run(job: LayerJob, onProgress: (bytes: number) => void): Promise<LayerResult>;
  /** Ends the threads at once; what they were reading gives faults. */
  stop(): void;
  /** Waits until results are stored, then ends the threads. */
  close(): Promise<void>;
}

/** Memory that JavaScript objects of one thread may take, in MiB; file contents are bounded by the scan's limits. */
const threadMegabytes = 512;

interface Thread {
  readonly worker: Worker;
  isDead: boolean;
  /** Resolves when the thread has stored its result, or is gone. */
  free: Promise<void>;
}

/** Starts up to `most` threads as they are needed and uses them again. `entry` is the module that each of them runs. */
export function startLayerThreads(entry: URL, most: number): LayerThreads {
  const threads = new Set<Thread>();
  const idle: Thread[] = [];
  async function acquire(): Promise<Thread> {
    while (true) {
      for (const thread of threads) if (thread.isDead) threads.delete(thread);
      const ready = idle.pop();
      if (ready !== undefined && !ready.isDead) return ready;
      if (threads.size < most) {
        const started = startThread(entry);
        threads.add(started);
        return started;
      }
      await Promise.race([...threads].map((thread) => thread.free));
    }
  }
  return {
    async run(job, onProgress) {
      const thread = await acquire();
      const result = await runOn(thread, job, onProgress);
      void thread.free.then(() => idle.push(thread));
      return result;
    },
    stop() {
      for (const thread of threads) void thread.worker.terminate();
    },
    async close() {
      for (const thread of threads) {
        await thread.free;
        await thread.worker.terminate();
      }
    },
  };
}

/** Entry beside this module: bundled beside the program, else the source. */
export function layerWorkerEntry(): URL {
  const places = ['./layer-worker.js', '../layer-worker.js'].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? new URL('./layer-worker.ts', import.meta.url);
}

function startThread(entry: URL): Thread {
  const resourceLimits = { maxOldGenerationSizeMb: threadMegabytes };
  const worker = new Worker(entry, { execArgv: [], env: {}, resourceLimits });
  return { worker, isDead: false, free: Promise.resolve() };
}

/** Sends a job and waits for its result; whatever ends the thread becomes a fault. */
function runOn(thread: Thread, job: LayerJob, onProgress: (bytes: number) => void): Promise<LayerResult> {
  const { worker } = thread;
  const limit = job.task.limits.layerMilliseconds;
  const { promise: free, resolve: setFree } = Promise.withResolvers<void>();
  const { promise: result, resolve: setResult } = Promise.withResolvers<LayerResult>();
  thread.free = free;
  let timer: NodeJS.Timeout | undefined;
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  worker.postMessage(job);
  return result;

  function onMessage(reply: LayerReply): void {
    switch (reply.kind) {
      case 'begun':
        timer = setTimeout(onTimeout, limit);
        return;
      case 'progress':
        return onProgress(reply.bytes);
      case 'result':
        clearTimeout(timer);
        return setResult(reply.result);
      case 'failed':
        clearTimeout(timer);
        return setResult(unreadLayer(readFailure(reply.message)));
      case 'free':
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        return setFree();
    }
  }
  function onTimeout(): void {
    die({ code: 'time-limit', message: `Reading the layer took longer than ${limit} ms.` });
    void worker.terminate();
  }
  function onError(error: Error): void {
    die(deathFault(error));
  }
  function onExit(): void {
    die({ code: 'analyzer-failed', message: 'The thread that read the layer ended early.' });
  }
  function die(fault: Fault): void {
    clearTimeout(timer);
    thread.isDead = true;
    setResult(unreadLayer(fault));
    setFree();
  }
}

function readFailure(message: string): Fault {
  const shown = message.replace(/\p{Cc}/gu, ' ').slice(0, 1000);
  return { code: 'unreadable-file', message: `The layer cannot be read: ${shown}` };
}

function deathFault(error: Error): Fault {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { code: 'memory-limit', message: `Reading the layer took more than ${threadMegabytes} MiB of memory.` };
  }
  return { code: 'analyzer-failed', message: `Reading the layer failed: ${error.message}`.slice(0, 1000) };
}
