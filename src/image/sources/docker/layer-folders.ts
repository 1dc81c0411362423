import { describeEngine, inspectImage } from './engine.ts';
import { openOverlay2 } from './overlay2.ts';
import { imagePlaces } from './places.ts';

/**
 * Where the engine unpacked the layers of an image, lowest first; containers see these very files. `undefined` where
 * there is no such image, or its store does not say before a container runs. Throws `docker-unavailable`,
 * `target-corrupt`.
 */
export async function layerFoldersOf(id: string, dockerSocket: string): Promise<readonly string[] | undefined> {
  const image = await inspectImage(dockerSocket, id);
  const places = await imagePlaces(await describeEngine(dockerSocket));
  if (image === undefined || places.kind !== 'overlay2') return undefined;
  const opened = await openOverlay2(image, places.root);
  try {
    const layers = await Promise.all(opened.subject.layers.map(({ index }) => opened.blob(index)));
    const folders = layers.flatMap((layer) => ('folder' in layer ? [layer.folder] : []));
    return folders.length === layers.length ? folders : undefined;
  } finally {
    await opened.close();
  }
}
