import type { Fault } from '#catalog/contract.ts';
import type { FeedAge, Finding } from '#vulnerability/index.ts';

/** Everything that a verdict rests on. Stored facts only: no verdict needs the image again. */
export interface JudgedFacts {
  /** `missing`: the subject was never scanned, or cannot be. */
  readonly scan:
    | { readonly state: 'missing'; readonly reason: string }
    | { readonly state: 'done'; readonly scannedAt: string; readonly faults: readonly Fault[] };
  /** `missing`: no vulnerability database, so nothing was matched. */
  readonly database:
    | { readonly state: 'missing'; readonly reason: string }
    | { readonly state: 'ready'; readonly builtAt: string; readonly feeds: readonly FeedAge[] };
  readonly findings: readonly Finding[];
}
