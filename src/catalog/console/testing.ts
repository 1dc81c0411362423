import { createHash, randomUUID } from 'node:crypto';
import type { Clock, ScanId, SubjectId } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { type Package, ScanPublication } from '../contract.ts';
import type { ScanOfSubject } from './facts.ts';
import { chooseCounting } from './counting.ts';
import { storePublication } from './publish.ts';
import { currentAnalyzers } from '../releases.ts';
import type { Publisher } from './publisher.ts';
import type { OriginsOf } from './publishers.ts';

export type { Publisher };

/** No image is known to come from a trusted registry. */
export const nowhere: OriginsOf = async () => [];

/** What reads an image in this release. */
export const imageAnalyzers = currentAnalyzers({ kind: 'image', os: 'linux' });

const debian13 = { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' } as const;

/** A scan of a Debian 13 file system with these packages, for tests of what follows a publication. */
export function debianScan(packages: readonly Package[], scannedAt: Date): ScanPublication {
  return ScanPublication.parse({
    target: 'dir:/',
    subject: { kind: 'file-system', id: 'host:web', name: 'web', path: '/' },
    catalog: {
      distribution: debian13,
      packages,
      faults: [],
      analyzers: currentAnalyzers({ kind: 'file-system' }),
    },
    scannedAt: scannedAt.toISOString(),
    scanner: { name: 'seawall', version: '0', host: 'web' },
  });
}

export function debianPackage(name: string, version: string): Package {
  return {
    type: 'deb',
    name,
    version,
    purl: `pkg:deb/debian/${name}@${version}`,
    licenses: [],
    layer: 0,
    paths: ['var/lib/dpkg/status'],
    files: [],
    foundBy: { analyzer: 'dpkg', evidence: 'status' },
  };
}

/** Publishes as the route does, without a server; unless told otherwise as what the console pulled, which counts everywhere. */
export async function publishTo(
  store: Store,
  publication: ScanPublication,
  {
    clock,
    publisher = theConsole,
    originsOf = nowhere,
  }: {
    readonly clock: Clock;
    readonly publisher?: Publisher;
    readonly originsOf?: OriginsOf;
  },
): Promise<ScanOfSubject> {
  const newScanId = () => randomUUID() as string as ScanId;
  return await storePublication(publication, publisher, { store, clock, newScanId, originsOf });
}

/** Chooses anew which scans of a subject count, as after `subjectPlaced`. */
export async function chooseAnew(store: Store, subject: SubjectId, originsOf: OriginsOf = nowhere): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(subject);
    await chooseCounting(transaction, subject, originsOf);
  });
}

const theConsole: Publisher = { kind: 'console', id: 'console', name: 'console' };

/** A scan of an image with these packages in its lowest layer; digests follow from `content` and the layers' names. */
export function imageScan(image: {
  readonly content: string;
  readonly names: readonly string[];
  readonly packages: readonly Package[];
  /** Missing: one. */
  readonly layers?: readonly string[];
  readonly more?: Partial<ScanPublication>;
}): ScanPublication {
  const digest = digestOf(image.content);
  return ScanPublication.parse({
    target: image.names[0] ?? digest,
    subject: {
      kind: 'image',
      digest,
      platform: { os: 'linux', architecture: 'amd64' },
      names: image.names,
      layers: (image.layers ?? [image.content]).map((name, index) => ({ index, diffId: digestOf(name), size: 1000 })),
      history: [],
      settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
    },
    catalog: {
      distribution: debian13,
      packages: image.packages,
      faults: [],
      analyzers: imageAnalyzers,
    },
    scannedAt: '2026-11-24T11:00:00Z',
    scanner: { name: 'seawall', version: '0', host: 'builder' },
    ...image.more,
  });
}

/** A scan of an image that holds curl at this version, and nothing else. */
export function curlScan(
  image: string,
  of: { readonly version: string; readonly scannedAt: Date; readonly layers?: readonly string[] },
): ScanPublication {
  const packages = [debianPackage('curl', of.version)];
  const more = { scannedAt: of.scannedAt.toISOString() };
  return imageScan({ content: image, names: [image], packages, more, ...(of.layers && { layers: of.layers }) });
}

function digestOf(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
