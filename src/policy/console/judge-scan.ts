import type { Clock } from '#base/index.ts';
import { listCurrentScans, readScan, type ScanOfSubject, type StoredScan } from '#catalog/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';
import type { Policy, Verdict } from '../contract.ts';
import type { JudgedFacts } from '../facts.ts';
import { judge } from '../judge.ts';
import { verdictChanged, verdictOutdated } from './facts.ts';
import { policyInForce } from './policies.ts';
import { policySchema } from './schema.ts';
import { shownSettings } from './settings.ts';
import { packVerdict, verdictDigest } from './verdicts.ts';

export interface JudgingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Id of the policy that judges everything until scopes exist. */
  readonly policy: string;
}

/** Channel on which consoles hear of new verdicts, as `{ scan }`. */
export const verdictChannel = 'verdict';

/** A verdict older than this (milliseconds) is made again: feeds age although nothing happens. */
const freshVerdict = 24 * 60 * 60_000;

/**
 * Judges a scan from its current facts by the policy in force. Saying the same again on the same database leaves the
 * history as it is. A scan that is not matched yet has no verdict.
 */
export async function judgeScan(which: ScanOfSubject, options: JudgingOptions): Promise<void> {
  const scan = await readScan(options.store, which.scan);
  if (scan === undefined) return;
  await options.store.transaction(async (transaction) => {
    await transaction.lock(which.subject);
    const match = await readMatch(transaction, which.scan);
    const policy = await policyInForce(transaction, options.policy);
    if (match === undefined || policy === undefined) return;
    const now = options.clock();
    const verdict = shownSettings(judge(factsOf(scan, match), policy, { now, exceptions: [] }), policy);
    await noteJudging(transaction, which, { policy, now });
    await storeVerdict(transaction, which, { verdict, match, now });
  });
}

/** The scanner's clock is not trusted to be behind ours. */
function factsOf(scan: StoredScan, match: StoredMatch): JudgedFacts {
  const scannedAt = Date.parse(scan.scannedAt) < Date.parse(scan.receivedAt) ? scan.scannedAt : scan.receivedAt;
  return {
    scan: { state: 'done', scannedAt, faults: [...scan.catalog.faults, ...match.faults] as JudgedFaults },
    database: { state: 'ready', builtAt: match.databaseBuiltAt, feeds: match.feeds },
    findings: match.findings,
  };
}

type JudgedFaults = Extract<JudgedFacts['scan'], { readonly state: 'done' }>['faults'];

async function noteJudging(
  transaction: Transaction,
  { scan }: ScanOfSubject,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Promise<void> {
  const row = { policy_id: policy.id, policy_version: policy.version, judged_at: now };
  await transaction
    .query(policySchema)
    .insertInto('judging')
    .values({ scan, ...row })
    .onConflict((conflict) => conflict.column('scan').doUpdateSet(row))
    .execute();
}

interface NewVerdict {
  readonly verdict: Verdict;
  readonly match: StoredMatch;
  readonly now: Date;
}

async function storeVerdict(
  transaction: Transaction,
  { scan, subject }: ScanOfSubject,
  { verdict, match, now }: NewVerdict,
): Promise<void> {
  const database = transaction.query(policySchema);
  const digest = verdictDigest(verdict);
  const newest = await database
    .selectFrom('verdict')
    .select(['digest', 'database'])
    .where('scan', '=', scan)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest?.digest === digest && newest.database === match.database) return;
  await database
    .insertInto('verdict')
    .values({
      scan,
      subject,
      policy_id: verdict.policy.id,
      policy_version: verdict.policy.version,
      database: match.database,
      digest,
      kind: verdict.kind,
      judged_at: now,
      verdict: await packVerdict(verdict),
    })
    .execute();
  await transaction.announce(verdictChanged, { scan, subject });
  await transaction.notify(verdictChannel, { scan });
}

/** Asks for a new judging of every current scan that another policy judged, or that was judged too long ago. */
export async function renewVerdicts({ store, clock, policy: id }: JudgingOptions): Promise<void> {
  await store.transaction(async (transaction) => {
    const policy = await policyInForce(transaction, id);
    if (policy === undefined) return;
    const judged = await transaction
      .query(policySchema)
      .selectFrom('judging')
      .select('scan')
      .where('policy_id', '=', id)
      .where('policy_version', '=', policy.version)
      .where('judged_at', '>', new Date(clock().getTime() - freshVerdict))
      .execute();
    const fresh = new Set(judged.map((judging) => judging.scan));
    for (const which of await listCurrentScans(transaction)) {
      if (!fresh.has(which.scan)) await transaction.announce(verdictOutdated, which);
    }
  });
}
