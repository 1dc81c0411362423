import { sql } from 'kysely';
import { type Queries, unpackJson } from '#store/index.ts';
import { Ledger } from '../contract.ts';
import { admissionSchema } from './schema.ts';

/** Rules that a host's gates decide by, as its newest ledger has them. */
export interface LedgerRules extends Pick<Ledger, 'sequence' | 'rules' | 'collections'> {
  readonly expiresAt: Date;
}

/** What stands in ledgers that were read: one is megabytes, and never changes under its sequence. */
const known = new Map<string, LedgerRules>();
const mostKnown = 2000;

/** Of these hosts, by their names; those without a ledger are missing. */
export async function readLedgerRules(
  queries: Queries,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, LedgerRules>> {
  const database = queries.query(admissionSchema);
  const heads = await database
    .selectFrom('ledger')
    .select(['host', 'sequence', 'signature'])
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  const found = new Map<string, LedgerRules>();
  for (const { host, signature } of heads) {
    const rules = known.get(signature) ?? (await readRules(queries, host));
    if (rules === undefined) continue;
    if (known.size >= mostKnown) known.clear();
    known.set(signature, rules);
    found.set(host, rules);
  }
  return found;
}

async function readRules(queries: Queries, host: string): Promise<LedgerRules | undefined> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('ledger')
    .select('ledger')
    .where('host', '=', host)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { sequence, rules, collections, expiresAt } = Ledger.pick({
    sequence: true,
    rules: true,
    collections: true,
    expiresAt: true,
  }).parse(await unpackJson(row.ledger));
  return { sequence, rules, collections, expiresAt: new Date(expiresAt) };
}
