import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError, silentLog, type SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import type { ScanNews, ScanTarget } from './scan-target.ts';
import { Scanner } from './scanner.ts';

const subjectA = `sha256:${'a'.repeat(64)}` as SubjectId;
const subjectB = `sha256:${'b'.repeat(64)}` as SubjectId;
const publication = { catalog: { packages: [1, 2], faults: [] } } as unknown as ScanPublication;
const quick = { ask: 3_600_000, retry: 30, firstPause: 60, longestPause: 100 };

/** A host as the scanner meets it: what it holds, what cannot be read, how the console answers. */
interface Harbour {
  targets: ScanTarget[] | undefined;
  readonly unreadable: Set<string>;
  readonly wanted: Set<SubjectId>;
  console: Error | undefined;
  readonly asked: (readonly SubjectId[])[];
  /** Keys of what the host itself needs to be scanned. */
  readonly needed: Set<string>;
  readonly published: string[];
  readonly scanned: string[];
  /** Until when a scan of the host's own file system takes. */
  hostRead: Promise<void>;
}

describe('the scanner of a host', () => {
  let harbour: Harbour;
  let news: ScanNews[];
  let scanner: Scanner | undefined;

  beforeEach(() => {
    news = [];
    harbour = {
      targets: [image('one', subjectA), image('two', subjectB)],
      unreadable: new Set(),
      wanted: new Set([subjectA, subjectB]),
      console: undefined,
      asked: [],
      needed: new Set(),
      published: [],
      scanned: [],
      hostRead: Promise.resolve(),
    };
  });
  afterEach(() => scanner?.close());

  function start(pace: Partial<typeof quick> = {}): Scanner {
    scanner = new Scanner({
      log: silentLog,
      announce: (one) => void news.push(one),
      pace: { ...quick, ...pace },
      ports: {
        targets: () => harbour.targets,
        async wanted(subjects) {
          if (harbour.console !== undefined) throw harbour.console;
          harbour.asked.push(subjects);
          return subjects.filter((subject) => harbour.wanted.has(subject));
        },
        async scan({ kind, key, subject }) {
          if (kind === 'host') await harbour.hostRead;
          if (harbour.unreadable.has(key)) throw new AppError('target-corrupt', 'The layer is cut off.');
          harbour.scanned.push(key);
          harbour.needed.delete(key);
          if (subject !== undefined) harbour.wanted.delete(subject);
          return publication;
        },
        isNeeded: ({ key }) => harbour.needed.has(key),
        publish: async (_, { key }) => void harbour.published.push(key),
      },
    });
    return scanner;
  }

  const idle = (times = 1) =>
    expect.poll(() => news.filter(({ kind }) => kind === 'idle').length).toBeGreaterThanOrEqual(times);

  test('scans what is wanted, what runs first and the host last, each subject once however many images it has', async () => {
    const host: ScanTarget = { ...image('host', undefined), kind: 'host', hasChanged: true };
    harbour.targets = [
      host,
      image('one', subjectA),
      image('again', subjectA),
      { ...image('two', subjectB), isRunning: true },
    ];
    start();
    await idle();
    expect(harbour.scanned).toEqual(['two', 'one', 'host']);
    expect(news.map(({ kind }) => kind)).toEqual(['found', ...Array(3).fill(['scanning', 'scanned']).flat(), 'idle']);
    expect(news.find(({ kind }) => kind === 'scanning')).toMatchObject({ done: 0, total: 4 });
    expect(news.at(-1)).toEqual({ kind: 'idle', known: 4, unscanned: 0 });
  });

  test('lets no image wait for the file system of the host, and is idle only when that is read too', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    harbour.hostRead = promise;
    harbour.targets = [{ ...image('host', undefined), kind: 'host', hasChanged: true }];
    const working = start();
    await expect.poll(() => news.some(({ kind }) => kind === 'scanning')).toBe(true);
    harbour.targets.push(image('one', subjectA));
    working.wake();
    await expect.poll(() => harbour.scanned).toEqual(['one']);
    expect(news.some(({ kind }) => kind === 'idle')).toBe(false);
    await expect.poll(() => news.at(-1)).toMatchObject({ kind: 'scanning', target: { key: 'host' } });
    resolve();
    await idle();
    expect(harbour.scanned).toEqual(['one', 'host']);
  });

  test('scans first what a start waits for, also when that failed a moment ago', async () => {
    harbour.unreadable.add('two');
    const working = start({ firstPause: 3_600_000, longestPause: 3_600_000 });
    await expect.poll(() => working.unscanned().map(({ key }) => key)).toEqual(['two']);
    harbour.unreadable.clear();
    working.hurry('two');
    await expect.poll(() => harbour.scanned).toEqual(['one', 'two']);

    const subjects = [3, 4, 5].map((digit) => `sha256:${String(digit).repeat(64)}` as SubjectId);
    for (const subject of subjects) harbour.wanted.add(subject);
    harbour.targets?.push(...subjects.map((subject) => ({ ...image(subject, subject), isRunning: true })));
    const [, , last = subjectA] = subjects;
    working.hurry(last);
    await expect.poll(() => harbour.scanned.length).toBe(5);
    expect(harbour.scanned[2]).toBe(last);
  });

  test('scans nothing that the console has, and asks about new images only', async () => {
    harbour.wanted.clear();
    const working = start();
    await idle();
    expect(harbour.scanned).toEqual([]);
    harbour.targets?.push(image('three', `sha256:${'c'.repeat(64)}` as SubjectId));
    working.wake();
    await idle(2);
    expect(harbour.asked.map((subjects) => subjects.length)).toEqual([2, 1]);
  });

  test('scans what the host itself needs, and publishes it only where it is wanted', async () => {
    harbour.wanted.delete(subjectA);
    harbour.needed.add('one').add('two');
    start();
    await idle();
    expect(harbour.scanned).toEqual(['one', 'two']);
    expect(harbour.published).toEqual(['two']);
  });

  test('scans what the host itself needs while the console is away, and publishes it when it is back', async () => {
    harbour.console = new AppError('console-unreachable', 'gone');
    harbour.needed.add('one');
    start();
    await expect.poll(() => harbour.scanned).toEqual(['one']);
    expect(harbour.published).toEqual([]);
    harbour.wanted.add(subjectA);
    harbour.console = undefined;
    await expect.poll(() => harbour.published.toSorted()).toEqual(['one', 'two']);
  });

  test('asks about everything again when it is told to', async () => {
    harbour.wanted.clear();
    const working = start();
    await idle();
    harbour.wanted.add(subjectB);
    working.askAgain();
    await expect.poll(() => harbour.scanned).toEqual(['two']);
  });

  test('waits until the host was looked at', async () => {
    harbour.targets = undefined;
    const working = start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(news).toEqual([]);
    harbour.targets = [];
    working.wake();
    await idle();
    expect(news).toEqual([
      { kind: 'found', targets: 0 },
      { kind: 'idle', known: 0, unscanned: 0 },
    ]);
  });

  test('tells a target that fails, goes on with the others, and tries it again later', async () => {
    harbour.unreadable.add('one');
    start();
    await expect
      .poll(() => news)
      .toContainEqual({
        kind: 'failed',
        target: harbour.targets?.[0],
        code: 'target-corrupt',
        reason: 'The layer is cut off.',
      });
    await expect.poll(() => harbour.scanned).toEqual(['two']);
    await expect.poll(() => news.filter(({ kind }) => kind === 'failed').length).toBeGreaterThan(1);
    harbour.unreadable.clear();
    await expect.poll(() => harbour.scanned).toEqual(['two', 'one']);
    expect(news).toContainEqual({ kind: 'recovered', target: harbour.targets?.[0] });
  });

  test('forgets a failure of what is gone', async () => {
    harbour.unreadable.add('one');
    const working = start({ firstPause: 3_600_000, longestPause: 3_600_000 });
    await idle();
    expect(news.at(-1)).toEqual({ kind: 'idle', known: 2, unscanned: 1 });
    const [one] = harbour.targets?.splice(0, 1) ?? [];
    working.wake();
    await expect.poll(() => news).toContainEqual({ kind: 'recovered', target: one });
    await expect.poll(() => news.at(-1)).toEqual({ kind: 'idle', known: 1, unscanned: 0 });
  });

  test('blames no target for a console that is away, and goes on when it is back', async () => {
    harbour.console = new AppError('console-unreachable', 'gone');
    start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(harbour.scanned).toEqual([]);
    harbour.console = undefined;
    await expect.poll(() => harbour.scanned).toEqual(['one', 'two']);
    expect(news.map(({ kind }) => kind)).not.toContain('failed');
  });

  test('scans what has no identity once, and again when its content changed', async () => {
    harbour.targets = [image('unknown', undefined)];
    const working = start();
    await expect.poll(() => harbour.scanned).toEqual(['unknown']);
    await idle();
    working.askAgain();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(harbour.scanned).toEqual(['unknown']);
    harbour.targets = [image('changed', undefined)];
    working.wake();
    await expect.poll(() => harbour.scanned).toEqual(['unknown', 'changed']);
  });
});

function image(key: string, subject: SubjectId | undefined): ScanTarget {
  const known = subject === undefined ? {} : { subject };
  return { kind: 'image', key, reference: `docker:${key}`, name: key, ...known, hasChanged: false, isRunning: false };
}
