import { type Insertable, type Selectable as Row, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Verdict } from '../contract.ts';
import type { PolicyFacts } from '../facts.ts';
import { verdictChanged } from './facts.ts';
import type { ImageEnvironment } from './image-environment.ts';
import { namingIts } from '../except.ts';
import { judgeIn } from '../judge-in.ts';
import { type JudgingContext, renewalOf, verdictKey } from './judge-in.ts';
import { provenanceFor } from './provenance.ts';
import { type PolicyTables, policySchema } from './schema.ts';
import { packVerdict, verdictDigest } from './verdicts.ts';

/** Channel on which consoles hear of new verdicts, as `{ scan }`. */
export const verdictChannel = 'verdict';

/** One scan to be judged, with what it rests on. */
export interface ScanToJudge {
  readonly scan: ScanId;
  readonly subject: SubjectId;
  readonly receivedAt: Date;
  readonly factsKey: string;
  /** Version of the vulnerability database. */
  readonly database: string;
  readonly facts: PolicyFacts;
  readonly environments: readonly ImageEnvironment[];
  /** By environment: as they were judged last. */
  readonly before: ReadonlyMap<string, Pick<Row<PolicyTables['judging']>, 'digest' | 'database'>>;
}

interface Judgement {
  readonly verdict: Verdict;
  /** Of the verdict. */
  readonly json: string;
  readonly digest: string;
  readonly stale: boolean;
  packed?: Buffer;
}

/**
 * Judges scans in each of their image environments and keeps the verdicts: those that say something else than before, or
 * rest on another database, as new rows of the history. The caller holds the locks of the subjects.
 */
export async function storeJudgings(
  transaction: Transaction,
  scans: readonly ScanToJudge[],
  by: JudgingContext,
): Promise<void> {
  const judgings: Insertable<PolicyTables['judging']>[] = [];
  const verdicts: Insertable<PolicyTables['verdict']>[] = [];
  const provenanceOf = await provenanceFor(transaction, scans, [by.rulebook]);
  for (const scan of scans) {
    const { facts, key: provenanceKey } = provenanceOf(scan);
    const one = { ...scan, provenanceKey, facts: { ...scan.facts, ...facts } };
    const context = { ...by, rulebook: namingIts(one.facts.findings, by.rulebook) };
    const made = new Map<string, Judgement>();
    for (const imageEnvironment of one.environments) {
      const same = verdictKey({ ...one, ...imageEnvironment, stale: false }, context);
      const judgement = made.get(same) ?? judgementOf(one, imageEnvironment, context);
      made.set(same, judgement);
      const { stale } = judgement;
      const key = stale ? verdictKey({ ...one, ...imageEnvironment, stale }, context) : same;
      const before = one.before.get(imageEnvironment.environment);
      judgings.push(judgingRow(one, imageEnvironment, { key, judgement, context }));
      if (before?.digest === judgement.digest && before.database === one.database) continue;
      judgement.packed ??= await packVerdict(judgement.json);
      verdicts.push(verdictRow(one, imageEnvironment, { judgement, packed: judgement.packed, now: context.now }));
    }
  }
  await writeVerdicts(transaction, verdicts);
  await writeJudgings(transaction, judgings);
}

function judgementOf({ facts }: ScanToJudge, imageEnvironment: ImageEnvironment, context: JudgingContext): Judgement {
  const verdict = judgeIn(facts, imageEnvironment, context);
  const stale = verdict.violations.some(({ rule }) => rule === 'stale-feed');
  const json = JSON.stringify(verdict);
  return { verdict, json, digest: verdictDigest(json), stale };
}

function judgingRow(
  one: ScanToJudge,
  { environment, places, counts, runs, current }: ImageEnvironment,
  made: { readonly key: string; readonly judgement: Judgement; readonly context: JudgingContext },
): Insertable<PolicyTables['judging']> {
  const { verdict, digest } = made.judgement;
  return {
    scan: one.scan,
    environment,
    subject: one.subject,
    received_at: one.receivedAt,
    current,
    counts,
    runs,
    places: JSON.stringify(places),
    policy_id: verdict.policy.id,
    policy_version: verdict.policy.version,
    kind: verdict.kind,
    violations: verdict.violations.length,
    reason: verdict.reason,
    excepted: [...new Set(verdict.excepted?.map(({ exception }) => exception))],
    stale: made.judgement.stale,
    key: made.key,
    digest,
    database: one.database,
    judged_at: made.context.now,
    renew_at: renewalOf(verdict, made.context),
  };
}

function verdictRow(
  { scan, subject, database }: ScanToJudge,
  { environment }: ImageEnvironment,
  made: { readonly judgement: Judgement; readonly packed: Buffer; readonly now: Date },
): Insertable<PolicyTables['verdict']> {
  const { policy, kind } = made.judgement.verdict;
  return {
    scan,
    subject,
    environment,
    policy_id: policy.id,
    policy_version: policy.version,
    database,
    digest: made.judgement.digest,
    kind,
    judged_at: made.now,
    verdict: made.packed,
  };
}

async function writeVerdicts(
  transaction: Transaction,
  rows: readonly Insertable<PolicyTables['verdict']>[],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(policySchema).insertInto('verdict').values(rows).execute();
  const changed = [...new Map(rows.map(({ scan, subject }) => [scan, { scan, subject }])).values()];
  await transaction.announceAll(verdictChanged, changed);
  await transaction.notifyAll(
    verdictChannel,
    changed.map(({ scan }) => ({ scan })),
  );
}

async function writeJudgings(
  transaction: Transaction,
  rows: readonly Insertable<PolicyTables['judging']>[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== 'scan' && name !== 'environment');
  await transaction
    .query(policySchema)
    .insertInto('judging')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['scan', 'environment'])
        .doUpdateSet(Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)]))),
    )
    .execute();
}
