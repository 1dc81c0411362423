import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { type View, viewOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { OpenVexDocument } from '../contract-openvex.ts';
import { openVexOf } from '../openvex.ts';
import type { Dependencies } from './dependencies.ts';
import { concerns } from './list-exceptions.ts';
import { readExceptions } from './exceptions.ts';
import { policySchema } from './schema.ts';
import { unpackVerdict } from './verdicts.ts';

/** Verdicts that are looked at for package URLs: those of one exception are mostly the same. */
const mostVerdicts = 500;

/** The approved exceptions that hold everywhere or in this collection, as far as the caller may see them. */
export async function exportedExceptions(
  { store, clock }: Dependencies,
  collection: string | undefined,
  principal: Principal | undefined,
): Promise<OpenVexDocument> {
  const now = clock();
  const exceptions = (await readExceptions(store, now)).filter(
    (one) =>
      one.state === 'approved' &&
      concerns(one, principal) &&
      (one.collections === undefined || (collection !== undefined && one.collections.includes(collection))),
  );
  if (exceptions.length === 0)
    throw new AppError(
      'not-found',
      'There is no approved exception that holds there, and a document needs a statement.',
    );
  const purls = await purlsOf(
    store,
    exceptions.map(({ id }) => id),
    await viewOf(store, principal),
  );
  return openVexOf(exceptions, { purls, now });
}

const placed = ['judging.digest', 'judging.subject', 'judging.environment'] as const;

/** Package URLs of the findings that each exception keeps from counting, by the newest verdicts that the caller may see. */
async function purlsOf(
  queries: Queries,
  ids: readonly string[],
  view: View,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map(ids.map((id) => [id, new Set<string>()]));
  if (ids.length === 0) return found;
  const rows = await queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('verdict', (join) =>
      join
        .onRef('verdict.scan', '=', 'judging.scan')
        .onRef('verdict.environment', '=', 'judging.environment')
        .onRef('verdict.digest', '=', 'judging.digest'),
    )
    // One verdict stands for all places with its digest; who sees a part needs one of a place that he sees.
    .distinctOn(view === undefined ? ['judging.digest'] : placed)
    .select(['verdict.verdict', 'judging.places'])
    .where('judging.current', '=', true)
    .where('judging.counts', '=', true)
    .where(sql<boolean>`judging.excepted && ${[...ids]}::uuid[]`)
    .orderBy(placed)
    .limit(mostVerdicts)
    .execute();
  for (const { verdict } of rows.filter(({ places }) => view === undefined || places.some(view)))
    for (const { exception, purl } of (await unpackVerdict(verdict)).excepted ?? []) found.get(exception)?.add(purl);
  return found;
}
