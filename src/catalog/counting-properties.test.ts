import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScanId } from '#base/index.ts';
import { type Contents, countingScans, differ, type PublishedScan, rankOf } from './counting-scans.ts';

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
    (reported) =>
      reported.map((one, sequence) => ({
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
          const reported = byScan.get(scan) as PublishedScan;
          const isExcepted =
            reported.analyzers === 'older' &&
            comer.analyzers === 'current' &&
            rankOf(comer.proof) === rank &&
            !differ(reported.contents, comer.contents);
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
