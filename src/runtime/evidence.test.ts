import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import { Evidence, type Fact, type Entry } from './contract.ts';
import { emptyEvidence, evidenceUntil, isPartial, mergeEvidence } from './evidence.ts';
import { emptyRing, encodeHours, withHour } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import { modelIdOf } from './model-id.ts';

const ring = (list: readonly number[]) => encodeHours(list.reduce(withHour, emptyRing));
const hours = fc.array(fc.integer({ min: 480_000, max: 483_000 }), { maxLength: 6 }).map(ring);
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const moment = fc
  .integer({ min: 1_700_000_000_000, max: 1_700_009_000_000 })
  .map((time) => new Date(time).toISOString());

const facts: readonly Fact[] = [
  { dimension: 'process', path: '/bin/a' },
  { dimension: 'process', path: '/bin/b', caller: '/bin/a' },
  { dimension: 'file', kind: 'generated-code', path: '/bin/java', folder: '/work' },
];

const entry: fc.Arbitrary<Entry> = fc
  .record({
    fact: fc.constantFrom(...facts),
    class: fc.constantFrom('benign', 'notable', 'forbidden'),
    state: fc.constantFrom('confirmed', 'unconfirmed', 'pending', 'review', 'graveyard'),
    source: fc.constantFrom('static', 'learned', 'inherited'),
    boot: hours,
    run: hours,
    days: fc.array(fc.integer({ min: 20_000, max: 20_100 }), { maxLength: 80 }),
    firstSeenAt: moment,
    lastSeenAt: moment,
    why: maybe(fc.constantFrom('dropped', 'listed')),
    decision: maybe(
      fc.record({ state: fc.constantFrom('confirmed', 'denied'), by: fc.constantFrom('ann', 'bob'), at: moment }),
    ),
  })
  .map(({ why, decision, days, ...rest }) => ({
    ...rest,
    key: entryKeyOf(rest.fact),
    days: [...new Set(days)].toSorted((one, other) => one - other).slice(-60),
    ...(why === undefined ? {} : { why }),
    ...(decision === undefined
      ? {}
      : { state: decision.state, source: 'user', decidedBy: decision.by, decidedAt: decision.at }),
  })) as fc.Arbitrary<Entry>;

const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    items: fc.uniqueArray(entry, { selector: ({ key }) => key }),
    process: maybe(fc.record({ exposure: hours, lost: hours })),
    starts: fc.oneof(fc.constant(ring([])), hours),
    late: fc.boolean(),
  })
  .map(({ items, process, starts, late }) => ({
    items: items.toSorted((one, other) => (one.key < other.key ? -1 : 1)),
    dimensions: process === undefined ? {} : { process },
    starts,
    lateStart: late && starts.bits === undefined,
  }));

test('evidence of replicas, hosts and resends adds up the same in every order', () => {
  fc.assert(
    fc.property(evidence, evidence, evidence, (a, b, c) => {
      const all = mergeEvidence(mergeEvidence(a, b), c);
      expect(mergeEvidence(a, mergeEvidence(b, c))).toEqual(all);
      expect(mergeEvidence(mergeEvidence(c, a), b)).toEqual(all);
      expect(mergeEvidence(all, b)).toEqual(all);
      expect(mergeEvidence(all, all)).toEqual(all);
      expect(mergeEvidence(a, emptyEvidence)).toEqual(a);
      expect(Evidence.parse(all)).toEqual(all);
    }),
    { numRuns: 120 },
  );
});

test('evidence is partial when events were lost or no start was seen', () => {
  expect(isPartial(emptyEvidence)).toBe(false);
  expect(isPartial({ ...emptyEvidence, lateStart: true })).toBe(true);
  expect(mergeEvidence({ ...emptyEvidence, lateStart: true }, { ...emptyEvidence, starts: ring([5]) }).lateStart).toBe(
    false,
  );
  const lossy = { ...emptyEvidence, dimensions: { process: { exposure: ring([5]), lost: ring([5]) } } };
  expect(isPartial(lossy)).toBe(true);
  expect(evidenceUntil(lossy, 4).dimensions.process).toEqual({ exposure: ring([]), lost: ring([]) });
});

test('a key names a fact, whatever its names hold', () => {
  expect(entryKeyOf({ dimension: 'process', path: '/bin/sh', caller: '/opt/java/bin/java' })).toBe(
    'process "/bin/sh" by="/opt/java/bin/java"',
  );
  expect(entryKeyOf({ dimension: 'process', path: '/a" by="/b' })).not.toBe(
    entryKeyOf({ dimension: 'process', path: '/a', caller: '/b' }),
  );
  expect(entryKeyOf({ dimension: 'process', path: '/a\n\u007f\u0000' })).toBe(String.raw`process "/a\n\u007f\u0000"`);
  const long = entryKeyOf({
    dimension: 'file',
    kind: 'code-file',
    path: '/x',
    file: '/é"'.repeat(1365) + '"'.repeat(3000),
  });
  expect(long).toMatch(/^file #[0-9a-f]{64}$/);
});

test('a model id depends on digest and words of the entrypoint', () => {
  const digest = `sha256:${'a'.repeat(64)}` as ImageDigest;
  expect(modelIdOf({ digest, entrypoint: ['nginx', '-g', 'daemon off;'] })).toMatch(/^[0-9a-f]{32}$/);
  expect(modelIdOf({ digest, entrypoint: ['a b'] })).not.toBe(modelIdOf({ digest, entrypoint: ['a', 'b'] }));
});
