import { documentHash, factsId, type LogFault, openVerification } from '#compliance/index.ts';
import type { FactsOfEvidence, HashedText, LogPart } from '../evidence.ts';
import { type EvidenceProblem, keptProblems } from './problem.ts';

/** What proves answers, as it was found in a file. */
export interface FoundEvidence {
  readonly installation: string;
  /** Trusted keys, PEM. */
  readonly keys: readonly string[];
  readonly log: readonly LogPart[];
  readonly facts: readonly FactsOfEvidence[];
  /** Documents and statuses, under the hashes that they are said to have. */
  readonly texts: readonly HashedText[];
}

/** What was counted, and what is wrong. */
export interface CheckedEvidence {
  readonly rows: number;
  readonly heads: number;
  readonly problems: readonly EvidenceProblem[];
}

/** Verifies rows, heads, and that documents are those which rows name. */
export function verifyEvidence(found: FoundEvidence): CheckedEvidence {
  const parts = found.log.map((part) => verifyPart(part, found));
  const problems = [
    ...parts.flatMap(({ faults }) => faults.map((fault): EvidenceProblem => ({ reason: 'log', fault }))),
    ...changedTexts(found.texts),
    ...changedFacts(found.facts),
  ];
  return {
    rows: parts.reduce((sum, { leaves }) => sum + leaves, 0),
    heads: found.log.reduce((sum, { heads }) => sum + heads.length, 0),
    problems: problems.slice(0, keptProblems),
  };
}

function verifyPart(
  { heads, batches, leaves, forgotten = [] }: LogPart,
  { installation, keys }: FoundEvidence,
): { readonly faults: readonly LogFault[]; readonly leaves: number } {
  const log = openVerification({ installation, keys, heads });
  const whole = new Map(batches.map(({ batch, texts }) => [batch, texts]));
  const single = Map.groupBy(leaves, ({ proof }) => proof.batch);
  for (const batch of forgotten) log.forgotten(batch);
  const known = new Set(heads.map(({ head }) => head.batch));
  // Rows come in the order of the log, whatever holds them; those of unknown batches are faults of their own.
  for (const batch of [...known, ...[...whole.keys(), ...single.keys()].filter((one) => !known.has(one))]) {
    const texts = whole.get(batch);
    if (texts !== undefined) log.batch(batch, texts);
    for (const leaf of single.get(batch) ?? []) log.leaf(leaf);
  }
  return log.end();
}

function* changedTexts(texts: readonly HashedText[]): Generator<EvidenceProblem> {
  for (const { hash, text } of texts) if (documentHash(text) !== hash) yield { reason: 'document-changed', hash };
}

function* changedFacts(facts: readonly FactsOfEvidence[]): Generator<EvidenceProblem> {
  for (const { id, subject, documents } of facts)
    if (factsId(subject, documents) !== id) yield { reason: 'document-changed', hash: id };
}
