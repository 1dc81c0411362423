import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import type { Package } from './contract.ts';
import { purlOf, purlProblem } from './purl.ts';

const debian = { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' };
const rhel = { id: 'rhel', version: '9.4', like: ['fedora'], name: 'Red Hat Enterprise Linux 9.4' };

const archive = { file: 'h2', names: [], versions: [], groups: [], folders: [] };

describe('purlOf', () => {
  it.each([
    [
      { type: 'deb', name: 'libc6', version: '2.41-12', architecture: 'amd64' },
      undefined,
      'pkg:deb/libc6@2.41-12?arch=amd64',
    ],
    [
      { type: 'deb', name: 'libc6', version: '2.41-12', architecture: 'amd64' },
      debian,
      'pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13',
    ],
    [
      { type: 'apk', name: 'curl', version: '8.9.1-r0' },
      { ...debian, id: 'alpine', version: '3.20.1' },
      'pkg:apk/alpine/curl@8.9.1-r0?distro=alpine-3.20.1',
    ],
    [
      { type: 'rpm', name: 'demo', version: '2:1.2.3-4.el9', architecture: 'noarch' },
      rhel,
      'pkg:rpm/redhat/demo@1.2.3-4.el9?arch=noarch&distro=rhel-9.4&epoch=2',
    ],
    [{ type: 'npm', name: '@angular/core', version: '1.0.0' }, debian, 'pkg:npm/%40angular/core@1.0.0'],
    [{ type: 'npm', name: 'lodash', version: '4.17.20' }, undefined, 'pkg:npm/lodash@4.17.20'],
    [{ type: 'maven', name: 'org.yaml:snakeyaml', version: '1.26' }, undefined, 'pkg:maven/org.yaml/snakeyaml@1.26'],
    [{ type: 'maven', name: 'jrt-fs', version: '21' }, undefined, 'pkg:maven/jrt-fs/jrt-fs@21'],
    [{ type: 'maven', name: 'org.yaml:snakeyaml', version: '' }, undefined, 'pkg:maven/org.yaml/snakeyaml'],
    [{ type: 'maven', name: 'h2', version: '2.1', archive }, debian, 'pkg:generic/h2@2.1'],
    [{ type: 'maven', name: 'h2', version: '', archive }, undefined, 'pkg:generic/h2'],
  ] as const)('names %j on %j', (pkg, distribution, purl) => {
    expect(purlOf(pkg, distribution)).toBe(purl);
    expect(PackageURL.fromString(purl).name).toBe(pkg.name.split(/[:/]/).at(-1));
  });
});

describe('a package URL beside a package', () => {
  const libc: Package = {
    type: 'deb',
    name: 'libc6',
    version: '1:2.41-12+b1',
    architecture: 'amd64',
    purl: '',
    licenses: [],
    layer: 0,
    paths: [],
    files: [],
    foundBy: { analyzer: 'dpkg', evidence: 'status' },
  };

  it.each([
    ['as it is derived', purlOf(libc, debian)],
    ['as it is before the distribution is known', purlOf(libc)],
    ['without qualifiers', 'pkg:deb/debian/libc6@1%3A2.41-12%2Bb1'],
    ['written otherwise', 'pkg:deb/debian/libc6@1:2.41-12+b1?arch=amd64'],
  ])('is accepted %s', (_, purl) => {
    expect(purlProblem({ ...libc, purl }, debian)).toBeUndefined();
  });

  it.each([
    ['another version', purlOf({ ...libc, version: '9:9' }, debian)],
    ['another name', purlOf({ ...libc, name: 'libc7' }, debian)],
    ['another type', 'pkg:apk/debian/libc6@1%3A2.41-12%2Bb1'],
    ['another distribution', purlOf(libc, { ...debian, id: 'alpine' })],
    ['another release', purlOf(libc, { ...debian, version: '12' })],
    ['another architecture', purlOf({ ...libc, architecture: 'arm64' }, debian)],
    ['a qualifier that is not its own', 'pkg:deb/debian/libc6@1%3A2.41-12%2Bb1?epoch=9'],
    ['a path below it', `${purlOf(libc)}#x`],
    ['no package URL', 'libc6'],
  ])('is refused with %s', (_, purl) => {
    expect(purlProblem({ ...libc, purl }, debian)).toContain(purlOf(libc, debian));
  });

  const unknown = { ...libc, type: 'hackage', name: 'Aeson/lens', version: '1.2' };

  it.each([
    ['of a type that nobody here knows', 'pkg:hackage/Aeson/lens@1.2', true],
    ['of such a type with another name', 'pkg:hackage/Aeson/other@1.2', false],
    ['of such a type with another version', 'pkg:hackage/lens@1.3', false],
    ['of a type that is known in the place of it', 'pkg:npm/lens@1.2', false],
    ['of such a type that is no URL', 'lens@1.2', false],
  ])('%s: accepted is %3$s', (_, purl, isAccepted) => {
    expect(purlProblem({ ...unknown, purl }, debian) === undefined).toBe(isAccepted);
  });
});
