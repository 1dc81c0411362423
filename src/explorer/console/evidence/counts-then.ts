import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import type { HeldAttestations } from '../../evidence/stance.ts';
import { explorerSchema } from '../schema.ts';
import type { Counts } from './counts.ts';
import { readKnownThen, seenThen, type StoodAs } from './known-then.ts';
import type { Looking, Moment } from './looking.ts';
import { readRanksThen } from './ranks-then.ts';

/** Counts as they were at a moment, by the history of evidence, judged by the questions of today. */
export async function readCountsAt(
  queries: Queries,
  template: ControlTemplate,
  { moment, looking: { view, scope } }: { readonly moment: Moment; readonly looking: Pick<Looking, 'view' | 'scope'> },
): Promise<Counts> {
  const then = await readKnownThen(queries, moment);
  const held = await readHeldAt(queries, moment);
  const alike = new Map<StoodAs, number>();
  for (const { stood } of seenThen(then, { view, scope, at: moment.at })) alike.set(stood, (alike.get(stood) ?? 0) + 1);
  return (await readRanksThen(queries, { template, held }, alike.keys())).count(alike);
}

/** Documents that held at a moment, by what was known until then. */
export async function readHeldAt(queries: Queries, { at, known = at }: Moment): Promise<HeldAttestations> {
  const { rows } = await sql<{ kind: string }>`
    select distinct kind from explorer.attestation where added_at <= ${at} and added_at <= ${known} and expires_at > ${at}
      and (revoked_at is null or revoked_at > ${at})`.execute(queries.query(explorerSchema));
  return new Set(rows.map(({ kind }) => kind));
}
