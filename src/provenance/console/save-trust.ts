import { X509Certificate } from 'node:crypto';
import { AppError, type SubjectId } from '#base/index.ts';
import { audit } from '#access/console/index.ts';
import { readScan, readShownScan } from '#catalog/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import { placeOfHost, servedAt } from '#image/index.ts';
import { seal } from '#link/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type {
  ApprovedBase,
  putApprovedBase,
  putSigningKey,
  putTrustedRegistry,
  SigningKey,
  TrustedRegistry,
} from '../contract.ts';
import { readSigningKey } from '../keys.ts';
import { parseScope } from '../scope.ts';
import { trustChanged } from './facts.ts';
import type { Dependencies, Writer } from './dependencies.ts';
import { allDue } from './proofs.ts';
import { type ProvenanceTables, provenanceSchema } from './schema.ts';
import { hostOf, purposeOf, toBase, toKey, toRegistry } from './trust.ts';

type Kind = ProvenanceTables['removed']['kind'];

/** Throws `bad-request` for what is no registry, no authority, or a password without user. */
export async function saveRegistry(
  dependencies: Dependencies,
  { params: { id }, body }: Pick<HandlerInput<typeof putTrustedRegistry>, 'params' | 'body'>,
  writer: Writer,
): Promise<TrustedRegistry> {
  const scope = parseScope(body.repositories);
  if (scope === undefined || placeOfHost(servedAt(scope.domain)) === 'nowhere')
    throw new AppError('bad-request', 'repositories: write a registry, registry.example, or registry.example/team.');
  refuseLinkLocal('repositories', servedAt(scope.domain));
  checkAuthorities(body.authorities);
  checkTokenServer(body.tokenServer);
  if (body.password !== undefined && body.user === undefined)
    throw new AppError('bad-request', 'user: a password needs a user.');
  return await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const database = transaction.query(provenanceSchema);
    const before = await database.selectFrom('registry').selectAll().where('id', '=', id).executeTakeFirst();
    const kept = before !== undefined && isSameHost(before, body) ? before.sealed_password : null;
    const row = {
      ...(await savedRow(transaction, { kind: 'registry', id, before: before?.version }, { dependencies, writer })),
      name: body.name,
      repositories: body.repositories,
      insecure: body.insecure,
      authorities: body.authorities ?? null,
      user: body.user ?? null,
      token_server: body.tokenServer ?? null,
      sealed_password:
        body.password === undefined
          ? kept
          : seal(
              dependencies.masterKey(),
              Buffer.from(body.password),
              purposeOf({ id, repositories: body.repositories, token_server: body.tokenServer ?? null }),
            ),
    };
    await database
      .insertInto('registry')
      .values(row)
      .onConflict((on) => on.column('id').doUpdateSet(row))
      .execute();
    const saved = toRegistry(row);
    await noteChange(
      transaction,
      { kind: 'registry', id, name: body.name, action: 'saved' },
      {
        dependencies,
        writer,
        detail: {
          before: before && toRegistry(before),
          after: saved,
          password: body.password === undefined ? 'kept' : 'new',
        },
      },
    );
    return saved;
  });
}

/** A password stays only with the host, the user and the way of proof that it was given for. */
function isSameHost(
  before: ProvenanceTables['registry'],
  body: HandlerInput<typeof putTrustedRegistry>['body'],
): boolean {
  return (
    hostOf(before) === hostOf(body) &&
    before.user === (body.user ?? null) &&
    before.token_server === (body.tokenServer ?? null) &&
    before.insecure === body.insecure &&
    before.authorities === (body.authorities ?? null)
  );
}

/** Of a name it is decided whenever it is asked: what it resolves to may change. */
function refuseLinkLocal(field: string, host: string): void {
  if (placeOfHost(host) !== 'link-local') return;
  throw new AppError('bad-request', `${field}: ${host} is a link-local address, which no registry has.`);
}

function checkTokenServer(host: string | undefined): void {
  if (host === undefined) return;
  refuseLinkLocal('tokenServer', host);
  if (URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host) return;
  throw new AppError('bad-request', 'tokenServer: write a host, auth.example, with its port if that is not 443.');
}

function checkAuthorities(pem: string | undefined): void {
  if (pem === undefined) return;
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new AppError('bad-request', 'authorities: a certificate in PEM form is expected.', { cause });
  }
}

