import type { Catalog } from '#catalog/index.ts';
import type { Subject, UnopenedPlatform } from '#image/index.ts';
import type { Verdict } from '#policy/index.ts';
import type { Answer } from '../compliance/report.ts';
import type { AgainstBaseline } from './baseline.ts';
import type { OnBase } from './by-base.ts';
import type { DatabaseInfo, FeedAge, Finding, Severity, Upgrade } from '#vulnerability/index.ts';

/** Everything that `scan` found out; formats turn it into text. */
export interface ScanResult {
  readonly target: string;
  readonly subject: Subject;
  /** Faults of scanning and of matching together. */
  readonly catalog: Catalog;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly upgrades: readonly Upgrade[];
  readonly feeds: readonly FeedAge[];
  readonly verdict: Verdict;
  /** What it is built on, where a base was named and is one. */
  readonly base?: OnBase;
  /** How it differs from an earlier result, where one was named to be held against. */
  readonly baseline?: AgainstBaseline;
  /** What all checks say of an image; missing: it is none. */
  readonly compliance?: readonly Answer[];
  /** Kinds of the rules that judged; missing when a console judged, which does not tell them. */
  readonly rules?: readonly string[];
  /** Missing when nothing could be matched here. */
  readonly database?: DatabaseInfo;
  /** Whether all was hashed by this scan, or some by an earlier one of the same files; missing when a console judged. */
  readonly hashed?: { readonly image: 'now' | 'before'; readonly database: 'now' | 'before' };
  /** Page of the console that shows it, and who judged. */
  readonly judgedBy: { readonly kind: 'this-machine' } | { readonly kind: 'console'; readonly page: string };
}

/** Results of all platforms of one target. */
export interface PlatformResults {
  readonly target: string;
  /** One for each platform, in the order in which the index names them. */
  readonly results: readonly ScanResult[];
  /** What is named and could not be scanned: nothing is known of it. */
  readonly unscanned: readonly UnopenedPlatform[];
  /** Manifests of the index that are no images. */
  readonly attestations: number;
}

/** How a result is written. A plug-in under `formats/`. */
export interface ResultFormat {
  readonly id: string;
  readonly version: number;
  readonly summary: string;
  render(result: ScanResult, options: RenderOptions): string;
  /** One text for all platforms; missing: each platform has a file of its own. */
  readonly renderAll?: (all: PlatformResults, options: RenderOptions) => string;
  /** One sentence for standard error, when the text does not hold all that the result does. */
  readonly remark?: (result: ScanResult) => string | undefined;
}

/** `--list`, of all severities or of some. */
export interface FindingList {
  readonly severities?: readonly Severity[];
}

export interface RenderOptions {
  readonly colour: boolean;
  /** Width of the terminal that shows it, 80 without one. */
  readonly columns: number;
  /** The verdict follows on the same stream, so that a table need not show it. */
  readonly isVerdictBelow?: boolean;
  /** Which findings the table lists one by one; missing: none. */
  readonly list?: FindingList;
  readonly now: Date;
  /** Time that reproducible documents carry instead of `now` (`SOURCE_DATE_EPOCH`). */
  readonly sourceDate?: Date | undefined;
}
