import type { ScanId, SubjectId } from '#base/index.ts';
import { type CountingRow, countsIn, readCountingScans, readShownScan } from '#catalog/console/index.ts';
import { placementsOf } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { type ScanScope, unplaced } from './image-environment.ts';
import { policySchema } from './schema.ts';

/** Where a subject lies now, and which of its scans count there. */
export interface SubjectScope {
  /** Those that count somewhere or are shown. */
  readonly scans: readonly ScanId[];
  readonly counting: readonly CountingRow[];
  of(scan: ScanId): ScanScope;
}

export async function readScope(queries: Queries, subject: SubjectId): Promise<SubjectScope> {
  const counting = (await readCountingScans(queries, [subject])).get(subject) ?? [];
  const shown = (await readShownScan(queries, subject))?.scan;
  const placements = await placementsOf(queries, subject);
  const scans = [...new Set([...counting.map(({ scan }) => scan), ...(shown === undefined ? [] : [shown])])];
  return {
    scans,
    counting,
    of: (scan) =>
      scans.includes(scan)
        ? { placements, isShown: scan === shown, countsIn: (environment) => countsIn(counting, scan, environment) }
        : unplaced,
  };
}

/**
 * Takes back verdicts of scans where they count no more, and of environments that the subject has left. Where a scan that
 * counts is not judged yet, what held until now goes on: nothing passes because its judge is late.
 */
export async function dropOthers(transaction: Transaction, subject: SubjectId, scope: SubjectScope): Promise<void> {
  const database = transaction.query(policySchema);
  const rows = await database
    .selectFrom('judging')
    .select(['scan', 'environment'])
    .where('subject', '=', subject)
    .where('current', '=', true)
    .execute();
  const judged = new Set(rows.map(({ scan, environment }) => `${scan} ${environment}`));
  const holds = rows.filter(({ scan, environment }) => isCurrent(scope, scan, environment));
  for (const { scan, environment } of rows) {
    if (holds.some((row) => row.scan === scan && row.environment === environment)) continue;
    if (scope.scans.some((one) => isCurrent(scope, one, environment) && !judged.has(`${one} ${environment}`))) continue;
    await dropJudging(transaction, scan, environment);
  }
}

/** Whether a scan is one of those whose verdict holds in an environment. */
function isCurrent({ of }: SubjectScope, scan: ScanId, environment: string): boolean {
  const { placements, isShown, countsIn: counts } = of(scan);
  if (placements.length === 0) return environment === '' && isShown;
  return placesIn(placements).has(environment) && counts(environment);
}

function placesIn(placements: ScanScope['placements']): ReadonlySet<string> {
  return new Set(
    placements.flatMap(({ environment, allowed = [], containers }) => [
      environment ?? '',
      ...allowed,
      ...containers.map((container) => container.environment ?? environment ?? ''),
    ]),
  );
}

/** The answer to who published it stays; it counts for nobody else. */
async function dropJudging(transaction: Transaction, scan: ScanId, environment: string): Promise<void> {
  const database = transaction.query(policySchema);
  if (environment === '')
    await database
      .updateTable('judging')
      .set({ current: false })
      .where('scan', '=', scan)
      .where('environment', '=', '')
      .execute();
  else await database.deleteFrom('judging').where('scan', '=', scan).where('environment', '=', environment).execute();
}
