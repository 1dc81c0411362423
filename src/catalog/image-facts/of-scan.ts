import type { FieldsOf } from '#base/index.ts';
import type { Catalog } from '../contract.ts';
import type { ImageShape } from '../image-shape.ts';
import { imageFactsOfCatalog } from './of-catalog.ts';
import { type ConfigContext, imageFactsOfConfig } from './of-config.ts';
import { userIdOfScan } from './of-files.ts';

/** What a scan saw of an image. */
export interface ScannedImage {
  /** As the image's source holds it. */
  readonly config: Uint8Array | string;
  readonly catalog: Catalog;
}

/** Reads all facts that the config and the files of an image tell, and those that need both. */
export function imageFactsOfScan({ config, catalog }: ScannedImage, context: ConfigContext = {}): FieldsOf<ImageShape> {
  const fields = { ...imageFactsOfConfig(config, context), ...imageFactsOfCatalog(catalog) };
  const { user, userId } = fields;
  return { ...fields, userId: user.kind === 'known' ? userIdOfScan(user.value, catalog) : userId };
}
