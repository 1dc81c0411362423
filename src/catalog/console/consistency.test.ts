import { describe, expect, test } from 'vitest';
import { isDiffId, isImageDigest, isSubjectId, type SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { Catalog, Package } from '../contract.ts';
import { contradictionsIn } from './consistency.ts';

const digest = `sha256:${'a'.repeat(64)}`;
if (!isImageDigest(digest) || !isDiffId(digest)) throw new Error(digest);

const image: Subject = {
  kind: 'image',
  digest,
  platform: { os: 'linux', architecture: 'amd64' },
  names: [],
  layers: [0, 1].map((index) => ({ index, diffId: digest, size: 1 })),
  history: [{ createdBy: 'FROM', layer: 0 }, { createdBy: 'ENV' }, { createdBy: 'RUN', layer: 1 }],
  settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
};
const curl: Package = {
  type: 'deb',
  name: 'curl',
  version: '8',
  purl: 'pkg:deb/curl@8',
  licenses: [],
  layer: 1,
  paths: [],
  files: [],
  foundBy: { analyzer: 'dpkg', evidence: 'status' },
};
const catalog: Catalog = { packages: [curl], faults: [], analyzers: [] };
const withPackage = (change: Partial<Package>) => ({
  subject: image,
  catalog: { ...catalog, packages: [{ ...curl, ...change }] },
});
const folder = (id: string): Subject => {
  if (!isSubjectId(id)) throw new Error(id);
  return { kind: 'file-system', id: id as SubjectId, name: 'web', path: '/' };
};

const archive = { file: 'h2', names: [], versions: [], groups: [], folders: [] };
const jar = { type: 'maven', name: 'h2', version: '', purl: 'pkg:generic/h2', archive };

describe('a publication that contradicts itself', () => {
  test('is told from a sound one', () => {
    expect(contradictionsIn({ subject: image, catalog })).toEqual([]);
    expect(contradictionsIn(withPackage(jar))).toEqual([]);
    expect(contradictionsIn(withPackage({ ...jar, archive: undefined, purl: 'pkg:maven/h2/h2' }))).toEqual([]);
    const onDisk = { ...catalog, packages: [{ ...curl, layer: 0 }] };
    expect(contradictionsIn({ subject: folder('host:web'), catalog: onDisk })).toEqual([]);
    const newer = withPackage({ type: 'hackage', purl: 'pkg:hackage/curl@8' });
    expect(contradictionsIn(newer)).toEqual([]);
  });

  test.each([
    ['a package of no layer', withPackage({ layer: 2 }), 'catalog.packages.0.layer'],
    ['a package URL of another type', withPackage({ purl: 'pkg:npm/curl@8' }), 'catalog.packages.0.purl'],
    [
      'evidence of an archive that states coordinates',
      withPackage({ ...jar, name: 'a:h2', purl: 'pkg:generic/a:h2' }),
      'packages.0.archive',
    ],
    ['evidence of an archive in no archive', withPackage({ archive }), 'packages.0.archive'],
    ['a generic package URL without that', withPackage({ ...jar, archive: undefined }), 'packages.0.purl'],
    ['another generic package URL', withPackage({ ...jar, purl: 'pkg:generic/h3' }), 'packages.0.purl'],
    ['a package URL of another version', withPackage({ version: '9:9' }), 'package curl'],
    [
      'an analyzer in two versions',
      { subject: image, catalog: { ...catalog, analyzers: [1, 2].map((version) => ({ id: 'dpkg', version })) } },
      'catalog.analyzers',
    ],
    ['an owner that is not there', withPackage({ ownedBy: 'pkg:deb/debian/x@1' }), 'catalog.packages.0.ownedBy'],
    [
      'a fault of no layer',
      { subject: image, catalog: { ...catalog, faults: [{ code: 'time-limit', message: 'x', layer: 2 }] } },
      'catalog.faults.0.layer',
    ],
    ['layers out of order', { subject: { ...image, layers: image.layers.toReversed() }, catalog }, 'subject.layers.0'],
    [
      'history that names no layer',
      { subject: { ...image, history: [{ createdBy: 'RUN', layer: 2 }] }, catalog },
      'subject.history',
    ],
    [
      'history out of order',
      { subject: { ...image, history: image.history.toReversed() }, catalog },
      'subject.history',
    ],
    [
      'a folder under the digest of an image',
      { subject: folder(digest), catalog: { ...catalog, packages: [] } },
      'subject.id',
    ],
    ['a folder with a second layer', { subject: folder('host:web'), catalog }, 'catalog.packages.0.layer'],
  ])('%s', (_, publication, field) => {
    expect(contradictionsIn(publication)).toEqual([expect.stringContaining(field)]);
  });
});
