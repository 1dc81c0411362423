import { AppError } from '#base/index.ts';
import type { ImageSource } from '../../source.ts';

export {
  describeEngine,
  engineBuild,
  listDockerImages,
} from './engine.ts';
export { configDigestOf } from './identify.ts';
export { layerFoldersOf } from './layer-folders.ts';
export { isBelow, nearestBase } from './nearest-base.ts';
export { unpackedLayers } from './overlay2.ts';
export { type ImagePlaces, imagePlaces } from './places.ts';

/** Images of the Docker engine on this machine, known through its socket, read from its files. */
export const docker: ImageSource = {
  id: 'docker',
  version: 1,
  prefix: 'docker:',
  summary: 'Image of the local Docker engine, by name or id',
  async accepts(reference) {
    return /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(reference) && !reference.endsWith('/');
  },
  async open(reference, options) {
    const [{ inspectImage }, { openEngineImage }] = await Promise.all([import('./engine.ts'), import('./open.ts')]);
    const image = await inspectImage(options.dockerSocket, reference);
    if (image === undefined)
      throw new AppError('target-not-found', `Docker has no image ${reference}.`, {
        next: 'Check the name; `docker images` lists those of the engine.',
      });
    return await openEngineImage(image, options);
  },
};
