import type { HeldHead } from '#access/console/index.ts';
import type { AuditHead } from '#access/contract.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { linkSchema } from './schema.ts';

/** Milliseconds between two that are stored of one agent. */
const storeEvery = 30_000;
/** Agents whose heads are compared: those heard last. */
const comparedAgents = 2_000;

/** Of what agents hold heads: the audit trail, or the evidence log. */
type HeldTable = 'audit_head' | 'evidence_head';

/** Stores which heads an agent says that it holds; they are compared when the trail, or the log, is verified. */
export async function storeHeldHeads(
  transaction: Transaction,
  table: HeldTable,
  { agent, heads, now }: { readonly agent: string; readonly heads: readonly AuditHead[]; readonly now: Date },
): Promise<void> {
  await transaction
    .query(linkSchema)
    .insertInto(table)
    .values({ agent, heads: JSON.stringify(heads), told_at: now })
    .onConflict((conflict) =>
      conflict
        .column('agent')
        .doUpdateSet({ heads: JSON.stringify(heads), told_at: now })
        .where(`${table}.told_at`, '<=', new Date(now.getTime() - storeEvery)),
    )
    .execute();
}

/** What agents hold of the audit trail, as they told it last; not proven yet. */
export async function readHeldHeads(queries: Queries): Promise<readonly HeldHead[]> {
  return await readHeld(queries, 'audit_head');
}

/** The same of the evidence log; `sequence` is a batch. */
export async function readHeldEvidenceHeads(queries: Queries): Promise<readonly HeldHead[]> {
  return await readHeld(queries, 'evidence_head');
}

async function readHeld(queries: Queries, table: HeldTable): Promise<readonly HeldHead[]> {
  const rows = await queries
    .query(linkSchema)
    .selectFrom(table)
    .innerJoin('agent', 'agent.id', `${table}.agent`)
    .select(['agent.name', `${table}.heads`])
    .orderBy('told_at', 'desc')
    .limit(comparedAgents)
    .execute();
  return rows.flatMap(({ name, heads }) => heads.map((head) => ({ ...head, agent: name })));
}
