import { type OneFile, oneLine, processorBounds } from '#base/index.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { deserialize } from 'node:v8';
import type { Fault } from '#image/index.ts';
import type { LayerResult } from './layer-result.ts';
import type { LayerJob, LayerReply } from './serve-layers.ts';

/** What a child that reads layers may cost. */
export const readerLimits = {
  heapMegabytes: { value: 512, unit: 'MiB', per: 'child that reads layers', answer: 'the file is a fault of the scan' },
  /** Beside the heap: contents of files, twice the largest that is read. */
  besidesMegabytes: {
    value: 256,
    unit: 'MiB',
    per: 'child that reads layers, and twice the largest file',
    answer: 'the file is a fault of the scan',
  },
  processorSeconds: {
    value: 3600,
    unit: 's of processor time',
    per: 'child that reads layers',
    answer: 'the child is ended',
  },
  resultsBytes: {
    value: 256 * 1024 ** 2,
    unit: 'bytes',
    per: 'scan, of all that its layers hold',
    answer: 'the layer is a fault of the scan',
  },
} as const;

/** How the reading of one layer ended. */
export type ChildEnd =
  | { readonly kind: 'result'; readonly result: LayerResult; readonly bytes: number }
  | {
      readonly kind: 'died';
      readonly fault: Fault;
      /** File whose analysis was under way. */
      readonly path?: string;
      /** Whether another try would end alike. */
      readonly isFinal: boolean;
    };

export interface ReadTerms {
  readonly milliseconds: number;
  /** Longest result that is taken. */
  readonly resultBytes: number;
  readonly onProgress: (bytes: number) => void;
}

/** A process that reads one layer after the other. */
export interface LayerChild {
  isDead(): boolean;
  isBusy(): boolean;
  /** Resolves when the child has stored its result, or is gone. */
  free(): Promise<void>;
  /** Takes a child that is free for one job; `read` gives it back. */
  claim(): void;
  read(job: LayerJob, terms: ReadTerms): Promise<ChildEnd>;
  kill(): void;
}

const { heapMegabytes, besidesMegabytes, processorSeconds } = readerLimits;
/** Milliseconds after which a child gets no further layer: long before its processor time ends, whatever threads it has. */
const longestLife = 600_000;
/**
 * Most MiB of either half of what a child has just made. Little of it outlives a file, so V8's own 16 MiB would be full of
 * garbage, at no less processor time (`bench/scan-peer.ts`).
 */
const youngMegabytes = 2;
/** Milliseconds between two looks at the memory of a child that reads. */
const lookEvery = 50;

/**
 * Starts a child that runs this program. It sees nothing of the environment, writes nothing to the terminal and no core file, and
 * ends with this process, however busy it is.
 */
