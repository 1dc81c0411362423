import { sql } from 'kysely';
import { AppError, type Clock } from '#base/index.ts';
import { audit, checkCollections, type Writer } from '#access/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { Rule } from '../rule.ts';
import type { RuleList, TextOf } from './rule-list.ts';

interface Editing<Kind extends Rule> {
  readonly store: Store;
  readonly clock: Clock;
  readonly list: RuleList<Kind>;
}

interface Wanted<Kind extends Rule> {
  readonly id: string;
  readonly rule: TextOf<Kind>;
  /** Version that was edited, 0 for a new rule. */
  readonly basedOn: number;
}

/** Throws `AppError`: `bad-request`, `conflict`, `limit-reached`. */
export async function saveRule<Kind extends Rule>(
  { store, clock, list }: Editing<Kind>,
  { id, rule: text, basedOn }: Wanted<Kind>,
  { principal, author }: Writer,
): Promise<Kind> {
  await list.check(text);
  checkLast(list, id, text);
  return await store.transaction(async (transaction) => {
    await transaction.lock(list.plural);
    await checkCollections(transaction, text.collections);
    const inForce = await list.inForce(transaction);
    const before = inForce.find((rule) => rule.id === id);
    checkBase(list, before?.version ?? 0, basedOn);
    if (before !== undefined && list.saysTheSame(before, text)) return before;
    if (before === undefined) checkRoom(list, inForce.length);
    const saved = await list.addVersion(transaction, { ...text, id }, { now: clock(), savedBy: principal.name });
    const target = { kind: list.kind, id, name: saved.name };
    await audit(transaction, { ...author, action: `${list.kind}-saved`, target, detail: { before, after: saved } });
    return saved;
  });
}

/** Its versions stay. Throws `AppError`: `not-found`, `built-in`. */
export async function deleteRule<Kind extends Rule>(
  { store, list }: Pick<Editing<Kind>, 'store' | 'list'>,
  id: string,
  { author }: Writer,
): Promise<void> {
  if (id === list.last) throw new AppError('built-in', `The last ${list.noun} applies to everything and stays.`);
  await store.transaction(async (transaction) => {
    await transaction.lock(list.plural);
    const before = (await list.inForce(transaction)).find((rule) => rule.id === id);
    if (before === undefined) throw new AppError('not-found', `There is no such ${list.noun}.`);
    await transaction.query(list.schema).deleteFrom('place').where('id', '=', id).execute();
    await list.announce(transaction, id);
    const target = { kind: list.kind, id, name: before.name };
    await audit(transaction, { ...author, action: `${list.kind}-deleted`, target, detail: { before } });
  });
}

/** Throws `AppError`: `bad-request` unless every rule is named once and the last one stays last. */
export async function putInOrder<Kind extends Rule>(
  { store, list }: Pick<Editing<Kind>, 'store' | 'list'>,
  order: readonly string[],
  { author }: Writer,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(list.plural);
    const before = (await list.inForce(transaction)).map(({ id }) => id);
    checkOrder(list, before, order);
    if (before.join() === order.join()) return;
    await transaction
      .query(list.schema)
      .updateTable('place')
      .set({ position: sql<number>`array_position(${[...order]}::text[], place.id)` })
      .execute();
    await list.announce(transaction, list.last);
    const target = { kind: list.kind, id: 'order' };
    await audit(transaction, { ...author, action: `${list.plural}-ordered`, target, detail: { before, after: order } });
  });
}

/** Rules that name a collection, in words. */
export async function rulesWithCollection<Kind extends Rule>(
  list: RuleList<Kind>,
  queries: Queries,
  collection: string,
): Promise<readonly string[]> {
  const rules = (await list.inForce(queries)).filter(({ collections }) => collections?.includes(collection) === true);
  return rules.map(({ name }) => `${list.kind.replace('-', ' ')} "${name}"`);
}

/** Throws `bad-request` when the last rule would not hold for everything. */
export function checkLast<Kind extends Rule>(
  { last, noun }: RuleList<Kind>,
  id: string,
  { collections, state }: TextOf<Kind>,
): void {
  if (id !== last || (collections === undefined && state !== 'off')) return;
  throw new AppError('bad-request', `The last ${noun} applies to everything: it has no scope and stays on.`);
}

const usualMost = 200;

function checkRoom<Kind extends Rule>({ noun, most = usualMost }: RuleList<Kind>, count: number): void {
  if (count < most) return;
  throw new AppError('limit-reached', `There are ${count} rules of this kind already, and ${most} may be.`, {
    next: `Delete a ${noun} that is no longer needed, or join two.`,
  });
}

function checkBase<Kind extends Rule>({ noun }: RuleList<Kind>, version: number, basedOn: number): void {
  if (version === basedOn) return;
  throw new AppError('conflict', `The ${noun} is at version ${version}, and the change is based on ${basedOn}.`);
}

function checkOrder<Kind extends Rule>(
  { last, noun }: RuleList<Kind>,
  before: readonly string[],
  order: readonly string[],
): void {
  if (order.toSorted().join() !== before.toSorted().join())
    throw new AppError('bad-request', `order: every ${noun} must be named, and each once.`);
  if (order.at(-1) !== last)
    throw new AppError('bad-request', `order: the last ${noun} applies to everything and stays last.`);
}
