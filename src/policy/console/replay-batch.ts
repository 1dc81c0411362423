import type { Selectable as Row } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { Policy, Verdict, Violation } from '../contract.ts';
import type { PolicyFacts } from '../facts.ts';
import { judgingPolicy, openRulebook, type Rulebook, type RulebookParts } from '../rulebook.ts';
import { judgeIn } from '../judge-in.ts';
import { verdictKey } from './judge-in.ts';
import { namingIts } from '../except.ts';
import type { ProvenanceFacts } from './provenance.ts';
import { withPolicy } from './rulebook.ts';
import type { PolicyTables } from './schema.ts';
import { type DatabaseInUse, type PackedFacts, unpackFacts } from './unpack-facts.ts';

export type Judging = Row<PolicyTables['judging']> & { readonly factsKey: string };
export type Outcome = Pick<Verdict, 'kind'> & { readonly violations: number };

/** Some scans with their verdicts so far, as they travel to a child process. */
export interface ReplayBatch {
  readonly rulebook: RulebookParts;
  /** As edited. */
  readonly policy: Policy;
  readonly now: Date;
  readonly inUse: DatabaseInUse | undefined;
  readonly facts: readonly PackedFacts[];
  readonly rows: readonly { readonly row: Judging; readonly provenance: ProvenanceFacts }[];
}

/** How each row was judged and would be; nothing for a row whose facts are gone. */
export async function replayBatch({
  policy,
  now,
  inUse,
  ...batch
}: ReplayBatch): Promise<readonly (Replayed | undefined)[]> {
  const before = await openRulebook(batch.rulebook);
  const rules = { before, after: await withPolicy(before, policy), now, inUse };
  const read = batch.facts.map(async (packed) => [packed.scan, await unpackFacts(packed, inUse)] as const);
  const facts: ReadonlyMap<ScanId, PolicyFacts> = new Map(await Promise.all(read));
  return batch.rows.map(({ row, provenance }) => {
    const own = facts.get(row.scan);
    return own && replayed(row, { facts: own, provenance }, rules);
  });
}

const mostViolations = 20;

interface Rules {
  readonly before: Rulebook;
  readonly after: Rulebook;
  readonly now: Date;
  readonly inUse: DatabaseInUse | undefined;
}

export interface Replayed {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly added: readonly Violation[];
  readonly removed: readonly Violation[];
}

interface Basis {
  readonly facts: PolicyFacts;
  readonly provenance: ProvenanceFacts;
}

function replayed(row: Judging, basis: Basis, { before, after, now, inUse }: Rules): Replayed {
  const facts = { ...basis.facts, ...basis.provenance.facts };
  const old = { rulebook: namingIts(facts.findings, before), now, inUse };
  const stands = row.renew_at > now && row.key === verdictKey({ ...row, provenanceKey: basis.provenance.key }, old);
  const was = once(() => judgeIn(facts, row, old));
  const outcome: Outcome = stands ? { kind: row.kind, violations: row.violations } : outcomeOf(was());
  if (judgingPolicy(before, row.places) === judgingPolicy(after, row.places))
    return { before: outcome, after: outcome, added: [], removed: [] };
  const is = judgeIn(facts, row, { rulebook: namingIts(facts.findings, after), now });
  const differences =
    outcome.kind === is.kind ? { added: [], removed: [] } : differencesOf(was().violations, is.violations);
  return { before: outcome, after: outcomeOf(is), ...differences };
}

function outcomeOf({ kind, violations }: Verdict): Outcome {
  return { kind, violations: violations.length };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function differencesOf(was: readonly Violation[], is: readonly Violation[]): Pick<Replayed, 'added' | 'removed'> {
  const [before, after] = [new Set(was.map(identityOf)), new Set(is.map(identityOf))];
  return {
    added: is.filter((one) => !before.has(identityOf(one))).slice(0, mostViolations),
    removed: was.filter((one) => !after.has(identityOf(one))).slice(0, mostViolations),
  };
}

function identityOf({ rule, effect, finding, message }: Violation): string {
  return JSON.stringify([rule, effect, ...(finding === undefined ? [message] : [finding.id, finding.purl])]);
}
