import { serialize } from 'node:v8';
import { messageOf } from '#base/index.ts';
import { analyzeLayer, type LayerListener, type LayerTask } from './analyze-layer.ts';
import type { Analyzer } from '#ecosystems/index.ts';
import { type CacheScope, rememberLayer } from './layer-cache.ts';
import { sumPrograms } from './contents/sum-programs.ts';
import type { LayerResult } from './layer-result.ts';
import { searchLayer } from './malware/search-layer.ts';
import { unpackLayer } from './scripts/unpack-layer.ts';

/** One layer to be read by a child, and where its result is stored afterwards. */
export interface LayerJob {
  readonly task: LayerTask;
  readonly cache?: CacheScope;
}

/** What the child answers: that it begins, progress, one result (serialized) or failure, and that it is free. */
export type LayerReply =
  | { readonly kind: 'begun' }
  | { readonly kind: 'progress'; readonly bytes: number }
  /** A file whose analysis may cost much begins; `undefined`: it is over. */
  | { readonly kind: 'analyzing'; readonly path: string | undefined }
  | { readonly kind: 'result'; readonly result: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'free' };

/** The process that a child runs in, as far as it is needed here. */
export interface JobPort {
  readonly send?: (message: LayerReply) => unknown;
  on(event: 'message', hear: (job: unknown) => void): unknown;
}

/** Works through jobs, one at a time, as they are sent. */
export function serveLayers(port: JobPort, analyzers: readonly Analyzer[]): void {
  const reply = (message: LayerReply): void => void port.send?.(message);
  port.on('message', (job) => void serve(job as LayerJob, { analyzers, reply }));
}

interface Serving {
  readonly analyzers: readonly Analyzer[];
  readonly reply: (message: LayerReply) => void;
}

async function serve(job: LayerJob, { analyzers, reply }: Serving): Promise<void> {
  reply({ kind: 'begun' });
  try {
    const listener: LayerListener = {
      progress: (bytes) => reply({ kind: 'progress', bytes }),
      analyzing: (path) => reply({ kind: 'analyzing', path }),
    };
    const result = await resultOf(job.task, analyzers, listener);
    reply({ kind: 'result', result: serialize(result) });
    store(job, result);
  } catch (error) {
    reply({ kind: 'failed', message: messageOf(error) });
  }
  reply({ kind: 'free' });
}

async function resultOf(task: LayerTask, analyzers: readonly Analyzer[], listener: LayerListener) {
  if (task.malware !== undefined) return await searchLayer(task, task.malware, listener);
  if (task.unpack !== undefined) return await unpackLayer(task, task.unpack, listener);
  if (task.only === 'program-sums') return await sumPrograms(task, listener);
  return await analyzeLayer(task, analyzers, listener);
}

function store({ task, cache }: LayerJob, result: LayerResult): void {
  if (cache === undefined || task.what.kind !== 'layer') return;
  rememberLayer(cache, task.what.blob.layer, result);
}
