import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, digestPattern, isAppError, messageOf, type SubjectId } from '#base/index.ts';
import { type PublishOptions, readSubject, storePublication } from '#catalog/console/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { hostPlatform, parseImageName, repositoryOf, type StoredImage, storeRegistryImage } from '#image/index.ts';
import type { TrustedRegistry } from '../../contract.ts';
import { limits } from '../../limits.ts';
import { isTrusted } from '../../questions.ts';
import type { Dependencies } from '../dependencies.ts';
import { readOrigins } from '../origins.ts';
import { readProvenance } from '../proofs.ts';
import { accessOf, readTrustInForce } from '../trust.ts';
import { countBytes, type PullEnd, type PullRow } from './pull-rows.ts';
import { checkPublication } from './pulled-publication.ts';

/** What pulls need besides the domain's own dependencies. */
export interface PullContext extends Pick<PublishOptions, 'newScanId'> {
  /** Folder of this console alone: emptied at its start, and everything in it is removed when a pull ends. */
  readonly folder: string;
  /** Scans the OCI layout in a folder, in a process of its own, with the analyzers of this release and executables. */
  readonly scan: (layout: string, signal: AbortSignal) => Promise<ScanPublication>;
}

export type PullDependencies = Dependencies & { readonly pulls: PullContext };

/** A layer may take as long as the whole image; a registry that is silent is away. */
const patience = { idle: 30_000, document: 30_000, layer: limits.pullFetchSeconds.value * 1000 };
/** Bytes that stay free on the disk. */
const spare = 1024 ** 3;
/** Places that are tried for one image. */
const mostPlaces = 3;

/** Why a pull cannot succeed now, unlike what a registry or the scan says. */
class Unaffordable extends Error {
  readonly again: 'next-day' | 'never' | 'later';

  constructor(message: string, again: 'next-day' | 'never' | 'later') {
    super(message);
    this.again = again;
  }
}

/** Fetches an image from a trusted registry, scans it and stores the scan as the console's own. Throws only bugs. */
export async function pullImage(dependencies: PullDependencies, row: PullRow, signal: AbortSignal): Promise<PullEnd> {
  try {
    const places = await placesOf(dependencies, row);
    if (places.length === 0) return { kind: 'failed', reason: noPlace, again: 'later' };
    return await pullFromOne(dependencies, { row, places, signal });
  } catch (error) {
    if (error instanceof Unaffordable) return { kind: 'failed', reason: error.message, again: error.again };
    if (isAppError(error)) return { kind: 'failed', reason: error.message, again: 'later' };
    // Of a call of the system; the store's errors have a code too, and are no matter of the folder.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return { kind: 'failed', reason: `The folder for pulls cannot be used: ${messageOf(error)}`, again: 'later' };
  }
}

const noPlace = 'No trusted registry is proven to hold the image. Trust its registry, then ask again.';

/** A manifest of a trusted registry. */
interface Place {
  readonly registry: string;
  /** `REPOSITORY@DIGEST`. */
  readonly reference: string;
}

/** Where the image is proven to lie; for one that is coming the repository that was asked for, where that is trusted. */
async function placesOf({ store }: PullDependencies, { wanted }: PullRow): Promise<readonly Place[]> {
  if (digestPattern.test(wanted)) {
    const subject = wanted as SubjectId;
    const { origin } = (await readProvenance(store, [{ subject }]))({ subject }).provenance;
    return origin.places
      .slice(0, mostPlaces)
      .map(({ registry, repository, manifest }) => ({ registry, reference: `${repository}@${manifest}` }));
  }
  const { trust } = await readTrustInForce(store);
  const registry = trustedFor(wanted, trust.registries);
  return registry === undefined ? [] : [{ registry: registry.id, reference: wanted }];
}

