import type { LogFault } from '#compliance/index.ts';
import type { CheckedTrial } from '../trial.ts';

/** Why a statement about tries does not count. */
type TrialFault = Exclude<CheckedTrial['state'], 'signed'>;

/** Why a package or a record is not verified. */
export type EvidenceProblem =
  /** It is no package and no record, or of another version. */
  | { readonly reason: 'unreadable'; readonly detail: string }
  /** It has more than one may have: files, bytes, lines. */
  | { readonly reason: 'too-large'; readonly detail: string }
  /** A path that leaves the folder into which it is unpacked, or one that is there twice. */
  | { readonly reason: 'bad-path'; readonly path: string }
  /** It was signed by another key: that of another installation, or of whoever changed it. */
  | { readonly reason: 'other-key'; readonly detail: string }
  /** What was signed is not what is there. */
  | { readonly reason: 'forged'; readonly detail: string }
  | { readonly reason: 'file-missing'; readonly path: string }
  /** A file that the manifest does not name. */
  | { readonly reason: 'file-unknown'; readonly path: string }
  | { readonly reason: 'file-changed'; readonly path: string }
  /** A document, or a set of documents, is not what rows of the log name. */
  | { readonly reason: 'document-changed'; readonly hash: string }
  /** What it says of a subject is not what the host signed. */
  | { readonly reason: 'claim-differs'; readonly detail: string }
  /** A host's statement about tries of its gates does not count as signed by that host. */
  | { readonly reason: TrialFault; readonly name: string }
  /** Rows or heads of the log. */
  | { readonly reason: 'log'; readonly fault: LogFault };

/** What was verified. */
export interface VerifiedEvidence {
  readonly installation: string;
  readonly at: string;
  /** What it speaks of. */
  readonly about: string;
  readonly files: number;
  readonly rows: number;
  readonly heads: number;
  /** Heads whose rows are older than the retention of the console; missing: there are none. */
  readonly forgotten?: number;
  readonly documents: number;
  /** Hosts whose signed statement about tries of their gates is in it. */
  readonly trials: number;
  /** SHA-256 of the certificates of authorities under which those hosts signed. */
  readonly authorities: readonly string[];
}

/** Verified, or every problem that was found, the first of it first; never none. */
export type Verification =
  | { readonly state: 'verified'; readonly verified: VerifiedEvidence }
  | { readonly state: 'not-verified'; readonly problems: readonly EvidenceProblem[] };

/** Problems that are kept of one kind of look. */
export const keptProblems = 100;
