import { zstdDecompressSync } from 'node:zlib';
import { AppError } from '#base/index.ts';
import type { FileReply } from '#http/fields.ts';
import type { HandlerInput } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { ImportedResult, ImportedRule, listImportedResults } from '../../../contract-imported.ts';
import { limits } from '../../../limits.ts';
import { explorerSchema } from '../../schema.ts';
import { type ImportedRow, importedColumns, toImported } from './imported-row.ts';
import { knownTargets } from './known-targets.ts';

/** Results that a list shows at most. */
const mostListed = 500;

/** Who looks, and when. */
export interface ImportedLooking {
  readonly view: View;
  readonly now: Date;
}

type Asked = HandlerInput<typeof listImportedResults>['query'];

/** The newest scans. */
export async function listImported(
  queries: Queries,
  asked: Asked,
  looking: ImportedLooking,
): Promise<{ readonly results: readonly ImportedResult[]; readonly total: number }> {
  const seen = await readSeenImports(queries, asked, looking);
  return { results: seen.slice(0, mostListed), total: seen.length };
}

/**
 * All results that the caller may see, the newest scan first. One whose target is gone is seen by who sees the whole
 * estate.
 */
export async function readSeenImports(
  queries: Queries,
  asked: Asked,
  { view, now }: ImportedLooking,
): Promise<readonly ImportedResult[]> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('imported_result')
    .select(importedColumns)
    .$if(asked.host !== undefined, (all) => all.where('host', '=', asked.host ?? ''))
    .$if(asked.image !== undefined, (all) => all.where('image', '=', asked.image ?? ''))
    .orderBy('ended_at', 'desc')
    .orderBy('id')
    .limit(limits.importedResults.value)
    .execute();
  const known = await knownTargets(queries, rows);
  const seen = rows.filter((row) => view === undefined || known(row)?.locations.some(view) === true);
  return seen.map((row) => toImported(row, now, known(row)?.name));
}

/** One result with its rules. Throws `AppError` `not-found`, also for what the caller may not see. */
export async function readImported(
  queries: Queries,
  id: string,
  looking: ImportedLooking,
): Promise<{ readonly result: ImportedResult; readonly rules: readonly ImportedRule[] }> {
  const row = await queries
    .query(explorerSchema)
    .selectFrom('imported_result')
    .select([...importedColumns, 'rules'])
    .where('id', '=', id)
    .executeTakeFirst();
  return { result: await seenResult(queries, row, looking), rules: row?.rules ?? [] };
}

/** Its file. Throws as `readImported` does. */
export async function readImportedFile(queries: Queries, id: string, looking: ImportedLooking): Promise<FileReply> {
  const row = await queries
    .query(explorerSchema)
    .selectFrom('imported_result')
    .select([...importedColumns, 'file'])
    .where('id', '=', id)
    .executeTakeFirst();
  const { file } = await seenResult(queries, row, looking);
  return { type: 'application/xml', name: `${file.sha256.slice(0, 16)}.xml`, parts: [unpack(row)] };
}

async function seenResult(
  queries: Queries,
  row: ImportedRow | undefined,
  { view, now }: ImportedLooking,
): Promise<ImportedResult> {
  const known = row && (await knownTargets(queries, [row]))(row);
  if (row === undefined || (view !== undefined && known?.locations.some(view) !== true))
    throw new AppError('not-found', 'There is no such imported result.');
  return toImported(row, now, known?.name);
}

/** The bytes of a file as they were imported. */
export function unpack(row: { readonly file: Buffer } | undefined): Buffer {
  return zstdDecompressSync(row?.file ?? Buffer.alloc(0), { maxOutputLength: limits.importedBytes.value });
}
