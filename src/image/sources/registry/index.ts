import type { ImageSource } from '../../source.ts';

export { anonymousAccess, type Credentials, type RegistryAccess, servedAt, usualPatience } from './access.ts';
export { placeOfHost } from './address.ts';
export { openRegistry, type Registry } from './client.ts';
export { type StoredImage, storeRegistryImage } from './store-image.ts';
export { dockerCredentials } from './docker-config.ts';
export {
  type Attached,
  fetchDocument,
  fetchManifest,
  fetchReferrers,
  fetchSignatureTag,
  type RegistryDocument,
} from './documents.ts';

/** Images of a registry (OCI distribution API, version 2), fetched without an engine. */
export const registry: ImageSource = {
  id: 'registry',
  version: 1,
  prefix: 'registry:',
  summary: 'Image of a registry, HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST',
  async accepts() {
    return false;
  },
  async open(reference, options) {
    return await (await import('./open.ts')).openRegistryImage(reference, options);
  },
  async platforms(reference, options) {
    return await (await import('./platforms.ts')).platformsInRegistry(reference, options);
  },
};
