import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { PlacedVerdict } from '#policy/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { everywhere, judgmentIn, worstOf } from './image-environment.ts';
import type { RefreshContext } from './refresh.ts';
import { explorerSchema } from './schema.ts';
import { storable, storableJson } from './search.ts';
import { liveChannel } from './sum-and-report.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/**
 * Brings image environments to the verdicts of now, where the images lie as it is known; many in one statement each.
 * Tells the subjects of which another scan is to be shown now.
 */
export async function followVerdicts(
  { store, sources }: RefreshContext,
  which: readonly { readonly subject: SubjectId }[],
): Promise<readonly SubjectId[]> {
  const subjects = [...new Set(which.map((one) => one.subject))];
  return await store.transaction(async (transaction) => {
    await transaction.lockAll(subjects);
    const verdicts = Map.groupBy(await sources.judgmentsOf(transaction, subjects), (one) => one.subject);
    const rows = Map.groupBy(await readKnownEnvironments(transaction, subjects), (row) => row.image);
    await saveJudgments(
      transaction,
      [...rows.values()].flatMap((environments) => judgmentsOf(environments, verdicts)),
    );
    await transaction.notifyAll(
      liveChannel,
      subjects.map((subject) => ({ kind: 'image-changed', subject })),
    );
    return await otherShown(transaction, [...rows.values()].flat(), { sources, verdicts });
  });
}

/** Asked only of images whose verdicts are not all of the scan that is shown. */
async function otherShown(
  transaction: Transaction,
  rows: readonly KnownEnvironment[],
  {
    sources,
    verdicts,
  }: Pick<RefreshContext, 'sources'> & { readonly verdicts: ReadonlyMap<SubjectId, readonly PlacedVerdict[]> },
): Promise<readonly SubjectId[]> {
  const shown = new Map(rows.map(({ subject, scan }) => [subject, scan]));
  const others: SubjectId[] = [];
  for (const [subject, scan] of shown) {
    if ((verdicts.get(subject) ?? []).every((verdict) => verdict.scan === scan)) continue;
    if ((await sources.shownScan(transaction, subject))?.scan !== scan) others.push(subject);
  }
  return others;
}

interface KnownEnvironment {
  readonly image: ImageNumber;
  readonly subject: SubjectId;
  readonly scan: string;
  readonly environment: EnvironmentKey;
}

async function readKnownEnvironments(
  transaction: Transaction,
  subjects: readonly SubjectId[],
): Promise<readonly KnownEnvironment[]> {
  const { rows } = await sql<KnownEnvironment>`
    select image, subject, scan, environment from explorer.image_row join explorer.image_environment on image = number
    where subject = any(${subjects}::text[]) and environment <> '*' order by image, environment`.execute(
    transaction.query(explorerSchema),
  );
  return rows;
}

/** One for each environment of an image, and one for all together. */
function judgmentsOf(
  environments: readonly KnownEnvironment[],
  verdicts: ReadonlyMap<SubjectId, readonly PlacedVerdict[]>,
) {
  const [first] = environments;
  if (first === undefined) return [];
  const { image, subject } = first;
  const own = verdicts.get(subject) ?? [];
  const judgments = environments.map(({ environment }) => ({ image, environment, ...judgmentIn(environment, own) }));
  return [...judgments, { image, environment: everywhere, ...worstOf(judgments) }];
}

async function saveJudgments(
  transaction: Transaction,
  judgments: readonly ReturnType<typeof judgmentsOf>[number][],
): Promise<void> {
  const rows = judgments.map(({ judgedAt, reason, ...same }) => ({
    ...same,
    judged_at: judgedAt,
    reason: reason === null ? null : storable(reason),
  }));
  await sql`
    update explorer.image_environment as kept set verdict = now.verdict, reason = now.reason, judged_at = now.judged_at
    from jsonb_to_recordset(${storableJson(rows)}::jsonb)
      as now (image int, environment text, verdict text, reason text, judged_at timestamptz)
    where kept.image = now.image and kept.environment = now.environment and (kept.verdict, kept.reason, kept.judged_at)
      is distinct from (now.verdict, now.reason, now.judged_at)`.execute(transaction.query(explorerSchema));
}
