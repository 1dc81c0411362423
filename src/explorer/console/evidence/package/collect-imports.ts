import type { Queries } from '#store/index.ts';
import type { AssessedSubject } from '../../../evidence/assessment.ts';
import type { EvidenceRecord, PackageInput } from '../../../evidence/package/index.ts';
import type { ImportedResult } from '../../../contract-imported.ts';
import { limits } from '../../../limits.ts';
import { explorerSchema } from '../../schema.ts';
import { importedKind } from '../imported/imported-row.ts';
import { readSeenImports, unpack } from '../imported/read-imported.ts';
import type { Looking } from '../looking.ts';
import { everywhere } from '../scopes.ts';

/** What people imported about these subjects; of the whole estate also about targets that are gone. */
export async function collectImports(
  queries: Queries,
  looking: Looking,
  subjects: readonly AssessedSubject[],
): Promise<readonly ImportedResult[]> {
  const { view, scope, now } = looking;
  const results = await readSeenImports(queries, {}, { view, now });
  if (view === undefined && scope.environment === everywhere && scope.application === everywhere) return results;
  const keys = new Set(subjects.map(({ kind, host, id }) => (kind === 'host' ? `host ${host}` : `${kind} ${id}`)));
  return results.filter(({ target }) =>
    keys.has(target.kind === 'host' ? `host ${target.name}` : `image ${target.digest}`),
  );
}

/** Imported results as the evidence log names them. */
export function subjectsOfImports(imports: readonly ImportedResult[]) {
  return imports.map(({ id, target }) => ({
    host: target.kind === 'host' ? target.name : '-',
    kind: importedKind,
    id,
  }));
}

/** Adds rules and files of imported results to a package as far as there is room, and says on the cover of how many. */
export async function withImports(queries: Queries, { assessment, evidence }: PackageInput): Promise<PackageInput> {
  const { imports = [] } = assessment;
  if (imports.length === 0) return { assessment, evidence };
  const records: EvidenceRecord[] = [];
  const imported = new Map<string, string>();
  let left = limits.importedInPackage.value;
  for (const result of imports) {
    if (left <= 0) break;
    const { rules, file } = await readParts(queries, result);
    const record = recordOf(result, rules);
    if (record.text.length <= left) {
      records.push(record);
      left -= record.text.length;
    }
    if (result.file.bytes > left || imported.has(result.file.sha256)) continue;
    imported.set(result.file.sha256, unpack({ file }).toString('utf8'));
    left -= result.file.bytes;
  }
  const files = imports.filter(({ file }) => imported.has(file.sha256)).length;
  const note = `Imported results of OpenSCAP: ${imports.length}. The rules of ${records.length} and the files of ${files} are in this package; the console gives the others out. No control counts them.`;
  return {
    assessment: { ...assessment, notes: [...(assessment.notes ?? []), note] },
    evidence: {
      ...evidence,
      records: [...evidence.records, ...records],
      imported: [...imported].map(([hash, text]) => ({ hash, text })),
    },
  };
}

async function readParts(queries: Queries, { id }: ImportedResult) {
  return await queries
    .query(explorerSchema)
    .selectFrom('imported_result')
    .select(['rules', 'file'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

function recordOf(result: ImportedResult, rules: unknown): EvidenceRecord {
  const { id, target, targets, endedAt } = result;
  const text = `${JSON.stringify({ format: 'seawall-imported-result/1', result, rules }, undefined, 1)}\n`;
  return {
    kind: 'import',
    name: id,
    title: `Imported result of ${target.kind} ${targets.join(', ')}, ${endedAt}`,
    text,
  };
}
