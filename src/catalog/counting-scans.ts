import type { ScanId } from '#base/index.ts';

/**
 * What the console worked out of a publisher, for one image in one environment. `proven`: the console pulled the image
 * itself. `held`: an agent whose engine holds it there now. `published`: a token whose repositories hold it, as the
 * console read in a trusted registry. `recorded`: nothing of this; the scan is shown and counts nowhere.
 */
export type Proof = 'proven' | 'held' | 'published' | 'recorded';

/** Higher ranks are believed first; rank 0 counts nowhere. */
export type Rank = 0 | 1 | 2 | 3;

/** Whether a scan has the analyzers of this release, all of the release before, or fewer. */
export type AnalyzersClass = 'current' | 'older' | 'unusable';

/** Digest of what each analyzer found, by `id version`. */
export type Contents = Readonly<Record<string, string>>;

/** A scan of one image as the choice of one environment sees it. */
export interface PublishedScan {
  readonly scan: ScanId;
  /** Higher is newer. */
  readonly sequence: number;
  /** The same for all scans of one publisher. */
  readonly publisher: string;
  readonly proof: Proof;
  /** Whether every layer was read and checked. */
  readonly usable: boolean;
  readonly analyzers: AnalyzersClass;
  readonly contents: Contents;
  /** Whether it counted here before scans were chosen by proof, and its publisher is not revoked. */
  readonly carried: boolean;
}

/**
 * Why a scan counts. `current`: the highest rank with a current scan. `older`: no scan of its rank is current. `differs`:
 * older than a current one of its rank, and it found other things. `carried`: it counted before, and no other may yet.
 */
export type CountingReason = 'current' | 'older' | 'differs' | 'carried';

export interface CountingScan {
  readonly scan: ScanId;
  readonly rank: Rank;
  readonly why: CountingReason;
}

/**
 * Why a scan does not count. `replaced`: its publisher sent a newer one. `older-analyzers`: its publisher has sent one by
 * newer analyzers. `not-read`: a fault of reading. `lacks-analyzers`: fewer than the release before has. `recorded`:
 * nothing proves its publisher. `higher-rank`: a higher rank has a current scan. `same-content`: another scan of its rank
 * found the same. `agrees`: a current scan of its rank found the same, as far as they can be compared.
 */
export type SilenceReason =
  | 'replaced'
  | 'older-analyzers'
  | 'not-read'
  | 'lacks-analyzers'
  | 'recorded'
  | 'higher-rank'
  | 'same-content'
  | 'agrees';

export interface SilencedScan {
  readonly scan: ScanId;
  readonly rank: Rank;
  readonly why: SilenceReason;
}

/** Two scans in which an analyzer of one id and version found different things; the higher rank first, then the older. */
export interface DifferingPair {
  readonly scans: readonly [ScanId, ScanId];
  /** `pull`: the first is the console's own, which settles what is in the image. */
  readonly by: 'publishers' | 'pull';
}

export interface CountingScans {
  /** The highest rank first, then the oldest. */
  readonly counting: readonly CountingScan[];
  readonly silenced: readonly SilencedScan[];
  readonly differing: readonly DifferingPair[];
}

/** Contents of one image that are compared with each other. */
const mostContents = 8;

/**
 * Which scans of one image count in one environment. Names, tags and claimed digests are no input. The order of the
 * scans changes nothing, and neither does any number of recorded ones.
 */
export function countingScans(scans: readonly PublishedScan[]): CountingScans {
  const { newest, passed } = newestOfEach(scans);
  const ranked = newest.filter(({ proof }) => rankOf(proof) > 0).toSorted(highestFirst);
  const recorded = newest.filter(({ proof }) => rankOf(proof) === 0);
  const levels = levelsOf(ranked);
  const carried = ranked.length > 0 ? [] : scans.filter((scan) => scan.carried).toSorted(highestFirst);
  const counting = [...levels.counting, ...carried.map((scan) => counted(scan, 'carried'))];
  const known = new Set(counting.map(({ scan }) => scan));
  const silenced = [...levels.silenced, ...recorded.map((scan) => silent(scan, 'recorded')), ...passed];
  return {
    counting,
    silenced: silenced.filter(({ scan }) => !known.has(scan)),
    differing: differingOf(ranked),
  };
}

export function rankOf(proof: Proof): Rank {
  switch (proof) {
    case 'proven':
      return 3;
    case 'held':
      return 2;
    case 'published':
      return 1;
    case 'recorded':
      return 0;
  }
}

/** Whether an analyzer that both have in the same version found different things. */
export function differ(one: Contents, other: Contents): boolean {
  return Object.entries(one).some(([analyzer, digest]) => (other[analyzer] ?? digest) !== digest);
}

