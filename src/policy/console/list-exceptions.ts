import type { Immutable } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import { ExceptionState } from '#access/contract.ts';
import type { Exception, listExceptions } from '../contract.ts';
import { readExceptions, type StoredException } from './exceptions.ts';
import { reachOf } from './exception-reach.ts';
import type { Dependencies } from './dependencies.ts';
import { readRulebook } from './rulebook.ts';
import { readCounted } from './visible.ts';

type Query = HandlerInput<typeof listExceptions>['query'];

/** Exceptions as far as the caller may see, with the number of subjects that each one concerns now. */
export async function exceptionsFor(
  dependencies: Dependencies,
  query: Query,
  principal: Principal | undefined,
): Promise<Immutable<ReplyOf<typeof listExceptions>>> {
  const all = (await readExceptions(dependencies.store, dependencies.clock())).filter((one) =>
    concerns(one, principal),
  );
  const { state, limit, offset } = query;
  const about = all.filter((one) => isAbout(one, query));
  const found = about.filter((one) => state === undefined || one.state === state);
  const page = await withReach(dependencies, found.slice(offset, offset + limit), principal);
  const counts = ExceptionState.options.map((one) => [one, about.filter((other) => other.state === one).length]);
  return { total: found.length, exceptions: page, counts: Object.fromEntries(counts) };
}

function isAbout(one: StoredException, { advisory, search, reason, since, until }: Query): boolean {
  if (advisory !== undefined && one.advisory.toLowerCase() !== advisory.toLowerCase()) return false;
  if (reason !== undefined && one.reason !== reason) return false;
  const requested = Date.parse(one.requestedAt);
  if (since !== undefined && requested < Date.parse(since)) return false;
  if (until !== undefined && requested >= Date.parse(until)) return false;
  const texts = [one.advisory, one.package.name, one.explanation, one.requestedBy.name];
  return search === undefined || texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));
}

export async function withReachOfOne(
  dependencies: Dependencies,
  exception: StoredException,
  principal: Principal | undefined,
): Promise<Exception> {
  const [known] = await withReach(dependencies, [exception], principal);
  return known ?? { ...exception, appliesTo: 0 };
}

/** Requested exceptions of a page for which it is counted what they would do. */
const mostPreviewed = 50;

async function withReach(
  dependencies: Dependencies,
  page: readonly StoredException[],
  principal: Principal | undefined,
): Promise<readonly Exception[]> {
  const requested = page.filter(({ state }) => state === 'requested').slice(0, mostPreviewed);
  const reach = await reachOf(dependencies, requested, principal);
  const wouldApplyTo = new Map(requested.map(({ id }, at) => [id, reach[at] ?? 0]));
  const appliesTo = page.some(({ state }) => state === 'approved')
    ? await countApplied(dependencies, principal)
    : () => 0;
  return page.map((one) => {
    const would = wouldApplyTo.get(one.id);
    return { ...one, appliesTo: appliesTo(one.id), ...(would === undefined ? {} : { wouldApplyTo: would }) };
  });
}

/** Whether the caller may see an exception: one that holds everywhere, or where he sees something. */
export function concerns({ collections }: StoredException, principal: Principal | undefined): boolean {
  const own = principal?.collections;
  return own === undefined || collections === undefined || collections.some((id) => own.includes(id));
}

async function countApplied(
  { store, clock }: Dependencies,
  principal: Principal | undefined,
): Promise<(exception: string) => number> {
  const { collections } = await readRulebook(store, clock());
  const subjects = new Map<string, Set<string>>();
  for (const { subject, excepted } of await readCounted(store, principal, collections)) {
    for (const id of excepted) subjects.set(id, (subjects.get(id) ?? new Set()).add(subject));
  }
  return (exception) => subjects.get(exception)?.size ?? 0;
}
