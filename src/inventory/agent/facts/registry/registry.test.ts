import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ociImage } from '../../../../../test/make/image.ts';
import { makeCertificate, pushImage, startRegistry, type TestRegistry } from '../../../../../test/make/registry.ts';
import { anonymousListing, anonymousRead, anonymousWrite, digestOf } from './anonymous.ts';
import { type Ask, askByFetch } from './ask.ts';
import { collectRegistry } from './collect-registry.ts';
import { answersInClear, connectByTls } from './transport.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function registry(start: Parameters<typeof startRegistry>[0] = {}): Promise<TestRegistry> {
  const started = await startRegistry(start);
  ends.push(() => started.end());
  return started;
}

async function serving(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

/** A certificate with another end; nobody who only shows it checks its signature. */
function withEnd(pem: string, end: string): string {
  const bytes = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  // Tag and length of a UTCTime; the second one is the end.
  const time = Buffer.from([0x17, 0x0d]);
  bytes.write(end, bytes.indexOf(time, bytes.indexOf(time) + 1) + 2, 'latin1');
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

const nothing = { root: '/nowhere', repositories: [], deployed: [], mirrors: [], repoDigests: [] };

describe('Debian’s registry', () => {
  test('that lets anyone in', async () => {
    const { host, said } = await registry();
    const base = `http://${host}`;
    expect(await anonymousWrite(askByFetch, base, 'team/shop')).toBe('allowed');
    expect(await anonymousListing(askByFetch, base)).toBe('allowed');
    expect(await anonymousRead(askByFetch, base, { repository: 'team/shop', tag: '1' })).toBe('absent');
    expect(await digestOf(askByFetch, base, { repository: 'team/shop', tag: '1' })).toBe('');
    expect(said()).toMatch(/DELETE/);
  });

  test('whose tag was moved since it was deployed', async () => {
    const { host } = await registry();
    const push = (text: string) => pushImage(ociImage([Buffer.alloc(1024, text)]), { name: `${host}/team/shop:1` });
    const deployed = await push('a');
    const moved = await push('b');
    const shop = { repository: 'team/shop', tag: '1' };
    const facts = await collectRegistry({
      ...nothing,
      host,
      ask: askByFetch,
      connect: connectByTls(),
      repositories: [shop],
      deployed: [
        { ...shop, digest: deployed },
        { ...shop, tag: '2', digest: deployed },
      ],
    });
    expect(facts.anonymousReads).toMatchObject({ value: [{ repository: 'team/shop', answer: 'allowed' }] });
    expect(facts.deployedTags).toMatchObject({
      value: [
        { name: `${host}/team/shop:1`, deployed, current: moved },
        { name: `${host}/team/shop:2`, deployed, current: '' },
      ],
    });
    expect(moved).not.toBe(deployed);
  });

  test('that wants a password', async () => {
    const { host } = await registry({ auth: { kind: 'password' } });
    const base = `http://${host}`;
    expect(await anonymousWrite(askByFetch, base, 'team/shop')).toBe('refused');
    expect(await anonymousListing(askByFetch, base)).toBe('refused');
    expect(await anonymousRead(askByFetch, base, { repository: 'team/shop', tag: '1' })).toBe('refused');
    expect(await digestOf(askByFetch, base, { repository: 'team/shop', tag: '1' })).toBeUndefined();
  });

  test('without TLS is seen as such', async () => {
    const { host } = await registry();
    const facts = await collectRegistry({ ...nothing, host, ask: askByFetch, connect: connectByTls() });
    expect(facts.encryption).toMatchObject({ value: { tls: 'none', plainPorts: [Number(host.split(':')[1])] } });
    expect(facts.certificate).toMatchObject({ kind: 'missing' });
    expect(facts.anonymousWrite).toMatchObject({ value: 'allowed' });
    expect(facts.passwordFiles).toMatchObject({ kind: 'missing' });
  });

  test('with TLS is trusted by the hosts that know its authority', async () => {
    const { host, authority } = await registry({ transport: 'tls' });
    const port = Number(host.split(':')[1]);
    expect(await connectByTls(authority)('127.0.0.1', port)).toMatchObject({
      isTrusted: true,
      namesHost: true,
      protocol: 'TLSv1.3',
    });
    expect(await connectByTls()('127.0.0.1', port)).toMatchObject({ isTrusted: false, namesHost: true });
    expect(await connectByTls(authority)('localhost', port)).toMatchObject({ isTrusted: true, namesHost: false });
    expect(await answersInClear(askByFetch, '127.0.0.1', port)).toBe(false);
  });
});

describe('other servers', () => {
  test('an old protocol is seen, not refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-tls-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const { pem: cert, key } = makeCertificate(folder);
    const port = await serving(createServer({ cert, key, maxVersion: 'TLSv1.2' }, (_, response) => response.end()));
    const answer = await connectByTls(cert)('127.0.0.1', port);
    expect(answer).toMatchObject({ protocol: 'TLSv1.2' });
    const validTo = typeof answer === 'string' ? '' : answer.validTo;
    expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  });

  test('a certificate whose end is no date holds at no time, and ends no program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-tls-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const { pem, key } = makeCertificate(folder);
    const port = await serving(createServer({ cert: withEnd(pem, '991399999999Z'), key }));
    expect(await connectByTls()('127.0.0.1', port)).toMatchObject({
      isTrusted: false,
      validTo: '1970-01-01T00:00:00.000Z',
    });
  });

  test('one that only sends on to TLS does not answer in clear', async () => {
    const sends = (location: string) =>
      serving(createHttpServer((_, response) => response.writeHead(308, { location }).end()));
    expect(await answersInClear(askByFetch, '127.0.0.1', await sends('https://r.example/v2/'))).toBe(false);
    expect(await answersInClear(askByFetch, '127.0.0.1', await sends('http://r.example/v2/'))).toBe(true);
    expect(await answersInClear(askByFetch, '127.0.0.1', 1)).toBeUndefined();
  });

  test('nobody there is no answer', async () => {
    const facts = await collectRegistry({ ...nothing, host: '127.0.0.1:1', ask: askByFetch, connect: connectByTls() });
    for (const name of ['encryption', 'certificate', 'anonymousWrite', 'anonymousListing'] as const)
      expect(facts[name], name).toMatchObject({ kind: 'missing' });
  });
});

