import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScanId } from '#base/index.ts';
import { type Contents, countingScans, differ, type PublishedScan, rankOf } from './counting-scans.ts';

const same: Contents = { 'dpkg 2': 'curl 8', 'config 1': 'x' };
const other: Contents = { 'dpkg 2': 'nothing', 'config 1': 'x' };
const third: Contents = { 'dpkg 2': 'curl 9', 'config 1': 'x' };
/** By the release before: what dpkg 1 found can be compared with no scan of dpkg 2, what config 1 found can. */
const before: Contents = { 'dpkg 1': 'curl', 'config 1': 'x' };
const beforeOther: Contents = { 'dpkg 1': 'curl', 'config 1': 'y' };

type Told = Partial<Omit<PublishedScan, 'scan'>>;

/** Scans in the order in which they were stored; their ids are the names that the case gives them. */
function scansOf(told: Readonly<Record<string, Told>>): readonly PublishedScan[] {
  return Object.entries(told).map(([name, more], sequence) => ({
    scan: name as string as ScanId,
    sequence,
    publisher: name,
    proof: 'held',
    usable: true,
    analyzers: 'current',
    contents: same,
    carried: false,
    ...more,
  }));
}

function wordsOf(told: Readonly<Record<string, Told>>) {
  const { counting, silenced, differing } = countingScans(scansOf(told));
  return {
    counts: counting.map(({ scan, rank, why }) => `${scan} ${rank} ${why}`),
    silent: silenced.map(({ scan, rank, why }) => `${scan} ${rank} ${why}`).toSorted(),
    differ: differing.map(({ scans, by }) => `${scans.join(' ')} ${by}`),
  };
}

const ci: Told = { proof: 'published' };
const stranger: Told = { proof: 'recorded' };
const older: Told = { analyzers: 'older', contents: before };

