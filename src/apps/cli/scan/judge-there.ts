import { hostname } from 'node:os';
import { AppError, type ScanId } from '#base/index.ts';
import { type Job, publishScan } from '#catalog/contract.ts';
import { type Check, imageDocumentOf, type UntypedFacts } from '#compliance/index.ts';
import { type CallOptions, call } from '#http/index.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { getScanFindings } from '#vulnerability/contract.ts';
import { upgradesOf } from '#vulnerability/index.ts';
import { version } from '../version.ts';
import { answersOfDocument } from '../compliance/answers.ts';
import type { ScanResult } from './result.ts';
import type { Scanned } from './scan-target.ts';

/** Seconds to wait for the console's verdict before giving up. */
const patience = 60;

export interface Publication {
  readonly scanned: Scanned;
  readonly scannedAt: Date;
  readonly job?: Job;
  /** Application that the subject belongs to, as the build names it. */
  readonly application?: string;
  /** Checks of the console whose scripts the scan was allowed to run. */
  readonly custom?: readonly Check<UntypedFacts>[];
}

/** Publishes the catalog and answers what the console makes of it: its findings, its verdict, its page. */
export async function judgeThere(publication: Publication, console: CallOptions): Promise<ScanResult> {
  const scan = await publish(publication, console);
  const answer = await call(getScanVerdict, { params: { scan }, query: { wait: patience } }, console);
  if (answer.state === 'pending') {
    throw new AppError(
      'console-unreachable',
      `The console has not judged the scan within ${patience} s; it waits for ${answer.waitingFor}.`,
      {
        next: 'The scan is stored and will be judged; look at the page of the image, or scan again later.',
      },
    );
  }
  const matched = await call(getScanFindings, { params: { scan } }, console);
  const { findings, faults, database } =
    matched.state === 'matched' ? matched : { findings: [], faults: [], database: undefined };
  const { scanned, scannedAt, custom = [] } = publication;
  const compliance = answersOfDocument(imageDocumentOf(scanned.catalog), { now: scannedAt, custom });
  return {
    ...scanned,
    catalog: { ...scanned.catalog, faults: [...scanned.catalog.faults, ...faults] },
    findings,
    upgrades: upgradesOf(findings),
    feeds: [],
    verdict: answer.verdict,
    ...(compliance === undefined ? {} : { compliance }),
    ...(database === undefined ? {} : { database }),
    judgedBy: { kind: 'console', page: answer.page },
  };
}

/** Sends what a scan found; the console keeps it as a record of its own. */
async function publish(publication: Publication, console: CallOptions): Promise<ScanId> {
  const { scanned, scannedAt, job, application } = publication;
  const scanner = { name: 'seawall', version, host: hostname() };
  const body = {
    ...scanned,
    scannedAt: scannedAt.toISOString(),
    scanner,
    ...(job === undefined ? {} : { job }),
    ...(application === undefined ? {} : { application }),
  };
  const { scan } = await call(publishScan, { body: body as never }, console);
  return scan;
}
