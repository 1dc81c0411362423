import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import {
  createToken,
  createUser,
  deleteUser,
  listTokens,
  putCollection,
  Role,
  revokeToken,
  updateUser,
} from '#access/contract.ts';
import { silentLog } from '#base/index.ts';
import { getOpenApi } from '#http/contract.ts';
import { type CallOptions, call, type OpenApiDocument } from '#http/index.ts';
import { openStore } from '#store/index.ts';
import { brokenRules, replySchema, validatorOf } from './open-api-rules.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { type Caller, readTable, tableNames, tryOperation } from './role-matrix.ts';

const state = makeStateFolder();
const table = readTable();
let seawall: RealConsole;
let administrator: CallOptions;
let document: OpenApiDocument;
const callers: Caller[] = [];

beforeAll(async () => {
  seawall = await startConsole({ state: state.folder });
  administrator = {
    baseUrl: seawall.origin,
    token: await newToken(state.folder, 'test', 'administrator'),
  };
  document = (await call(getOpenApi, {}, administrator)) as unknown as OpenApiDocument;
  callers.push({ name: 'nobody', kind: 'nobody', headers: {} });
  for (const role of Role.options) {
    const { secret } = await call(createToken, { body: { name: role, role } }, administrator);
    callers.push({ name: `token of ${role}`, role, kind: 'token', headers: bearer(secret) });
    if (role !== 'ci') callers.push({ ...(await newSession(role)), name: `session of ${role}`, role });
  }
  callers.push(...(await scoped()));
  callers.push(...(await withoutAccess()));
  callers.push(...(await ofChangedOwners()));
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

function bearer(secret: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secret}` };
}

async function newSession(
  role: Exclude<Role, 'ci'>,
  name = `user ${role}`,
  collections?: string[],
): Promise<Caller & { readonly id: string }> {
  const { user, secret } = await call(createUser, { body: { name, role, collections } }, administrator);
  const reply = await fetch(`${seawall.origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'link', secret }),
  });
  const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
  await reply.body?.cancel();
  return { id: user.id, name, kind: 'session', headers: { cookie, 'sec-fetch-site': 'same-origin' } };
}

/** Who sees a part of the estate, of each role that may be scoped. */
async function scoped(): Promise<readonly Caller[]> {
  const body = { name: 'Part', selects: { hosts: ['pier-*'] } };
  await call(putCollection, { params: { id: 'part' }, body }, administrator);
  const roles = (['operator', 'auditor', 'developer'] as const).map(async (role): Promise<readonly Caller[]> => {
    const wanted = { name: `scoped ${role}`, role, collections: ['part'] };
    const { secret } = await call(createToken, { body: wanted }, administrator);
    const session = await newSession(role, wanted.name, wanted.collections);
    return [
      { name: `scoped token of ${role}`, role, kind: 'token', sees: 'a part', headers: bearer(secret) },
      { ...session, name: `scoped session of ${role}`, role, sees: 'a part' },
    ];
  });
  return (await Promise.all(roles)).flat();
}

/** Credentials that held once, of administrators. */
async function withoutAccess(): Promise<readonly Caller[]> {
  const body = { role: 'administrator' } as const;
  const revoked = await call(createToken, { body: { ...body, name: 'revoked' } }, administrator);
  await call(revokeToken, { params: { id: revoked.token.id } }, administrator);
  const expired = await call(createToken, { body: { ...body, name: 'expired', days: 1 } }, administrator);
  await inStore(`update access.token set expires_at = now() - interval '1 second' where name = 'expired'`);
  const disabled = await newSession('administrator', 'disabled');
  await call(updateUser, { params: { id: disabled.id }, body: { ...body, disabled: true } }, administrator);
  return [
    { name: 'revoked token', kind: 'token', headers: bearer(revoked.secret) },
    { name: 'expired token', kind: 'token', headers: bearer(expired.secret) },
    { ...disabled, name: 'session of a disabled user' },
  ];
}

type UserRole = Exclude<Role, 'ci'>;

