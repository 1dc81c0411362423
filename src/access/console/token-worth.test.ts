import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Permission, wholePermissions } from '#http/index.ts';
import { createTestStore } from '#store/testing.ts';
import {
  adoptToken,
  createToken,
  createUser,
  deleteUser,
  getMe,
  listTokens,
  putCollection,
  Role,
  revokeToken,
  rolePermissions,
  updateUser,
} from '../contract.ts';
import { readTokenWorth, type TokenWorth } from './index.ts';
import { accessSchema } from './schema.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';
import { type Owner, rightsOf, worthOf } from './token-worth.ts';

type UserRole = Exclude<Role, 'ci'>;

const userRoles = Role.options.filter((role): role is UserRole => role !== 'ci');
const userOf = (role: UserRole, more: { disabled?: boolean; collections?: readonly string[] } = {}): Owner => ({
  kind: 'user',
  role,
  disabled: more.disabled ?? false,
  collections: more.collections ?? null,
});

/** What both roles allow, said without the code under test: each permission by itself. */
function both(token: Role, owner: UserRole, part: 'everything' | 'a part'): readonly Permission[] {
  const whole = new Set<Permission>(['write-rules', 'manage-agents', 'read-audit', 'administer']);
  return rolePermissions[token].filter(
    (one) => rolePermissions[owner].includes(one) && (part === 'everything' || !whole.has(one)),
  );
}

describe('what a token may', () => {
  it.each(Role.options.flatMap((role) => userRoles.map((owner) => [role, owner] as const)))(
    'is what a token of %s and its owner, %s, both may',
    (role, owner) => {
      for (const token of [null, ['a', 'b']] as const)
        for (const seen of [null, ['b', 'c'], ['c']] as const) {
          const rights = rightsOf(
            { role, collections: token },
            userOf(owner, seen === null ? {} : { collections: seen }),
          );
          const all = token === null && seen === null;
          const wanted = both(role, owner, all ? 'everything' : 'a part');
          expect([...(rights?.permissions ?? [])].toSorted()).toEqual([...wanted].toSorted());
          const expected =
            token === null
              ? (seen ?? undefined)
              : seen === null
                ? token
                : token.filter((id) => new Set<string>(seen).has(id));
          expect(rights?.collections).toEqual(expected);
        }
      expect(rightsOf({ role, collections: null }, userOf(owner, { disabled: true }))).toBeUndefined();
    },
  );

  it.each(Role.options)('is nothing for a token of %s whose owner is deleted', (role) => {
    expect(rightsOf({ role, collections: null }, { kind: 'deleted' })).toBeUndefined();
  });

  it.each(Role.options)('is its role alone for a token of %s that the console made', (role) => {
    for (const kind of ['console', 'unknown'] as const) {
      expect(rightsOf({ role, collections: null }, { kind })).toEqual({ permissions: rolePermissions[role] });
      const part = rightsOf({ role, collections: ['a'] }, { kind });
      expect(part?.collections).toEqual(['a']);
      expect(part?.permissions.filter((one) => wholePermissions.includes(one))).toEqual([]);
    }
  });
});

describe('what a token is worth', () => {
  const now = new Date();
  it.each<[Owner, TokenWorth]>([
    [{ kind: 'console' }, 'counts'],
    [{ kind: 'unknown' }, 'counts'],
    [{ kind: 'deleted' }, 'owner-lost'],
    [userOf('administrator'), 'counts'],
    [userOf('operator'), 'counts'],
    [userOf('operator', { collections: ['a'] }), 'counts'],
    [userOf('auditor'), 'owner-lost'],
    [userOf('developer'), 'owner-lost'],
    [userOf('administrator', { disabled: true }), 'owner-lost'],
    [userOf('operator', { disabled: true }), 'owner-lost'],
  ])('of %o is %s, and nothing once it is revoked', (owner, worth) => {
    expect(worthOf({ revoked: null }, owner)).toBe(worth);
    expect(worthOf({ revoked: now }, owner)).toBe('revoked');
  });
});

