import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock } from '#base/index.ts';
import { recordImport, recordImportEnd } from '#compliance/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import {
  type ImportedResult,
  type ImportedRule,
  type RuleOutcome,
  RuleOutcome as outcomes,
  type ScanClaim,
} from '../../../contract-imported.ts';
import { fitsTarget } from '../../../evidence/openscap/index.ts';
import { limits } from '../../../limits.ts';
import { explorerSchema } from '../../schema.ts';
import type { PreparedImport } from './import-task.ts';
import { type ImportedRow, importedColumns, loggedSubject, targetOf, targetWords, toImported } from './imported-row.ts';
import { knownTargets } from './known-targets.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Milliseconds that the clock of a scanned host may be ahead; a time without a zone may be ahead by a zone. */
const mostAhead = 14 * 3_600_000;

/**
 * Keeps a result with its file. Throws `AppError`: `not-found` for a target that the console does not know, `bad-request` for a
 * file that speaks of another target or of the future, `conflict` for one that was imported before, `limit-reached`.
 */
export async function keepImport(
  { store, clock }: Dependencies,
  prepared: PreparedImport,
  writer: Writer,
): Promise<{ readonly result: ImportedResult; readonly removed: number }> {
  const now = clock();
  checkClaim(prepared, now);
  return await store.transaction(async (transaction) => {
    await transaction.lock('explorer imported results');
    await checkTarget(transaction, prepared);
    const row = await insert(transaction, prepared, { now, writer });
    const old = await beyondVersions(transaction, row);
    for (const one of old) await remove(transaction, one, now);
    await checkRoom(transaction);
    const states = statesOf(prepared.scan.rules);
    await recordImport(transaction, { now, ...loggedSubject(row), states, facts: row.sha256 });
    await audit(transaction, { ...writer.author, action: 'result-imported', ...auditOf(row) });
    for (const one of old) await auditRemoval(transaction, one, writer);
    return { result: toImported(row, now), removed: old.length };
  });
}

/** Removes a result and its file. Throws `AppError` `not-found`. */
export async function removeImport(
  { store, clock }: Dependencies,
  id: string,
  writer: Writer,
): Promise<ImportedResult> {
  const now = clock();
  return await store.transaction(async (transaction) => {
    await transaction.lock('explorer imported results');
    const row = await transaction
      .query(explorerSchema)
      .selectFrom('imported_result')
      .select(importedColumns)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw new AppError('not-found', 'There is no such imported result.');
    await remove(transaction, row, now);
    await auditRemoval(transaction, row, writer);
    return toImported(row, now);
  });
}

function checkClaim({ target, scan: { claim } }: PreparedImport, now: Date): void {
  if (!fitsTarget(claim.targets, target))
    throw new AppError(
      'bad-request',
      `The file is of ${claim.targets.join(', ')}, and not of ${targetWords(target)}.`,
      {
        next:
          target.kind === 'host'
            ? 'Name the host that was scanned. For a scan from outside set OSCAP_EVALUATION_TARGET to its name.'
            : 'Scan with oscap-podman, or set OSCAP_EVALUATION_TARGET to the digest of the image: names of images move.',
      },
    );
  const [from, to] = [new Date(claim.startedAt ?? claim.endedAt), new Date(claim.endedAt)];
  if (to < from) throw new AppError('bad-request', 'The scan ends before it starts.');
  if (to.getTime() > now.getTime() + mostAhead)
    throw new AppError('bad-request', `The scan ended at ${claim.endedAt}, which lies ahead.`, {
      next: 'Correct the clock of the scanned host and scan again.',
    });
}

async function checkTarget(transaction: Transaction, { target, sha256 }: PreparedImport): Promise<void> {
  const sought = target.kind === 'host' ? { host: target.name, image: null } : { host: null, image: target.digest };
  if ((await knownTargets(transaction, [sought]))(sought) === undefined)
    throw new AppError('not-found', `The console knows no ${targetWords(target)}.`, {
      next:
        target.kind === 'host' ? 'Name a host of the page Hosts.' : 'Name the digest of an image that a host holds.',
    });
  const same = await ofTarget(transaction, target).where('sha256', '=', sha256).executeTakeFirst();
  if (same !== undefined)
    throw new AppError('conflict', 'This file was imported before for the same target.', {
      next: 'Look at the imported results; scan again for a new one.',
    });
}

