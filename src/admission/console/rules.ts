import { type Selectable as Row, sql } from 'kysely';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { AdmissionRule, AdmissionRuleText } from '../contract.ts';
import { admissionRulesChanged } from './facts.ts';
import { type AdmissionTables, admissionSchema } from './schema.ts';

/** The rule that holds for everything that no other one does: always the last. */
export const lastRule = 'default';

/** What comes with the console: it tells, and stops nothing. */
const defaultRule: AdmissionRuleText = {
  name: 'Default',
  description: 'Holds for every start that no rule before it holds for.',
  state: 'on',
  fail: 'alert',
  cannotJudge: 'alert',
  unknown: 'alert',
  holdSeconds: 30,
  settings: [
    { kind: 'privileged', effect: 'alert' },
    { kind: 'engine-socket', effect: 'alert' },
  ],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'alert',
};

/** A version of a rule, and who saved it: nobody when it came with the console. */
export interface SavedRule {
  readonly rule: AdmissionRule;
  readonly savedAt: Date;
  readonly savedBy?: string;
}

/** The rules in force, in their order. */
export async function readRules(queries: Queries): Promise<readonly SavedRule[]> {
  const rows = await queries
    .query(admissionSchema)
    .selectFrom('place')
    .innerJoin('rule', 'rule.id', 'place.id')
    .selectAll('rule')
    .where('rule.version', '=', (newest) =>
      newest
        .selectFrom('rule as other')
        .select(({ fn }) => fn.max('other.version').as('version'))
        .whereRef('other.id', '=', 'place.id'),
    )
    .orderBy(sql`place.id = ${lastRule}`)
    .orderBy('place.position')
    .execute();
  return rows.map(toSaved);
}

/** Waits for everybody else who changes admission rules, until the transaction ends. */
export async function lockRules(transaction: Transaction): Promise<void> {
  await transaction.lock('admission-rules');
}

/** Puts the next version of a rule in force; a new rule stands before the last one. */
export async function addVersion(
  transaction: Transaction,
  { id, text }: { readonly id: string; readonly text: AdmissionRuleText },
  { now, savedBy }: { readonly now: Date; readonly savedBy?: string },
): Promise<AdmissionRule> {
  const database = transaction.query(admissionSchema);
  const newest = await database
    .selectFrom('rule')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('id', '=', id)
    .executeTakeFirst();
  const version = (newest?.version ?? 0) + 1;
  const row = { id, version, rule: JSON.stringify(text), saved_at: now, saved_by: savedBy ?? null };
  await database.insertInto('rule').values(row).execute();
  await database
    .insertInto('place')
    .values({ id, position: sql`(select coalesce(max(position), 0) + 1 from admission.place)` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction.announce(admissionRulesChanged, { rule: id });
  return { ...text, id, version };
}

/** Puts the last rule in force at the first start. */
export async function putDefaultInForce(store: Store, now: Date): Promise<void> {
  await store.transaction(async (transaction) => {
    await lockRules(transaction);
    const isPlaced = (await readRules(transaction)).some(({ rule }) => rule.id === lastRule);
    if (!isPlaced) await addVersion(transaction, { id: lastRule, text: defaultRule }, { now });
  });
}

function toSaved({ id, version, rule, saved_at, saved_by }: Row<AdmissionTables['rule']>): SavedRule {
  return {
    rule: { ...rule, id, version },
    savedAt: saved_at,
    ...(saved_by === null ? {} : { savedBy: saved_by }),
  };
}
