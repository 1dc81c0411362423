import { beforeEach, describe, expect, test } from 'vitest';
import { AppError, type SubjectId } from '#base/index.ts';
import type { HostReport } from '#inventory/contract.ts';
import { HostScan, type HostScanNews } from './host-scan.ts';
import type { ScanPorts, Target } from './ports.ts';

const subjectA = `sha256:${'a'.repeat(64)}` as SubjectId;
const subjectB = `sha256:${'b'.repeat(64)}` as SubjectId;
const docker: HostReport['engine'] = { kind: 'docker', version: '28.1' };

/** A host as the scanner meets it: what it holds, what it is, how the console answers. */
interface Harbour {
  targets: Target[];
  /** Identity of each reference, or why it has none. */
  content: Record<string, SubjectId | Error>;
  wanted: Set<SubjectId>;
  console: Error | undefined;
}

describe('the scanner of a host', () => {
  let harbour: Harbour;
  let scan: HostScan;
  let reports: HostReport[];
  let news: HostScanNews[];
  let opened: string[];
  let open: number;
  /** A report after which the console answers no more. */
  let goesAway: (report: HostReport) => boolean;

  beforeEach(() => {
    harbour = {
      targets: [image('one', 'app:1'), image('two', 'app:latest')],
      content: { 'docker:one': subjectA, 'docker:two': subjectA },
      wanted: new Set([subjectA, subjectB]),
      console: undefined,
    };
    [reports, news, opened, open] = [[], [], [], 0];
    goesAway = () => false;
    scan = new HostScan(ports());
  });

  function ports(): ScanPorts {
    const reach = (): void => {
      if (harbour.console !== undefined) throw harbour.console;
    };
    return {
      hostName: 'pier-1',
      look: async () => ({ engine: docker, targets: harbour.targets }),
      async identify({ reference }) {
        opened.push(reference);
        const content = harbour.content[reference];
        if (content === undefined || content instanceof Error) throw content ?? new Error(`no ${reference}`);
        open += 1;
        return {
          subject: content,
          async scanAndPublish() {
            reach();
            harbour.wanted.delete(content);
            return { packages: 7, faults: 0 };
          },
          close: async () => void (open -= 1),
        };
      },
      async isWanted(subject) {
        reach();
        return harbour.wanted.has(subject);
      },
      async report(report) {
        reach();
        reports.push(structuredClone(report));
        if (goesAway(report)) harbour.console = new AppError('console-unreachable', 'gone');
      },
      tell: (one) => void news.push(one),
    };
  }

  const kinds = (): readonly string[] => news.map(({ kind }) => kind);

  test('sees one subject in an image with two names, and scans it once', async () => {
    expect(await scan.round()).toBe(true);
    expect(reports.at(-1)).toEqual({
      name: 'pier-1',
      engine: docker,
      present: [{ subject: subjectA, names: ['app:1', 'app:latest'] }],
      unscanned: [],
    });
    expect(kinds()).toEqual(['found', 'scanning', 'scanned', 'scanning', 'idle']);
    expect(open).toBe(0);
  });

  test('tells how far it is before each target', async () => {
    await scan.round();
    expect(reports.map(({ progress }) => progress)).toEqual([
      { done: 0, total: 2, current: 'app:1' },
      { done: 1, total: 2, current: 'app:latest' },
      undefined,
    ]);
  });

  test('scans nothing that the console has, and says that it is present', async () => {
    harbour.wanted.clear();
    await scan.round();
    expect(kinds()).not.toContain('scanned');
    expect(reports.at(-1)?.present).toHaveLength(1);
  });

  test('reports a target that fails, goes on with the others, and tries it again only when it changed', async () => {
    harbour.content['docker:one'] = new AppError('target-corrupt', 'The layer is cut off.');
    await scan.round();
    expect(reports.at(-1)).toMatchObject({
      present: [{ subject: subjectA, names: ['app:latest'] }],
      unscanned: [{ name: 'app:1', code: 'target-corrupt', reason: 'The layer is cut off.' }],
    });
    expect(news.at(-1)).toEqual({ kind: 'idle', known: 2, unscanned: 1 });
    expect(await scan.round()).toBe(false);
    expect(opened).toEqual(['docker:one', 'docker:two']);

    harbour.content['docker:three'] = subjectB;
    harbour.targets = [image('three', 'app:1'), image('two', 'app:latest')];
    expect(await scan.round()).toBe(true);
    expect(opened.at(-1)).toBe('docker:three');
    expect(reports.at(-1)).toMatchObject({
      present: [
        { subject: subjectB, names: ['app:1'] },
        { subject: subjectA, names: ['app:latest'] },
      ],
      unscanned: [],
    });
  });

  test('takes an unknown fault for a fault of that target, and closes what it opened', async () => {
    harbour.content['docker:two'] = subjectB;
    const failing = ports();
    scan = new HostScan({
      ...failing,
      identify: async (target) => ({
        ...(await failing.identify(target)),
        ...(target.name === 'app:1' ? { scanAndPublish: () => Promise.reject(new RangeError('off by one')) } : {}),
      }),
    });
    await scan.round();
    expect(reports.at(-1)?.unscanned).toEqual([{ name: 'app:1', code: 'internal', reason: 'off by one' }]);
    expect(reports.at(-1)?.present).toEqual([{ subject: subjectB, names: ['app:latest'] }]);
    expect(open).toBe(0);
  });

  test('reports only when something changed', async () => {
    await scan.round();
    const sent = reports.length;
    for (let round = 0; round < 3; round++) expect(await scan.round()).toBe(false);
    expect(reports).toHaveLength(sent);
    harbour.targets = harbour.targets.slice(0, 1);
    expect(await scan.round()).toBe(false);
    expect(reports.slice(sent)).toMatchObject([{ present: [{ subject: subjectA, names: ['app:1'] }] }]);
  });

  test.each(['console-unreachable', 'not-signed-in', 'not-allowed', 'too-many-requests'] as const)(
    'blames no target for a console that answers %s, keeps what it knows, and goes on where it was',
    async (code) => {
      harbour.content['docker:two'] = subjectB;
      const trouble = new AppError(code, 'The console is away.');
      goesAway = (report) => report.progress?.current === 'app:latest';
      harbour.console = trouble;
      await expect(scan.round()).rejects.toBe(trouble);
      harbour.console = undefined;
      await expect(scan.round()).rejects.toMatchObject({ code: 'console-unreachable' });
      harbour.console = trouble;
      await expect(scan.round()).rejects.toBe(trouble);

      harbour.console = undefined;
      goesAway = () => false;
      opened.length = 0;
      expect(await scan.round()).toBe(true);
      expect(opened).toEqual(['docker:two']);
      expect(open).toBe(0);
      expect(reports.flatMap(({ unscanned }) => unscanned)).toEqual([]);
      expect(reports.at(-1)?.present.map(({ subject }) => subject)).toEqual([subjectA, subjectB]);
    },
  );
});

function image(id: string, name: string): Target {
  return { key: id, reference: `docker:${id}`, name, names: [name] };
}
