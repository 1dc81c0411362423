import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { JudgedFinding } from '../facts.ts';
import { tellsFixDate } from '../grace.ts';
import { policySchema } from './schema.ts';

/** Adds to each finding when its fix was first seen, where its own date does not tell; what is new is seen now. */
export async function withFixDates(
  transaction: Transaction,
  findings: readonly JudgedFinding[],
  now: Date,
): Promise<readonly JudgedFinding[]> {
  const undated = findings.filter((finding) => finding.fixed !== undefined && !tellsFixDate(finding));
  if (undated.length === 0) return findings;
  const seen = await readSeen(transaction, undated);
  const missing = new Map(undated.filter((one) => !seen.has(keyOf(one))).map((one) => [keyOf(one), one]));
  await writeSeen(transaction, missing, now);
  return findings.map((finding) => {
    if (finding.fixed === undefined || tellsFixDate(finding)) return finding;
    return { ...finding, fixSeen: (seen.get(keyOf(finding)) ?? now).toISOString() };
  });
}

async function readSeen(
  transaction: Transaction,
  findings: readonly JudgedFinding[],
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
  findings: ReadonlyMap<string, JudgedFinding>,
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

function keyOf({ matchedBy, type, package: name, fixed }: JudgedFinding): string {
  return JSON.stringify([matchedBy.advisory, type, name, fixed]);
}
