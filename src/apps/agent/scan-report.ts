import { type SubjectId, oneLine } from '#base/index.ts';
import type { Engine, SubjectFact, UnscannedFact } from '#inventory/contract.ts';
import type { HostReport, Reporter } from '#inventory/agent/index.ts';
import type { HostScanNews } from './news.ts';
import type { ScanNews, ScanTarget } from './scan-target.ts';
import type { ReportedFailures } from './reported-failures.ts';

export interface ScanReportOptions {
  readonly reporter: Reporter;
  readonly host: HostReport;
  readonly engine: () => Engine;
  readonly reported: ReportedFailures;
  /** Tells the program that started the agent. */
  readonly announce: (news: HostScanNews) => void;
}

/** What the console and the terminal are told of the scanner. */
export interface ScanReport {
  hear(news: ScanNews): void;
  /** A subject that lies on the host besides the engine's images. */
  present(subject: SubjectId, names: readonly string[]): void;
  /** Says everything again, when what was said may be lost. */
  reportAll(): void;
}

export function createScanReport({ reporter, host, engine, reported, announce }: ScanReportOptions): ScanReport {
  const failures = new Map<string, UnscannedFact>();
  const subjects = new Map<string, SubjectFact>();
  const report = (fact: UnscannedFact): void => reporter.state({ kind: 'unscanned', id: fact.target }, fact);

  function fail(target: ScanTarget, why: Pick<UnscannedFact, 'code' | 'reason'>): void {
    const id = targetIdOf(target);
    const fact: UnscannedFact = {
      target: id,
      name: oneLine(target.name, 512),
      state: 'unscanned',
      code: why.code,
      reason: oneLine(why.reason, 2000),
    };
    failures.set(id, fact);
    reported.add(id);
    report(fact);
  }

  function takeBack(id: string): void {
    failures.delete(id);
    report({ target: id, name: '', state: 'scanned', code: '', reason: '' });
    reported.remove(id);
    reporter.forget({ kind: 'unscanned', id });
  }

  return {
    hear(news) {
      switch (news.kind) {
        case 'found':
          return announce({ kind: 'found', engine: engine(), targets: news.targets });
        case 'scanning':
          host.progress({ done: news.done, total: news.total, current: news.target.name });
          return announce({ kind: 'scanning', name: news.target.name, done: news.done, total: news.total });
        case 'scanned':
          return announce({ kind: 'scanned', name: news.target.name, packages: news.packages, faults: news.faults });
        case 'failed':
          fail(news.target, news);
          return announce({ kind: 'failed', name: news.target.name, reason: news.reason });
        case 'recovered':
          return takeBack(targetIdOf(news.target));
        case 'idle':
          // What an earlier run told and nothing holds any more.
          for (const id of reported.all()) if (!failures.has(id)) takeBack(id);
          host.progress(undefined);
          return announce(news);
      }
    },
    present(subject, names) {
      const fact: SubjectFact = { subject, state: 'present', names: [...names] };
      subjects.set(subject, fact);
      reporter.state({ kind: 'subject', id: subject }, fact);
    },
    reportAll() {
      for (const fact of subjects.values()) reporter.state({ kind: 'subject', id: fact.subject }, fact);
      for (const fact of failures.values()) report(fact);
    },
  };
}

/** The engine's id of an image, else the target as named. */
function targetIdOf({ kind, key, reference }: ScanTarget): string {
  return oneLine(kind === 'image' ? key : reference, 4096);
}
