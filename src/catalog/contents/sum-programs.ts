import { readLayer } from '#image/index.ts';
import type { LayerListener, LayerTask } from '../analyze-layer.ts';
import { type LayerResult, unreadLayer } from '../layer-result.ts';
import { createContentCollector } from './collect.ts';

/** Reads what the contents of a layer say once more, now with the SHA-1 of every program. */
export async function sumPrograms({ what, limits }: LayerTask, listener: LayerListener): Promise<LayerResult> {
  if (what.kind !== 'layer') throw new Error('only programs in layers of images have their SHA-1 taken');
  const { watcher, result } = createContentCollector('of all');
  const visitor = { wants: () => false, visit: () => undefined, watcher };
  const pass = await readLayer(what.blob, visitor, { limits, onProgress: listener.progress });
  const { size, verified, faults } = pass;
  return { ...unreadLayer(unfinished), size, verified, faults, contents: result() };
}

const unfinished = { code: 'unreadable-file', message: 'The layer was not read.' } as const;