function ofTarget(transaction: Transaction, target: PreparedImport['target']) {
  const all = transaction.query(explorerSchema).selectFrom('imported_result').select(importedColumns);
  return target.kind === 'host' ? all.where('host', '=', target.name) : all.where('image', '=', target.digest);
}

interface Act {
  readonly now: Date;
  readonly writer: Writer;
}

async function insert(transaction: Transaction, prepared: PreparedImport, { now, writer }: Act): Promise<ImportedRow> {
  const { target, name, scan, bytes, sha256, file } = prepared;
  return await transaction
    .query(explorerSchema)
    .insertInto('imported_result')
    .values({
      id: randomUUID(),
      host: target.kind === 'host' ? target.name : null,
      image: target.kind === 'image' ? target.digest : null,
      claim: JSON.stringify(scan.claim),
      rules: JSON.stringify(scan.rules),
      counts: JSON.stringify(countsOf(scan.rules)),
      series: seriesOf(scan.claim),
      ended_at: new Date(scan.claim.endedAt),
      file_name: name,
      bytes,
      sha256,
      file: Buffer.from(file),
      imported_at: now,
      imported_by: writer.author.actor.name,
    })
    .returning(importedColumns)
    .executeTakeFirstOrThrow();
}

function seriesOf({ benchmark, profile }: ScanClaim): string {
  return JSON.stringify([benchmark.id, profile?.id ?? null]);
}

function countsOf(rules: readonly ImportedRule[]): Readonly<Record<RuleOutcome, number>> {
  const counts = Object.fromEntries(outcomes.options.map((outcome) => [outcome, 0])) as Record<RuleOutcome, number>;
  for (const { outcome } of rules) counts[outcome] += 1;
  return counts;
}

/** In the words of the file. A rule with several instances has a state for each. */
function statesOf(rules: readonly ImportedRule[]): Readonly<Record<string, RuleOutcome>> {
  const seen = new Map<string, number>();
  return Object.fromEntries(
    rules.map(({ id, outcome }) => {
      const before = seen.get(id) ?? 0;
      seen.set(id, before + 1);
      return [before === 0 ? id : `${id} ${before + 1}`, outcome];
    }),
  );
}

/** Those of the series beyond the newest scans. Throws `AppError` `conflict` where this one is among them. */
async function beyondVersions(
  transaction: Transaction,
  { id, host, image, series }: ImportedRow,
): Promise<readonly ImportedRow[]> {
  const most = limits.importedVersions.value;
  const old = await ofTarget(transaction, targetOf({ host, image }))
    .where('series', '=', series)
    .orderBy('ended_at', 'desc')
    .orderBy('imported_at', 'desc')
    .offset(most)
    .execute();
  if (old.some((one) => one.id === id))
    throw new AppError('conflict', `${most} newer scans of the same target, benchmark and profile are kept.`, {
      next: 'Remove one of them first to keep this one.',
    });
  return old;
}

async function remove(transaction: Transaction, row: ImportedRow, now: Date): Promise<void> {
  await transaction.query(explorerSchema).deleteFrom('imported_result').where('id', '=', row.id).execute();
  await recordImportEnd(transaction, { now, ...loggedSubject(row) });
}

async function auditRemoval(transaction: Transaction, row: ImportedRow, writer: Writer): Promise<void> {
  await audit(transaction, { ...writer.author, action: 'imported-result-removed', ...auditOf(row) });
}

function auditOf({ id, host, image, file_name: file, sha256, claim }: ImportedRow) {
  return {
    target: { kind: 'imported-result', id, name: host ?? image ?? '' },
    detail: { file, sha256, benchmark: claim.benchmark.id, profile: claim.profile?.id ?? null, endedAt: claim.endedAt },
  };
}

async function checkRoom(transaction: Transaction): Promise<void> {
  const { rows } = await sql<{ count: number; bytes: number }>`
    select count(*)::int as count, coalesce(sum(octet_length(file)), 0)::float8 as bytes
    from explorer.imported_result`.execute(transaction.query(explorerSchema));
  const [{ count, bytes } = { count: 0, bytes: 0 }] = rows;
  if (count > limits.importedResults.value || bytes > limits.importedStored.value)
    throw new AppError('limit-reached', 'The console keeps no more imported results.', {
      next: 'Remove results of targets that are gone.',
    });
}
