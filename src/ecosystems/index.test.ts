import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageTypes } from './contract.ts';
import { ecosystems, feedsOf, schemeById, schemeOf, schemes } from './index.ts';

test.each([
  ['Debian:13', 'deb'],
  ['Ubuntu:22.04:LTS', 'deb'],
  ['Alpine:v3.20', 'apk'],
  ['Wolfi', 'apk'],
  ['AlmaLinux:9', 'rpm'],
  ['Red Hat:enterprise_linux:8::appstream', 'rpm'],
  ['npm', 'semver'],
  ['Maven', 'maven'],
  ['Bitnami', 'semver'],
  ['NuGet', 'nuget'],
  ['PyPI', 'pep440'],
  ['Pub', undefined],
  ['RubyGems', 'gem'],
  ['Packagist:https://packages.drupal.org/8', 'composer'],
])('%s is ordered by %s', (ecosystem, id) => expect(schemeOf(ecosystem)?.id).toBe(id));

test('the list of schemes holds those of all ecosystems, in their order', () => {
  expect(schemes).toEqual([...new Set(ecosystems.map(({ scheme }) => scheme))]);
});

test('every scheme is found by its id', () => {
  for (const scheme of schemes) expect(schemeById(scheme.id)).toBe(scheme);
});

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test('each ecosystem is a folder of its id, and stands in both lists in one order', () => {
  const ids = ecosystems.map(({ face }) => face.id);
  expect(packageTypes).toEqual(ids);
  expect(folders.map(({ name }) => name).toSorted()).toEqual(ids.toSorted());
});

describe.each(ecosystems.map((one) => [one.face.id, one] as const))('%s', (id, one) => {
  const files = readdirSync(join(import.meta.dirname, id), { recursive: true, encoding: 'utf8' });

  test('has readers with tests, and nothing that is still to be written', () => {
    expect(one.readers.length).toBeGreaterThan(0);
    expect(files.filter((file) => file.endsWith('.test.ts'))).not.toEqual([]);
    const texts = files.filter((file) => file.endsWith('.ts')).map((file) => join(import.meta.dirname, id, file));
    const left = texts.filter((file) => /to-be-written/i.test(readFileSync(file, 'utf8')));
    expect(left).toEqual([]);
  });

  test('looks for links where it would read', () => {
    for (const { places, wants } of one.readers)
      for (const { place, probe } of places) expect(wants(place + probe, 1, 0o644), place + probe).toBe(true);
  });

  test('has who speaks for it, or says that nobody does', () => {
    if ('distributions' in one) {
      expect(one.distributions.length).toBeGreaterThan(0);
      expect(one.owns).toBe('listed');
      for (const { feeds, ecosystems: named, endOfLife } of one.distributions) {
        const families = new Set(feeds.map(({ family }) => family));
        const releases = [...Object.keys(endOfLife), '1'].flatMap((release) => named(release, []));
        expect(new Set(releases.map((name) => name.split(':')[0]))).toEqual(families);
      }
    } else if (one.advisories !== 'none') {
      expect(feedsOf(one).map(({ family }) => family)).toContain(one.advisories.ecosystem);
    }
  });
});
