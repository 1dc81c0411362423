import { type InspectedImage, inspectImage, listDockerImages } from './engine.ts';

/** Images of an engine that are asked for their layers. */
const mostImages = 500;

/** Whether layers, named by their content from the lowest one up, are the lowest of others, and not all of them. */
export function isBelow(base: readonly string[], layers: readonly string[]): boolean {
  return base.length > 0 && base.length < layers.length && base.every((diffId, at) => diffId === layers[at]);
}

/**
 * The image of an engine whose layers are the most of the lowest ones of an image; only those with a name. By the engine's
 * word: who relies on it reads its layers. `undefined` where it has none. Throws `docker-unavailable`.
 */
export async function nearestBase(
  socket: string,
  layers: readonly string[],
): Promise<Pick<InspectedImage, 'id' | 'names'> | undefined> {
  const named = (await listDockerImages(socket)).filter(({ names }) => names.length > 0);
  let nearest: InspectedImage | undefined;
  for (const { id } of named.slice(0, mostImages)) {
    const image = await inspectImage(socket, id);
    if (image === undefined || !isBelow(image.diffIds, layers)) continue;
    if (nearest === undefined || image.diffIds.length > nearest.diffIds.length) nearest = image;
  }
  return nearest;
}
