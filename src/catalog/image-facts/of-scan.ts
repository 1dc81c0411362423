import type { FieldsOf } from '#base/index.ts';
import type { Catalog } from '../contract.ts';
import type { ImageConfigShape, ImageShape } from '../image-shape.ts';
import { readConfigFacts } from './config-text.ts';
import { imageFactsOfCatalog } from './of-catalog.ts';
import { type ConfigContext, configFieldsOf, withoutContent } from './of-config.ts';
import { userIdOfScan } from './of-files.ts';

/** What a scan saw of an image. */
export interface ScannedImage {
  /** As the image's source holds it. */
  readonly config: Uint8Array | string;
  readonly catalog: Catalog;
}

/** Reads all facts that the config and the files of an image tell, and those that need both. */
export function imageFactsOfScan({ config, catalog }: ScannedImage, context: ConfigContext = {}): FieldsOf<ImageShape> {
  return joined(configFieldsOf(config, context), catalog);
}

/** The same of a scan that is kept; `undefined` for one that is older than facts for checks, and for what is no image. */
export function imageFactsOfKept(catalog: Catalog): FieldsOf<ImageShape> | undefined {
  return catalog.configFacts && joined(readConfigFacts(catalog.configFacts), catalog);
}

function joined(config: FieldsOf<ImageConfigShape>, catalog: Catalog): FieldsOf<ImageShape> {
  const fields = { ...withoutContent(config), ...imageFactsOfCatalog(catalog) };
  const { user, userId } = fields;
  return { ...fields, userId: user.kind === 'known' ? userIdOfScan(user.value, catalog) : userId };
}
