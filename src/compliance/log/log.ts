/**
 * The evidence log: every row of history is a leaf, batches of leaves have a Merkle root, and the heads of batches are
 * chained and signed. Whoever holds the fingerprint of the key can verify it without the console.
 */

/** A row of history, as it is written once and never changed. */
export interface LogRow {
  /** Rises with each row. */
  readonly sequence: number;
  /** ISO 8601 in UTC: when it became so, as far as it is known, and when the console wrote it down. */
  readonly observedAt: string;
  readonly receivedAt: string;
  /** Other domains' answers to questions of controls; missing: results of checks. Each is a history of its own. */
  readonly source?: 'answers';
  readonly host: string;
  readonly kind: string;
  readonly id: string;
  /** Of that day. */
  readonly name: string;
  readonly application?: string;
  readonly environment?: string;
  readonly change: 'first' | 'changed' | 'ended';
  /** Of a change. */
  readonly check?: string;
  readonly from?: string;
  readonly to?: string;
  /** SHA-256 of how all checks stood after it, in hex; missing: another row of the same look has it. */
  readonly status?: string;
  /** Of a first look by a set of checks: how many they were. */
  readonly checks?: number;
  /** Id of the documents that were judged. */
  readonly facts?: string;
  /** The change came because its host fell silent, or was heard of again. */
  readonly silent: boolean;
  /** Position in the whole log of the row before it of the same subject; missing: there is none. It shows that nothing between was left out. */
  readonly before?: number;
}

/** What is signed of one batch. */
export interface LogHead {
  /** Id of the installation whose log it is. */
  readonly installation: string;
  /** 1 for the first batch, rising by one. */
  readonly batch: number;
  /** Position of its first leaf in the whole log, 0 for the first of all, and how many leaves it has. */
  readonly first: number;
  readonly count: number;
  /** Root of its leaves, SHA-256 in hex. */
  readonly root: string;
  /** SHA-256 of the head before it, in hex; empty for the first. */
  readonly previous: string;
  /** When it was signed, ISO 8601 in UTC. */
  readonly at: string;
}

export interface SignedHead {
  readonly head: LogHead;
  /** Ed25519 over the canonical text of the head, base64. */
  readonly signature: string;
}

/** Proves that a leaf is in a batch. */
export interface InclusionProof {
  readonly batch: number;
  /** Within the batch, 0 for the first. */
  readonly position: number;
  /** Hashes beside the way from the leaf to the root, the lowest first, SHA-256 in hex. */
  readonly path: readonly string[];
}
