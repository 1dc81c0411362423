import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '../schema.ts';
import { type SignInWorld, openSignInWorld } from '../../../../test/make/openid-provider/sign-in-world.ts';
import { signInThere } from '../../../../test/make/openid-provider/openid-provider.ts';

let world: SignInWorld;

beforeAll(async () => {
  world = await openSignInWorld();
  world.provider.accounts.set('ada', { name: 'Ada', groups: ['pilots'] });
  world.provider.accounts.set('eve', { name: 'Eve', groups: [] });
});
afterAll(() => world.close());
afterEach(() => {
  delete world.provider.tampering.idToken;
  delete world.provider.tampering.answer;
});

type Part = Readonly<Record<string, unknown>>;

function partsOf(token: string): { readonly header: Part; readonly claims: Part; readonly signature: string } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const read = (part: string): Part => JSON.parse(Buffer.from(part, 'base64url').toString()) as Part;
  return { header: read(header), claims: read(claims), signature };
}

function bodyOf(header: Part, claims: Part): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

/** A token with other claims, signed by the provider's own key: whatever is refused then is refused for the claim. */
function resigned(change: (claims: Part) => Part, header: Part = {}): (real: string) => string {
  return (real) => {
    const parts = partsOf(real);
    const body = bodyOf({ ...parts.header, ...header }, change(parts.claims));
    return `${body}.${sign('sha256', Buffer.from(body), world.provider.privateKey).toString('base64url')}`;
  };
}

const now = Math.floor(Date.now() / 1000);
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const forgeries: Readonly<Record<string, (real: string) => string>> = {
  'that is not signed': (real) => `${real.split('.').slice(0, 2).join('.')}.`,
  'with alg none': (real) => `${bodyOf({ alg: 'none' }, partsOf(real).claims)}.`,
  'with HS256 by the public key': (real) => {
    const body = bodyOf({ ...partsOf(real).header, alg: 'HS256' }, partsOf(real).claims);
    return `${body}.${createHmac('sha256', world.provider.publicKey).update(body).digest('base64url')}`;
  },
  'with HS256 by the client secret': (real) => {
    const body = bodyOf({ alg: 'HS256' }, partsOf(real).claims);
    return `${body}.${createHmac('sha256', world.provider.clientSecret).update(body).digest('base64url')}`;
  },
  'signed by another key under the same id': (real) => {
    const { header, claims } = partsOf(real);
    const body = bodyOf(header, claims);
    return `${body}.${sign('sha256', Buffer.from(body), stranger).toString('base64url')}`;
  },
  'of another key id': resigned((claims) => claims, { kid: 'second' }),
  'with another algorithm of the same key': resigned((claims) => claims, { alg: 'RS512' }),
  'with a critical header': resigned((claims) => claims, { crit: ['exp'] }),
  'of another issuer': resigned((claims) => ({ ...claims, iss: 'https://login.example' })),
  'of an issuer that begins alike': resigned((claims) => ({ ...claims, iss: `${String(claims['iss'])}/` })),
  'for another audience': resigned((claims) => ({ ...claims, aud: 'dashboard' })),
  'for another audience, too': resigned((claims) => ({ ...claims, aud: ['seawall', 'dashboard'] })),
  'handed to another client': resigned((claims) => ({ ...claims, azp: 'dashboard' })),
  'that is expired': resigned((claims) => ({ ...claims, exp: now - 3600 })),
  'without an end': resigned((claims) => ({ ...claims, exp: undefined })),
  'that is not valid yet': resigned((claims) => ({ ...claims, nbf: now + 3600 })),
  'of tomorrow': resigned((claims) => ({ ...claims, iat: now + 86_400, exp: now + 90_000 })),
  'with another nonce': resigned((claims) => ({ ...claims, nonce: 'another' })),
  'without a nonce': resigned((claims) => ({ ...claims, nonce: undefined })),
  'without a subject': resigned((claims) => ({ ...claims, sub: undefined })),
  'with an empty subject': resigned((claims) => ({ ...claims, sub: '' })),
  'with changed groups': (real) => {
    const { header, claims, signature } = partsOf(real);
    return `${bodyOf(header, { ...claims, groups: ['captains'] })}.${signature}`;
  },
  'that is none': () => 'a.b.c',
};

async function attempt(login = 'ada') {
  const { address, cookie } = await world.begin();
  return await world.finish(await signInThere(address, login), cookie);
}

describe('a token', () => {
  it('of the provider itself signs in, also when it is signed once more', async () => {
    expect((await attempt()).statusCode).toBe(200);
    world.provider.tampering.idToken = resigned((claims) => claims);
    expect((await attempt()).statusCode).toBe(200);
  });

  it.each(Object.entries(forgeries))('%s is refused', async (_name, forge) => {
    world.provider.tampering.idToken = forge;
    const reply = await attempt();
    expect(reply.statusCode, reply.body).toBe(403);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'sign-in-refused' } });
    expect(reply.cookies.some(({ name }) => name === 'seawall_session')).toBe(false);
  });
});

