import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OneFile, oneFile } from '#base/index.ts';
import type { Fault } from '#image/index.ts';
import { type ChildEnd, type LayerChild, readerLimits, startLayerChild } from './layer-child.ts';
import { type LayerResult, unreadLayer } from './layer-result.ts';
import type { LayerJob } from './serve-layers.ts';

/**
 * Child processes that read layers, so that a hostile one can neither hang nor exhaust nor end this process. The limit on
 * the heap of a thread would not do: V8 ends the whole process when one runs out of memory.
 */
export interface LayerChildren {
  /** Reads one layer; a child that dies or takes too long gives a result with a fault. */
  run(job: LayerJob, onProgress: (bytes: number) => void): Promise<LayerResult>;
  /** Whether anything was given to them. */
  haveRun(): boolean;
  /** Ends the children at once; what they were reading gives faults. */
  stop(): void;
  /** Waits until results are stored, then ends all children but the first `kept`; work that comes later starts others. */
  close(kept?: number): Promise<void>;
}

/** Files whose analysis ended a child and that are left out in turn, before the whole layer is given up. */
const mostAvoided = 3;
/** Layers of one scan that may take all of their time; those that come after them are not waited for. */
const mostTimeouts = 4;
/** Milliseconds after which a layer that waits for a busy child gets one of its own. */
const longestWait = 300;
/** Stored bytes of layers that one child reads before a second one is worth its start. */
const worthAnother = 4 * 1024 ** 2;

/** Starts up to `most` children as they are needed and uses them again. `entry` is the module that each of them runs. */
export function startLayerChildren(entry: URL | OneFile, most: number): LayerChildren {
  const children = new Set<LayerChild>();
  const program = entry instanceof URL ? fileURLToPath(entry) : entry;
  const budget = { resultBytes: readerLimits.resultsBytes.value, handed: 0, runs: 0, timeouts: 0 };

  /** A child for this job alone; it is claimed before anyone else can find it free. */
  async function acquire(job: LayerJob): Promise<LayerChild> {
    budget.handed += storedBytes(job);
    for (;;) {
      for (const child of children) if (child.isDead()) retire(child);
      const child = [...children].find((one) => !one.isBusy()) ?? another();
      child?.claim();
      if (child !== undefined) return child;
      if (await isLongerThan(longestWait, Promise.race([...children].map((one) => one.free()))))
        budget.handed += worthAnother;
    }
  }

  function retire(child: LayerChild): void {
    child.kill();
    children.delete(child);
  }

  function another(): LayerChild | undefined {
    if (children.size > 0 && (children.size >= most || budget.handed <= worthAnother)) return undefined;
    const started = startLayerChild(program);
    children.add(started);
    return started;
  }

  async function run(job: LayerJob, onProgress: (bytes: number) => void): Promise<LayerResult> {
    budget.runs += 1;
    let left = job.task.limits.layerMilliseconds;
    for (let tried = job; ; ) {
      const child = await acquire(tried);
      const began = performance.now();
      const milliseconds = budget.timeouts >= mostTimeouts ? 1 : Math.max(1, left);
      const end = await child.read(tried, { milliseconds, resultBytes: budget.resultBytes, onProgress });
      if (end.kind === 'result') {
        budget.resultBytes -= end.bytes;
        return end.result;
      }
      left -= performance.now() - began;
      if (end.fault.code === 'time-limit') budget.timeouts += 1;
      const next = avoiding(tried, end);
      if (next === undefined) return unreadLayer(end.fault);
      tried = next;
    }
  }

  return {
    run,
    haveRun: () => budget.runs > 0,
    stop() {
      for (const child of children) child.kill();
    },
    close: async (kept = 0) => await endWhenFree(children, kept),
  };
}

async function endWhenFree(children: Set<LayerChild>, kept: number): Promise<void> {
  for (const child of [...children].slice(kept)) {
    await child.free();
    child.kill();
    children.delete(child);
  }
}

/** Entry beside this module, bundled beside the program or the source, or the one file that holds it. */
export function layerWorkerEntry(): URL | OneFile {
  const whole = oneFile();
  if (whole !== undefined) return whole;
  const places = ['./layer-worker.js', '../layer-worker.js'].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? new URL('./layer-worker.ts', import.meta.url);
}

/** The same job without the file whose analysis ended the child; its result is not kept, the next scan may have more memory. */
function avoiding({ task }: LayerJob, { fault, path, isFinal }: Extract<ChildEnd, { kind: 'died' }>) {
  const { avoided = [] } = task;
  if (path === undefined || isFinal || avoided.length >= mostAvoided) return undefined;
  const ofFile: Fault = { ...fault, path };
  return { task: { ...task, avoided: [...avoided, ofFile] } };
}

/** Waits for `work`, no longer than `milliseconds`, and says whether that was too short; keeps no process alive. */
async function isLongerThan(milliseconds: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, true).unref();
  });
  const answer = await Promise.race([work.then(() => false), isLate]);
  clearTimeout(timer);
  return answer;
}

/** Bytes of a layer as it is stored; where nobody knows, enough for a child of its own. */
function storedBytes({ task: { what } }: LayerJob): number {
  return what.kind === 'layer' && what.blob.kind === 'stored' ? what.blob.length : worthAnother + 1;
}
