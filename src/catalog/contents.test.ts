import { describe, expect, test } from 'vitest';
import { isDiffId, isImageDigest, isSubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import { contentsOf, differingPackages, isWhole } from './contents.ts';
import type { Catalog, PackedExecutables, Package } from './contract.ts';
import { differ } from './counting-scans.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const diffId = `sha256:${'b'.repeat(64)}`;
if (!isImageDigest(digest) || !isDiffId(diffId) || !isDiffId(digest)) throw new Error(digest);

const image: Extract<Subject, { readonly kind: 'image' }> = {
  kind: 'image',
  digest,
  platform: { os: 'linux', architecture: 'amd64' },
  created: '2026-11-01T00:00:00Z',
  names: ['shop:1'],
  layers: [{ index: 0, diffId, size: 1 }],
  history: [{ createdBy: 'FROM', layer: 0 }],
  settings: {
    user: 'app',
    entrypoint: ['/shop'],
    command: [],
    exposedPorts: [],
    healthcheck: false,
    labels: { a: 'b' },
  },
};
const curl: Package = {
  type: 'deb',
  name: 'curl',
  version: '8',
  architecture: 'amd64',
  purl: 'pkg:deb/curl@8?arch=amd64',
  source: { name: 'curl', version: '8' },
  licenses: ['MIT'],
  layer: 0,
  paths: ['var/lib/dpkg/status'],
  files: ['usr/bin/curl'],
  foundBy: { analyzer: 'dpkg', evidence: 'status' },
};
const lodash: Package = {
  type: 'npm',
  name: 'lodash',
  version: '4.17.20',
  purl: 'pkg:npm/lodash@4.17.20',
  licenses: [],
  layer: 0,
  paths: ['usr/lib/node_modules/lodash/package.json'],
  files: [],
  foundBy: { analyzer: 'npm', evidence: 'package.json' },
  ownedBy: curl.purl,
};
const executables: PackedExecutables = {
  paths: ['usr/bin/curl'],
  kinds: 'e',
  sizes: [1],
  modes: [0o755],
  layers: [0],
  hashes: Buffer.alloc(48).toString('base64'),
  packages: [curl.purl],
  owners: [0],
  elf: [],
  elfRows: [],
} as unknown as PackedExecutables;
const catalog: Catalog = {
  distribution: { id: 'debian', version: '13', like: [], name: 'Debian' },
  packages: [curl, lodash],
  faults: [{ code: 'corrupt-archive', message: 'x', path: 'a.jar', analyzer: 'jar', layer: 0 }],
  analyzers: ['os-release', 'dpkg', 'npm', 'jar', 'executables'].map((id) => ({ id, version: 1 })),
  executables,
};
const known = contentsOf(image, catalog);

/** Names of the digests that a scan has otherwise than `known`. */
function othersIn(change: {
  readonly subject?: Partial<typeof image>;
  readonly catalog?: Partial<Catalog>;
}): readonly string[] {
  const now = contentsOf({ ...image, ...change.subject }, { ...catalog, ...change.catalog });
  return Object.keys(now)
    .filter((key) => now[key] !== known[key])
    .map((key) => key.split(' ')[0] ?? '');
}

const withCurl = (change: Partial<Package>) => ({ catalog: { packages: [{ ...curl, ...change }, lodash] } });
const withFault = (change: object) => ({
  catalog: { faults: catalog.faults.map((fault) => ({ ...fault, ...change })) },
});

describe('what is compared of a scan', () => {
  test.each<[keyof Package, Partial<Package>]>([
    ['type', { type: 'rpm' }],
    ['name', { name: 'wget' }],
    ['version', { version: '9:9' }],
    ['architecture', { architecture: 'arm64' }],
    ['source', { source: { name: 'curl', version: '9' } }],
    ['module', { module: 'a:b:c:d' }],
    ['vendor', { vendor: 'x' }],
    ['licenses', { licenses: [] }],
    ['layer', { layer: 1 }],
    ['paths', { paths: [] }],
    ['files', { files: [] }],
    ['foundBy', { foundBy: { analyzer: 'dpkg', evidence: 'other' } }],
  ])('%s of a package', (_, change) => {
    expect(othersIn(withCurl(change))).toEqual(['dpkg']);
  });

  test.each<[string, Parameters<typeof othersIn>[0], readonly string[]]>([
    ['a package that is missing', { catalog: { packages: [lodash] } }, ['dpkg']],
    ['a package twice', { catalog: { packages: [curl, curl, lodash] } }, ['dpkg']],
    [
      'a package of another analyzer',
      withCurl({ foundBy: { analyzer: 'rpm', evidence: 'status' } }),
      ['dpkg', 'other'],
    ],
    ['the owner of a package', { catalog: { packages: [curl, { ...lodash, ownedBy: undefined }] } }, ['together']],
    ['the distribution', { catalog: { distribution: { id: 'alpine', like: [], name: 'Alpine' } } }, ['os-release']],
    ['no distribution', { catalog: { distribution: undefined } }, ['os-release']],
    ['no fault of content', { catalog: { faults: [] } }, ['jar']],
    ['the path of a fault', withFault({ path: 'b.jar' }), ['jar']],
    ['the layer of a fault', withFault({ layer: undefined }), ['jar']],
    ['the analyzer of a fault', withFault({ analyzer: undefined }), ['jar', 'other']],
    ['no executables', { catalog: { executables: undefined } }, ['executables', 'together']],
    [
      'the hash of an executable',
      { catalog: { executables: { ...executables, hashes: Buffer.alloc(48, 1).toString('base64') } } },
      ['executables'],
    ],
    ['the owner of an executable', { catalog: { executables: { ...executables, owners: [-1] } } }, ['together']],
    ['a layer', { subject: { layers: [{ index: 0, diffId: digest, size: 1 }] } }, ['config']],
    ['a label', { subject: { settings: { ...image.settings, labels: {} } } }, ['config']],
    ['the user', { subject: { settings: { ...image.settings, user: 'root' } } }, ['config']],
    ['the history', { subject: { history: [] } }, ['config']],
    ['the platform', { subject: { platform: { os: 'linux', architecture: 'arm64' } } }, ['config']],
    ['when it was made', { subject: { created: '2020-01-01T00:00:00Z' } }, ['config']],
  ])('%s', (_, change, expected) => {
    expect(othersIn(change)).toEqual(expected);
  });

  test.each<[string, Parameters<typeof othersIn>[0]]>([
    ['names', { subject: { names: ['alias:1'] } }],
    ['manifest', { subject: { manifestDigest: undefined } }],
    ['the order of packages', { catalog: { packages: [lodash, curl] } }],
    ['the message of a fault', withFault({ message: 'y' })],
    ['the package URL, which follows from the rest', withCurl({ purl: 'pkg:deb/curl@8' })],
    [
      'a fault of reading',
      { catalog: { faults: [...catalog.faults, { code: 'time-limit', message: 'x', layer: 0 }] } },
    ],
    ['the order of keys', withCurl({ source: { version: '8', name: 'curl' } })],
  ])('not %s', (_, change) => {
    expect(othersIn(change)).toEqual([]);
  });

  test('an analyzer of another version is not compared, the others are', () => {
    const analyzers = catalog.analyzers.map(({ id, version }) => ({ id, version: id === 'dpkg' ? 2 : version }));
    expect(differ(known, contentsOf(image, { ...catalog, analyzers, packages: [lodash] }))).toBe(false);
    expect(differ(known, contentsOf(image, { ...catalog, analyzers, packages: [] }))).toBe(true);
  });
});

test('a fault of reading leaves the scan of an image incomplete, one of content does not', () => {
  expect(isWhole(image, catalog)).toBe(true);
  const unread = { ...catalog, faults: [{ code: 'unreadable-file', message: 'x', path: 'bin/sh' }] };
  expect(isWhole(image, unread)).toBe(false);
  const id: string = 'host:web';
  if (!isSubjectId(id)) throw new Error(id);
  expect(isWhole({ kind: 'file-system', id, name: 'web', path: '/' }, unread)).toBe(true);
});

test('packages that differ are named', () => {
  const moved = {
    ...catalog,
    packages: [
      { ...curl, layer: 1 },
      { ...lodash, ownedBy: undefined },
    ],
  };
  expect(differingPackages([catalog, moved], 20)).toEqual([curl.purl, lodash.purl]);
  expect(differingPackages([catalog, { ...catalog, packages: [] }], 1)).toEqual([curl.purl]);
  expect(differingPackages([catalog, catalog], 20)).toEqual([]);
});
