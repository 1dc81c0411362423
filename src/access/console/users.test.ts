import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Permission } from '#http/index.ts';
import {
  createToken,
  createUser,
  createUserLink,
  getMe,
  listAudit,
  listSessions,
  listTokens,
  listUsers,
  putCollection,
  revokeSession,
  rolePermissions,
  setPassword,
  signOut,
  updateUser,
} from '../contract.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';

const hour = 60 * 60_000;

describe('users, their sessions and tokens', () => {
  let test: TestAccess;
  let administrator: Caller;
  let number = 0;

  beforeAll(async () => {
    test = await openTestAccess();
  });
  beforeEach(async () => {
    administrator = await test.signedIn();
  });
  afterAll(() => test.close());

  const newName = (): string => `ann-${number++}`;
  const made = async (role: 'administrator' | 'operator' | 'auditor' | 'developer', collections?: string[]) => {
    const name = newName();
    const { user, secret } = await administrator(createUser, {
      body: { name, role, ...(collections === undefined ? {} : { collections }) },
    });
    return { ...user, secret };
  };

  it('makes a user who signs in once with a link and then by password', async () => {
    const { id, name, secret } = await made('developer');
    const ann = await test.signedIn(secret);
    expect(await ann(getMe)).toEqual({
      name,
      kind: 'user',
      role: 'developer',
      permissions: [...rolePermissions.developer, 'own-password'],
      hasPassword: false,
      needsOldPassword: false,
    });
    await ann(setPassword, { body: { password: 'correct horse battery' } });
    await expect((await test.signedIn(secret))(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    const { users } = await administrator(listUsers);
    expect(users.find((user) => user.id === id)).toMatchObject({ name, role: 'developer', hasPassword: true });
    expect(users.find((user) => user.id === id)?.lastSeenAt).toBeDefined();
  });

  it('keeps a new link for 24 hours', async () => {
    const { id, secret } = await made('auditor');
    const { secret: second } = await administrator(createUserLink, { params: { id } });
    test.turn(24 * hour);
    administrator = await test.signedIn();
    for (const late of [secret, second])
      await expect((await test.signedIn(late))(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    const { secret: third } = await administrator(createUserLink, { params: { id } });
    expect(await (await test.signedIn(third))(getMe)).toMatchObject({ role: 'auditor' });
    const nobody = { params: { id: '00000000-0000-4000-8000-000000000000' } };
    await expect(administrator(createUserLink, nobody)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes a name once', async () => {
    const { name } = await made('operator');
    const again = administrator(createUser, { body: { name, role: 'auditor' } });
    await expect(again).rejects.toMatchObject({ code: 'name-taken' });
  });

  it('changes a role at once, in sessions that are open', async () => {
    const { id, secret } = await made('developer');
    const ann = await test.signedIn(secret);
    await expect(ann(listUsers)).rejects.toMatchObject({ code: 'not-allowed' });
    await administrator(updateUser, { params: { id }, body: { role: 'administrator', disabled: false } });
    expect((await ann(listUsers)).users.length).toBeGreaterThan(1);
    await administrator(updateUser, { params: { id }, body: { role: 'auditor', disabled: false } });
    await expect(ann(listUsers)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('lets a disabled user in by nothing', async () => {
    const { id, secret } = await made('operator');
    const ann = await test.signedIn(secret);
    const { secret: unused } = await administrator(createUserLink, { params: { id } });
    await administrator(updateUser, { params: { id }, body: { role: 'operator', disabled: true } });
    await expect(ann(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect((await test.signedIn(unused))(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(administrator(createUserLink, { params: { id } })).rejects.toMatchObject({ code: 'bad-request' });
    await administrator(updateUser, { params: { id }, body: { role: 'operator', disabled: false } });
    await expect(ann(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it('keeps the last administrator, whoever asks at once', async () => {
    const { users } = await administrator(listUsers);
    const admin = users.find(({ name }) => name === 'admin');
    const { id, secret } = await made('administrator');
    const second = await test.signedIn(secret);
    const demote = (who: Caller, whom: string) =>
      who(updateUser, { params: { id: whom }, body: { role: 'auditor', disabled: false } });
    const results = await Promise.allSettled([demote(administrator, id), demote(second, admin?.id ?? '')]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const left = results[0]?.status === 'fulfilled' ? administrator : second;
    const own = results[0]?.status === 'fulfilled' ? (admin?.id ?? '') : id;
    await expect(demote(left, own)).rejects.toMatchObject({ code: 'last-administrator' });
    const disabling = left(updateUser, { params: { id: own }, body: { role: 'administrator', disabled: true } });
    await expect(disabling).rejects.toMatchObject({ code: 'last-administrator' });
    expect(await (await test.signedIn())(getMe)).toMatchObject({ role: 'administrator' });
    const restored = { params: { id: admin?.id ?? '' }, body: { role: 'administrator', disabled: false } } as const;
    await left(updateUser, restored);
  });

  it('lists sessions with their addresses, and ends them', async () => {
    const { name, secret } = await made('auditor');
    const ann = await test.signedIn(secret);
    const { sessions } = await administrator(listSessions);
    expect(sessions.filter(({ current }) => current)).toMatchObject([{ user: 'admin', address: '127.0.0.1' }]);
    const session = sessions.find(({ user }) => user === name);
    expect(session).toMatchObject({ address: '127.0.0.1', current: false });
    await administrator(revokeSession, { params: { id: session?.id ?? '' } });
    await expect(ann(getMe)).rejects.toMatchObject({ code: 'not-signed-in' });
    const again = administrator(revokeSession, { params: { id: session?.id ?? '' } });
    await expect(again).rejects.toMatchObject({ code: 'not-found' });
    const before = (await administrator(listSessions)).sessions.length;
    await administrator(signOut);
    administrator = await test.signedIn();
    expect((await administrator(listSessions)).sessions).toHaveLength(before);
  });

  it('scopes users and tokens to collections that are there', async () => {
    const selects = { repositories: ['docker.io/shop/*'] };
    await administrator(putCollection, { params: { id: 'shop' }, body: { name: 'Shop', selects } });
    await expect(made('developer', ['shop', 'nowhere'])).rejects.toMatchObject({ code: 'bad-request' });
    await expect(made('administrator', ['shop'])).rejects.toMatchObject({ code: 'bad-request' });
    const { secret, id } = await made('developer', ['shop']);
    expect(await (await test.signedIn(secret))(getMe)).toMatchObject({ collections: ['shop'] });
    await administrator(updateUser, { params: { id }, body: { role: 'developer', disabled: false } });
    expect((await administrator(listUsers)).users.find((user) => user.id === id)?.collections).toBeUndefined();
    const token = await test.token({ role: 'developer', collections: [] });
    expect(await token(getMe)).toMatchObject({ kind: 'token', collections: [] });
    await expect(test.token({ collections: ['nowhere'] })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('lets nobody who sees a part do what concerns the whole estate', async () => {
    await administrator(putCollection, {
      params: { id: 'pier' },
      body: { name: 'Pier', selects: { hosts: ['pier-*'] } },
    });
    const within = ['own-session', 'read', 'publish', 'request-exceptions', 'approve-exceptions', 'operate'];
    const operator = await test.token({ role: 'operator', collections: ['pier'] });
    expect((await operator(getMe)).permissions).toEqual(within);
    const session = await test.signedIn((await made('operator', ['pier'])).secret);
    expect((await session(getMe)).permissions).toEqual([...within, 'own-password']);
    const auditor = await test.token({ role: 'auditor', collections: ['pier'] });
    await expect(auditor(listAudit)).rejects.toMatchObject({
      code: 'not-allowed',
      message:
        'a token may not do this: it needs the permission "read-audit", which nobody has whose view is scoped to collections.',
    });
    expect((await (await test.token({ role: 'auditor' }))(listAudit)).total).toBeGreaterThan(0);
  });

  it('tells the rest of the console what a token speaks for', async () => {
    const body = { name: 'jenkins', role: 'ci', repositories: ['docker.io/shop/*'] } as const;
    const { token, secret } = await administrator(createToken, {
      body: { ...body, repositories: [...body.repositories] },
    });
    expect(token).toMatchObject({ ...body, createdBy: 'admin' });
    const authorization = `Bearer ${secret}`;
    const principal = await test.access.authenticate({ authorization, cookies: {}, purpose: 'renew' });
    const permissions: readonly Permission[] = ['own-session', 'publish'];
    expect(principal).toEqual({
      kind: 'token',
      id: token.id,
      name: 'jenkins',
      permissions,
      repositories: body.repositories,
    });
    const bare = await test.access.createToken({ name: 'bare', role: 'ci' });
    const spoken = await test.access.authenticate({
      authorization: `Bearer ${bare.secret}`,
      cookies: {},
      purpose: 'renew',
    });
    expect(spoken).not.toHaveProperty('repositories');
    expect((await administrator(listTokens)).tokens).toContainEqual(expect.objectContaining({ createdBy: 'console' }));
  });

  it('lets no token set a password', async () => {
    const token = await test.token({ role: 'administrator' });
    const setting = token(setPassword, { body: { password: 'correct horse battery' } });
    await expect(setting).rejects.toMatchObject({ code: 'not-allowed' });
  });
});
