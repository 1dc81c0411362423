import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damageTries } from '../../../test/damage.ts';
import { catalogOfBill } from './index.ts';
import { syftCycloneDx, trivyCycloneDx, trivySpdx } from './samples.testing.ts';

function read(document: unknown) {
  return catalogOfBill(Buffer.from(JSON.stringify(document)));
}

/** A CycloneDX document of these package URLs. */
function listing(purls: readonly string[], more: object = {}) {
  const components = purls.map((purl) => ({ type: 'library', name: 'x', purl }));
  return read({ bomFormat: 'CycloneDX', specVersion: '1.6', components, ...more });
}

describe('a bill of materials of another tool', () => {
  test.each([
    ['CycloneDX', trivyCycloneDx],
    ['SPDX', trivySpdx],
  ])('of Trivy as %s tells packages with epoch and source, and the distribution', (_, document) => {
    const { packages, distribution, faults } = read(document);
    expect(faults).toEqual([]);
    expect(distribution).toMatchObject({ id: 'centos', version: '7.6.1810' });
    expect(packages).toMatchObject([
      {
        type: 'rpm',
        name: 'openssl-libs',
        version: '1:1.0.2k-16.el7',
        architecture: 'x86_64',
        source: { name: 'openssl', version: '1:1.0.2k-16.el7' },
      },
    ]);
  });

  test('of Syft tells the source of a Debian package, where it lies, and the distribution', () => {
    const { packages, distribution, faults } = read(syftCycloneDx);
    expect(faults).toEqual([]);
    expect(distribution).toMatchObject({ id: 'debian', version: '10' });
    expect(packages).toMatchObject([
      {
        name: 'tzdata',
        version: '2020a-0+deb10u1',
        purl: 'pkg:deb/debian/tzdata@2020a-0+deb10u1?arch=all&distro=debian-10',
        source: { name: 'tzdata-dev', version: '1.0' },
        paths: ['var/lib/dpkg/status'],
      },
    ]);
  });

  test.each(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'])('is read as CycloneDX %s', (specVersion) =>
    expect(read({ ...trivyCycloneDx, specVersion }).packages).toHaveLength(1),
  );

  test.each(['SPDX-2.2', 'SPDX-2.3'])('is read as %s', (spdxVersion) =>
    expect(read({ ...trivySpdx, spdxVersion }).packages).toHaveLength(1),
  );

  test.each([
    ['a later CycloneDX', { ...trivyCycloneDx, specVersion: '2.0' }],
    ['SPDX 3', { spdxVersion: 'SPDX-3.0' }],
    ['something else', { packages: [] }],
    ['a list', []],
  ])('%s is refused, and says what is read', (_, document) =>
    expect(() => read(document)).toThrow(expect.objectContaining({ code: 'target-corrupt', next: expect.any(String) })),
  );

  test.each(['<bom/>', 'SPDXVersion: SPDX-2.3', '', '{"a":'.repeat(200), '['.repeat(100)])(
    'text that is no JSON is refused: %j',
    (text) =>
      expect(() => catalogOfBill(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'target-corrupt' })),
  );

  test('of more values than the limit is refused before anything is made of it', () => {
    const bomb = Buffer.from(`[${'[],'.repeat(9_000_000)}[]]`);
    expect(() => catalogOfBill(bomb)).toThrow(/values and keys/);
  });
});

