import type { Selectable } from 'kysely';
import type { DiffId } from '#base/index.ts';
import { unseal } from '#link/console/index.ts';
import { type RegistryAccess, servedAt } from '#image/index.ts';
import type { Queries } from '#store/index.ts';
import type { ApprovedBase, SigningKey, Trust, TrustedRegistry } from '../contract.ts';
import { type TrustVersions, versionsOf } from '../current.ts';
import { parseScope } from '../scope.ts';
import { type ProvenanceTables, provenanceSchema } from './schema.ts';

type Row<Table extends keyof ProvenanceTables> = Selectable<ProvenanceTables[Table]>;

/** Everything that people trust, by name. */
export async function readTrust(queries: Queries): Promise<Trust> {
  const { registries, keys, bases } = await readRows(queries);
  return { registries: registries.map(toRegistry), keys: keys.map(toKey), bases: bases.map(toBase) };
}

export async function readVersions(queries: Queries): Promise<TrustVersions> {
  return versionsOf(await readRows(queries));
}

/** One state of all of it, with the versions. */
export async function readTrustInForce(queries: Queries): Promise<{
  readonly trust: Trust;
  readonly versions: TrustVersions;
  readonly rows: readonly Row<'registry'>[];
}> {
  const rows = await readRows(queries);
  return {
    trust: { registries: rows.registries.map(toRegistry), keys: rows.keys.map(toKey), bases: rows.bases.map(toBase) },
    versions: versionsOf(rows),
    rows: rows.registries,
  };
}

async function readRows(queries: Queries) {
  const database = queries.query(provenanceSchema);
  return {
    registries: await database.selectFrom('registry').selectAll().orderBy('name').orderBy('id').execute(),
    keys: await database.selectFrom('key').selectAll().orderBy('name').orderBy('id').execute(),
    bases: await database.selectFrom('base').selectAll().orderBy('name').orderBy('id').execute(),
  };
}

export function toRegistry(row: Row<'registry'>): TrustedRegistry {
  const { id, name, repositories, insecure, authorities, user, token_server: tokenServer } = row;
  return {
    id,
    name,
    repositories,
    insecure,
    ...(authorities === null ? {} : { authorities }),
    ...(user === null ? {} : { user }),
    ...(tokenServer === null ? {} : { tokenServer }),
    hasPassword: row.sealed_password !== null,
    ...savedOf(row),
  };
}

export function toKey(row: Row<'key'>): SigningKey {
  const { id, name, pem, kind, fingerprint } = row;
  return { id, name, pem, kind, fingerprint, ...savedOf(row) };
}

export function toBase(row: Row<'base'>): ApprovedBase {
  return { id: row.id, name: row.name, diffIds: row.diff_ids as readonly DiffId[], ...savedOf(row) };
}

function savedOf(row: Pick<Row<'base'>, 'saved_at' | 'saved_by'>) {
  return { savedAt: row.saved_at.toISOString(), savedBy: row.saved_by };
}

/** Host that a registry is served at, with its port. */
export function hostOf({ repositories }: Pick<Row<'registry'>, 'repositories'>): string {
  return servedAt(parseScope(repositories)?.domain ?? '');
}

/** What a sealed password is for: opened for another host, or another token server, it does not open. */
export function purposeOf(row: Pick<Row<'registry'>, 'id' | 'repositories' | 'token_server'>): string {
  const purpose = `password of registry ${row.id} at ${hostOf(row)}`;
  return row.token_server === null ? purpose : `${purpose} with tokens of ${row.token_server}`;
}

/** A look holds up a job, not a person; a registry that is this slow is away. */
const patience = { idle: 10_000, document: 20_000, layer: 60_000 };

export function accessOf(row: Row<'registry'>, masterKey: () => Buffer): RegistryAccess {
  const host = hostOf(row);
  return {
    insecure: row.insecure ? [host] : [],
    ...(row.authorities === null ? {} : { authorities: row.authorities }),
    ...(row.token_server === null ? {} : { tokenServers: { [host]: row.token_server } }),
    credentials: async (asked) => {
      if (asked !== host || row.user === null || row.sealed_password === null) return undefined;
      const password = unseal(masterKey(), row.sealed_password, purposeOf(row)).toString('utf8');
      return { kind: 'password', user: row.user, password };
    },
    patience,
  };
}
