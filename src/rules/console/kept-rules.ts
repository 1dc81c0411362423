import { type ColumnType, type Selectable as Row, sql } from 'kysely';
import type { DomainSchema, Queries, Store, Transaction } from '#store/index.ts';
import type { Rule } from '../rule.ts';
import type { PlaceTable, RuleList, SavedBy, TextOf } from './rule-list.ts';

/** Tables of a domain whose rules lie there as JSON. */
export interface RuleTables<Text = unknown> extends PlaceTable {
  /** Every version that was ever in force; the newest of an id is in force while the id has a place. */
  readonly rule: {
    readonly id: string;
    readonly version: number;
    /** Read as the value, written as its text. `jsonb` would refuse characters that a name may hold. */
    readonly rule: ColumnType<Text, string, string>;
    readonly saved_at: Date;
    /** Name of who saved it; null: it comes with the console. */
    readonly saved_by: string | null;
  };
}

/** A version of a rule, and who saved it: nobody when it came with the console. */
export interface SavedRule<Kind extends Rule> {
  readonly rule: Kind;
  readonly savedAt: Date;
  readonly savedBy?: string;
}

/** A list of rules with the tables of its own. */
export interface KeptRules<Kind extends Rule> extends RuleList<Kind> {
  /** In their order, with who saved them. */
  read(queries: Queries): Promise<readonly SavedRule<Kind>[]>;
  /** Puts the last rule in force at the first start. */
  putLastInForce(store: Store, now: Date): Promise<void>;
}

interface Own<Kind extends Rule> extends Pick<RuleList<Kind>, 'kind' | 'plural' | 'announce' | 'check'> {
  readonly schema: DomainSchema<RuleTables>;
  /** What the last rule says until somebody changes it. */
  readonly lastText: TextOf<Kind>;
}

/** Id of the rule that holds for everything that no other one does. */
const last = 'default';

/** Makes a list of rules of what is its own. */
export function keptRules<Kind extends Rule>(own: Own<Kind>): KeptRules<Kind> {
  const { schema, announce } = own;
  const read = async (queries: Queries): Promise<readonly SavedRule<Kind>[]> =>
    (await readRows(queries, schema)).map((row) => toSaved<Kind>(row));
  const inForce = async (queries: Queries): Promise<readonly Kind[]> => (await read(queries)).map(({ rule }) => rule);
  const addVersion: RuleList<Kind>['addVersion'] = async (transaction, text, by) => {
    const rule = await addRow<Kind>(transaction, schema, { text, by });
    await announce(transaction, rule.id);
    return rule;
  };
  return {
    ...own,
    noun: 'rule',
    last,
    read,
    inForce,
    addVersion,
    saysTheSame: (before, text) => sorted(before) === sorted({ ...text, id: before.id, version: before.version }),
    putLastInForce: async (store, now) =>
      await store.transaction(async (transaction) => {
        await transaction.lock(own.plural);
        const isPlaced = (await inForce(transaction)).some(({ id }) => id === last);
        if (!isPlaced) await addVersion(transaction, { ...own.lastText, id: last }, { now });
      }),
  };
}

async function readRows(
  queries: Queries,
  schema: DomainSchema<RuleTables>,
): Promise<readonly Row<RuleTables['rule']>[]> {
  return await queries
    .query(schema)
    .selectFrom('place')
    .innerJoin('rule', 'rule.id', 'place.id')
    .selectAll('rule')
    .where('rule.version', '=', (newest) =>
      newest
        .selectFrom('rule as other')
        .select(({ fn }) => fn.max('other.version').as('version'))
        .whereRef('other.id', '=', 'place.id'),
    )
    .orderBy(sql`place.id = ${last}`)
    .orderBy('place.position')
    .execute();
}

async function addRow<Kind extends Rule>(
  transaction: Transaction,
  schema: DomainSchema<RuleTables>,
  { text: { id, ...text }, by }: { readonly text: TextOf<Kind> & Pick<Rule, 'id'>; readonly by: SavedBy },
): Promise<Kind> {
  const database = transaction.query(schema);
  const newest = await database
    .selectFrom('rule')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('id', '=', id)
    .executeTakeFirst();
  const version = (newest?.version ?? 0) + 1;
  const row = { id, version, rule: JSON.stringify(text), saved_at: by.now, saved_by: by.savedBy ?? null };
  await database.insertInto('rule').values(row).execute();
  const places = sql.table(`${schema.name}.place`);
  await database
    .insertInto('place')
    .values({ id, position: sql<number>`(select coalesce(max(position), 0) + 1 from ${places})` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { ...text, id, version } as unknown as Kind;
}

function toSaved<Kind extends Rule>({
  id,
  version,
  rule,
  saved_at,
  saved_by,
}: Row<RuleTables['rule']>): SavedRule<Kind> {
  return {
    rule: { ...(rule as TextOf<Kind>), id, version } as Kind,
    savedAt: saved_at,
    ...(saved_by === null ? {} : { savedBy: saved_by }),
  };
}

function sorted(rule: Rule): string {
  return JSON.stringify(Object.entries(rule).toSorted());
}
