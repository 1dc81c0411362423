import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Exception } from '../contract.ts';
import { setApart } from '../except.ts';
import type { PolicyFacts } from '../facts.ts';
import type { Rulebook } from '../rulebook.ts';
import type { Dependencies } from './dependencies.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import { componentKey, readFacts } from './stored-facts.ts';
import { isVisible } from './visible.ts';

/** What an exception is about and where. */
type WantedReach = Pick<Exception, 'advisory' | 'package' | 'collections'>;

/** Scans whose facts are in memory at once. */
const batch = 50;

/**
 * The number of images, among those that the caller sees, to which each of these exceptions would apply if it were
 * approved now. What was judged counts, as for exceptions in force.
 */
export async function reachOf(
  { store, clock }: Dependencies,
  wanted: readonly WantedReach[],
  principal: Pick<Principal, 'collections'> | undefined,
): Promise<readonly number[]> {
  const now = clock();
  const { collections } = await readRulebook(store, now);
  const places = (await readPlaces(store, wanted)).filter((row) => isVisible(row.places, principal, collections));
  const byScan = Map.groupBy(places, ({ scan }) => scan);
  const reached = wanted.map(() => new Set<SubjectId>());
  const scans = [...byScan.keys()];
  for (let start = 0; start < scans.length; start += batch) {
    const facts = await readFacts(store, scans.slice(start, start + batch), undefined);
    for (const [scan, { facts: read }] of facts)
      for (const place of byScan.get(scan) ?? [])
        wanted.forEach((one, at) => {
          if (place.components.includes(componentKey(one.package)) && applies(one, { read, place, collections, now }))
            reached[at]?.add(place.subject);
        });
  }
  return reached.map(({ size }) => size);
}

interface Place {
  readonly subject: SubjectId;
  readonly scan: ScanId;
  readonly places: readonly Selectable[];
  readonly components: readonly string[];
}

interface There {
  readonly read: Pick<PolicyFacts, 'findings'>;
  readonly place: Place;
  readonly collections: Rulebook['collections'];
  readonly now: Date;
}

function applies(wanted: WantedReach, { read, place, collections, now }: There): boolean {
  const expiresAt = new Date(now.getTime() + 1).toISOString();
  const exception = { ...wanted, id: 'wanted', state: 'approved' as const, expiresAt };
  const rulebook = { exceptions: [exception], collections };
  return setApart(read.findings, rulebook, { where: place.places, now }).excepted.length > 0;
}

async function readPlaces(queries: Queries, wanted: readonly WantedReach[]): Promise<readonly Place[]> {
  if (wanted.length === 0) return [];
  const keys = [...new Set(wanted.map((one) => componentKey(one.package)))];
  return await queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .select(['judging.subject', 'judging.scan', 'places', 'components'])
    .where('current', '=', true)
    .where('counts', '=', true)
    .where(sql<boolean>`facts.components && ${keys}::text[]`)
    .execute();
}
