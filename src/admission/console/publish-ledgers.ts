import { createHash } from 'node:crypto';
import { type Insertable, sql } from 'kysely';
import type { Collection } from '#access/contract.ts';
import { ofContainers } from '#compliance/console/index.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import { scopedSettings } from '#compliance/index.ts';
import type { HostStarts } from '#inventory/console/index.ts';
import type { Signer } from '#link/console/index.ts';
import { packText, type Transaction } from '#store/index.ts';
import type { AdmissionRule, Ledger } from '../contract.ts';
import { ownEntry } from '../entry-of.ts';
import { withSettingsWithin } from '../settings-within.ts';
import { signLedger } from '../sign-ledger.ts';
import { hostEntries } from './host-entries.ts';
import { type Entries, entriesOf } from './entries-of.ts';
import { type LedgerContext, readLedgerContext } from './ledger-context.ts';
import { notifyHosts } from './notify-hosts.ts';
import { endTroubles, noteTroubles } from './ledger-troubles.ts';
import type { Dependencies } from './dependencies.ts';
import { type AdmissionTables, admissionSchema } from './schema.ts';

/** Hosts whose ledgers are made in one transaction. */
const atOnce = 20;
const day = 24 * 60 * 60_000;
const ledgerLife = day;

/** Agents refuse a sequence below the one they have, so it must rise above this one. */
export interface Floor {
  readonly host: string;
  readonly sequence: number;
}

/**
 * Makes the ledgers of hosts anew where they say something else than before, or are half through their life. Those that
 * fail keep no others from going out; they are noted, and given back with why.
 */
export async function publishLedgers(
  dependencies: Dependencies,
  hosts: readonly string[],
  floor?: Floor,
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  if (hosts.length === 0) return failed;
  const by = { ...dependencies, signer: await dependencies.signer(), floor };
  const ordered = [...new Set(hosts)].toSorted();
  for (let at = 0; at < ordered.length; at += atOnce)
    for (const [host, error] of await publishApart(by, ordered.slice(at, at + atOnce))) failed.set(host, error);
  await noteTroubles(dependencies, failed);
  return failed;
}

/** All of them together; where that fails, each by itself. */
async function publishApart(
  by: Publishing,
  hosts: readonly string[],
): Promise<readonly (readonly [host: string, error: unknown])[]> {
  try {
    await by.store.transaction(async (transaction) => {
      await transaction.lockAll(hosts.map((host) => `admission-ledger ${host}`));
      await publishSome(transaction, hosts, by);
      await endTroubles(transaction, hosts);
    });
    return [];
  } catch (error) {
    if (hosts.length === 1) return hosts.map((host) => [host, error]);
    const failed = [];
    for (const host of hosts) failed.push(...(await publishApart(by, [host])));
    return failed;
  }
}

interface Publishing extends Pick<Dependencies, 'store' | 'clock' | 'ownImages'> {
  readonly signer: Signer;
  readonly floor: Floor | undefined;
}

type LedgerRow = Insertable<AdmissionTables['ledger']>;

async function publishSome(transaction: Transaction, hosts: readonly string[], by: Publishing): Promise<void> {
  const now = by.clock();
  const context = await readLedgerContext(transaction, hosts, now);
  const entries = entriesOf(context);
  const known = await readKnown(transaction, hosts);
  const rows: LedgerRow[] = [];
  for (const starts of context.hosts) {
    const before = known.get(starts.host);
    const least = by.floor?.host === starts.host ? by.floor.sequence : 0;
    const said = sayings(starts, context, { now, entries, ownImages: by.ownImages });
    const content = contentOf(said);
    const stays = before?.content === content && before.renew_at > now && before.sequence >= least;
    if (!stays) rows.push(await rowOf(said, { content, sequence: Math.max(before?.sequence ?? 0, least) + 1 }, by));
  }
  await save(transaction, rows);
}

async function readKnown(transaction: Transaction, hosts: readonly string[]) {
  const rows = await transaction
    .query(admissionSchema)
    .selectFrom('ledger')
    .select(['host', 'sequence', 'content', 'renew_at'])
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.host, row]));
}

/** A ledger but for its sequence and times. */
interface Sayings {
  readonly starts: HostStarts;
  readonly entries: Ledger['entries'];
  readonly rules: readonly AdmissionRule[];
  readonly settings: readonly ScopedSettings[];
  readonly collections: readonly Collection[];
  readonly bases?: Ledger['bases'];
  readonly compliance?: Ledger['compliance'];
}

function sayings(
  starts: HostStarts,
  context: LedgerContext,
  { now, entries, ownImages }: { readonly now: Date; readonly entries: Entries } & Pick<Dependencies, 'ownImages'>,
): Sayings {
  const settings = scopedSettings(context.compliance.rules);
  const rules = withSettingsWithin(context.rules, settings);
  const compliance = ofContainers(context.compliance);
  const named = new Set(
    [...rules, ...settings, ...(compliance?.rules ?? []), ...(compliance?.exceptions ?? [])].flatMap(
      ({ collections }) => collections ?? [],
    ),
  );
  const own = [starts.environment, ...starts.allowed].flatMap((environment) =>
    ownImages.map((digest) => ownEntry(digest, { environment, expiresAt: new Date(now.getTime() + 7 * day) })),
  );
  const isOwn = new Set<string>(ownImages);
  const judged = hostEntries(starts, entries).filter(({ digest }) => !isOwn.has(digest));
  return {
    starts,
    entries: [...own, ...judged],
    rules,
    settings,
    collections: context.collections.filter(({ id }) => named.has(id)),
    ...(context.bases && { bases: context.bases }),
    ...(compliance && { compliance }),
  };
}

/** Verdicts are made again each day and mostly say the same: until when an entry holds makes no new ledger. */
function contentOf({ starts, entries, rules, settings, collections, bases, compliance }: Sayings): string {
  const timeless = entries.map((entry) => ({ ...entry, expiresAt: '' }));
  return digestOf([environmentsDigest(starts), timeless, rules, settings, collections, bases, compliance]);
}

/** Digest of the environments in which containers of a host may run. */
export function environmentsDigest({ environment, allowed }: Pick<HostStarts, 'environment' | 'allowed'>): string {
  return digestOf([environment ?? null, allowed]);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

async function rowOf(
  { starts, ...said }: Sayings,
  { content, sequence }: { readonly content: string; readonly sequence: number },
  { clock, signer }: Publishing,
): Promise<LedgerRow> {
  const now = clock();
  const ledger: Ledger = {
    form: 1,
    host: starts.host,
    sequence,
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + ledgerLife).toISOString(),
    ...(starts.environment === undefined ? {} : { environment: starts.environment }),
    ...said,
  };
  const signed = signLedger(ledger, signer);
  return {
    host: starts.host,
    sequence,
    environments: environmentsDigest(starts),
    content,
    ledger: await packText(signed.ledger),
    certificate: signed.certificate,
    signature: signed.signature,
    issued_at: now,
    renew_at: new Date(now.getTime() + ledgerLife / 2),
  };
}

async function save(transaction: Transaction, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== 'host');
  await transaction
    .query(admissionSchema)
    .insertInto('ledger')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('host')
        .doUpdateSet(Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)]))),
    )
    .execute();
  await notifyHosts(
    transaction,
    rows.map(({ host }) => host),
  );
}
