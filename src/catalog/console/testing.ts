import { randomUUID } from 'node:crypto';
import type { Clock, ScanId } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { type Package, ScanPublication } from '../contract.ts';
import type { ScanOfSubject } from './facts.ts';
import { storePublication } from './publish.ts';

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

/** Publishes as the route does, without a server. */
export async function publishTo(store: Store, publication: ScanPublication, clock: Clock): Promise<ScanOfSubject> {
  const newScanId = () => randomUUID() as string as ScanId;
  return await storePublication(publication, { kind: 'token', id: '1', name: 'test' }, { store, clock, newScanId });
}
