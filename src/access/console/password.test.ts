import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

it('reads what the reference implementation of argon2 writes (phc-winner-argon2, test.c)', async () => {
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifyPassword('password', stored)).toBe(true);
  expect(await verifyPassword('Password', stored)).toBe(false);
});

it('salts, and knows a password however its letters are composed', async () => {
  const [first, second] = [await hashPassword('Çà et là', randomBytes), await hashPassword('Çà et là', randomBytes)];
  expect(first).not.toBe(second);
  expect(await verifyPassword('Ça\u0300 et la\u0300', first)).toBe(true);
});

it.each([
  null,
  undefined,
  '',
  'plain',
  '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
])('refuses every password when %s is stored', async (stored) => {
  expect(await verifyPassword('', stored)).toBe(false);
  expect(await verifyPassword('plain', stored)).toBe(false);
});
