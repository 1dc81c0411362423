import { expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import { behaviourDiff } from './behaviour-diff.ts';
import { compareExecutables } from './compare-executables.ts';
import { Model } from './contract.ts';
import { isForgotten, retire, silentDays } from './decay.ts';
import { detect } from './detect.ts';
import { emptyEvidence } from './evidence.ts';
import type { Executable } from './executable.ts';
import { emptyRing, encodeHours, withHour } from './hours.ts';
import { inherit, isSameLineage, suggestions } from './inherit.ts';
import { learnerOf } from './learn.ts';
import { indexModel } from './model-index.ts';
import { execSighting, hour, testModel, testRule, testStart } from './testing.ts';

const digest = `sha256:${'2'.repeat(64)}` as ImageDigest;
const key = { digest, entrypoint: ['/app'] };
const elf = (path: string, sha256: string, needed: readonly string[] = []): Executable => ({
  path: path.slice(1),
  sha256,
  elf: { type: 'executable', needed },
});

test.each([
  [10, 10, 7, 7],
  [20, 30, 7, 9],
  [3, 3, 11, 21],
  [4, 25, 79, 132],
  [1, 1, 360, undefined],
])(
  'seen on %d days in %d: retired after %d days, of a program that stayed the same after %s',
  (seen, span, ...expected) => {
    const until = (prior: number) => {
      for (let silent = 7; silent <= 400; silent++) if (isForgotten({ seen, span, silent }, prior)) return silent;
      return undefined;
    };
    expect([until(0.95), until(0.99)]).toEqual(expected);
  },
);

test('a program is unchanged when all that it loads is', () => {
  const before = [
    elf('/bin/a', '1', ['libx.so.1']),
    elf('/bin/b', '2', ['liby.so']),
    elf('/bin/c', '3'),
    elf('/bin/gone', '4'),
    {
      ...elf('/lib/libx.so.1.2', '5'),
      elf: { type: 'shared-object' as const, needed: ['libz.so'], soname: 'libx.so.1' },
    },
    elf('/lib/liby.so', '6', ['libx.so.1']),
    elf('/lib/libz.so', '7', ['liby.so']),
  ];
  const after = before
    .filter(({ path }) => path !== 'bin/gone')
    .map((one) => (one.path === 'lib/libz.so' || one.path === 'bin/c' ? { ...one, sha256: 'f' } : one));
  expect(Object.fromEntries(compareExecutables(before, [...after, elf('/bin/new', '9')]))).toEqual({
    '/bin/a': 'libraries-changed',
    '/bin/b': 'libraries-changed',
    '/bin/c': 'changed',
    '/lib/libx.so.1.2': 'libraries-changed',
    '/lib/liby.so': 'libraries-changed',
    '/lib/libz.so': 'changed',
    '/bin/new': 'new',
    '/bin/gone': 'gone',
  });
  expect(compareExecutables(before, before.toReversed()).size).toBe(0);
});

const old = [
  elf('/app', 'h1', ['libc.so.6']),
  elf('/usr/bin/helper', 'h2'),
  elf('/usr/bin/gzip', 'h3'),
  elf('/usr/bin/old', 'h4'),
  elf('/lib/libc.so.6', 'c'),
];
const now = [
  elf('/app', 'h9', ['libc.so.6']),
  ...['/usr/bin/helper', '/usr/bin/gzip'].map((path, at) => elf(path, `h${at + 2}`)),
  elf('/lib/libc.so.6', 'c'),
  elf('/usr/bin/curl', 'n'),
];

function firstVersion(): Model {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (let at = 0; at < 200; at++) {
    learner.expose(['process'], testStart + at * hour);
    for (const [path, caller] of [
      ['/app', undefined],
      ['/usr/bin/helper', '/app'],
      ['/usr/bin/gzip', '/usr/bin/helper'],
      ['/usr/bin/old', '/app'],
    ] as const)
      learner.learn(execSighting(path, caller, { time: testStart + at * hour }), 'nothing');
  }
  learner.learn(execSighting('/bin/sh', '/usr/bin/helper', { time: testStart }), 'nothing');
  return testModel(learner.evidence(), { key: { ...key, digest: `sha256:${'1'.repeat(64)}` as ImageDigest } });
}

test('a new digest takes over what unchanged programs did, and is told what the release adds', () => {
  const release = testStart + 200 * hour;
  const changes = compareExecutables(old, now);
  const model = inherit(firstVersion(), { key, before: old, after: now, now: release });
  expect(Model.parse(model)).toEqual(model);
  expect(model.state).toBe('active');
  const states = Object.fromEntries(model.evidence.items.map((entry) => [entry.key, [entry.state, entry.confidence]]));
  expect(states).toEqual({
    'process "/app"': ['pending', 0.8],
    'process "/usr/bin/helper" by="/app"': ['pending', 0.8],
    'process "/usr/bin/gzip" by="/usr/bin/helper"': ['confirmed', 0.99],
    'process "/usr/bin/old" by="/app"': ['graveyard', undefined],
    'process "/bin/sh" by="/usr/bin/helper" args="sh"': ['unconfirmed', 0.8],
  });

  const index = indexModel(model, 3600);
  const learner = learnerOf(model.evidence, { bucketSeconds: 3600 });
  const second = (seconds: number, path: string, caller: string) => {
    const sighting = execSighting(path, caller, { time: release + seconds * 1000 });
    const { detections, grade } = detect(sighting, { bucketSeconds: 3600, index, rule: testRule });
    learner.learn(sighting, grade);
    return detections[0];
  };
  expect(second(5, '/usr/bin/helper', '/app')).toBeUndefined();
  const curl = second(9, '/usr/bin/curl', '/app');
  expect(curl).toMatchObject({ notice: false, severity: 'high' });
  expect(curl?.message).toContain('which this release adds to what the one before did');
  expect(second(11, '/bin/sh', '/usr/bin/helper')).toMatchObject({ notice: false });
  expect(second(20, '/usr/bin/gzip', '/app')).toMatchObject({ notice: true });

  const evidence = learner.evidence();
  expect(evidence.items.find((entry) => entry.key === 'process "/usr/bin/helper" by="/app"')).toMatchObject({
    state: 'confirmed',
    confidence: 1,
  });
  const diff = behaviourDiff({ ...model, evidence }, changes);
  expect(diff.added.map((entry) => entry.key)).toEqual([
    'process "/usr/bin/curl" by="/app" args="curl"',
    'process "/usr/bin/gzip" by="/app"',
  ]);
  expect(diff).toMatchObject({
    from: `sha256:${'1'.repeat(64)}`,
    inherited: 3,
    pending: [{ key: 'process "/app"' }],
    gone: [{ key: 'process "/usr/bin/old" by="/app"' }],
  });
  expect(diff.executables).toEqual([
    { path: '/app', change: 'changed' },
    { path: '/usr/bin/curl', change: 'new' },
    { path: '/usr/bin/old', change: 'gone' },
  ]);

  const day = execSighting('/usr/bin/gzip', '/app', { time: release + 30 * hour });
  expect(detect(day, { bucketSeconds: 3600, index, rule: testRule }).detections[0]).toMatchObject({ notice: false });
});

test('what people decided carries, and so does what waits', () => {
  const first = firstVersion();
  const items = first.evidence.items.map((entry) => ({
    ...entry,
    state: 'denied' as const,
    source: 'user' as const,
    decidedAt: '2026-01-09T00:00:00.000Z',
  }));
  const model = inherit(
    { ...first, evidence: { ...first.evidence, items } },
    { key, before: old, after: now, now: testStart },
  );
  expect(model.evidence.items).toEqual(items);
  expect(new Set(suggestions(first).map(({ state }) => state))).toEqual(new Set(['graveyard']));
});

test('nothing is taken for unchanged when the executables are not known', () => {
  const model = inherit(firstVersion(), { key, now: testStart });
  expect(new Set(model.evidence.items.map(({ state }) => state))).toEqual(new Set(['pending', 'unconfirmed']));
});

test('a lineage is a repository or a slot, with the same command', () => {
  const one = { repositories: ['docker.io/shop/web'], entrypoint: ['nginx', '-g', 'x'] };
  expect(isSameLineage(one, { ...one, entrypoint: [...one.entrypoint] })).toBe(true);
  expect(isSameLineage(one, { ...one, entrypoint: ['nginx'] })).toBe(false);
  expect(isSameLineage(one, { ...one, entrypoint: ['nginx', '-g x'] })).toBe(false);
  expect(isSameLineage(one, { ...one, entrypoint: ['sh'] })).toBe(false);
  expect(isSameLineage(one, { ...one, repositories: ['docker.io/shop/db'] })).toBe(false);
  expect(isSameLineage({ ...one, slot: 'web' }, { ...one, repositories: [], slot: 'web' })).toBe(true);
});

test('what was not seen for long goes to the graveyard, as far as its workload ran', () => {
  const day = 24;
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  const start = testStart / hour;
  for (let at = 0; at < 10; at++) {
    learner.learn(execSighting('/bin/a', '/app', { time: testStart + at * day * hour }), 'nothing');
    learner.learn(execSighting('/bin/b', '/app', { time: testStart + at * day * hour, phase: 'boot' }), 'nothing');
  }
  const silent = (days: number) => {
    const hours = Array.from({ length: 10 + days }, (_, at) => start + at * day);
    const exposure = encodeHours(hours.reduce(withHour, emptyRing));
    const evidence = { ...learner.evidence(), dimensions: { process: { exposure, lost: encodeHours(emptyRing) } } };
    expect(evidence.items.map((entry) => silentDays(entry, evidence))).toEqual([days, days]);
    return retire(evidence).items.map(({ state }) => state);
  };
  expect(silent(6)).toEqual(['confirmed', 'confirmed']);
  expect(silent(7)).toEqual(['graveyard', 'confirmed']);
  expect(silent(14)).toEqual(['graveyard', 'graveyard']);
});
