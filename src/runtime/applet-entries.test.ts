import { describe, expect, test } from 'vitest';
import { anyApplet, oddApplet } from './applet.ts';
import { anyAppletOf, currentEntries, withoutApplet } from './applet-entries.ts';
import type { Fact, Entry } from './contract.ts';
import { detect } from './detect.ts';
import { emptyEvidence } from './evidence.ts';
import { factOf } from './fact-of.ts';
import { entryKeyOf } from './entry-key.ts';
import { learnerOf } from './learn.ts';
import { indexModel } from './model-index.ts';
import { policyOf } from './policy-of.ts';
import { recheckEntry } from './recheck-entry.ts';
import { execSighting, hour, testModel, testRule } from './testing.ts';

const busybox = '/bin/busybox';
const sh = '/bin/dash';
const run = (...argv: readonly string[]) => execSighting(busybox, sh, { argv });
const bucketSeconds = hour / 1000;

function learned(sightings: readonly ReturnType<typeof run>[], known: readonly Entry[] = []): readonly Entry[] {
  const learner = learnerOf({ ...emptyEvidence, items: known }, { bucketSeconds });
  for (const sighting of sightings) learner.learn(sighting, 'nothing');
  return learner.evidence().items;
}

/** Entries as they were before applets were recorded. */
function before(items: readonly Entry[]): readonly Entry[] {
  return items.map((entry) => {
    if (entry.fact.dimension !== 'process') return entry;
    const fact = withoutApplet(entry.fact);
    return { ...entry, fact, key: entryKeyOf(fact) };
  });
}

const indexOf = (items: readonly Entry[]) =>
  indexModel(testModel({ ...emptyEvidence, items }, { state: 'active' }), bucketSeconds);
const edgesOf = (items: readonly Entry[]) =>
  policyOf(testModel({ ...emptyEvidence, items }, { state: 'active' }), testRule).edges;
const applets = (items: readonly Entry[]) =>
  items.map(({ fact }) => (fact.dimension === 'process' ? fact.applet : undefined));

describe('an applet', () => {
  test('is part of what an entry states, and of its key', () => {
    const [entry] = learned([run('ls', '-l')]);
    expect(entry).toMatchObject({ fact: { path: busybox, applet: 'ls', caller: sh } });
    expect(entry?.key).toBe('process "/bin/busybox" applet="ls" by="/bin/dash" args="ls"');
  });

  test('that was learned is allowed, and no other', () => {
    const index = indexOf(learned([run('ls')]));
    expect(index.allows(factOf(run('ls', '/tmp')))).toBe(true);
    expect(index.allows(factOf(run('busybox', 'ls')))).toBe(true);
    expect(index.allows(factOf(run('cat')))).toBe(false);
    expect(index.allows(factOf(run('busybox', 'nc', '-l')))).toBe(false);
    expect(edgesOf(learned([run('ls')]))).toEqual([{ path: busybox, applet: 'ls', caller: sh }]);
  });

  test('that is not told is held by what any of them holds', () => {
    const index = indexOf(learned([run('ls')]));
    expect(index.allows({ dimension: 'process', path: busybox, caller: sh })).toBe(true);
    expect(index.allows({ dimension: 'process', path: busybox, caller: sh, shape: 'ls' })).toBe(true);
    expect(index.allows({ dimension: 'process', path: busybox, caller: sh, shape: 'cat' })).toBe(false);
    expect(index.allows({ dimension: 'process', path: busybox, caller: '/serve' })).toBe(false);
  });

  test('that was killed is told with its name and the line that would allow it', () => {
    const sighting = { ...run('nc', '-l'), verdict: 'killed', reason: 'unlearned' } as const;
    const { detections } = detect(sighting, { bucketSeconds, index: indexOf(learned([run('ls')])), rule: testRule });
    expect(detections).toMatchObject([{ outcome: 'killed', process: { path: busybox, applet: 'nc' } }]);
    expect(detections[0]?.allow?.line).toBe('allow /bin/busybox applet=nc by=/bin/dash args="nc -l"');
    expect(detections[0]?.expected).toContain('/bin/busybox ls');
  });
});