describe('package URLs', () => {
  test.each<readonly [string, object]>([
    ['pkg:npm/%40angular/core@16.0.0', { type: 'npm', name: '@angular/core', version: '16.0.0' }],
    ['pkg:maven/org.apache.commons/commons-text@1.9', { type: 'maven', name: 'org.apache.commons:commons-text' }],
    ['pkg:golang/github.com/gin-gonic/gin@v1.9.0', { type: 'golang', name: 'github.com/gin-gonic/gin' }],
    ['pkg:golang/stdlib@1.21.0', { type: 'golang', name: 'stdlib', version: '1.21.0' }],
    ['pkg:nuget/Newtonsoft.Json@12.0.1', { type: 'nuget', name: 'Newtonsoft.Json' }],
    ['pkg:swift/github.com/apple/swift-nio@2.0.0', { type: 'swift', name: 'github.com/apple/swift-nio' }],
    ['pkg:npm/left-pad', { type: 'npm', name: 'left-pad', version: '' }],
    ['pkg:deb/debian/git@2.39?epoch=1&distro=debian-12', { version: '1:2.39' }],
    ['pkg:rpm/redhat/nodejs@16.1-1?modularitylabel=nodejs:16:82:abc', { module: 'nodejs:16:82:abc' }],
    [
      'pkg:rpm/redhat/openssl-libs@3.0.7-1?upstream=openssl-3.0.7-1.src.rpm',
      { source: { name: 'openssl', version: '3.0.7-1' } },
    ],
    ['pkg:apk/alpine/libcrypto3@3.1.0-r0?upstream=openssl', { source: { name: 'openssl', version: '3.1.0-r0' } }],
  ])('%s', (purl, expected) => expect(listing([purl]).packages).toMatchObject([expected]));

  test.each([
    '',
    'pkg:',
    'npm/a@1',
    'pkg:npm',
    'pkg:npm/%00@1',
    `pkg:npm/${'a'.repeat(600)}@1`,
    'pkg:npm/%zz@1',
    'pkg:npm/a%0Ab@1',
  ])('%j names no package, which is a fault', (purl) => {
    const { packages, faults } = listing([purl, 'pkg:npm/a@1']);
    expect(packages).toHaveLength(1);
    expect(faults).toMatchObject([{ code: 'unreadable-component' }]);
  });

  test('a component without one is a fault; containers, files and lock files are none', () => {
    const components = [
      { type: 'library', name: 'mine' },
      { type: 'container', name: 'image' },
      { type: 'file', name: 'etc/passwd' },
      {
        type: 'application',
        name: 'app/yarn.lock',
        properties: [{ name: 'aquasecurity:trivy:Class', value: 'lang-pkgs' }],
      },
      { type: 'framework', name: 'outer', purl: 'pkg:npm/outer@1', components: [{ type: 'library', name: 'inner' }] },
      17,
    ];
    const { packages, faults } = listing([], { components });
    expect(packages.map(({ name }) => name)).toEqual(['outer']);
    expect(faults.map(({ code, message, count }) => [code, message, count])).toEqual([
      ['unreadable-component', 'mine has no package URL.', undefined],
      ['unreadable-component', 'inner has no package URL.', undefined],
      ['unreadable-component', 'Entries are no components.', 1],
    ]);
  });

  test('of what the bill itself is of none is asked for, and one that it has is read', () => {
    const ofSubject = (purl?: string) =>
      catalogOfBill(
        Buffer.from(
          JSON.stringify({
            bomFormat: 'CycloneDX',
            specVersion: '1.6',
            metadata: { component: { type: 'application', name: '/srv/app', ...(purl && { purl }) } },
            components: [{ type: 'library', name: 'a', purl: 'pkg:npm/a@1' }],
          }),
        ),
      );
    expect([ofSubject().packages.length, ofSubject().faults]).toEqual([1, []]);
    expect(ofSubject('pkg:npm/app@1').packages.map(({ name }) => name)).toEqual(['app', 'a']);
  });

  test('of many without one the first are named and the rest are counted', () => {
    const components = Array.from({ length: 50 }, (_, index) => ({ type: 'library', name: `l${index}` }));
    const { faults } = listing([], { components });
    expect(faults.at(-2)).toMatchObject({ code: 'unreadable-component', count: 30 });
    expect(faults.at(-1)).toMatchObject({ code: 'nothing-recognised' });
  });
});

describe('the distribution', () => {
  const apk = (distro: string): string => `pkg:apk/alpine/busybox@1?distro=${distro}&upstream=busybox`;

  test.each<readonly [readonly string[], readonly object[], object | undefined]>([
    [[apk('alpine-3.19.1')], [], { id: 'alpine', version: '3.19.1' }],
    [[apk('opensuse-leap-15.5')], [], { id: 'opensuse-leap', version: '15.5' }],
    [[apk('redhat-9.2')], [], { id: 'rhel', version: '9.2' }],
    [[apk('arch')], [], { id: 'arch' }],
    [[apk('alpine-3.19')], [{ name: 'alpine', version: '3.19.1' }], { id: 'alpine', version: '3.19.1' }],
    [[apk('amazon-2')], [{ name: 'amazon', version: '2 (Karoo)' }], { id: 'amzn', version: '2' }],
    [[apk('alpine-3.18'), apk('alpine-3.19')], [], undefined],
    [[apk('alpine-3.19')], [{ name: 'debian', version: '12' }], undefined],
    [['pkg:apk/alpine/busybox@1'], [], undefined],
    [
      [apk('alpine-3.19')],
      [
        { name: 'alpine', version: '3.18' },
        { name: 'alpine', version: '3.19' },
      ],
      undefined,
    ],
  ])('of %j beside %j is %j', (purls, systems, expected) => {
    const components = [
      ...purls.map((purl) => ({ type: 'library', name: 'x', purl })),
      ...systems.map((system) => ({ type: 'operating-system', ...system })),
    ];
    const { distribution, faults } = listing([], { components });
    if (expected === undefined) expect(distribution).toBeUndefined();
    else expect(distribution).toMatchObject(expected);
    const codes = faults.map(({ code }) => code).filter((code) => code !== 'unnamed-source');
    expect(codes).toEqual(expected === undefined ? ['unknown-distribution'] : []);
  });

  test('without any package of its own is a fault', () => {
    const components = [
      { type: 'operating-system', name: 'debian', version: '12' },
      { type: 'library', name: 'a', purl: 'pkg:npm/a@1' },
    ];
    expect(listing([], { components }).faults).toMatchObject([{ code: 'no-system-packages' }]);
  });

  test('that names no source of any package is a fault; a source of one is enough', () => {
    const bare = 'pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12';
    expect(listing([bare]).faults).toMatchObject([{ code: 'unnamed-source' }]);
    expect(listing([bare, 'pkg:deb/debian/libc6@2.36?distro=debian-12&upstream=glibc']).faults).toEqual([]);
  });
});

