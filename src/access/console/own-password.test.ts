import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type AppError, silentLog, systemClock } from '#base/index.ts';
import {
  createUser,
  createUserLink,
  getMe,
  listOwnSessions,
  revokeOwnSession,
  setPassword,
  signIn,
} from '../contract.ts';
import { changePassword } from './own-password.ts';
import { openPasswordQueue } from './password-queue.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';

const first = 'the harbour is full of fog';
const second = 'gulls over the breakwater';

let test: TestAccess;
let administrator: Caller;
let name: string;
let id: string;
let number = 0;

beforeAll(async () => {
  test = await openTestAccess();
});
beforeEach(async () => {
  name = `mira-${number++}`;
  administrator = await test.signedIn();
  const { user, secret } = await administrator(createUser, { body: { name, role: 'developer' } });
  id = user.id;
  await (await test.signedIn(secret))(setPassword, { body: { password: first } });
});
afterAll(() => test.close());

async function byPassword(password: string): Promise<Caller> {
  const caller = test.stranger();
  await caller(signIn, { body: { by: 'password', name, password } });
  return caller;
}
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'done',
    (error: AppError) => error.code,
  );

it('needs the old one, unless a link led in', async () => {
  const mira = await byPassword(first);
  expect(await mira(getMe)).toMatchObject({ hasPassword: true, needsOldPassword: true });
  expect(await codeOf(mira(setPassword, { body: { password: second } }))).toBe('bad-request');
  expect(await codeOf(mira(setPassword, { body: { password: second, old: 'wrong' } }))).toBe('bad-credentials');
  expect(await codeOf(mira(setPassword, { body: { password: second, old: first } }))).toBe('done');
  const { secret } = await administrator(createUserLink, { params: { id } });
  const linked = await test.signedIn(secret);
  expect(await linked(getMe)).toMatchObject({ hasPassword: true, needsOldPassword: false });
  expect(await codeOf(linked(setPassword, { body: { password: first } }))).toBe('done');
});

it('needs the old one after a link, too, once it was set there or an hour is over', async () => {
  const { secret } = await administrator(createUserLink, { params: { id } });
  const linked = await test.signedIn(secret);
  await linked(setPassword, { body: { password: second } });
  expect(await linked(getMe)).toMatchObject({ needsOldPassword: true });
  expect(await codeOf(linked(setPassword, { body: { password: first } }))).toBe('bad-request');
  const { secret: next } = await administrator(createUserLink, { params: { id } });
  const later = await test.signedIn(next);
  test.turn(60 * 60_000 - 1000);
  expect(await later(getMe)).toMatchObject({ needsOldPassword: false });
  test.turn(1000);
  expect(await later(getMe)).toMatchObject({ needsOldPassword: true });
  expect(await codeOf(later(setPassword, { body: { password: first } }))).toBe('bad-request');
  expect(await codeOf(later(setPassword, { body: { password: first, old: second } }))).toBe('done');
});

it('ends other sessions and links, and goes on with another secret', async () => {
  const [mira, other, copied] = [await byPassword(first), await byPassword(first), test.stranger()];
  copied.take(mira);
  const { secret } = await administrator(createUserLink, { params: { id } });
  expect(await copied(getMe)).toMatchObject({ name });
  await mira(setPassword, { body: { password: second, old: first } });
  expect(await mira(getMe)).toMatchObject({ name });
  for (const ended of [other, copied, await test.signedIn(secret)])
    expect(await codeOf(ended(getMe))).toBe('not-signed-in');
  expect(await codeOf(byPassword(first))).toBe('bad-credentials');
  expect(await codeOf(byPassword(second))).toBe('done');
});

it('is changed by one of two who change it at once', async () => {
  const [mira, thief] = [await byPassword(first), await byPassword(first)];
  const [own, theirs] = await Promise.all([
    codeOf(mira(setPassword, { body: { password: second, old: first } })),
    codeOf(thief(setPassword, { body: { password: 'lanterns along the quay', old: first } })),
  ]);
  const refusals = ['conflict', 'not-signed-in', 'bad-credentials'];
  expect([own, theirs].filter((code) => code === 'done')).toHaveLength(1);
  expect(refusals).toContain([own, theirs].find((code) => code !== 'done'));
  const loser = own === 'done' ? thief : mira;
  expect(await codeOf(loser(getMe))).toBe('not-signed-in');
});