describe('an answer', () => {
  const refused = async (answer: string, cookie: string): Promise<void> => {
    const reply = await world.finish(answer, cookie);
    expect(reply.statusCode, reply.body).toBe(403);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'sign-in-refused' } });
  };

  it('signs in once', async () => {
    const { address, cookie } = await world.begin();
    const answer = await signInThere(address, 'ada');
    expect((await world.finish(answer, cookie)).statusCode).toBe(200);
    await refused(answer, cookie);
  });

  it('is taken from the browser alone that began', async () => {
    const attacker = await world.begin();
    const answer = await signInThere(attacker.address, 'ada');
    await refused(answer, '');
    const victim = await world.begin();
    await refused(answer, victim.cookie);
    await refused(answer, 'seawall_sign_in=made-up');
    expect((await world.finish(answer, attacker.cookie)).statusCode).toBe(200);
  });

  it('is refused after ten minutes', async () => {
    const { address, cookie } = await world.begin();
    const answer = await signInThere(address, 'ada');
    world.turn(10 * 60_000);
    await refused(answer, cookie);
  });

  it.each([
    ['of another state', (answer: URLSearchParams) => answer.set('state', 'another')],
    ['without a state', (answer: URLSearchParams) => answer.delete('state')],
    ['of another issuer', (answer: URLSearchParams) => answer.set('iss', 'https://login.example')],
    ['without its issuer', (answer: URLSearchParams) => answer.delete('iss')],
    ['with two codes', (answer: URLSearchParams) => answer.append('code', 'another')],
    ['with another code', (answer: URLSearchParams) => answer.set('code', 'another')],
  ])('%s is refused', async (_name, change) => {
    const { address, cookie } = await world.begin();
    const answer = new URLSearchParams(await signInThere(address, 'ada'));
    change(answer);
    await refused(String(answer), cookie);
  });

  it('names what the provider refused, in its words alone where they are words', async () => {
    const { address, cookie } = await world.begin();
    const { searchParams } = new URL(address);
    const answer = (error: string): string =>
      String(new URLSearchParams({ error, state: searchParams.get('state') ?? '', iss: world.provider.issuer }));
    expect((await world.finish(answer('access_denied'), cookie)).body).toContain('access_denied');
    expect((await world.finish(answer('<b>call 555'), cookie)).body).not.toContain('555');
  });

  it('of a code for another code_challenge is refused by the provider', async () => {
    const first = await world.begin();
    const answer = new URLSearchParams(await signInThere(first.address, 'ada'));
    const second = await world.begin();
    answer.set('state', new URL(second.address).searchParams.get('state') ?? '');
    await refused(String(answer), second.cookie);
  });
});

describe('the provider', () => {
  it('is sent to with one address, whatever host a request names', async () => {
    const { address } = await world.begin();
    expect(new URL(address).searchParams.get('redirect_uri')).toBe('http://127.0.0.1:8083/sign-in/provider');
    expect(new URL(address).searchParams.get('code_challenge_method')).toBe('S256');
  });

  it.each([
    ['too much', (response: { end(text: string): void }) => void response.end('['.repeat(300 * 1024))],
    ['no JSON', (response: { end(text: string): void }) => void response.end('nothing')],
  ])('that answers %s is away', async (_name, answer) => {
    const { address, cookie } = await world.begin();
    const query = await signInThere(address, 'ada');
    world.provider.tampering.answer = (path, response) => {
      if (path !== '/token') return false;
      response.setHeader('content-type', 'application/json');
      answer(response);
      return true;
    };
    const reply = await world.finish(query, cookie);
    expect([403, 503], reply.body).toContain(reply.statusCode);
  });

  it('that never answers is away after five seconds', { timeout: 20_000 }, async () => {
    const { address, cookie } = await world.begin();
    const query = await signInThere(address, 'ada');
    world.provider.tampering.answer = (path) => path === '/token';
    const since = performance.now();
    const reply = await world.finish(query, cookie);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'provider-unavailable' } });
    expect(performance.now() - since).toBeLessThan(8000);
  });

  it('that leads elsewhere is not followed', async () => {
    const { address, cookie } = await world.begin();
    const query = await signInThere(address, 'ada');
    world.provider.tampering.answer = (path, response) => {
      if (path === '/token') response.writeHead(302, { location: `${world.provider.issuer}/elsewhere` }).end();
      return path === '/token';
    };
    expect((await world.finish(query, cookie)).statusCode).toBe(503);
    expect(world.provider.asked).not.toContain('/elsewhere');
  });
});

it('writes no code, token or secret into log or trail', async () => {
  const { address, cookie } = await world.begin();
  const answer = await signInThere(address, 'ada');
  const reply = await world.finish(answer, cookie);
  const session = reply.cookies.find(({ name }) => name === 'seawall_session')?.value ?? '';
  const { secret } = await world.access.createSignInLink();
  const admin = await world.ask('', 'POST', '/api/v1/session', { by: 'link', secret });
  expect(admin.status).toBe(200);
  const code = new URLSearchParams(answer).get('code') ?? '';
  const trail = await world.store.query(accessSchema).selectFrom('audit').selectAll().execute();
  const told = JSON.stringify(trail) + world.lines.join('\n');
  for (const one of [code, session, cookie.split('=')[1] ?? '', world.provider.clientSecret, 'eyJ'])
    expect(told.includes(one), one).toBe(false);
});
