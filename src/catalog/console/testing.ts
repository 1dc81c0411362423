import { createHash, randomUUID } from 'node:crypto';
import type { Clock, ScanId } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { type Package, ScanPublication } from '../contract.ts';
import type { ScanOfSubject } from './facts.ts';
import { storePublication } from './publish.ts';
import type { Witness } from './witness.ts';

export type { Witness };

/** A scan of a Debian 13 file system with these packages, for tests of what follows a publication. */
export function debianScan(packages: readonly Package[], scannedAt: Date): ScanPublication {
  return ScanPublication.parse({
    target: 'dir:/',
    subject: { kind: 'file-system', id: 'host:web', name: 'web', path: '/' },
    catalog: {
      distribution: { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' },
      packages,
      faults: [],
      analyzers: [{ id: 'dpkg', version: 1 }],
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

/** Publishes as the route does, without a server; unless told otherwise with a token that is bound to every repository. */
export async function publishTo(
  store: Store,
  publication: ScanPublication,
  { clock, witness = everywhere }: { readonly clock: Clock; readonly witness?: Witness },
): Promise<ScanOfSubject> {
  const newScanId = () => randomUUID() as string as ScanId;
  return await storePublication(publication, witness, { store, clock, newScanId });
}

const everywhere: Witness = { kind: 'token', id: '1', name: 'test', repositories: ['*'] };

/** A scan of an image with these packages in its one layer; its digest follows from `content`. */
export function imageScan(image: {
  readonly content: string;
  readonly names: readonly string[];
  readonly packages: readonly Package[];
  readonly more?: Partial<ScanPublication>;
}): ScanPublication {
  const digest = `sha256:${createHash('sha256').update(image.content).digest('hex')}`;
  return ScanPublication.parse({
    target: image.names[0] ?? digest,
    subject: {
      kind: 'image',
      digest,
      platform: { os: 'linux', architecture: 'amd64' },
      names: image.names,
      layers: [{ index: 0, diffId: digest, size: 1000 }],
      history: [],
      settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
    },
    catalog: {
      distribution: { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' },
      packages: image.packages,
      faults: [],
      analyzers: [{ id: 'dpkg', version: 1 }],
    },
    scannedAt: '2026-11-24T11:00:00Z',
    scanner: { name: 'seawall', version: '0', host: 'builder' },
    ...image.more,
  });
}
