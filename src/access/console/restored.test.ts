import { afterAll, beforeAll, expect, it } from 'vitest';
import { confirmUsers, createToken, listAudit, listUsers, revokeToken } from '../contract.ts';
import { holdTokens } from './restored.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';

let test: TestAccess;
let administrator: Caller;
beforeAll(async () => {
  test = await openTestAccess();
  administrator = await test.signedIn();
});
afterAll(() => test.close());

const at = (day: number): Date => new Date(Date.UTC(2026, 10, day));
async function restore(day: number): Promise<void> {
  const copy = { takenAt: at(day - 1), restoredAt: at(day) };
  await test.store.transaction(async (transaction) => await holdTokens(transaction, copy));
  administrator = await test.signedIn();
}
const told = async () => (await administrator(listUsers)).restored?.restoredAt;
const confirm = async (day: number) =>
  await administrator(confirmUsers, { body: { restoredAt: at(day).toISOString() } });

it('users that a restore brought back are told of, also where no token is, until an administrator confirms them', async () => {
  expect(await told()).toBeUndefined();
  await restore(2);
  expect(await told()).toBe(at(2).toISOString());
  await confirm(2);
  expect(await told()).toBeUndefined();
  const { entries } = await administrator(listAudit, { query: { limit: 1 } });
  expect(entries).toMatchObject([
    { action: 'restore-confirmed', actor: { name: 'admin' }, detail: { restoredAt: at(2).toISOString() } },
  ]);
});

it('another restore is told of again, and is not confirmed with the one before', async () => {
  await restore(3);
  await restore(4);
  await expect(confirm(3)).rejects.toMatchObject({ code: 'conflict' });
  expect(await told()).toBe(at(4).toISOString());
  await confirm(4);
  await expect(confirm(4)).rejects.toMatchObject({ code: 'conflict' });
});

it('a token that was revoked before the copy was taken is not held, and stays revoked', async () => {
  const { token, secret } = await administrator(createToken, { body: { name: 'gone', role: 'auditor' } });
  await administrator(revokeToken, { params: { id: token.id } });
  await restore(5);
  await expect(test.bearing(secret)(listUsers)).rejects.toMatchObject({ code: 'not-signed-in' });
});
