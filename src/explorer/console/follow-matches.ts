import { type Selectable, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { MatchChange } from '#vulnerability/console/index.ts';
import { componentKey, type FindingEntry, findingEntries } from './finding-rows.ts';
import { everywhere } from './image-environment.ts';
import { keepFindings } from './keep-findings.ts';
import { scoreComponents } from './score-components.ts';
import type { RefreshContext } from './refresh.ts';
import { saveUpgrades } from './save-upgrades.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber, ImageTable } from './tables.ts';
import { dropFindings, type HeldKeys, noteSeen, scoreFindings } from './score.ts';

interface ChangedImage {
  readonly image: ImageNumber;
  readonly version: number;
  readonly change: MatchChange;
  readonly entries: readonly FindingEntry[];
}

/**
 * Applies incremental match changes to the read models of many images, one statement for all, touching only the
 * components concerned. Returns the subjects that it updated; the others need a full refresh.
 */
export async function followMatches(
  { store, sources, clock }: RefreshContext,
  which: readonly ScanOfSubject[],
): Promise<ReadonlySet<SubjectId>> {
  return await store.transaction(async (transaction) => {
    await transaction.lockAll(which.map((one) => one.subject));
    const held = await heldImages(transaction, which);
    const changes = await sources.matchChanges(
      transaction,
      held.map((image) => ({ scan: image.content_scan, since: image.content_version })),
    );
    const followed = held.filter((image) => changes.has(image.content_scan));
    const images = followed.flatMap((image) => changedImage(image, changes));
    if (images.length > 0) await bringImages(transaction, images, clock());
    return new Set(followed.map((image) => image.subject));
  });
}

type Held = Pick<Selectable<ImageTable>, 'number' | 'subject' | 'content_scan' | 'content_version'>;

/** Images whose findings are of just the scans that are asked for. */
async function heldImages(transaction: Transaction, which: readonly ScanOfSubject[]): Promise<readonly Held[]> {
  return await transaction
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(['number', 'subject', 'content_scan', 'content_version'])
    .where('subject', '=', sql<SubjectId>`any(${which.map((one) => one.subject)}::text[])`)
    .where('content_scan', '=', sql<ScanId>`any(${which.map((one) => one.scan)}::uuid[])`)
    .whereRef('content_scan', '=', 'scan')
    .execute();
}

function changedImage(held: Held, changes: ReadonlyMap<ScanId, MatchChange>): readonly ChangedImage[] {
  const change = changes.get(held.content_scan);
  if (change === undefined || change.version === held.content_version) return [];
  return [{ image: held.number, version: change.version, change, entries: findingEntries(change.findings) }];
}

async function bringImages(transaction: Transaction, images: readonly ChangedImage[], now: Date): Promise<void> {
  const before = await heldKeys(transaction, images);
  const came = images.map(({ image, entries }) => ({
    image,
    keys: entries.map((entry) => entry.key).filter((key) => before.get(image)?.has(key) !== true),
  }));
  const went = images.map(({ image, entries }) => {
    const now = new Set(entries.map((entry) => entry.key));
    return { image, keys: [...(before.get(image) ?? [])].filter((key) => !now.has(key)) };
  });
  const others: readonly HeldKeys[] = [...came, ...went];
  await keepFindings(transaction, [
    ...new Map(images.flatMap(({ entries }) => entries.map((entry) => [entry.key, entry]))).values(),
  ]);
  const findings = images.map(({ image, entries }) => ({ image, findings: entries.map((entry) => entry.finding) }));
  await saveUpgrades(transaction, findings, others);
  await dropFindings(transaction, went);
  await scoreFindings(transaction, await scoringsOf(transaction, images), { came, whole: [] });
  await noteSeen(transaction, { came, went }, now);
  await scoreComponents(transaction, { changed: others, whole: [] });
  await saveCounts(transaction, images);
}

/** What images have in components that changed. */
async function heldKeys(
  transaction: Transaction,
  images: readonly ChangedImage[],
): Promise<ReadonlyMap<ImageNumber, ReadonlySet<string>>> {
  const asked = images.flatMap(({ image, change }) =>
    change.components.map((component) => ({ image, component: componentKey(component) })),
  );
  const { rows } = await sql<{ image: ImageNumber; key: string }>`
    select asked.image, finding.key
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked (image int, component uuid)
      join explorer.finding using (component)
      join explorer.finding_environment as held on held.image = asked.image and held.environment = '*' and held.key = finding.key`.execute(
    transaction.query(explorerSchema),
  );
  return new Map(
    [...Map.groupBy(rows, (row) => row.image)].map(([image, own]) => [image, new Set(own.map((row) => row.key))]),
  );
}

async function scoringsOf(transaction: Transaction, images: readonly ChangedImage[]) {
  return await transaction
    .query(explorerSchema)
    .selectFrom('image_environment')
    .select(['image', 'environment', 'contexts'])
    .where('image', '=', sql<ImageNumber>`any(${images.map(({ image }) => image)}::int[])`)
    .where('environment', '<>', everywhere)
    .execute();
}

/** Counts by severity are those of all environments together. */
async function saveCounts(transaction: Transaction, images: readonly ChangedImage[]): Promise<void> {
  const rows = images.map(({ image, version }) => ({ image, version }));
  await sql`
    with counted as (
      select image, suppressed, severity, sum(count)::int as count from explorer.finding_count
      where image = any(${images.map(({ image }) => image)}::int[]) and environment = '*' group by image, suppressed, severity),
    named as (
      select image, sum(count) filter (where suppressed) as suppressed,
        coalesce(jsonb_object_agg(name, count) filter (where not suppressed), '{}') as counts,
        min(severity) filter (where not suppressed) as impact
      from counted join unnest(${severities}::text[]) with ordinality as known (name, number) on number = severity + 1
      group by image)
    update explorer.image_row as kept set content_version = brought.version, impact = named.impact,
      counts = ${JSON.stringify(Object.fromEntries(severities.map((severity) => [severity, 0])))}::jsonb
        || coalesce(named.counts, '{}') || jsonb_build_object('suppressed', coalesce(named.suppressed, 0))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as brought (image int, version int) left join named using (image)
    where kept.number = brought.image`.execute(transaction.query(explorerSchema));
}
