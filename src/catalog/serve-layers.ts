import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '#base/index.ts';
import { analyzeLayer, type LayerTask } from './analyze-layer.ts';
import type { Analyzer } from './analyzer.ts';
import { type CacheScope, rememberLayer } from './layer-cache.ts';
import type { LayerResult } from './layer-result.ts';

/** One layer to be read by a thread, and where its result is stored afterwards. */
export interface LayerJob {
  readonly task: LayerTask;
  readonly cache?: CacheScope;
}

/** What the thread answers: that it begins, progress, one result or failure, and that it is free. */
export type LayerReply =
  | { readonly kind: 'begun' }
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'result'; readonly result: LayerResult }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'free' };

/** Works through jobs, one at a time, as they are sent. */
export function serveLayers(port: MessagePort, analyzers: readonly Analyzer[]): void {
  const reply = (message: LayerReply) => port.postMessage(message);
  port.on('message', async (job: LayerJob) => {
    reply({ kind: 'begun' });
    try {
      const result = await analyzeLayer(job.task, analyzers, (bytes) => reply({ kind: 'progress', bytes }));
      reply({ kind: 'result', result });
      await store(job, result);
    } catch (error) {
      reply({ kind: 'failed', message: messageOf(error) });
    }
    reply({ kind: 'free' });
  });
}

/** A cache that cannot be written costs time at the next scan, and nothing else. */
async function store({ task, cache }: LayerJob, result: LayerResult): Promise<void> {
  if (cache === undefined || task.what.kind !== 'layer') return;
  await rememberLayer(cache, task.what.blob.layer, result).catch(() => undefined);
}