it('is changed once by two requests of one session at once', async () => {
  const mira = await byPassword(first);
  const codes = await Promise.all([
    codeOf(mira(setPassword, { body: { password: second, old: first } })),
    codeOf(mira(setPassword, { body: { password: 'lanterns along the quay', old: first } })),
  ]);
  expect(codes.filter((code) => code === 'done')).toHaveLength(1);
});

it('is changed by no session that ended meanwhile', async () => {
  const session = randomUUID();
  const principal = { kind: 'user', id, name, session, permissions: [] } as const;
  const request = { ip: '127.0.0.1', cookies: {}, requestId: '', signal: new AbortController().signal };
  const dependencies = { store: test.store, clock: systemClock, log: silentLog, random: randomBytes };
  const change = { principal, request, password: second };
  const changing = async (old: string | undefined) =>
    await codeOf(changePassword(dependencies, openPasswordQueue(), { ...change, old }));
  expect(await changing(undefined)).toBe('bad-request');
  expect(await changing(first)).toBe('not-signed-in');
  expect(await codeOf(byPassword(first))).toBe('done');
});

it('lets nobody in who had the one of before, while it is changed', async () => {
  const mira = await byPassword(first);
  const entering = Array.from({ length: 2 }, async () => {
    const caller = test.stranger();
    const code = await codeOf(caller(signIn, { body: { by: 'password', name, password: first } }));
    return { caller, code };
  });
  await mira(setPassword, { body: { password: second, old: first } });
  for (const { caller } of await Promise.all(entering)) expect(await codeOf(caller(getMe))).toBe('not-signed-in');
});

it('is guessed by nobody who has a session, and that keeps nobody else waiting', async () => {
  const [thief, mira] = [await byPassword(first), await byPassword(first)];
  const codes = [];
  for (let n = 0; n < 8; n++)
    codes.push(await codeOf(thief(setPassword, { body: { password: second, old: `wrong ${n}` } })));
  expect(codes.map((code) => code === 'bad-credentials')).toEqual([true, true, true, true, true, true, false, false]);
  expect(await codeOf(mira(setPassword, { body: { password: second, old: first } }))).toBe('done');
});

it.each(['password1234', 'Seawall-Seawall!', 'mira-mira-mira', 'abcdefghijkl'])('is never %s', async (password) => {
  const mira = await byPassword(first);
  await expect(mira(setPassword, { body: { password, old: first } })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('easy to guess'),
  });
});

it('goes with a list of own sessions, and the end of each', async () => {
  const [mira, other] = [await byPassword(first), await byPassword(first)];
  const { sessions } = await mira(listOwnSessions);
  expect(new Set(sessions.map(({ user }) => user))).toEqual(new Set([name]));
  expect(sessions.filter(({ current }) => current)).toHaveLength(1);
  const { sessions: seen } = await other(listOwnSessions);
  const own = seen.find(({ current }) => current)?.id ?? '';
  const foreign = (await administrator(listOwnSessions)).sessions[0]?.id ?? '';
  expect(await codeOf(mira(revokeOwnSession, { params: { id: foreign } }))).toBe('not-found');
  expect(await codeOf(mira(revokeOwnSession, { params: { id: own } }))).toBe('done');
  expect(await codeOf(other(getMe))).toBe('not-signed-in');
  expect(await administrator(getMe)).toMatchObject({ name: 'admin' });
});

it('begins with a secret that the browser did not choose, and ends the session that it had', async () => {
  const mira = await byPassword(first);
  const before = test.stranger();
  before.take(mira);
  await mira(signIn, { body: { by: 'password', name, password: first } });
  expect(await mira(getMe)).toMatchObject({ name });
  expect(await codeOf(before(getMe))).toBe('not-signed-in');
  const fixed = test.stranger('seawall_session=chosen-by-somebody-else');
  await fixed(signIn, { body: { by: 'password', name, password: first } });
  expect(await codeOf(test.stranger('seawall_session=chosen-by-somebody-else')(getMe))).toBe('not-signed-in');
});
