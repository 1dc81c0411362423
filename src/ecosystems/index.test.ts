import { expect, test } from 'vitest';
import { schemeById, schemeOf, schemes } from './index.ts';

test.each([
  ['Debian:13', 'deb'],
  ['Ubuntu:22.04:LTS', 'deb'],
  ['Alpine:v3.20', 'apk'],
  ['Wolfi', 'apk'],
  ['AlmaLinux:9', 'rpm'],
  ['Red Hat:enterprise_linux:8::appstream', 'rpm'],
  ['npm', 'semver'],
  ['Maven', 'maven'],
  ['Pub', undefined],
])('%s is ordered by %s', (ecosystem, id) => expect(schemeOf(ecosystem)?.id).toBe(id));

test('every scheme is found by its id', () => {
  for (const scheme of schemes) expect(schemeById(scheme.id)).toBe(scheme);
});