describe('a package whose files a package of the distribution owns', () => {
  const [owner, owned] = [
    'pkg:deb/debian/python3-six@1.16%2Bdfsg-1?distro=debian-12.5&upstream=six',
    'pkg:pypi/six@1.16.0',
  ];
  const ids = { [owner]: 'SPDXRef-a', [owned]: 'SPDXRef-b' };
  const packages = Object.entries(ids).map(([purl, SPDXID]) => ({
    SPDXID,
    name: 'six',
    externalRefs: [{ referenceType: 'purl', referenceLocator: purl }],
  }));
  const of = (relationshipType: string, comment?: string) => [
    { spdxElementId: 'SPDXRef-a', relatedSpdxElement: 'SPDXRef-b', relationshipType, comment },
  ];

  test.each([
    ['CONTAINS', undefined, true],
    ['OTHER', 'ownership-by-file-overlap: indicates that the parent package claims ownership', true],
    ['OTHER', 'evident-by: indicates the package existence is evident by the given file', false],
    ['DEPENDS_ON', undefined, false],
  ])('SPDX by %s (%s): %s', (type, comment, isOwned) => {
    const catalog = read({ spdxVersion: 'SPDX-2.3', packages, relationships: of(type, comment) });
    const six = catalog.packages.find((one) => one.type === 'pypi');
    expect(six?.ownedBy).toBe(isOwned ? catalog.packages.find((one) => one.type === 'deb')?.purl : undefined);
  });

  test('is named by Seawall in CycloneDX; a package of another kind owns nothing', () => {
    const owns = (by: string) => ({
      components: [
        { type: 'library', name: 'six', purl: by },
        { type: 'library', name: 'six', purl: owned, properties: [{ name: 'seawall:ownedBy', value: by }] },
      ],
    });
    expect(listing([], owns(owner)).packages[1]?.ownedBy).toMatch(/^pkg:deb/);
    expect(listing([], owns('pkg:npm/a@1')).packages[1]?.ownedBy).toBeUndefined();
  });
});

test('what a bill says of its own gaps is a fault', () => {
  expect(listing(['pkg:npm/a@1'], { compositions: [{ aggregate: 'incomplete' }] }).faults).toMatchObject([
    { code: 'incomplete-bill' },
  ]);
  const properties = [{ name: 'seawall:fault', value: 'corrupt-archive: cut off (app/a.jar)' }];
  expect(listing(['pkg:npm/a@1'], { metadata: { properties } }).faults).toMatchObject([
    { code: 'incomplete-bill', message: 'corrupt-archive: cut off (app/a.jar)' },
  ]);
  const annotations = [{ comment: 'seawall:fault file-limit: too large' }];
  expect(read({ ...trivySpdx, annotations }).faults).toMatchObject([{ message: 'file-limit: too large' }]);
});

test('whatever the document holds, the catalog is one or the document is refused', () => {
  const texts = [trivyCycloneDx, trivySpdx, syftCycloneDx].map((one) => JSON.stringify(one));
  const odd = fc.constantFrom('null', '0', '""', '[]', '{}', 'true', '"\\u0000"', '[[]]', '"pkg:npm/a@1"', '-1e999');
  const cases = fc.record({
    text: fc.constantFrom(...texts),
    at: fc.nat(),
    length: fc.nat({ max: 40 }),
    by: fc.oneof(odd, fc.string()),
  });
  fc.assert(
    fc.property(cases, ({ text, at, length, by }) => {
      const from = at % text.length;
      try {
        const { packages } = catalogOfBill(Buffer.from(text.slice(0, from) + by + text.slice(from + length)));
        expect(packages.every(({ purl }) => purl.startsWith('pkg:'))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'target-corrupt' });
      }
    }),
    { numRuns: damageTries },
  );
});

test('whatever a value of a document becomes, the catalog is one or the document is refused', () => {
  const documents = fc.constantFrom<object>(trivyCycloneDx, trivySpdx, syftCycloneDx);
  fc.assert(
    fc.property(documents, fc.nat(), fc.jsonValue(), (document, at, value) => {
      let index = 0;
      const count = JSON.stringify(document, (_, one) => ((index += 1), one)) === '' ? 0 : index;
      index = 0;
      const text = JSON.stringify(document, (_, one) => (index++ === 1 + (at % (count - 1)) ? value : one));
      try {
        catalogOfBill(Buffer.from(text));
      } catch (error) {
        expect(error).toMatchObject({ code: 'target-corrupt' });
      }
    }),
    { numRuns: damageTries },
  );
});