describe('the table of which scan counts', () => {
  test.each<[string, Readonly<Record<string, Told>>, Partial<ReturnType<typeof wordsOf>>]>([
    ['only CI, its origin is proven', { ci }, { counts: ['ci 1 current'], silent: [], differ: [] }],
    ['only CI, its origin is not proven', { ci: stranger }, { counts: [], silent: ['ci 0 recorded'], differ: [] }],
    [
      'CI, then a host with the same content',
      { ci, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank'], differ: [] },
    ],
    [
      'CI, then a host with other content',
      { ci: { ...ci, contents: other }, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank'], differ: ['host ci publishers'] },
    ],
    [
      'two hosts differ',
      { pier: {}, quay: { contents: other } },
      { counts: ['pier 2 current', 'quay 2 current'], silent: [], differ: ['pier quay publishers'] },
    ],
    ['two hosts agree', { pier: {}, quay: {} }, { counts: ['pier 2 current'], silent: ['quay 2 same-content'] }],
    ['a host of the release before, alone', { host: older }, { counts: ['host 2 older'], silent: [], differ: [] }],
    [
      'a host of the release before, CI is current',
      { ci: { ...ci, contents: other }, host: older },
      { counts: ['host 2 older', 'ci 1 current'], silent: [], differ: [] },
    ],
    [
      'a host of the release before, CI of the release before, a token besides that is recorded',
      { ci: { ...ci, ...older }, host: older, stranger },
      { counts: ['host 2 older', 'ci 1 older'], silent: ['stranger 0 recorded'] },
    ],
    [
      'a host of the release before, another host is current: nothing that can be compared differs',
      { old: older, host: { contents: other } },
      { counts: ['host 2 current'], silent: ['old 2 agrees'], differ: [] },
    ],
    [
      'a host of the release before, another host is current: they differ',
      { old: { ...older, contents: beforeOther }, host: {} },
      { counts: ['host 2 current', 'old 2 differs'], silent: [], differ: ['old host publishers'] },
    ],
    [
      'a host of the release before, another is current, and CI is current',
      { ci: { ...ci, contents: other }, old: older, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank', 'old 2 agrees'], differ: ['host ci publishers'] },
    ],
    [
      'an analyzer is missing that its release has',
      { host: { analyzers: 'unusable' }, ci },
      { counts: ['ci 1 current'], silent: ['host 2 lacks-analyzers'], differ: [] },
    ],
    [
      'a corrupt disk',
      { host: { usable: false, contents: other }, ci },
      { counts: ['ci 1 current'], silent: ['host 2 not-read'], differ: [] },
    ],
    ['a corrupt disk, and nobody else', { host: { usable: false } }, { counts: [], silent: ['host 2 not-read'] }],
    [
      'a corrupt disk after a sound scan of the same host',
      { host: {}, again: { publisher: 'host', usable: false, contents: other } },
      { counts: ['host 2 current'], silent: ['again 2 not-read'], differ: [] },
    ],
    [
      'the console pulls: it settles',
      { pier: {}, quay: { contents: other }, ci: { ...ci, contents: other }, pull: { proof: 'proven' } },
      {
        counts: ['pull 3 current'],
        silent: ['ci 1 higher-rank', 'pier 2 higher-rank', 'quay 2 higher-rank'],
        differ: ['pull quay pull'],
      },
    ],
    [
      'the console pulled before its own release changed',
      { pull: { proof: 'proven', ...older }, host: {} },
      { counts: ['pull 3 older', 'host 2 current'], silent: [], differ: [] },
    ],
    [
      'the console pulls: differences of all others are settled',
      { pier: { contents: third }, quay: { contents: other }, pull: { proof: 'proven' } },
      { counts: ['pull 3 current'], differ: ['pull pier pull', 'pull quay pull'] },
    ],
    [
      'the console pulled before its own release changed: it settles nothing',
      {
        pull: { proof: 'proven', ...older, contents: { ...before, 'rpm 1': 'a' } },
        pier: {},
        quay: { contents: other },
      },
      { counts: ['pull 3 older', 'pier 2 current', 'quay 2 current'], differ: ['pier quay publishers'] },
    ],
    [
      'an older one that agrees with one of two that differ',
      { old: { ...older, contents: { 'config 1': 'x' } }, pier: {}, quay: { contents: beforeOther } },
      { counts: ['pier 2 current', 'quay 2 current', 'old 2 differs'] },
    ],
    [
      'the same content, told in another order',
      { pier: {}, quay: { contents: Object.fromEntries(Object.entries(same).toReversed()) } },
      { counts: ['pier 2 current'], silent: ['quay 2 same-content'] },
    ],
    [
      'a token is revoked: the next rank',
      { host: {}, ci: stranger },
      { counts: ['host 2 current'], silent: ['ci 0 recorded'] },
    ],
    [
      'an older scan is sent again, by older analyzers',
      { host: {}, again: { publisher: 'host', analyzers: 'older', contents: beforeOther } },
      { counts: ['host 2 current'], silent: ['again 2 older-analyzers'], differ: [] },
    ],
    [
      'an older scan is sent again, by the same analyzers',
      { host: {}, again: { publisher: 'host', contents: other }, quay: {} },
      { counts: ['again 2 current', 'quay 2 current'], silent: ['host 2 replaced'], differ: ['again quay publishers'] },
    ],
    [
      'a scan by newer analyzers replaces one by older',
      { old: { publisher: 'host', ...older }, host: {} },
      { counts: ['host 2 current'], silent: ['old 2 replaced'], differ: [] },
    ],
    [
      "two teams' tokens, one digest, the same content",
      { shop: ci, bank: ci },
      { counts: ['shop 1 current'], silent: ['bank 1 same-content'], differ: [] },
    ],
    [
      "two teams' tokens, one digest, other content",
      { shop: ci, bank: { ...ci, contents: other } },
      { counts: ['shop 1 current', 'bank 1 current'], differ: ['shop bank publishers'] },
    ],
    ['an agent is revoked: the environment has no verdict', { host: stranger }, { counts: [] }],
    ['a fault of one publisher says nothing of another', { a: { usable: false }, b: {} }, { counts: ['b 2 current'] }],
    ['nothing was published', {}, { counts: [], silent: [], differ: [] }],
  ])('%s', (_, told, expected) => {
    expect(wordsOf(told)).toMatchObject(expected);
  });
});

describe('what counted before scans were chosen by proof', () => {
  const carried: Told = { ...stranger, carried: true };

  test.each<[string, Readonly<Record<string, Told>>, Partial<ReturnType<typeof wordsOf>>]>([
    ['goes on', { ci: carried }, { counts: ['ci 0 carried'], silent: [] }],
    [
      'goes on with faults of reading and few analyzers',
      { ci: { ...carried, usable: false, analyzers: 'unusable' } },
      { counts: ['ci 0 carried'], silent: [] },
    ],
    [
      'goes on beside newer ones that are recorded',
      { ci: carried, again: { ...stranger, publisher: 'ci' } },
      { counts: ['ci 0 carried'], silent: ['again 0 recorded'] },
    ],
    [
      'goes on beside a host whose disk is corrupt',
      { ci: carried, host: { usable: false } },
      { counts: ['ci 0 carried'] },
    ],
    [
      'ends with the first usable scan of a rank',
      { ci: carried, host: older },
      { counts: ['host 2 older'], silent: ['ci 0 recorded'] },
    ],
    [
      'ends with the first scan of CI whose origin is proven',
      { ci: carried, shop: ci },
      { counts: ['shop 1 current'], silent: ['ci 0 recorded'] },
    ],
    [
      'counts by its own rank where it has one',
      { host: { carried: true } },
      { counts: ['host 2 current'], silent: [] },
    ],
    [
      'ends when its publisher is revoked',
      { ci: { ...carried, carried: false } },
      { counts: [], silent: ['ci 0 recorded'] },
    ],
  ])('%s', (_, told, expected) => {
    expect(wordsOf(told)).toMatchObject(expected);
  });
});

test('scans differ where an analyzer of one id and version found different things', () => {
  expect(differ(same, same)).toBe(false);
  expect(differ(same, other)).toBe(true);
  expect(differ({ 'dpkg 1': 'a' }, { 'dpkg 2': 'b' })).toBe(false);
  expect(differ({}, { 'dpkg 2': 'b' })).toBe(false);
});

test('at most eight contents of one image are compared', () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`h${at}`, { contents: { 'dpkg 2': `${at}` } }]),
  );
  expect(wordsOf(many).differ).toHaveLength(28);
  expect(wordsOf(many).counts).toHaveLength(20);
});

