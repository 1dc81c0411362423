import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Placement } from '#inventory/console/index.ts';
import type { ReadFact } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Detection } from '../contract.ts';
import { incidentsChanged } from './facts.ts';
import type { ReportedDetection } from './report-detections.ts';
import { runtimeSchema } from './schema.ts';

/** Those of which no incident is open in the environment yet. */
export async function newDifferences(
  transaction: Transaction,
  { environment = '' }: Placement,
  reported: readonly ReadFact<Detection>[],
): Promise<readonly ReportedDetection[]> {
  const containers = reported.map(({ body }) => body.container.id);
  const open = await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .select('container')
    .where('container', '=', sql<string>`any(${containers}::text[])`)
    .where(sql<boolean>`coalesce(environment, '') = ${environment}`)
    .where('topic', '=', 'difference')
    .where('state', '!=', 'closed')
    .execute();
  const known = new Set(open.map(({ container }) => container));
  const fresh = reported.filter(({ body }) => !known.has(body.container.id));
  return fresh.map((one) => ({ ...one, topic: 'difference' }));
}

/** What is still different about a subject. */
export interface Differing {
  readonly subject: SubjectId;
  readonly at: Date;
  /** Names under which the incidents of what differs now stand. */
  readonly current: readonly string[];
}

/** Closes the incidents of differences that are none any more. */
export async function endDifferences(transaction: Transaction, { subject, at, current }: Differing): Promise<void> {
  const acknowledged = JSON.stringify({
    by: 'console',
    at: at.toISOString(),
    note: 'The publishers agree now, or the console pulled the image itself.',
  });
  const { rows } = await sql<{ id: number }>`
    update runtime.incident set state = 'closed', acknowledged = ${acknowledged}
    where digest = ${subject} and topic = 'difference' and state <> 'closed' and container <> all(${current}::text[])
    returning id`.execute(transaction.query(runtimeSchema));
  await transaction.announceAll(
    incidentsChanged,
    rows.map(({ id }) => ({ incident: id })),
  );
}
