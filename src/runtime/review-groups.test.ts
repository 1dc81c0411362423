import { describe, expect, test } from 'vitest';
import { FactClass, type Fact, type Entry, type EntryState, ReviewCaution, ReviewGrouping } from './contract.ts';
import { emptyRing, encodeHours } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import { cautionOf } from './review-caution.ts';
import { groupEntries } from './review-groups.ts';
import { weighDecision } from './weigh-decision.ts';

const none = encodeHours(emptyRing);
const sha256 = 'a'.repeat(64);
const process = (path: string, more: object = {}): Fact => ({ dimension: 'process', path, caller: '/serve', ...more });
const file = (name: string, more: object = {}): Fact => ({
  dimension: 'file',
  kind: 'code-file',
  path: '/usr/bin/php',
  file: name,
  ...more,
});

function entry(fact: Fact, more: Partial<Entry> = {}): Entry {
  const known = { class: 'benign', state: 'review', source: 'learned', boot: none, run: none, days: [] } as const;
  return { key: entryKeyOf(fact), fact, ...known, ...more };
}

/** Every kind of fact and class, and why it is never learned. */
const facts: readonly (readonly [string, Fact, Readonly<Record<FactClass, ReviewCaution | undefined>>])[] = [
  ['a program', process('/bin/date'), { benign: undefined, notable: undefined, forbidden: 'never-learned' }],
  ['a shell', process('/bin/sh', { shape: 'sh -c {code:1}' }), all(undefined, 'never-learned')],
  ['of a health check', process('/bin/true', { session: 'health-check' }), all(undefined, 'never-learned')],
  ['of a session', process('/bin/ls', { session: 'exec' }), all(undefined, 'session')],
  ['a loader', process('/lib64/ld-linux-x86-64.so.2'), all(undefined, 'loader')],
  ...(['modified', 'upper', 'other-mount', 'memory', 'deleted'] as const).map(
    (origin) => [origin, process('/tmp/x', { origin }), all('drift', 'drift')] as const,
  ),
  ['known by its hash', process('/tmp/x', { sha256 }), all('drift', 'drift')],
  ['dropped in a session', process('/tmp/x', { origin: 'upper', session: 'exec' }), all('drift', 'drift')],
  ['a code file', file('/srv/x.php', { sha256 }), all('code', 'code')],
  [
    'generated code',
    { dimension: 'file', kind: 'generated-code', path: '/usr/bin/java', folder: '/work' },
    all('code', 'code'),
  ],
];

function all(other: ReviewCaution | undefined, forbidden: ReviewCaution) {
  return { benign: other, notable: other, forbidden };
}

describe('why a line is never learned', () => {
  test.each(
    facts.flatMap(([name, fact, by]) =>
      FactClass.options.map((one) => [`${name}, ${one}`, { fact, class: one }, by[one]] as const),
    ),
  )('%s', (_, line, caution) => {
    expect(cautionOf(line)).toBe(caution);
  });
});