/** Contents by two analyzers of two versions, so that some can be compared in part, some not at all. */
const anyContents: fc.Arbitrary<Contents> = fc
  .record({ dpkg: fc.constantFrom('1', '2'), found: fc.constantFrom('a', 'b'), config: fc.constantFrom('x', 'y') })
  .map(({ dpkg, found, config }) => ({ [`dpkg ${dpkg}`]: found, 'config 1': config }));

const anyScans: fc.Arbitrary<readonly PublishedScan[]> = fc
  .array(
    fc.record({
      publisher: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      proof: fc.constantFrom('proven', 'held', 'published', 'recorded'),
      usable: fc.boolean(),
      analyzers: fc.constantFrom('current', 'older', 'unusable'),
      contents: anyContents,
      carried: fc.boolean(),
    }),
    { maxLength: 7 },
  )
  .map(
    (told) =>
      told.map((one, sequence) => ({
        ...one,
        scan: `s${sequence}` as string as ScanId,
        sequence,
      })) as readonly PublishedScan[],
  );

const runs = { numRuns: 5_000 };

describe('whatever is published', () => {
  test('every scan counts or is silent, once, and what counts is ordered by rank', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const { counting, silenced } = countingScans(scans);
        expect([...counting, ...silenced].map(({ scan }) => scan).toSorted()).toEqual(
          scans.map(({ scan }) => scan).toSorted(),
        );
        expect(counting.map(({ rank }) => rank)).toEqual(counting.map(({ rank }) => rank).toSorted((a, b) => b - a));
      }),
      runs,
    );
  });

  test('the order in which scans are handed over changes nothing', () => {
    fc.assert(
      fc.property(
        anyScans.chain((scans) =>
          fc.tuple(fc.constant(scans), fc.shuffledSubarray([...scans], { minLength: scans.length })),
        ),
        ([scans, shuffled]) => {
          const [one, other] = [countingScans(scans), countingScans(shuffled)];
          expect(other.counting).toEqual(one.counting);
          expect(other.differing).toEqual(one.differing);
        },
      ),
      runs,
    );
  });

  test('who of the publishers came first changes no content that counts', () => {
    const contentsThatCount = (scans: readonly PublishedScan[]) => {
      const byScan = new Map(scans.map((scan) => [scan.scan, scan]));
      return [
        ...new Set(
          countingScans(scans).counting.map(
            ({ scan, rank }) => `${rank} ${JSON.stringify(byScan.get(scan)?.contents)}`,
          ),
        ),
      ].toSorted();
    };
    fc.assert(
      fc.property(
        // One scan of each publisher: the order of the scans of one publisher does matter.
        anyScans
          .map((scans) => scans.map((scan) => ({ ...scan, publisher: scan.scan })))
          .chain((scans) => fc.tuple(fc.constant(scans), fc.shuffledSubarray([...scans], { minLength: scans.length }))),
        ([scans, shuffled]) => {
          const renumbered = shuffled.map((scan, sequence) => ({ ...scan, sequence }));
          expect(contentsThatCount(renumbered)).toEqual(contentsThatCount(scans));
        },
      ),
      runs,
    );
  });

  test('recorded scans of others change nothing', () => {
    fc.assert(
      fc.property(anyScans, anyScans, (scans, added) => {
        const recorded = added.map((scan, at) => ({
          ...scan,
          scan: `r${at}` as string as ScanId,
          sequence: 100 + at,
          publisher: `r ${scan.publisher}`,
          proof: 'recorded' as const,
          carried: false,
        }));
        const [alone, beside] = [countingScans(scans), countingScans([...scans, ...recorded])];
        expect(beside.counting).toEqual(alone.counting);
        expect(beside.differing).toEqual(alone.differing);
      }),
      runs,
    );
  });

  test('a lower rank never changes a current higher one', () => {
    fc.assert(
      fc.property(anyScans, anyScans, (scans, added) => {
        const settled = countingScans(scans)
          .counting.filter(({ why }) => why === 'current')
          .map(({ rank }) => rank);
        fc.pre(settled.length > 0);
        const lower = added
          .filter(({ proof }) => rankOf(proof) < Math.max(...settled))
          .map((scan, at) => ({
            ...scan,
            scan: `l${at}` as string as ScanId,
            sequence: 100 + at,
            publisher: `l ${scan.publisher}`,
          }));
        expect(countingScans([...scans, ...lower]).counting).toEqual(countingScans(scans).counting);
      }),
      runs,
    );
  });

  /**
   * The verdict of an environment is the worst of the scans that count, so a fail becomes a pass only when the scan that
   * fails, or one of its content, counts no more. The exceptions: an older scan, where a current one of its own rank
   * comes that found nothing else as far as the two can be compared; and one that was carried.
   */
  test('another publisher of equal or lower rank keeps everything that counts', () => {
    fc.assert(
      fc.property(anyScans, anyScans, (scans, added) => {
        const [one] = added;
        fc.pre(one !== undefined);
        const comer = {
          ...(one as PublishedScan),
          scan: 'new' as string as ScanId,
          sequence: 100,
          publisher: 'new',
          carried: false,
        };
        const byScan = new Map([...scans, comer].map((scan) => [scan.scan, scan]));
        const contentOf = (scan: ScanId) => JSON.stringify(byScan.get(scan)?.contents);
        const counts = countingScans([...scans, comer]).counting.map(({ scan }) => contentOf(scan));
        for (const { scan, rank, why } of countingScans(scans).counting) {
          if (rank < rankOf(comer.proof) || why === 'carried') continue;
          const told = byScan.get(scan) as PublishedScan;
          const isExcepted =
            told.analyzers === 'older' &&
            comer.analyzers === 'current' &&
            rankOf(comer.proof) === rank &&
            !differ(told.contents, comer.contents);
          if (!isExcepted) expect(counts).toContain(contentOf(scan));
        }
      }),
      runs,
    );
  });

  test('what counts as current is by a rank with proof, usable, and not below another current rank', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const byScan = new Map(scans.map((scan) => [scan.scan, scan]));
        for (const { scan, rank, why } of countingScans(scans).counting) {
          if (why === 'carried') continue;
          expect(rank).toBeGreaterThan(0);
          expect(byScan.get(scan)).toMatchObject({ usable: true });
          expect(byScan.get(scan)?.analyzers).not.toBe('unusable');
        }
      }),
      runs,
    );
  });
});