describe('a token at the console', () => {
  let test: TestAccess;
  let administrator: Caller;

  beforeAll(async () => {
    test = await openTestAccess();
    administrator = await test.signedIn();
  });
  afterAll(() => test.close());

  /** A user who signed in, and a token that he made while he was an administrator. */
  const newOwner = async (name: string) => {
    const { user, secret } = await administrator(createUser, { body: { name, role: 'administrator' } });
    const session = await test.signedIn(secret);
    const { token, secret: opens } = await session(createToken, {
      body: { name: `of ${name}`, role: 'administrator' },
    });
    return { user, token, opens, caller: test.bearing(opens) };
  };
  const change = (id: string, role: UserRole, more: { disabled?: boolean; collections?: string[] } = {}) =>
    administrator(updateUser, { params: { id }, body: { role, disabled: false, ...more } });
  const worth = async (id: string) => (await readTokenWorth(test.store, [id])).get(id);
  const announced = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = new Set((await test.announced()).map(({ id }) => id));
    await work();
    return (await test.announced()).filter(({ id }) => !before.has(id)).map(({ token }) => token);
  };

  it('follows its owner, each time he is changed', async () => {
    const { user, token, caller } = await newOwner('dora');
    await administrator(putCollection, { params: { id: 'part' }, body: { name: 'Part', selects: { hosts: ['p-*'] } } });
    expect((await caller(getMe)).permissions).toContain('administer');
    expect(await announced(() => change(user.id, 'operator'))).toEqual([token.id]);
    expect((await caller(getMe)).permissions).not.toContain('administer');
    expect(await worth(token.id)).toBe('counts');
    expect(await announced(() => change(user.id, 'operator', { collections: ['part'] }))).toEqual([token.id]);
    expect(await caller(getMe)).toMatchObject({ collections: ['part'] });
    expect((await caller(getMe)).permissions).not.toContain('write-rules');
    expect(await announced(() => change(user.id, 'developer'))).toEqual([token.id]);
    expect((await caller(getMe)).permissions).not.toContain('publish');
    expect(await worth(token.id)).toBe('owner-lost');
    expect(await announced(() => change(user.id, 'administrator', { disabled: true }))).toEqual([token.id]);
    await expect(caller(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    await change(user.id, 'administrator');
    expect((await caller(getMe)).permissions).toContain('administer');
    expect(await worth(token.id)).toBe('counts');
  });

  it('ends with its owner, and nobody of his name inherits it', async () => {
    const { user, token, caller } = await newOwner('eve');
    expect(await announced(() => administrator(deleteUser, { params: { id: user.id } }))).toEqual([token.id]);
    await newOwner('eve');
    await expect(caller(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await worth(token.id)).toBe('owner-lost');
    const listed = (await administrator(listTokens)).tokens.find(({ id }) => id === token.id);
    expect(listed).toMatchObject({ worth: 'owner-lost', owner: { kind: 'user', name: 'eve', state: 'deleted' } });
  });

  it('passes its owner on to the tokens that it makes', async () => {
    const { user, caller } = await newOwner('fred');
    const made = await caller(createToken, { body: { name: 'child', role: 'administrator' } });
    const child = test.bearing(made.secret);
    expect((await child(getMe)).permissions).toContain('administer');
    await change(user.id, 'administrator', { disabled: true });
    await expect(child(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it('stays known once it is revoked, without its secret', async () => {
    const { token, caller } = await newOwner('gina');
    expect(await announced(() => administrator(revokeToken, { params: { id: token.id } }))).toEqual([token.id]);
    await expect(caller(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await worth(token.id)).toBe('revoked');
    const row = await test.store
      .query(accessSchema)
      .selectFrom('token')
      .selectAll()
      .where('id', '=', token.id)
      .execute();
    expect(row).toMatchObject([{ secret_hash: null, name: 'of gina' }]);
    expect((await administrator(listTokens)).tokens.map(({ id }) => id)).not.toContain(token.id);
    await expect(administrator(revokeToken, { params: { id: token.id } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(administrator(adoptToken, { params: { id: token.id } })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps its worth when it expires, but opens nothing', async () => {
    const { token, secret } = await administrator(createToken, { body: { name: 'short', role: 'ci', days: 1 } });
    const caller = test.bearing(secret);
    test.turn(25 * 60 * 60_000);
    await expect(caller(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await worth(token.id)).toBe('counts');
    administrator = await test.signedIn();
  });

  it('that nobody owns is adopted by a user, never by a token of the console', async () => {
    const { token } = await test.access.createToken({ name: 'from the terminal', role: 'administrator' });
    const console = await test.token({ role: 'administrator' });
    expect(token.owner).toEqual({ kind: 'console' });
    await expect(console(adoptToken, { params: { id: token.id } })).rejects.toMatchObject({ code: 'bad-request' });
    let adopted: unknown;
    const adopting = async () => (adopted = await administrator(adoptToken, { params: { id: token.id } }));
    expect(await announced(adopting)).toEqual([token.id]);
    expect(adopted).toMatchObject({ token: { owner: { kind: 'user', name: 'admin', state: 'active' } } });
  });

  it('that is unknown, or no id at all, is worth nothing', async () => {
    expect([...(await readTokenWorth(test.store, ['x', '00000000-0000-4000-8000-000000000000'])).values()]).toEqual([
      'revoked',
      'revoked',
    ]);
    expect((await readTokenWorth(test.store, [])).size).toBe(0);
  });
});

it('an upgrade finds owners by name once, and only those who were there before the token', async () => {
  const { '0007-token-worth': worth, '0006-keyed-audit': keyed, ...before } = accessSchema.migrations;
  const store = await createTestStore([
    { name: 'upgraded', migrations: {} },
    { ...accessSchema, migrations: before },
  ]);
  try {
    const access = store.query(accessSchema);
    const insert = (name: string, by: string, owner: string | null) =>
      sql`insert into access.token (secret_hash, name, role, created_by, owner, created_at)
        values (${Buffer.from(name)}, ${name}, 'ci', ${by}, ${owner}, '2026-11-20')`.execute(access);
    await sql`insert into access."user" (name, role, created_at)
      values ('ann', 'administrator', '2026-11-01'), ('late', 'administrator', '2026-11-22')`.execute(access);
    await insert('of ann', 'ann', 'ann');
    await insert('by a token', 'jenkins', 'ann');
    await insert('of the console', 'console', null);
    await insert('of the console, early', 'console', 'console');
    await insert('older', 'unknown', 'unknown');
    await insert('by a token of nobody', 'jenkins', null);
    await insert('of a namesake', 'late', 'late');
    await store.transaction(async (transaction) => {
      const database = transaction.query(accessSchema);
      await sql`set local search_path = access`.execute(database);
      for (const migration of [worth, keyed]) await migration?.up(database as never);
    });
    const rows = await access
      .selectFrom('token')
      .leftJoin('user', 'user.id', 'token.owner_id')
      .select(['token.name', 'owner_kind', 'user.name as user'])
      .orderBy('token.name')
      .execute();
    expect(rows.map(({ name, owner_kind, user }) => [name, owner_kind, user])).toEqual([
      ['by a token', 'user', 'ann'],
      ['by a token of nobody', 'unknown', null],
      ['of a namesake', 'unknown', null],
      ['of ann', 'user', 'ann'],
      ['of the console', 'console', null],
      ['of the console, early', 'console', null],
      ['older', 'unknown', null],
    ]);
  } finally {
    await store.close();
  }
});
