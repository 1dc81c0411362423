import type { ProvenLeaf, SignedHandOver, SignedHead } from '#compliance/index.ts';
import type { Assessment } from '../assessment.ts';

/** Everything that a package is made of. It holds no secret: it is handed to a child process. */
export interface PackageInput {
  readonly assessment: Assessment;
  readonly evidence: Evidence;
}

/** What proves the answers. */
export interface Evidence {
  /** Public keys by which heads were signed, PEM; the last one signs now. */
  readonly keys: readonly string[];
  /** How each key gave over to the next one. */
  readonly handOvers?: readonly SignedHandOver[];
  /** Parts of the log, each with heads that follow one another. */
  readonly log: readonly LogPart[];
  /** Sets of documents by their ids. */
  readonly facts: readonly FactsOfEvidence[];
  /** Redacted documents, as they were hashed. */
  readonly documents: readonly HashedText[];
  /** How all checks of a subject stood when it was first looked at, as it was hashed. */
  readonly statuses: readonly HashedText[];
  /** Tries of gates, verdicts, documents of people, imported results. */
  readonly records: readonly EvidenceRecord[];
  /** Files of imported results, as they were imported; missing: none. */
  readonly imported?: readonly HashedText[];
}

/** Consecutive heads, and rows of their batches. */
export interface LogPart {
  readonly heads: readonly SignedHead[];
  /** Whole batches: the texts of all rows. */
  readonly batches: readonly { readonly batch: number; readonly texts: readonly string[] }[];
  /** Batches whose rows are older than the retention: nothing but their heads is kept. */
  readonly forgotten?: readonly number[];
  /** Rows of other batches, each with its proof, in the order of the log. */
  readonly leaves: readonly ProvenLeaf[];
}

/** Documents that belong together. */
export interface FactsOfEvidence {
  readonly id: string;
  /** Kind of the subject that they tell of. */
  readonly subject: string;
  readonly documents: readonly { readonly kind: string; readonly hash: string }[];
}

/** A text that is known by its SHA-256, in hex. */
export interface HashedText {
  readonly hash: string;
  readonly text: string;
}

/** A record that is kept beside the documents. */
export interface EvidenceRecord {
  readonly kind: 'trial' | 'verdict' | 'import';
  /** Unique among those of its kind: letters, digits, `.`, `-`, `_`. */
  readonly name: string;
  readonly title: string;
  /** JSON. */
  readonly text: string;
}