describe('groups', () => {
  const before = '2026-11-20T00:00:00.000Z';
  const came = '2026-11-21T00:00:00.000Z';
  const since = '2026-11-22T00:00:00.000Z';
  const waiting = [
    entry(process('/bin/date'), { firstSeenAt: since, lastSeenAt: since }),
    entry(process('/bin/date', { caller: '/bin/sh' }), { firstSeenAt: before, lastSeenAt: since, confidence: 1 }),
    entry(process('/usr/bin/nc'), { class: 'forbidden', firstSeenAt: since, lastSeenAt: since }),
    entry(process('/bin/date', { origin: 'upper', sha256 }), { class: 'forbidden', lastSeenAt: since }),
    entry(process('/opt/own'), { firstSeenAt: before, lastSeenAt: came }),
    entry(file('/srv/x.php', { sha256 }), { class: 'forbidden', firstSeenAt: came, lastSeenAt: came }),
  ];
  const packages = { '/bin/date': 'pkg:deb/debian/coreutils@9.7', '/usr/bin/nc': 'pkg:deb/debian/netcat@1' };
  const grouped = (by: ReviewGrouping, inheritedFrom?: { readonly at: string }) =>
    groupEntries(waiting, { by, packages, inheritedFrom, digest: 'sha256:2' }).map(
      ({ name, since: when, caution, items }) => [name, when, caution, items.length],
    );

  const expected: Readonly<Record<ReviewGrouping, readonly (readonly unknown[])[]>> = {
    program: [
      ['/bin/date', undefined, undefined, 2],
      ['/opt/own', undefined, undefined, 1],
      ['/bin/date', undefined, 'drift', 1],
      ['/usr/bin/nc', undefined, 'never-learned', 1],
      ['/usr/bin/php', undefined, 'code', 1],
    ],
    package: [
      ['pkg:deb/debian/coreutils@9.7', undefined, undefined, 2],
      [undefined, undefined, undefined, 1],
      ['pkg:deb/debian/coreutils@9.7', undefined, 'drift', 1],
      ['pkg:deb/debian/netcat@1', undefined, 'never-learned', 1],
      [undefined, undefined, 'code', 1],
    ],
    deploy: [
      ['sha256:2', 'new', undefined, 1],
      ['sha256:2', 'earlier', undefined, 2],
      ['sha256:2', 'new', 'drift', 1],
      ['sha256:2', 'new', 'never-learned', 1],
      ['sha256:2', 'new', 'code', 1],
    ],
  };
  test.each(ReviewGrouping.options)('by %s', (by) => {
    expect(grouped(by, { at: came })).toEqual(expected[by]);
  });

  test.each([
    [{ firstSeenAt: since }, 'new'],
    [{ firstSeenAt: came }, 'new'],
    [{ firstSeenAt: before }, 'earlier'],
    [{ firstSeenAt: since, confidence: 0.99 }, 'earlier'],
    [{ confidence: 0.8 }, 'earlier'],
    [{}, 'new'],
  ] as const)('by deploy: %j is %s', (more, when) => {
    const [group] = groupEntries([entry(process('/bin/x'), more)], {
      by: 'deploy',
      packages,
      inheritedFrom: { at: came },
      digest: '',
    });
    expect(group?.since).toBe(when);
  });

  test('by deploy, without a version before: everything came with this one', () => {
    expect(grouped('deploy').map(([, when]) => when)).toEqual(['new', 'new', 'new', 'new']);
  });

  test('hold every line once', () => {
    for (const by of ReviewGrouping.options) {
      const keys = groupEntries(waiting, { by, packages, digest: '' }).flatMap(({ items }) =>
        items.map(({ key }) => key),
      );
      expect(keys.toSorted()).toEqual(waiting.map(({ key }) => key).toSorted());
    }
  });
});

describe('a decision about several entries', () => {
  const states: readonly EntryState[] = ['confirmed', 'unconfirmed', 'pending', 'review', 'denied', 'graveyard'];
  const decided = { decidedAt: '2026-11-20T00:00:00.000Z', decidedBy: 'ada' };

  test.each(
    states.flatMap((state) =>
      (['allow', 'deny', 'undo'] as const).flatMap((decision) =>
        ([false, true] as const).map((isDecided) => [decision, state, isDecided] as const),
      ),
    ),
  )('%s of what is %s (decided: %s)', (decision, state, isDecided) => {
    const line = entry(process('/bin/date'), { state, ...(isDecided ? decided : {}) });
    const learned = new Map([[line.key, { ...line, state: 'review' as const }]]);
    const after = decision === 'allow' ? 'confirmed' : decision === 'deny' ? 'denied' : 'review';
    const isSame = state === after && isDecided === (decision !== 'undo');
    const { changes, same } = weighDecision([line], learned, decision);
    expect(changes.map((one) => one.after)).toEqual(isSame ? [] : [after]);
    expect(same).toHaveLength(isSame ? 1 : 0);
  });

  const memory = entry(process('/memfd:x', { origin: 'memory' }), { class: 'forbidden' });
  const unhashed = entry(file('/srv/x.php'), { class: 'forbidden' });
  const hashed = entry(file('/srv/x.php', { sha256 }), { class: 'forbidden' });
  const tool = entry(process('/usr/bin/nc'), { class: 'forbidden' });

  test('counts what is never learned where it would be allowed, and leaves out what nothing can allow', () => {
    const entries = [memory, unhashed, hashed, tool, entry(process('/bin/date'))];
    const allowed = weighDecision(entries, new Map(), 'allow');
    expect([...allowed.cautions]).toEqual([
      ['code', 1],
      ['never-learned', 1],
    ]);
    expect(allowed.impossible).toEqual([memory, unhashed]);
    expect(allowed.changes).toHaveLength(3);
    for (const decision of ['deny', 'undo'] as const)
      expect(weighDecision(entries, new Map(), decision)).toMatchObject({ cautions: new Map(), impossible: [] });
  });
});
