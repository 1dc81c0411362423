import { AppError, type Clock } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import type { Signer } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import type { RecordedMatch } from '#vulnerability/index.ts';
import { databaseVersion } from '#vulnerability/console/index.ts';
import type { BundleStatement } from '../../bundle/schema.ts';
import { ruleVersions } from '../../bundle/verify.ts';
import type { SignedBundle } from '../../contract.ts';
import { judgeSubject } from '../judge-scan.ts';
import { composeBundleTask } from '../tasks.ts';
import type { ComposedBundle, ReadScan } from './compose.ts';
import { type AskedVerdict, type JudgedScan, type OriginsOf, readJudged } from './read.ts';

/** What bundles of verdicts are made with. */
export interface BundleMaking {
  readonly store: Store;
  readonly clock: Clock;
  /** Version of this program. */
  readonly version: string;
  readonly children: Pick<ChildPool, 'run'>;
  readonly signer: () => Promise<Signer>;
  readonly originsOf: OriginsOf;
  /** What matching a scan asks of the database in use, and its answers; `undefined`: there is none. */
  readonly recordMatch: (which: ScanOfSubject) => Promise<RecordedMatch | undefined>;
}

/** Whose work it is, and until when it is wanted. */
export interface Asking {
  readonly caller: string;
  readonly signal: AbortSignal;
}

/**
 * The signed bundle of the verdict that holds. The verdict is made again from the bundle and has to be the one that is kept;
 * where a rule, the database or a scan changed meanwhile, the subject is judged anew, once.
 */
export async function makeBundle(making: BundleMaking, asked: AskedVerdict, asking: Asking): Promise<SignedBundle> {
  const composed = (await composeOnce(making, asked, asking)) ?? (await judgedAnew(making, asked, asking));
  if (composed === undefined)
    throw new AppError('conflict', 'The verdict is being made again: scans, rules or advisories have changed.', {
      next: 'Ask again in a minute.',
    });
  return await signed(making, asked, composed);
}

async function judgedAnew(
  making: BundleMaking,
  asked: AskedVerdict,
  asking: Asking,
): Promise<ComposedBundle | undefined> {
  await judgeSubject(asked.subject, making);
  return await composeOnce(making, asked, asking);
}

/** `undefined`: it is not judged yet, or was judged from other facts than are kept now. */
async function composeOnce(
  making: BundleMaking,
  asked: AskedVerdict,
  asking: Asking,
): Promise<ComposedBundle | undefined> {
  const { store, clock, originsOf, children } = making;
  const read = await store.transaction(async (transaction) => {
    await transaction.lock(asked.subject);
    return await readJudged(transaction, asked, { originsOf, now: clock() });
  });
  if (read.state === 'none')
    throw new AppError('not-found', 'No scan of this image counts in this environment, so there is no verdict.', {
      next: 'Name an environment where a host has the image; `none` stands for hosts without an environment.',
    });
  if (read.state === 'pending') return undefined;
  const { scans, counting, rules, exceptions } = read;
  const recorded = await recordedOf(scans, making, asked);
  if (recorded === undefined) return undefined;
  const reading = { ...asked, counting, rules, exceptions, ...recorded };
  const composed = await children.run(composeBundleTask, reading, asking);
  const kept = new Map(scans.map(({ scan, verdict }) => [scan as string, verdict]));
  return composed.verdicts.every(({ scan, verdict }) => kept.get(scan) === verdict) ? composed : undefined;
}

async function recordedOf(scans: readonly JudgedScan[], { recordMatch }: BundleMaking, { subject }: AskedVerdict) {
  const read: ReadScan[] = [];
  let info: RecordedMatch['info'] | undefined;
  for (const { verdict: _, ...scan } of scans) {
    const match = await recordMatch({ scan: scan.scan, subject });
    if (match === undefined) return undefined;
    if (info !== undefined && databaseVersion(info) !== databaseVersion(match.info)) return undefined;
    info = match.info;
    read.push({ ...scan, match: { lookups: match.lookups, catalog: match.catalog } });
  }
  if (info === undefined) return undefined;
  const { schemaVersion, builtAt, advisories, signature } = info;
  const said = { schemaVersion, builtAt, advisories, sources: [], ...(signature === undefined ? {} : { signature }) };
  return { scans: read, database: { database: databaseVersion(info), info: said } };
}

async function signed(
  { signer, clock, version }: BundleMaking,
  { subject, environment }: AskedVerdict,
  { parts, digests, ledger }: ComposedBundle,
): Promise<SignedBundle> {
  const key = await signer();
  const statement: BundleStatement = {
    form: 1,
    madeAt: clock().toISOString(),
    program: { version, rules: ruleVersions.map(([id, of]) => [id, of]) },
    subject,
    ...(environment === '' ? {} : { environment }),
    ledger,
    parts: digests,
  };
  const text = JSON.stringify(statement);
  return {
    kind: 'seawall-verdict',
    statement: text,
    certificate: key.certificate,
    authority: key.authority,
    signature: key.sign(Buffer.from(text)).toString('base64'),
    parts,
  };
}