export function startLayerChild(program: string | OneFile): LayerChild {
  const started = performance.now();
  const bounds = existsSync('/bin/sh') ? processorBounds(processorSeconds.value) : [];
  const [command, ...words] = [...bounds, ...startOf(program)];
  const child = spawn(command ?? '', words, {
    env: { ...oneArena, ...compiledCode() },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let isDead = false;
  let isBusy = false;
  let released = Promise.withResolvers<void>();
  released.resolve();
  child.once('exit', () => (isDead = true)).on('error', () => (isDead = true));
  return {
    isDead: () => isDead || (!isBusy && performance.now() - started > longestLife),
    isBusy: () => isBusy,
    free: () => released.promise,
    kill: () => void child.kill('SIGKILL'),
    claim() {
      isBusy = true;
      released = Promise.withResolvers();
    },
    async read(job, terms) {
      const reading = readOn(child, job, terms);
      void reading.free.then(() => {
        isBusy = false;
        released.resolve();
      });
      const end = await reading.end;
      // Not to be used again, even before the system tells that it is gone.
      if (end.kind === 'died') isDead = true;
      return end;
    },
  };
}

/** Few of its threads allocate, and what each would keep for itself adds up (mallopt(3)). */
const oneArena = { MALLOC_ARENA_MAX: '1' };

/** Where this program keeps its compiled code, for Node, so that a child need not compile all of it again. */
function compiledCode(): Readonly<Record<string, string>> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** `program` is the module that the child runs, or the one file that holds it. */
function startOf(program: string | OneFile): readonly string[] {
  const options = [`--max-old-space-size=${heapMegabytes.value}`, `--max-semi-space-size=${youngMegabytes}`];
  if (typeof program === 'string') return [process.execPath, ...options, program];
  return program.startOf('layer-worker', options);
}

interface Reading {
  readonly end: Promise<ChildEnd>;
  readonly free: Promise<void>;
}

/** Sends a job and waits for its result; whatever ends the child becomes a fault. */
function readOn(child: ChildProcess, job: LayerJob, terms: ReadTerms): Reading {
  const { promise: free, resolve: setFree } = Promise.withResolvers<void>();
  const { promise: end, resolve: setEnd } = Promise.withResolvers<ChildEnd>();
  const limit = memoryLimit(job);
  let path: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    if (residentBytes(child.pid) > limit) die(memoryFault(`more than ${Math.round(limit / 1024 ** 2)} MiB`));
  }, lookEvery);
  child.on('message', onMessage).on('error', onError).on('exit', onExit);
  child.send(job, (error) => {
    if (error !== null) onError(error);
  });
  return { end, free };

  function onMessage(message: unknown): void {
    const reply = message as LayerReply;
    switch (reply.kind) {
      case 'begun':
        timer = setTimeout(onTimeout, terms.milliseconds);
        return;
      case 'progress':
        return terms.onProgress(reply.bytes);
      case 'analyzing':
        path = reply.path;
        return;
      case 'result':
        stopWatching();
        return setEnd(taken(reply.result, terms.resultBytes));
      case 'failed':
        stopWatching();
        return setEnd({ kind: 'died', fault: readFailure(reply.message), isFinal: true });
      case 'free':
        child.off('message', onMessage).off('error', onError).off('exit', onExit);
        return setFree();
    }
  }
  function onTimeout(): void {
    const limited = job.task.limits.layerMilliseconds;
    die({ code: 'time-limit', message: `Reading the layer took longer than ${limited} ms.` }, 'final');
  }
  function onError(error: Error): void {
    die({ code: 'analyzer-failed', message: `Reading the layer failed: ${error.message}`.slice(0, 1000) }, 'final');
  }
  function onExit(code: number | null, signal: NodeJS.Signals | null): void {
    die(deathFault(code, signal));
  }
  function die(fault: Fault, which: 'final' | 'of the file' = 'of the file'): void {
    stopWatching();
    child.kill('SIGKILL');
    setEnd({ kind: 'died', fault, isFinal: which === 'final', ...(path !== undefined && { path }) });
    setFree();
  }
  function stopWatching(): void {
    clearTimeout(timer);
    clearInterval(look);
  }
}

/** A result that is too long is no longer read: it would take the memory of this process. */
function taken(serialized: Uint8Array, longest: number): ChildEnd {
  if (serialized.length <= longest) return { kind: 'result', result: resultIn(serialized), bytes: serialized.length };
  const limit = readerLimits.resultsBytes.value;
  const message = `What the layers hold takes more than ${limit} bytes to tell; this layer was left out.`;
  return { kind: 'died', fault: { code: 'memory-limit', message }, isFinal: true };
}

/** Bytes of a result lie within the message: they are copied, so that it need not be kept. */
function resultIn(serialized: Uint8Array): LayerResult {
  const result = deserialize(serialized) as LayerResult;
  return { ...result, others: new Uint8Array(result.others) };
}

function memoryLimit({ task }: LayerJob): number {
  return (heapMegabytes.value + besidesMegabytes.value) * 1024 ** 2 + 2 * task.limits.fileBytes;
}

/** Resident memory of a process; 0 when it is gone, and where the system does not tell. */
function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function readFailure(message: string): Fault {
  return { code: 'unreadable-file', message: `The layer cannot be read: ${oneLine(message, 1000)}` };
}

/** V8 aborts a process that is out of heap; a machine that is out of memory kills one. */
function deathFault(code: number | null, signal: NodeJS.Signals | null): Fault {
  if (signal === 'SIGABRT') return memoryFault(`more than ${heapMegabytes.value} MiB`);
  if (signal === 'SIGKILL') return memoryFault('more than this machine has left');
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  return { code: 'analyzer-failed', message: `The process that read the layer ended early, ${how}.` };
}

function memoryFault(amount: string): Fault {
  return { code: 'memory-limit', message: `Reading it took ${amount} of memory.` };
}
