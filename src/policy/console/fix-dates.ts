import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { PolicyFacts, PolicyFinding } from '../facts.ts';
import { needsDate } from '../facts-of.ts';
import { policySchema } from './schema.ts';

/** A finding as it is matched now, and the facts of the same scan before. */
interface FoundAgain {
  readonly finding: PolicyFinding;
  readonly before: PolicyFacts | undefined;
}

/**
 * Adds to each finding when its fix appeared, where no notice dates it. A fix appeared when an earlier matching of the same
 * scan knew the finding without it; that a console sees a fix for the first time proves nothing about the fix's age.
 */
export async function withFixDates(
  transaction: Transaction,
  found: readonly FoundAgain[],
  now: Date,
): Promise<readonly PolicyFinding[]> {
  const findings = found.map(({ finding }) => finding);
  const undated = findings.filter(needsDate);
  if (undated.length === 0) return findings;
  const seen = await readSeen(transaction, undated);
  const appeared = appearedIn(found.filter(({ finding }) => needsDate(finding) && !seen.has(keyOf(finding))));
  await writeSeen(transaction, appeared, now);
  return findings.map((finding) => {
    if (!needsDate(finding)) return finding;
    const key = keyOf(finding);
    const fixAppeared = seen.get(key) ?? (appeared.has(key) ? now : undefined);
    return fixAppeared === undefined ? finding : { ...finding, fixAppeared: fixAppeared.toISOString() };
  });
}

function appearedIn(found: readonly FoundAgain[]): ReadonlyMap<string, PolicyFinding> {
  const unfixed = new Map<PolicyFacts, ReadonlySet<string>>();
  const wasUnfixed = ({ finding, before }: FoundAgain): boolean => {
    if (before === undefined) return false;
    const known = unfixed.get(before) ?? new Set(before.findings.filter((one) => one.fixed === undefined).map(nameOf));
    unfixed.set(before, known);
    return known.has(nameOf(finding));
  };
  return new Map(found.filter(wasUnfixed).map(({ finding }) => [keyOf(finding), finding]));
}

function nameOf({ id, purl, layer }: PolicyFinding): string {
  return JSON.stringify([id, purl, layer]);
}

async function readSeen(
  transaction: Transaction,
  findings: readonly PolicyFinding[],
): Promise<ReadonlyMap<string, Date>> {
  const rows = await transaction
    .query(policySchema)
    .selectFrom('fix_seen')
    .selectAll()
    .where('advisory', '=', sql<string>`any(${[...new Set(findings.map(({ matchedBy }) => matchedBy.advisory))]})`)
    .execute();
  return new Map(rows.map((row) => [JSON.stringify([row.advisory, row.type, row.package, row.fixed]), row.seen_at]));
}

/** In the order of the key, so that two judgings at once wait for each other and never in a ring. */
async function writeSeen(
  transaction: Transaction,
  findings: ReadonlyMap<string, PolicyFinding>,
  now: Date,
): Promise<void> {
  if (findings.size === 0) return;
  const sorted = [...findings].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, finding]) => finding);
  await sql`
    insert into policy.fix_seen (advisory, type, package, fixed, seen_at)
    select advisory, type, package, fixed, ${now}
    from unnest(${sorted.map(({ matchedBy }) => matchedBy.advisory)}::text[], ${sorted.map(({ type }) => type)}::text[],
      ${sorted.map((one) => one.package)}::text[], ${sorted.map(({ fixed }) => fixed ?? '')}::text[])
      as one (advisory, type, package, fixed)
    on conflict do nothing`.execute(transaction.query(policySchema));
}

function keyOf({ matchedBy, type, package: name, fixed }: PolicyFinding): string {
  return JSON.stringify([matchedBy.advisory, type, name, fixed]);
}