/** Throws `bad-request` for a key that is not read. */
export async function saveKey(
  dependencies: Dependencies,
  { params: { id }, body: { name, pem } }: Pick<HandlerInput<typeof putSigningKey>, 'params' | 'body'>,
  writer: Writer,
): Promise<SigningKey> {
  const { kind, fingerprint } = readSigningKey({ id, name, pem });
  return await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const database = transaction.query(provenanceSchema);
    const before = await database.selectFrom('key').selectAll().where('id', '=', id).executeTakeFirst();
    const saved = await savedRow(transaction, { kind: 'key', id, before: before?.version }, { dependencies, writer });
    const row = { ...saved, name, pem, kind, fingerprint };
    await database
      .insertInto('key')
      .values(row)
      .onConflict((on) => on.column('id').doUpdateSet(row))
      .execute();
    const detail = { fingerprint, before: before?.fingerprint };
    await noteChange(transaction, { kind: 'key', id, name, action: 'saved' }, { dependencies, writer, detail });
    return toKey(row);
  });
}

/** Throws `not-found` for an image that no trusted scan is of. */
export async function saveBase(
  dependencies: Dependencies,
  { params: { id }, body: { name, from } }: Pick<HandlerInput<typeof putApprovedBase>, 'params' | 'body'>,
  writer: Writer,
): Promise<ApprovedBase> {
  return await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const diffIds = from.kind === 'layers' ? from.diffIds : await layersOf(transaction, from.digest);
    const database = transaction.query(provenanceSchema);
    const before = await database.selectFrom('base').selectAll().where('id', '=', id).executeTakeFirst();
    const saved = await savedRow(transaction, { kind: 'base', id, before: before?.version }, { dependencies, writer });
    const row = { ...saved, name, diff_ids: [...diffIds] };
    await database
      .insertInto('base')
      .values(row)
      .onConflict((on) => on.column('id').doUpdateSet(row))
      .execute();
    const detail = { before: before?.diff_ids, after: diffIds };
    await noteChange(transaction, { kind: 'base', id, name, action: 'saved' }, { dependencies, writer, detail });
    return toBase(row);
  });
}

async function layersOf(queries: Queries, digest: string): Promise<readonly string[]> {
  const speaking = await readShownScan(queries, digest as SubjectId);
  const stored = speaking && (await readScan(queries, speaking.scan));
  if (stored?.document.kind === 'image' && stored.document.layers.length > 0)
    return stored.document.layers.map(({ diffId }) => diffId);
  throw new AppError('not-found', `No trusted scan tells the layers of ${digest}.`);
}

/** Throws `not-found`, and `in-use` while a policy names it. */
export async function removeTrust(
  dependencies: Dependencies,
  { kind, id }: { readonly kind: Kind; readonly id: string },
  writer: Writer,
): Promise<void> {
  const users = kind === 'registry' ? [] : await dependencies.usedBy(kind, id);
  if (users.length > 0) throw new AppError('in-use', `It is named by ${users.join(', ')}.`);
  await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const database = transaction.query(provenanceSchema);
    const before = await database
      .deleteFrom(kind)
      .where('id', '=', id)
      .returning(['name', 'version'])
      .executeTakeFirst();
    if (before === undefined) throw new AppError('not-found', 'There is nothing trusted of this id.');
    const { version } = before;
    await database
      .insertInto('removed')
      .values({ kind, id, version })
      .onConflict((on) => on.columns(['kind', 'id']).doUpdateSet({ version }))
      .execute();
    const change = { kind, id, name: before.name, action: 'removed' as const };
    await noteChange(transaction, change, { dependencies, writer, detail: {} });
  });
}

interface By {
  readonly dependencies: Dependencies;
  readonly writer: Writer;
}

async function savedRow(
  transaction: Transaction,
  { kind, id, before }: { readonly kind: Kind; readonly id: string; readonly before: number | undefined },
  { dependencies, writer }: By,
) {
  const removed = await transaction
    .query(provenanceSchema)
    .selectFrom('removed')
    .select('version')
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
  const version = Math.max(before ?? 0, removed?.version ?? 0) + 1;
  return { id, version, saved_at: dependencies.clock(), saved_by: writer.name };
}

/** Everything is looked for again, and the trail tells who changed what is trusted. */
async function noteChange(
  transaction: Transaction,
  {
    kind,
    id,
    name,
    action,
  }: { readonly kind: Kind; readonly id: string; readonly name: string; readonly action: 'saved' | 'removed' },
  { dependencies, writer, detail }: By & { readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  await allDue(transaction, dependencies.clock());
  await transaction.announce(trustChanged, { id: `${kind}/${id}` });
  const names = { registry: 'trusted-registry', key: 'signing-key', base: 'approved-base' } as const;
  const target = { kind: names[kind], id, name };
  await audit(transaction, { ...writer.author, action: `${names[kind]}-${action}`, target, detail });
}