/** The trusted registry whose repositories hold what a reference names. */
export function trustedFor(reference: string, registries: readonly TrustedRegistry[]): TrustedRegistry | undefined {
  const name = parseImageName(reference);
  return name && registries.find((one) => isTrusted(one, repositoryOf(name)));
}

interface Pulling {
  readonly row: PullRow;
  readonly places: readonly Place[];
  readonly signal: AbortSignal;
}

async function pullFromOne(dependencies: PullDependencies, { row, places, signal }: Pulling): Promise<PullEnd> {
  const reasons: string[] = [];
  for (const place of places) {
    const folder = await mkdtemp(join(dependencies.pulls.folder, 'pull-'));
    try {
      const stored = await fetchInto(dependencies, { row, place, folder, signal });
      const subject = await scanAndStore(dependencies, { stored, place, folder, signal });
      return { kind: 'done', subject, place: place.reference };
    } catch (error) {
      if (!isAppError(error)) throw error;
      reasons.push(error.message);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { kind: 'failed', reason: reasons.join(' '), again: 'later' };
}

interface At {
  readonly place: Place;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function fetchInto(
  dependencies: PullDependencies,
  { row, place, folder, signal }: At & { readonly row: PullRow },
) {
  const { rows } = await readTrustInForce(dependencies.store);
  const registry = rows.find(({ id }) => id === place.registry);
  if (registry === undefined)
    throw new AppError('registry-refused', `The registry of ${place.reference} is not trusted any more.`);
  const within = AbortSignal.any([signal, AbortSignal.timeout(patience.layer)]);
  return await storeRegistryImage(place.reference, {
    access: { ...accessOf(registry, dependencies.masterKey), patience, signal: within },
    platform: hostPlatform(process.arch),
    folder,
    ...(digestPattern.test(row.wanted) ? { image: row.wanted } : {}),
    reserve: async (bytes) => await reserve(dependencies, bytes),
  });
}

/** Throws `Unaffordable` for an image that is too large for a pull, for this day or for the disk. */
async function reserve({ store, clock, pulls }: PullDependencies, bytes: number): Promise<void> {
  const { pullBytes, pullBytesADay } = limits;
  if (bytes > pullBytes.value)
    throw new Unaffordable(
      `The image is too large to be pulled: its layers have ${bytes} bytes, the limit is ${pullBytes.value}. Scan it in CI or on a host.`,
      'never',
    );
  const { bavail, bsize } = await statfs(pulls.folder);
  if (bavail * bsize < bytes + spare)
    throw new Unaffordable(`The disk of the console has no room for ${bytes} bytes of layers.`, 'later');
  const counted = await store.transaction(async (transaction) => await countBytes(transaction, bytes, clock()));
  if (counted === 'full')
    throw new Unaffordable(
      `Pulls of this day have fetched ${pullBytesADay.value} bytes or would by this one.`,
      'next-day',
    );
}

async function scanAndStore(
  dependencies: PullDependencies,
  { stored, place, folder, signal }: At & { readonly stored: StoredImage },
): Promise<SubjectId> {
  const { store, clock, pulls } = dependencies;
  const within = AbortSignal.any([signal, AbortSignal.timeout(limits.pullScanSeconds.value * 1000)]);
  const scanned = await pulls.scan(folder, within).catch((error: unknown) => {
    if (signal.aborted) throw new AppError('target-unreadable', 'The console stopped while it scanned the image.');
    if (!within.aborted) throw error;
    throw new AppError('target-unreadable', `The scan took longer than ${limits.pullScanSeconds.value} s.`);
  });
  const subject = stored.image as string as SubjectId;
  const known = (await readSubject(store, subject))?.document;
  const publication = checkPublication(scanned, {
    ...stored,
    reference: place.reference,
    names: known?.kind === 'image' ? known.names : [],
  });
  const publisher = { kind: 'console', id: 'console', name: 'console' } as const;
  await storePublication(publication, publisher, { store, clock, newScanId: pulls.newScanId, originsOf: readOrigins });
  return subject;
}
