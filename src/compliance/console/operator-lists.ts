import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { listOperatorLists, OperatorListInPlace } from '../contract.ts';
import { type ListId, type Lists, type OperatorList, operatorLists } from '../lists/index.ts';
import { checks } from '../checks/index.ts';
import type { Check } from '../check.ts';
import { operatorListsChanged } from './facts.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** Entries that an operator set; lists of another release are left out. */
export async function readLists(queries: Queries): Promise<Lists> {
  const saved = [...(await newest(queries)).values()];
  return Object.fromEntries(
    saved.flatMap(({ id, entries }) => (isListId(id) && entries !== null ? [[id, entries]] : [])),
  );
}

/** Every list of this release with its checks, those that hold nothing yet first. */
export async function listLists(queries: Queries): Promise<Immutable<ReplyOf<typeof listOperatorLists>>> {
  const saved = await newest(queries);
  const lists = Object.keys(operatorLists)
    .filter(isListId)
    .map((id) => inPlace(id, saved.get(id)));
  return { lists: lists.toSorted((left, right) => Number(isOpen(right)) - Number(isOpen(left))) };
}

/** Whether checks wait for an operator. */
function isOpen({ shipped, saved }: OperatorListInPlace): boolean {
  return shipped === undefined && saved?.entries === undefined;
}

type SavedList = Pick<ComplianceTables['operator_list'], 'id' | 'version' | 'saved_at' | 'saved_by'> & {
  readonly entries: readonly string[] | null;
};

function inPlace(id: ListId, saved: SavedList | undefined): OperatorListInPlace {
  const { title, entry, shipped }: OperatorList = operatorLists[id];
  return {
    id,
    title,
    entry,
    ...(shipped !== undefined && { shipped }),
    checks: checksWith(id).map(({ id: check, subject, title: words }) => ({ id: check, subject, title: words })),
    version: saved?.version ?? 0,
    ...(saved !== undefined && {
      saved: {
        at: saved.saved_at.toISOString(),
        by: saved.saved_by,
        ...(saved.entries !== null && { entries: saved.entries }),
      },
    }),
  };
}

/** Checks that compare with a list. */
export function checksWith(id: ListId): readonly Check[] {
  return Object.values<readonly Check[]>(checks)
    .flat()
    .filter(({ lists }) => lists.includes(id));
}

/** Throws `not-found`. */
export function listNamed(id: string): ListId {
  if (!isListId(id)) throw new AppError('not-found', `There is no list ${id}.`);
  return id;
}

function isListId(id: string): id is ListId {
  return Object.hasOwn(operatorLists, id);
}

async function newest(queries: Queries): Promise<ReadonlyMap<string, SavedList>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('operator_list')
    .selectAll()
    .distinctOn('id')
    .orderBy('id')
    .orderBy('version', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

interface Wanted {
  readonly id: string;
  /** Missing: back to what is shipped. */
  readonly entries?: readonly string[] | undefined;
  readonly basedOn: number;
}

/** Answers the version in force. Throws `not-found`, `conflict`. */
export async function saveList(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { id: name, entries: wanted, basedOn }: Wanted,
  { principal, author }: Writer,
): Promise<number> {
  const id = listNamed(name);
  const entries = wanted && [...new Set(wanted.map((entry) => entry.trim()))];
  return await store.transaction(async (transaction) => {
    await transaction.lock('operator-lists');
    const before = (await newest(transaction)).get(id);
    const version = before?.version ?? 0;
    if (version !== basedOn)
      throw new AppError('conflict', `The list is at version ${version}, and the change is based on ${basedOn}.`);
    if (JSON.stringify(before?.entries ?? null) === JSON.stringify(entries ?? null)) return version;
    const row = { id, version: version + 1, saved_at: clock(), saved_by: principal.name };
    await transaction
      .query(complianceSchema)
      .insertInto('operator_list')
      .values({ ...row, entries: entries === undefined ? null : JSON.stringify(entries) })
      .execute();
    await transaction.announce(operatorListsChanged, { list: id });
    const target = { kind: 'operator-list', id, name: operatorLists[id].title };
    const detail = { before: before?.entries ?? 'as shipped', after: entries ?? 'as shipped' };
    await audit(transaction, { ...author, action: 'operator-list-saved', target, detail });
    return row.version;
  });
}
