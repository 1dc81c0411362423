import { AppError } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { isReadingFault, parseImageName, repositoryOf, type StoredImage } from '#image/index.ts';

/** What is known of an image that was pulled, besides what its scan says. */
export interface PulledImage extends StoredImage {
  /** Where it was fetched, `REPOSITORY@DIGEST`. */
  readonly reference: string;
  /** Names that others gave it. */
  readonly names: readonly string[];
}

/**
 * The publication of a pulled image, as the console stores it: named after where it was fetched, with those names that
 * lie in the same repository. Throws `target-corrupt` where the scan is of another image or did not read everything:
 * a layer whose content does not match its diffID among it.
 */
export function checkPublication(scanned: ScanPublication, pulled: PulledImage): ScanPublication {
  const { subject, catalog } = scanned;
  if (subject.kind !== 'image' || (subject.digest as string) !== pulled.image)
    throw new AppError('target-corrupt', `What ${pulled.reference} holds is another image than ${pulled.image}.`);
  const fault = catalog.faults.find(isReadingFault);
  if (fault !== undefined)
    throw new AppError('target-corrupt', `The image in ${pulled.reference} was not read whole: ${fault.message}`);
  const own = repositoryIn(pulled.reference);
  const names = pulled.names.filter((name) => repositoryIn(name) === own);
  return {
    ...scanned,
    target: pulled.reference,
    subject: {
      ...subject,
      names: names.length > 0 ? [...names] : [pulled.reference],
      manifestDigest: pulled.manifest as typeof subject.manifestDigest,
      ...(pulled.index === undefined ? {} : { indexDigest: pulled.index as typeof subject.indexDigest }),
    },
  };
}

function repositoryIn(reference: string): string {
  const name = parseImageName(reference);
  return name === undefined ? reference : repositoryOf(name);
}
