import { AppError, type Clock, type ScanId } from '#base/index.ts';
import { mayReadScan, readScanRecord } from '#catalog/console/index.ts';
import { type Route, route } from '#http/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { readDatabaseState, readMatch } from '#vulnerability/console/index.ts';
import { getScanVerdict } from '../contract.ts';
import type { VerdictWaits } from './verdict-waits.ts';
import { readVerdict } from './verdicts.ts';

export interface VerdictRouteOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly waits: VerdictWaits;
  /** Origin of the pages, without trailing slash. */
  readonly origin: () => string;
}

/** Verdict of one scan. Who may only publish sees the scans that they published, and no others. */
export function verdictRoute({ store, clock, waits, origin }: VerdictRouteOptions): Route {
  return route(getScanVerdict, async ({ params: { scan }, query, principal, request }) => {
    const record = await readScanRecord(store, scan);
    if (record === undefined || !mayReadScan(record, principal))
      throw new AppError('not-found', 'There is no such scan.');
    const { subject } = record;
    const patience = AbortSignal.any([request.signal, AbortSignal.timeout(query.wait * 1000)]);
    const stored =
      query.wait === 0
        ? await readVerdict(store, scan)
        : await waits.wait(scan, async () => await readVerdict(store, scan), patience);
    if (stored === undefined)
      return { state: 'pending' as const, subject, waitingFor: await missing(store, scan, clock()) };
    const page = `${origin()}/images/${encodeURIComponent(subject).replaceAll('%3A', ':')}`;
    return { state: 'judged' as const, subject, verdict: stored.verdict, judgedAt: stored.judgedAt, page };
  });
}

/** What a scan without verdict waits for, to follow "it waits for". */
async function missing(queries: Queries, scan: ScanId, now: Date): Promise<string> {
  if ((await readMatch(queries, scan)) !== undefined) return 'its verdict';
  const database = await readDatabaseState(queries, now);
  switch (database.state) {
    case 'ready':
      return 'its packages to be matched with the vulnerability database';
    case 'building':
      return `the vulnerability database, which is being built: ${database.done} of ${database.total}`;
    case 'missing':
      return `a vulnerability database: ${database.reason}`.slice(0, 200).replace(/\.$/, '');
  }
}
