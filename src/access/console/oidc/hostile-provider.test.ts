import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signInThere } from '../../../../test/make/openid-provider/openid-provider.ts';
import { openSignInWorld, type SignInWorld } from '../../../../test/make/openid-provider/sign-in-world.ts';

/* Documents and keys of a provider that somebody has in hand, asked for the first time. */

let world: SignInWorld;
beforeEach(async () => {
  world = await openSignInWorld();
  world.provider.accounts.set('ada', { name: 'Ada', groups: ['pilots'] });
});
afterEach(() => world.close());

const [document, keys] = ['/.well-known/openid-configuration', '/jwks'];
function answerAt(at: string, answer: (response: ServerResponse) => void): void {
  world.provider.tampering.answer = (path, response) => {
    if (path === at) answer(response.setHeader('content-type', 'application/json'));
    return path === at;
  };
}

describe('a document', () => {
  const own = (more: object): string => {
    const { issuer } = world.provider;
    const endpoints = {
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    };
    return JSON.stringify({ issuer, ...endpoints, ...more });
  };

  it.each([
    [
      'that leads to an address inside',
      (response: ServerResponse) => response.writeHead(302, { location: `${world.provider.issuer}/inside` }).end(),
    ],
    ['of another issuer', (response: ServerResponse) => response.end(own({ issuer: 'https://login.example' }))],
    ['that is huge', (response: ServerResponse) => response.end(own({ filler: 'x'.repeat(300 * 1024) }))],
    ['that is deep', (response: ServerResponse) => response.end('['.repeat(200_000))],
    ['without endpoints', (response: ServerResponse) => response.end('{}')],
  ])('%s begins nothing', async (_, answer) => {
    answerAt(document, answer);
    await expect(world.begin()).rejects.toThrow('503');
    expect(world.provider.asked).not.toContain('/inside');
  });

  it.each(['http://login.example/token', 'http://169.254.169.254/token', 'file:///etc/passwd'])(
    'that names %s for tokens has nothing sent there',
    async (token_endpoint) => {
      answerAt(document, (response) => response.end(own({ token_endpoint })));
      const { address, cookie } = await world.begin();
      const reply = await world.finish(await signInThere(address, 'ada'), cookie);
      expect([reply.statusCode, reply.cookies.some(({ name }) => name === 'seawall_session')]).toEqual([503, false]);
      expect(world.lines.join()).toMatch(/not https|only HTTP and HTTPS/);
    },
  );
});

describe('keys', () => {
  it.each([
    ['that are huge', (response: ServerResponse) => response.end(`{"keys":[${'{},'.repeat(100_000)}{}]}`)],
    ['that are none', (response: ServerResponse) => response.end('{"keys":[]}')],
    ['that lead elsewhere', (response: ServerResponse) => response.writeHead(307, { location: '/inside' }).end()],
  ])('%s sign nobody in', async (_, answer) => {
    const { address, cookie } = await world.begin();
    const query = await signInThere(address, 'ada');
    answerAt(keys, answer);
    const reply = await world.finish(query, cookie);
    expect([403, 503], reply.body).toContain(reply.statusCode);
    expect(reply.cookies.some(({ name }) => name === 'seawall_session')).toBe(false);
    expect(world.provider.asked).not.toContain('/inside');
  });
});
