import type { Selectable } from '#access/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Verdict } from '../contract.ts';
import { judgeIn } from '../judge-in.ts';
import { provenanceFor } from './provenance.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import { readDatabaseInUse, readFacts } from './stored-facts.ts';
import { readVerdict } from './verdicts.ts';

/** A scan that speaks for an image, and where that is to start. */
export interface Coming extends ScanOfSubject {
  readonly place: Selectable;
}

/** A verdict that is only read when nobody has read it before. */
export interface ComingVerdict {
  /** The same for verdicts of one scan and place that say the same. */
  readonly key: string;
  readonly judgedAt: Date;
  read(): Promise<Verdict | undefined>;
}

/**
 * The verdict that stands for a scan in an environment; where its image does not lie there yet, one made from the facts
 * that are stored of it. That of a scan that is not matched yet reads as `undefined`.
 */
export async function judgeComing(queries: Queries, coming: Coming, now: Date): Promise<ComingVerdict> {
  const { scan, place } = coming;
  const environment = place.environment ?? '';
  const kept = await queries
    .query(policySchema)
    .selectFrom('judging')
    .select(['digest', 'judged_at'])
    .where('scan', '=', scan)
    .where('environment', '=', environment)
    .where('current', '=', true)
    .where('counts', '=', true)
    .where('renew_at', '>', now)
    .executeTakeFirst();
  if (kept === undefined)
    return {
      key: JSON.stringify([scan, place]),
      judgedAt: now,
      read: async () => await judgeNow(queries, coming, now),
    };
  return {
    key: `${scan} ${environment} ${kept.digest}`,
    judgedAt: kept.judged_at,
    read: async () => (await readVerdict(queries, scan, environment))?.verdict,
  };
}

async function judgeNow(queries: Queries, { place, ...which }: Coming, now: Date): Promise<Verdict | undefined> {
  const stored = (await readFacts(queries, [which.scan], await readDatabaseInUse(queries, now))).get(which.scan);
  if (stored === undefined) return undefined;
  const rulebook = await readRulebook(queries, now);
  const { facts } = (await provenanceFor(queries, [which], [rulebook]))(which);
  return judgeIn({ ...stored.facts, ...facts }, { places: [place] }, { rulebook, now });
}