describe('what was learned before applets were recorded', () => {
  const old = before(learned([run('ls'), run('cat', 'x')]));

  test('holds for every applet in the kernel, and in the model as it did', () => {
    expect(applets(old)).toEqual([undefined, undefined]);
    expect(edgesOf(old)).toEqual([{ path: busybox, caller: sh }]);
    expect(indexOf(old).allows(factOf(run('ls')))).toBe(true);
    expect(indexOf(old).allows(factOf(run('cat')))).toBe(true);
    expect(indexOf(old).allows(factOf(run('id')))).toBe(false);
  });

  test('gives its place and its hours to the same with its applet, and only that', () => {
    const sighting = { ...run('ls'), time: run('ls').time + 50 * hour };
    const items = learned([sighting], old);
    expect(applets(items).toSorted()).toEqual(['ls', undefined, undefined]);
    expect(applets(currentEntries(items)).toSorted()).toEqual(['ls', undefined]);
    const [mine, theirs] = [items.find(({ fact }) => 'applet' in fact), old.find(({ key }) => key.endsWith('"ls"'))];
    expect(mine?.firstSeenAt).toBe(theirs?.firstSeenAt);
    expect(mine?.days).toHaveLength(2);
    expect(edgesOf(items)).toHaveLength(2);
    expect(
      edgesOf(learned([sighting, run('cat', 'x')], old))
        .map(({ applet }) => applet)
        .toSorted(),
    ).toEqual(['cat', 'ls']);
  });

  test('stays where a person decided it, and where the applet waits for one', () => {
    const decided = old.map((entry) => ({ ...entry, decidedAt: entry.lastSeenAt ?? '' }));
    expect(edgesOf(learned([run('ls')], decided))).toContainEqual({ path: busybox, caller: sh });
    const waiting = learned([run('ls')], old).map(
      (entry): Entry => ('applet' in entry.fact ? { ...entry, state: 'review' } : entry),
    );
    expect(currentEntries(waiting)).toHaveLength(3);
  });

  test('is denied for each applet where a person denied it', () => {
    const denied = old.map((entry): Entry => ({ ...entry, state: 'denied', decidedAt: entry.lastSeenAt ?? '' }));
    expect(indexOf(denied).allows(factOf(run('ls')))).toBe(false);
    expect(indexOf(denied).entryFor(factOf(run('ls')))?.state).toBe('denied');
  });
});

test.each<[string, Fact, Partial<Entry>, Entry['anyApplet']]>([
  ['from before', { dimension: 'process', path: busybox, shape: 'ls' }, {}, 'learned-before'],
  ['that a person decided', { dimension: 'process', path: busybox }, { decidedAt: '2026-01-01T00:00:00Z' }, 'decided'],
  ['of too many', { dimension: 'process', path: busybox, applet: anyApplet }, {}, 'too-many'],
  ['of one applet', { dimension: 'process', path: busybox, applet: 'ls' }, {}, undefined],
  ['of an ordinary program', { dimension: 'process', path: sh }, {}, undefined],
  ['of a file that is not the image’s', { dimension: 'process', path: busybox, origin: 'upper' }, {}, undefined],
])('what an entry %s says of applets', (...[, fact, more, said]) => {
  const none = { base: 0, old: false };
  const usual = { class: 'benign', state: 'confirmed', source: 'learned', boot: none, run: none, days: [] } as const;
  expect(anyAppletOf({ key: '', fact, ...usual, ...more })).toBe(said);
});

describe('names that a workload makes up', () => {
  const many = Array.from({ length: 200 }, (_, at) => run(`made-up-${at}`));

  test('become one after 128, which waits for a person', () => {
    const items = learned(many);
    expect(items).toHaveLength(129);
    const any = items.find(({ fact }) => fact.dimension === 'process' && fact.applet === anyApplet);
    expect(any?.fact).toEqual({ dimension: 'process', path: busybox, applet: anyApplet, caller: sh });
    const terms = { neverLearn: [], entrypoint: ['/serve'] };
    expect(recheckEntry(any as Entry, 'dev-1', terms)).toMatchObject({ class: 'forbidden', state: 'review' });
    expect(any?.state).toBe('review');
    const allowed = items.map((entry): Entry => (entry === any ? { ...entry, state: 'confirmed' } : entry));
    expect(indexOf(allowed).allows(factOf(run('one-more')))).toBe(true);
    expect(indexOf(items).allows(factOf(run('one-more')))).toBe(false);
  });

  test('that no applet has wait for a person', () => {
    const [entry] = learned([run('/'.repeat(300))]);
    expect(entry).toMatchObject({ state: 'review', fact: { applet: oddApplet } });
  });
});

test.each<[string, Fact, string]>([
  ['an applet of a multi-call program', { dimension: 'process', path: busybox, applet: 'ls', shape: 'ls' }, 'benign'],
  ['one without its arguments', { dimension: 'process', path: busybox, applet: 'ls' }, 'benign'],
  ['a tool as applet', { dimension: 'process', path: busybox, applet: 'nc', shape: 'ls' }, 'forbidden'],
  ['a tool as arguments', { dimension: 'process', path: busybox, applet: 'ls', shape: 'nc -l' }, 'forbidden'],
  ['a harmless applet of a shell', { dimension: 'process', path: '/bin/sh', applet: 'ls', shape: 'sh' }, 'notable'],
  ['a shell by a hard link', { dimension: 'process', path: '/bin/ls', applet: 'sh' }, 'notable'],
  ['any applet', { dimension: 'process', path: '/bin/ls', applet: anyApplet }, 'forbidden'],
  ['an odd applet', { dimension: 'process', path: '/bin/ls', applet: oddApplet }, 'forbidden'],
  ['any class', { dimension: 'process', path: '/bin/java', applet: anyApplet }, 'notable'],
])('the console weighs %s itself', (_, fact, weight) => {
  const none = { base: 0, old: false };
  const said = { class: 'benign', state: 'confirmed', source: 'learned' } as const;
  const process = { caller: '/serve', ...fact } as Fact;
  const entry = { key: '', fact: process, ...said, boot: none, run: none, days: [] };
  expect(recheckEntry(entry, 'dev-1', { neverLearn: [], entrypoint: ['/serve'] }).class).toBe(weight);
});
