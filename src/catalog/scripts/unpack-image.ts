import { isAppError } from '#base/index.ts';
import type { OpenedImage, ScanLimits } from '#image/index.ts';
import type { LayerChildren } from '../layer-children.ts';
import type { LayerResult } from '../layer-result.ts';
import { confineLinks } from './confined-tree.ts';
import { limits } from '../limits.ts';
import type { LayerUnpacked } from './layer-unpacked.ts';

/** What an image is unpacked from. */
export interface UnpackTerms {
  readonly opened: OpenedImage;
  readonly limits: ScanLimits;
  readonly children: LayerChildren;
  readonly signal?: AbortSignal | undefined;
  /** The layers as they were read, lowest first. */
  readonly layers: readonly LayerResult[];
}

/** Lays all layers over each other in an empty folder. Gives why not all of it is there; `undefined`: it is. */
export async function unpackImage(terms: UnpackTerms, folder: string): Promise<string | undefined> {
  const { unpackedBytes, unpackedEntries } = limits;
  let left: LayerUnpacked['size'] = { bytes: unpackedBytes.value, entries: unpackedEntries.value };
  for (const index of terms.opened.subject.layers.keys()) {
    terms.signal?.throwIfAborted();
    const { size, lacking } = await unpackOne(terms, index, { folder, left });
    if (lacking !== undefined) return `layer ${index + 1}, ${lacking}`;
    left = { bytes: left.bytes - size.bytes, entries: left.entries - size.entries };
  }
  confineLinks(folder);
  return undefined;
}

async function unpackOne(
  { opened, limits: scanLimits, children, layers }: UnpackTerms,
  index: number,
  into: { readonly folder: string; readonly left: LayerUnpacked['size'] },
): Promise<LayerUnpacked> {
  const blob = await opened.blob(index).catch((error: unknown) => {
    if (isAppError(error)) return error;
    throw error;
  });
  if (isAppError(blob)) return lacking(blob.message);
  const { removed = [], opaque = [] } = layers[index] ?? {};
  const unpack = { ...into, removed, opaque };
  const task = {
    what: { kind: 'layer', blob },
    limits: scanLimits,
    aliases: [],
    executables: 'left-out',
    unpack,
  } as const;
  const { unpacked, faults, verified } = await children.run({ task }, () => undefined);
  if (unpacked === undefined) return lacking(faults[0]?.message ?? 'it was not read');
  return verified || unpacked.lacking !== undefined ? unpacked : lacking('its content does not match its digest');
}

function lacking(reason: string): LayerUnpacked {
  return { size: { bytes: 0, entries: 0 }, lacking: reason };
}