/** An administrator's token of each role, as what its owner became bounds it. */
async function ofChangedOwners(): Promise<readonly Caller[]> {
  const found: Caller[] = [];
  const change = async (id: string, role: UserRole, more: { disabled?: boolean; collections?: string[] } = {}) =>
    await call(updateUser, { params: { id }, body: { role, disabled: false, ...more } }, administrator);
  const fates: readonly {
    readonly name: string;
    readonly owner?: UserRole;
    readonly sees?: 'a part';
    readonly befall: (id: string) => Promise<unknown>;
  }[] = [
    { name: 'disabled', befall: async (id) => await change(id, 'administrator', { disabled: true }) },
    { name: 'deleted', befall: async (id) => await call(deleteUser, { params: { id } }, administrator) },
    ...(['operator', 'auditor', 'developer'] as const).flatMap((owner) => [
      { name: `demoted to ${owner}`, owner, befall: async (id: string) => await change(id, owner) },
      {
        name: `re-scoped ${owner}`,
        owner,
        sees: 'a part' as const,
        befall: async (id: string) => await change(id, owner, { collections: ['part'] }),
      },
    ]),
  ];
  for (const { name, owner, sees, befall } of fates) {
    const { id, headers } = await newSession('administrator', `to be ${name}`);
    const secrets = await Promise.all(
      Role.options.map(async (role) => ({
        role,
        secret: await tokenOf(headers, { name: `${role}, owner ${name}`, role }),
      })),
    );
    await befall(id);
    for (const { role, secret } of secrets)
      found.push({
        name: `token of ${role} whose owner is ${name}`,
        kind: 'token',
        headers: bearer(secret),
        ...(owner === undefined ? {} : { role, owner }),
        ...(sees === undefined ? {} : { sees }),
      });
  }
  return found;
}

/** Made by who is signed in with these headers. */
async function tokenOf(
  headers: Caller['headers'],
  body: { readonly name: string; readonly role: Role },
): Promise<string> {
  const reply = await fetch(`${seawall.origin}${createToken.path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await reply.json()) as { readonly secret: string }).secret;
}

async function inStore(statement: string): Promise<void> {
  const place = { kind: 'running', folder: state.folder } as const;
  const store = await openStore({ place, schemas: [accessSchema], log: silentLog });
  await sql.raw(statement).execute(store.query(accessSchema));
  await store.close();
}

describe('each role and token, at each operation', () => {
  test('the table in the reference names everything that the console serves', () => {
    const served = tableNames(document).map(({ name }) => name);
    expect(served.filter((name) => !table.operations.includes(name))).toEqual([]);
    const onOwnPort = table.operations.filter((name) => name.includes(' /api/'));
    expect(onOwnPort.filter((name) => !served.includes(name))).toEqual([]);
    expect(served.length).toBeGreaterThan(40);
  });

  test('is answered as the table says', { timeout: 300_000 }, async () => {
    expect(callers).toHaveLength(59);
    const placed = callers.map((caller, index) => ({ ...caller, from: `127.0.1.${index + 1}` }));
    for (const operation of tableNames(document)) {
      await eachOf(placed, async (caller) => {
        const { status, text } = await tryOperation({ port: seawall.port, document }, operation, caller);
        const reported = `${operation.name} by ${caller.name}: ${status} ${text.slice(0, 200)}`;
        const wanted = table.refusal(operation.name, caller);
        if (wanted === undefined) expect.soft([401, 403], reported).not.toContain(status);
        else expect.soft(status, reported).toBe(wanted);
        expect.soft(status, reported).toBeLessThan(500);
      });
    }
  });
});

/** Calls that wait for an answer at once; more only wait for each other. */
const atOnce = 8;

async function eachOf<Thing>(things: readonly Thing[], act: (thing: Thing) => Promise<void>): Promise<void> {
  const waiting = things.values();
  const actOnWaiting = async (): Promise<void> => {
    for (const thing of waiting) await act(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, actOnWaiting));
}

describe('the description of the API', () => {
  test('breaks no rule', () => {
    expect(brokenRules(document)).toEqual([]);
  });

  test('fits what the console answers', async () => {
    const names = ['/api/v1/session', listTokens.path, '/api/v1/audit', '/api/v1/collections', '/api/v1/overview'];
    for (const path of [...names, '/api/v1/settings/retention', '/api/v1/audit/verification', '/api/v1/images']) {
      const operation = document.paths[path]?.['get'];
      if (operation === undefined) throw new Error(`${path} is not described.`);
      const reply = await fetch(seawall.origin + path, { headers: bearer(administrator.token ?? '') });
      const checked = validatorOf(replySchema(operation), document).safeParse(await reply.json());
      expect.soft(checked.error?.issues, path).toBeUndefined();
    }
  });
});
