import type { HeldHead } from '#access/console/index.ts';
import type { AuditHead } from '#access/contract.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { linkSchema } from './schema.ts';

/** Milliseconds between two that are stored of one agent. */
const storeEvery = 30_000;
/** Agents whose heads are compared: those heard last. */
const comparedAgents = 2_000;

/** Stores which heads of the audit trail an agent says that it holds; they are compared when the trail is verified. */
export async function storeHeldHeads(
  transaction: Transaction,
  { agent, heads, now }: { readonly agent: string; readonly heads: readonly AuditHead[]; readonly now: Date },
): Promise<void> {
  await transaction
    .query(linkSchema)
    .insertInto('audit_head')
    .values({ agent, heads: JSON.stringify(heads), told_at: now })
    .onConflict((conflict) =>
      conflict
        .column('agent')
        .doUpdateSet({ heads: JSON.stringify(heads), told_at: now })
        .where('audit_head.told_at', '<=', new Date(now.getTime() - storeEvery)),
    )
    .execute();
}

/** What agents hold of the audit trail, as they told it last; not proven yet. */
export async function readHeldHeads(queries: Queries): Promise<readonly HeldHead[]> {
  const rows = await queries
    .query(linkSchema)
    .selectFrom('audit_head')
    .innerJoin('agent', 'agent.id', 'audit_head.agent')
    .select(['agent.name', 'audit_head.heads'])
    .orderBy('told_at', 'desc')
    .limit(comparedAgents)
    .execute();
  return rows.flatMap(({ name, heads }) => heads.map((head) => ({ ...head, agent: name })));
}
