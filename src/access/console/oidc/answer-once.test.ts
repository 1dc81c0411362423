import { sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signInThere } from '../../../../test/make/openid-provider/openid-provider.ts';
import { openSignInWorld, type SignInWorld } from '../../../../test/make/openid-provider/sign-in-world.ts';
import { accessSchema } from '../schema.ts';

let world: SignInWorld;

beforeAll(async () => {
  world = await openSignInWorld();
  world.provider.accounts.set('ada', { name: 'Ada', groups: ['pilots'] });
});
afterAll(() => world.close());
afterEach(() => {
  delete world.provider.tampering.answer;
});

/** Begins, and has the provider give its token for the code as often as it is asked. */
async function begun() {
  const { address, cookie } = await world.begin();
  const nonce = new URL(address).searchParams.get('nonce');
  const answer = await signInThere(address, 'ada');
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: world.provider.issuer, sub: 'ada', aud: world.provider.clientId, nonce, iat, exp: iat + 600 };
  const body = [
    { alg: 'RS256', kid: 'first' },
    { ...claims, name: 'Ada', groups: ['pilots'] },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(body), world.provider.privateKey).toString('base64url');
  const tokens = { access_token: 'one', token_type: 'Bearer', expires_in: 600, id_token: `${body}.${signature}` };
  const asked = { times: 0 };
  world.provider.tampering.answer = (path, response) => {
    if (path !== '/token') return false;
    asked.times += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(tokens));
    return true;
  };
  return { answer, cookie, asked };
}

async function sessions(): Promise<number> {
  const rows = await world.store.query(accessSchema).selectFrom('session').select('id').execute();
  return rows.length;
}

it('an answer signs in once, though the provider honours its code again', async () => {
  const { answer, cookie, asked } = await begun();
  const before = await sessions();
  expect((await world.finish(answer, cookie)).statusCode).toBe(200);
  const again = await world.finish(answer, cookie);
  expect([again.statusCode, JSON.parse(again.body).error.message]).toEqual([
    403,
    'This answer of the provider was used before.',
  ]);
  expect([(await sessions()) - before, asked.times]).toEqual([1, 1]);
});

it('an answer that comes many times at once, at two consoles, signs in once', async () => {
  const second = await world.second();
  const { answer, cookie, asked } = await begun();
  const before = await sessions();
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, at) => (at % 2 === 0 ? world : second).finish(answer, cookie)),
  );
  expect(replies.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, ...Array(7).fill(403)]);
  expect([(await sessions()) - before, asked.times]).toEqual([1, 1]);
  expect((await second.finish(answer, cookie)).statusCode).toBe(403);
  await second.close();
});

it('a code counts once whatever state comes with it, and a state whatever code', async () => {
  const first = await begun();
  expect((await world.finish(first.answer, first.cookie)).statusCode).toBe(200);
  const code = new URLSearchParams(first.answer).get('code') ?? '';
  const next = await begun();
  const borrowed = new URLSearchParams(next.answer);
  borrowed.set('code', code);
  expect((await world.finish(String(borrowed), next.cookie)).statusCode).toBe(403);
  expect(next.asked.times).toBe(0);
  const other = new URLSearchParams(first.answer);
  other.set('code', 'another');
  expect((await world.finish(String(other), first.cookie)).statusCode).toBe(403);
  expect(next.asked.times).toBe(0);
});

it('answers that were used are forgotten once no console would take them', async () => {
  const { answer, cookie } = await begun();
  await world.finish(answer, cookie);
  const kept = async (): Promise<number> =>
    (await world.store.query(accessSchema).selectFrom('provider_answer').select('hash').execute()).length;
  expect(await kept()).toBeGreaterThan(2);
  world.turn(20 * 60_000 + 1000);
  const next = await begun();
  await world.finish(next.answer, next.cookie);
  expect(await kept()).toBe(2);
});
