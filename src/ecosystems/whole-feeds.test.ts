import fc from 'fast-check';
import { compareLoose } from 'semver';
import { describe, expect, test } from 'vitest';
import { apk } from './apk/scheme.ts';
import { cargo } from './cargo/index.ts';
import { generic } from './generic/index.ts';
import { golang } from './golang/index.ts';
import { nuget } from './nuget/index.ts';
import { semver } from './semver.ts';
import { expectTotalOrder, versionsInFeed } from './testing.ts';

/** No program of Alpine reads these. */
const slips = [
  '1.2.31-0',
  '4.10-1-r1',
  '10.0.11-0',
  '1.34.0_r0',
  '4.8.0.-r1',
  '2021-03-27-r5',
  '2.7.16-33',
  '1.1.0-r1-r0',
];

describe('versions of the npm feed', () => {
  test('are ordered as npm orders them, on all pairs of a package in the npm feed', () => {
    let compared = 0;
    for (const versions of versionsInFeed('npm', 'npm').values()) {
      const whole = versions.filter((version) => /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version));
      for (const left of whole) {
        for (const right of whole) {
          expect(Math.sign(semver.compare(left, right) ?? Number.NaN)).toBe(compareLoose(left, right));
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

  test('nearly every bound in the npm feed is readable', () => {
    const all = [...versionsInFeed('npm', 'npm').values()].flat();
    const unreadable = all.filter((version) => semver.compare(version, version) === undefined);
    expect(unreadable.length / all.length, unreadable.join(' ')).toBeLessThan(0.01);
  });
});

describe('versions of apk', () => {
  test('in the Alpine and Wolfi feeds are readable, but for slips of their writers', () => {
    const all = ['Alpine', 'Wolfi'].flatMap((name) => [...versionsInFeed(name, name).values()].flat());
    expect(all.length).toBeGreaterThan(10_000);
    const unreadable = all.filter((version) => apk.compare(version, version) === undefined);
    expect([...new Set(unreadable)].filter((version) => !slips.includes(version))).toEqual([]);
  });
});

test('versions of the Go feed are ordered, and a version that nobody knows is none', () => {
  const versions = [...versionsInFeed('Go', 'Go').values()].flat();
  expect(versions.length).toBeGreaterThan(4000);
  const unread = versions.filter((version) => golang.scheme.compare(version, version) === undefined);
  expect(unread.length / versions.length).toBeLessThan(0.001);
  expect(golang.scheme.compare('v0.6.0', '0.7.0')).toBeLessThan(0);
  expect(golang.scheme.compare('1.20.0', '1.20.0-0')).toBeGreaterThan(0);
  expect(golang.scheme.compare('(devel)', '1.0.0')).toBeUndefined();
});

test('versions of the crates.io feed are ordered', () => {
  const versions = [...versionsInFeed('crates.io', 'crates.io').values()].flat();
  expect(versions.length).toBeGreaterThan(1000);
  expect(versions.filter((version) => cargo.scheme.compare(version, version) === undefined)).toEqual([]);
});

test('versions of programs in the Bitnami feed are readable, and every name is one of it', () => {
  const { advisories, scheme } = generic;
  const feed = versionsInFeed('Bitnami', 'Bitnami');
  for (const name of (advisories === 'none' ? undefined : advisories.names)?.values() ?? []) {
    const versions = feed.get(name) ?? [];
    expect(versions.length, name).toBeGreaterThan(0);
    expect(versions.filter((version) => scheme.compare(version, version) === undefined)).toEqual([]);
  }
});

test('versions of the NuGet feed are ordered', () => {
  const versions = [...versionsInFeed('NuGet', 'NuGet').values()].flat();
  expect(versions.length).toBeGreaterThan(100);
  expect(versions.filter((version) => nuget.scheme.compare(version, version) === undefined)).toEqual([]);
  expectTotalOrder(nuget.scheme, fc.constantFrom(...versions));
});
