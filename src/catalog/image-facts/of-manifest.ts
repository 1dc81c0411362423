import { type FieldsOf, known, missing, parseJsonWithin } from '#base/index.ts';
import type { ImageManifestShape } from '../image-shape.ts';
import { ManifestLayers } from './schema.ts';

const limits = { bytes: 4 * 1024 ** 2, tokens: 100_000, depth: 32 };

/** Reads how the layers of an image are stored (OCI image specification 1.1, "Image Manifest"). */
export function layerBlobsOfManifest(bytes: Uint8Array | string): FieldsOf<ImageManifestShape>['layerBlobs'] {
  const read = parseJsonWithin(bytes, limits);
  const parsed = ManifestLayers.safeParse(read.kind === 'read' ? read.value : undefined);
  if (!parsed.success) return missing('the manifest of the image does not have the form of one');
  const layers = parsed.data.layers.map(({ mediaType, urls }) => ({ mediaType: mediaType ?? '', urls: urls ?? [] }));
  return known(layers, 'manifest layers');
}
