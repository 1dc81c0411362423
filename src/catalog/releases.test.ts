import { describe, expect, test } from 'vitest';
import { analyzers } from './analyzers.ts';
import { executablesAnalyzer } from './executables/analyzer.ts';
import { imageFactsAnalyzer } from './image-facts/analyzer.ts';
import { classOf, currentAnalyzers, type Releases, releases, type ScannedKind } from './releases.ts';

test('the analyzers of this release are those that are registered', () => {
  const listed = releases.current.map(({ id, version }) => ({ id, version }));
  expect(listed).toEqual(
    [...analyzers, executablesAnalyzer, imageFactsAnalyzer].map(({ id, version }) => ({ id, version })),
  );
  expect(releases.before.length).toBeGreaterThan(0);
  for (const { id, version } of releases.before)
    expect(releases.current.find((one) => one.id === id)?.version).toBeGreaterThanOrEqual(version);
});

const image: ScannedKind = { kind: 'image', os: 'linux' };
const windows: ScannedKind = { kind: 'image', os: 'windows' };
const folder: ScannedKind = { kind: 'file-system' };
const some: Releases = {
  current: [
    { id: 'dpkg', version: 2 },
    { id: 'rpm', version: 1 },
    { id: 'msi', version: 1, os: ['windows'] },
    { id: 'executables', version: 1, of: 'image' },
    { id: 'pip', version: 1 },
  ],
  before: [
    { id: 'dpkg', version: 1 },
    { id: 'rpm', version: 1 },
    { id: 'executables', version: 1, of: 'image' },
  ],
};
const reported = (words: string) =>
  words.split(' ').flatMap((word) => {
    const [id, version] = word.split(':');
    return id === undefined || id === '' ? [] : [{ id, version: Number(version) }];
  });

describe('the class of the analyzers of a scan', () => {
  test.each<[string, string, ScannedKind, ReturnType<typeof classOf>]>([
    ['all of this release', 'dpkg:2 rpm:1 executables:1 pip:1', image, 'current'],
    ['and one that nobody lists', 'dpkg:2 rpm:1 executables:1 pip:1 own:7', image, 'current'],
    ['all of the release before', 'dpkg:1 rpm:1 executables:1', image, 'older'],
    ['some of this release and the rest of the one before', 'dpkg:2 rpm:1 executables:1', image, 'older'],
    ['one is missing that both releases have', 'dpkg:2 rpm:1 pip:1', image, 'unusable'],
    ['none', '', image, 'unusable'],
    ['a version that no release has', 'dpkg:999 rpm:1 executables:1 pip:1', image, 'unusable'],
    ['a version before the release before', 'dpkg:0 rpm:1 executables:1', image, 'unusable'],
    ['a folder has no list of executables', 'dpkg:2 rpm:1 pip:1', folder, 'current'],
    ['a folder, one is missing', 'dpkg:2 rpm:1', folder, 'older'],
    ['a folder, too few', 'dpkg:2 pip:1', folder, 'unusable'],
    ['an image of another operating system needs its own', 'dpkg:2 rpm:1 executables:1 pip:1', windows, 'older'],
    ['an image of another operating system, all of it', 'dpkg:2 rpm:1 executables:1 pip:1 msi:1', windows, 'current'],
  ])('%s', (...[, words, what, expected]) => {
    expect(classOf(reported(words), what, some)).toBe(expected);
  });

  test('lists without entries make nothing current', () => {
    expect(classOf([], image, { current: [], before: [] })).toBe('unusable');
    expect(classOf(reported('dpkg:1'), image, { current: [], before: some.before })).toBe('unusable');
    expect(classOf(reported('dpkg:2 rpm:1 executables:1 pip:1'), image, { current: some.current, before: [] })).toBe(
      'unusable',
    );
  });

  test('what is scanned now is current', () => {
    for (const what of [image, folder]) expect(classOf(currentAnalyzers(what), what)).toBe('current');
    expect(classOf([], image)).toBe('unusable');
  });

  test('what agents of the release before sent is older, and lacks nothing that they had', () => {
    const used = reported('os-release:1 dpkg:1 apk:1 rpm:1 npm:1 jar:1');
    expect(classOf(used, image)).toBe('older');
    for (const { id } of used)
      expect(
        classOf(
          used.filter((one) => one.id !== id),
          image,
        ),
        `without ${id}`,
      ).toBe('unusable');
  });
});
