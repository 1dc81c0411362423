import type { SubjectId } from '#base/index.ts';
import type { Engine, SubjectFact, UnscannedFact } from '#inventory/contract.ts';
import type { HostReport, Reporter } from '#inventory/agent/index.ts';
import type { HostScanNews } from './news.ts';
import type { ScanNews, ScanTarget } from './scan-target.ts';

export interface ScanReportOptions {
  readonly reporter: Reporter;
  readonly host: HostReport;
  readonly engine: () => Engine;
  /** Tells the program that started the agent. */
  readonly tell: (news: HostScanNews) => void;
}

/** What the console and the terminal are told of the scanner. */
export interface ScanReport {
  hear(news: ScanNews): void;
  /** A subject that lies on the host besides the engine's images. */
  present(subject: SubjectId, names: readonly string[]): void;
  /** Says everything again, when what was said may be lost. */
  reportAll(): void;
}

export function createScanReport({ reporter, host, engine, tell }: ScanReportOptions): ScanReport {
  const unscanned = new Map<string, UnscannedFact>();
  const subjects = new Map<string, SubjectFact>();
  const report = (fact: UnscannedFact): void => reporter.state({ kind: 'unscanned', id: fact.target }, fact);
  return {
    hear(news) {
      switch (news.kind) {
        case 'found':
          return tell({ kind: 'found', engine: engine(), targets: news.targets });
        case 'scanning':
          host.progress({ done: news.done, total: news.total, current: news.target.name });
          return tell({ kind: 'scanning', name: news.target.name, done: news.done, total: news.total });
        case 'scanned':
          return tell({ kind: 'scanned', name: news.target.name, packages: news.packages, faults: news.faults });
        case 'failed': {
          const fact = unscannedFact(news.target, { state: 'unscanned', code: news.code, reason: news.reason });
          unscanned.set(fact.target, fact);
          report(fact);
          return tell({ kind: 'failed', name: news.target.name, reason: news.reason });
        }
        case 'recovered': {
          const fact = unscannedFact(news.target, { state: 'scanned', code: '', reason: '' });
          unscanned.delete(fact.target);
          report(fact);
          return reporter.forget({ kind: 'unscanned', id: fact.target });
        }
        case 'idle':
          host.progress(undefined);
          return tell(news);
      }
    },
    present(subject, names) {
      const fact: SubjectFact = { subject, state: 'present', names: [...names] };
      subjects.set(subject, fact);
      reporter.state({ kind: 'subject', id: subject }, fact);
    },
    reportAll() {
      for (const fact of subjects.values()) reporter.state({ kind: 'subject', id: fact.subject }, fact);
      for (const fact of unscanned.values()) report(fact);
    },
  };
}

function unscannedFact(target: ScanTarget, why: Pick<UnscannedFact, 'state' | 'code' | 'reason'>): UnscannedFact {
  const plain = (text: string, longest: number): string => text.replace(/\p{Cc}/gu, ' ').slice(0, longest);
  const id = target.kind === 'image' ? target.key : target.reference;
  return { target: plain(id, 4096), name: plain(target.name, 512), ...why, reason: plain(why.reason, 2000) };
}