describe('a registry that gives tokens to everyone', () => {
  const scope = 'scope="repository:team/shop:pull"';
  const challenge = (realm: string) => ({ 'www-authenticate': `Bearer realm="${realm}",service="s",${scope}` });

  const asking = (realm: string): { readonly ask: Ask; readonly asked: string[] } => {
    const asked: string[] = [];
    const ask: Ask = async (url, { method, headers }) => {
      asked.push(`${method} ${url}`);
      if (url.startsWith(realm)) return Response.json({ token: 'for-anyone' });
      const isLetIn = headers['authorization'] === 'Bearer for-anyone' && method === 'GET';
      return new Response(null, { status: isLetIn ? 200 : 401, headers: challenge(realm) });
    };
    return { ask, asked };
  };

  test('lets everyone read, though its first answer is a refusal', async () => {
    const { ask, asked } = asking('https://auth.example/token');
    const question = { repository: 'team/shop', tag: '1' };
    expect(await anonymousRead(ask, 'https://r.example', question)).toBe('allowed');
    expect(asked[1]).toBe('GET https://auth.example/token?service=s&scope=repository%3Ateam%2Fshop%3Apull');
    expect(await anonymousWrite(ask, 'https://r.example', 'team/shop')).toBe('refused');
  });

  test.each(['http://169.254.169.254/token', 'http://console.internal:8080/token'])(
    'sends nobody in clear to another service: %s',
    async (realm) => {
      const { ask, asked } = asking(realm);
      expect(await anonymousListing(ask, 'http://r.example:5000')).toBe('refused');
      expect(asked).toHaveLength(1);
    },
  );

  test('that is asked in clear may give them beside itself', async () => {
    const { ask } = asking('http://r.example:5001/token');
    expect(await anonymousListing(ask, 'http://r.example:5000')).toBe('allowed');
  });

  test('is asked for none in clear', async () => {
    const { ask, asked } = asking('http://auth.example/token');
    expect(await anonymousListing(ask, 'https://r.example')).toBe('refused');
    expect(asked).toHaveLength(1);
  });
});

test('an upload is cancelled at the registry alone, never elsewhere', async () => {
  const asked: string[] = [];
  const at =
    (location: string): Ask =>
    async (url, { method }) => {
      asked.push(`${method} ${url}`);
      return new Response(null, { status: method === 'POST' ? 202 : 204, headers: { location } });
    };
  expect(await anonymousWrite(at('/v2/a/blobs/uploads/1?_state=x'), 'https://r.example', 'a')).toBe('allowed');
  expect(await anonymousWrite(at('https://other.example/1'), 'https://r.example', 'a')).toBe('allowed');
  expect(asked).toEqual([
    'POST https://r.example/v2/a/blobs/uploads/',
    'DELETE https://r.example/v2/a/blobs/uploads/1?_state=x',
    'POST https://r.example/v2/a/blobs/uploads/',
  ]);
});

test('only what was pulled from this registry counts for it', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const facts = await collectRegistry({
    ...nothing,
    host: 'docker.io',
    ask: () => Promise.reject(new Error('not asked')),
    connect: async () => 'no-answer',
    repoDigests: [`debian@${digest}`, `docker.io/library/debian@${digest}`, `r.example/a@${digest}`, '<none>@<none>'],
  });
  expect(facts.pulledFrom).toMatchObject({ value: ['docker.io/library/debian', '<none>@<none>'] });
});