/** Of each publisher the newest usable scan; one by newer analyzers is not replaced by one by older analyzers. */
function newestOfEach(scans: readonly PublishedScan[]): {
  readonly newest: readonly PublishedScan[];
  readonly passed: readonly SilencedScan[];
} {
  const all = [...Map.groupBy(scans, ({ publisher }) => publisher).values()].map((own) => {
    const usable = own.filter(isUsable).toSorted((left, right) => right.sequence - left.sequence);
    const newest = usable.find(({ analyzers }) => analyzers === 'current') ?? usable[0];
    return { newest, passed: own.filter((scan) => scan !== newest).map((scan) => passedBy(scan, newest)) };
  });
  return { newest: all.flatMap(({ newest }) => newest ?? []), passed: all.flatMap(({ passed }) => passed) };
}

function isUsable({ usable, analyzers }: PublishedScan): boolean {
  return usable && analyzers !== 'unusable';
}

function passedBy(scan: PublishedScan, newest: PublishedScan | undefined): SilencedScan {
  if (!scan.usable) return silent(scan, 'not-read');
  if (scan.analyzers === 'unusable') return silent(scan, 'lacks-analyzers');
  return silent(scan, newest !== undefined && scan.sequence > newest.sequence ? 'older-analyzers' : 'replaced');
}

/** Goes down the ranks to the first that has a current scan. */
function levelsOf(ranked: readonly PublishedScan[]): Pick<CountingScans, 'counting' | 'silenced'> {
  const counting: CountingScan[] = [];
  const silenced: SilencedScan[] = [];
  let isSettled = false;
  for (const own of Map.groupBy(ranked, ({ proof }) => proof).values()) {
    if (isSettled) {
      silenced.push(...own.map((scan) => silent(scan, 'higher-rank')));
      continue;
    }
    const level = levelOf(own);
    counting.push(...level.counting);
    silenced.push(...level.silenced);
    isSettled = own.some(({ analyzers }) => analyzers === 'current');
  }
  return { counting, silenced };
}

/** Scans of one rank. Those with the same content count once, by the oldest of them. */
function levelOf(own: readonly PublishedScan[]): Pick<CountingScans, 'counting' | 'silenced'> {
  const current = own.filter(({ analyzers }) => analyzers === 'current');
  const older = own.filter(({ analyzers }) => analyzers === 'older');
  const isHeard = (scan: PublishedScan) =>
    current.length === 0 || current.some(({ contents }) => differ(scan.contents, contents));
  const heard = distinct(older.filter(isHeard));
  const distinctCurrent = distinct(current);
  const why = current.length === 0 ? 'older' : 'differs';
  return {
    counting: [
      ...distinctCurrent.first.map((scan) => counted(scan, 'current')),
      ...heard.first.map((scan) => counted(scan, why)),
    ],
    silenced: [
      ...[...distinctCurrent.again, ...heard.again].map((scan) => silent(scan, 'same-content')),
      ...older.filter((scan) => !isHeard(scan)).map((scan) => silent(scan, 'agrees')),
    ],
  };
}

function distinct(scans: readonly PublishedScan[]): {
  readonly first: readonly PublishedScan[];
  readonly again: readonly PublishedScan[];
} {
  const groups = [...Map.groupBy(scans.toSorted(highestFirst), ({ contents }) => contentsKey(contents)).values()];
  return { first: groups.flatMap(([first]) => first ?? []), again: groups.flatMap(([, ...again]) => again) };
}

function contentsKey(contents: Contents): string {
  return JSON.stringify(Object.entries(contents).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Each difference of two contents once. The console's own pull settles the differences of all others. */
function differingOf(ranked: readonly PublishedScan[]): readonly DifferingPair[] {
  const contents = distinct(ranked).first.slice(0, mostContents);
  const pulled = contents.filter(({ proof, analyzers }) => proof === 'proven' && analyzers === 'current');
  const sides = pulled.length > 0 ? pulled : contents;
  return sides.flatMap((one) =>
    contents
      .filter((other) => highestFirst(one, other) < 0 && differ(one.contents, other.contents))
      .map(
        (other): DifferingPair => ({
          scans: [one.scan, other.scan],
          by: pulled.length > 0 ? 'pull' : 'publishers',
        }),
      ),
  );
}

function highestFirst(left: PublishedScan, right: PublishedScan): number {
  return rankOf(right.proof) - rankOf(left.proof) || left.sequence - right.sequence;
}

function counted({ scan, proof }: PublishedScan, why: CountingReason): CountingScan {
  return { scan, rank: rankOf(proof), why };
}

function silent({ scan, proof }: PublishedScan, why: SilenceReason): SilencedScan {
  return { scan, rank: rankOf(proof), why };
}
