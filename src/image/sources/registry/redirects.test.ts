import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ociImage } from '../../../../test/make/image.ts';
import { makeCertificate } from '../../../../test/make/registry.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { openTarget } from '../../open-target.ts';
import { defaultLimits } from '../../source.ts';
import { type Credentials, usualPatience } from './access.ts';

const app = ociImage([makeTar([file('opt/app', 'x')])], { compression: 'none' });
const layerDigest = app.diffIds[0] ?? '';
const password: Credentials = { kind: 'password', user: 'pier', password: 'sesame' };
const identity: Credentials = { kind: 'identity-token', token: 'kept-by-login' };
const secrets = [Buffer.from('pier:sesame').toString('base64'), 'kept-by-login', 'given-token'];

/** What a server was asked, headers and body in one text. */
interface Heard {
  readonly at: string;
  readonly text: string;
  readonly authorization: string | undefined;
}
type Answer = (request: IncomingMessage, response: ServerResponse) => void;
interface Served {
  readonly host: string;
  readonly url: string;
  answer: Answer;
}

const heard: Heard[] = [];
const closing: (() => void)[] = [];
let authorities = '';
/** The registry, its token server, two hosts of somebody else, one of them without TLS. */
let [registry, tokens, other, plain] = [] as unknown as [Served, Served, Served, Served];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-redirects-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const { pem, key } = makeCertificate(folder);
  authorities = pem;
  const tls = { cert: pem, key };
  registry = await serve('registry', tls);
  tokens = await serve('tokens', tls);
  other = await serve('other', tls);
  plain = await serve('plain');
});
beforeEach(() => {
  heard.length = 0;
  registry.answer = (request, response) => {
    if (request.headers.authorization === 'Bearer given-token') return content(request, response);
    challenge(response, `${tokens.url}/token`);
  };
  tokens.answer = (_, response) => response.end('{"token":"given-token"}');
  other.answer = content;
  plain.answer = content;
});
afterAll(() => {
  for (const close of closing) close();
});

describe.each([
  ['a password', password],
  ['a token of docker login', identity],
])('who asks by %s', (_, credentials) => {
  test('is named to the registry’s token server, and the token to the registry', async () => {
    expect(await read(credentials)).toBe(app.digest);
    expect(heard.filter(({ at }) => at === 'tokens').every(({ text }) => holdsSecret(text))).toBe(true);
  });

  test.each([301, 302, 303, 307, 308])(
    'is named to no other host by a token server that answers %i',
    async (status) => {
      for (const elsewhere of [other, plain]) {
        heard.length = 0;
        tokens.answer = (request, response) => redirect(response, `${elsewhere.url}${request.url}`, status);
        elsewhere.answer = (_, response) => response.end('{"token":"given-token"}');
        await read(credentials).catch(() => undefined);
        expect(heard.filter(({ at }) => at === 'tokens')).not.toEqual([]);
        expectUnnamed();
      }
      expect(heard.filter(({ at }) => at === 'plain')).toEqual([]);
    },
  );

  test('is named to no token server of a host to which the registry sends on', async () => {
    registry.answer = (request, response) => redirect(response, `${other.url}${request.url}`);
    other.answer = (request, response) =>
      request.url?.startsWith('/token') === true
        ? response.end('{"token":"given-token"}')
        : challenge(response, `${other.url}/token`);
    await expect(read(credentials)).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining(other.host),
    });
    expectUnnamed();
  });

  test('is named to no token server of another host that nobody named with the registry', async () => {
    for (const elsewhere of [other, plain]) {
      heard.length = 0;
      registry.answer = (_, response) => challenge(response, `${elsewhere.url}/token`);
      elsewhere.answer = (_, response) => response.end('{"token":"given-token"}');
      await expect(read(credentials)).rejects.toMatchObject({
        code: elsewhere === other ? 'registry-refused' : expect.stringContaining('registry-'),
        message: expect.stringMatching(/token server/),
      });
      expect(heard.filter(({ at }) => at !== 'registry')).toEqual([]);
    }
    heard.length = 0;
    registry.answer = (_, response) => challenge(response, `${tokens.url}/token`);
    await expect(read(credentials, other.host)).rejects.toMatchObject({ code: 'registry-refused' });
    expect(heard.filter(({ at }) => at === 'tokens')).toEqual([]);
  });

  test('is named to a token server of the registry’s own origin', async () => {
    registry.answer = (request, response) => {
      if (request.headers.authorization === 'Bearer given-token') return content(request, response);
      if (request.url?.startsWith('/token') === true) return response.end('{"token":"given-token"}');
      challenge(response, `${registry.url}/token`);
    };
    expect(await read(credentials, 'nobody.example')).toBe(app.digest);
    expect(heard.some(({ text }) => text.startsWith('/token') && holdsSecret(text))).toBe(true);
  });

  test('is named to no host to which the registry sends on for a layer', async () => {
    const usual = registry.answer;
    registry.answer = (request, response) =>
      request.url?.endsWith(layerDigest) === true && request.headers.authorization === 'Bearer given-token'
        ? redirect(response, `${other.url}/somewhere/${layerDigest}`)
        : usual(request, response);
    expect(await read(credentials)).toBe(app.digest);
    expect(heard.filter(({ at }) => at === 'other')).toMatchObject([{ authorization: undefined }]);
    expectUnnamed();
  });

  test('nor is a layer fetched without TLS from where the registry sends on', async () => {
    const usual = registry.answer;
    registry.answer = (request, response) =>
      request.url?.endsWith(layerDigest) === true
        ? redirect(response, `${plain.url}/${layerDigest}`)
        : usual(request, response);
    await expect(read(credentials)).rejects.toMatchObject({ message: expect.stringContaining('is not followed') });
    expect(heard.filter(({ at }) => at === 'plain')).toEqual([]);
  });
});

test('a host that asks for a password by itself gets none that is the registry’s', async () => {
  registry.answer = (request, response) => redirect(response, `${other.url}${request.url}`);
  other.answer = (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="other"' }).end();
  await expect(read(password)).rejects.toMatchObject({ code: 'registry-refused' });
  expect(heard.filter(({ at }) => at === 'registry').every(({ authorization }) => authorization === undefined)).toBe(
    true,
  );
  expectUnnamed();
});

test('a token that is sent on to another host is refused with why, and to another path of the same followed', async () => {
  tokens.answer = (_, response) => redirect(response, `${other.url}/token`);
  await expect(read(identity)).rejects.toMatchObject({
    code: 'registry-unavailable',
    message: expect.stringContaining(`${tokens.host} sends on to ${other.host} what says who asks: it is not followed`),
  });
  tokens.answer = (request, response) =>
    request.url === '/moved' ? response.end('{"token":"given-token"}') : redirect(response, '/moved');
  expect(await read(identity)).toBe(app.digest);
});

/** Nobody but the registry and its token server heard a secret. */
function expectUnnamed(): void {
  const strangers = heard.filter(({ at }) => at === 'other' || at === 'plain');
  expect(strangers.filter(({ text }) => holdsSecret(text))).toEqual([]);
}

function holdsSecret(text: string): boolean {
  return secrets.some((secret) => text.includes(secret));
}

async function serve(at: string, tls?: { readonly cert: string; readonly key: string }): Promise<Served> {
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await request.toArray()).join('');
    const { authorization } = request.headers;
    heard.push({ at, text: `${request.url} ${JSON.stringify(request.headers)} ${body}`, authorization });
    served.answer(request, response);
  };
  const take = (request: IncomingMessage, response: ServerResponse): void => void listen(request, response);
  const server = tls === undefined ? createPlain(take) : createSecure(tls, take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const served: Served = { host, url: `${tls === undefined ? 'http' : 'https'}://${host}`, answer: content };
  return served;
}

/** What the image is made of, by the digest at the end of the path. */
function content(request: IncomingMessage, response: ServerResponse): void {
  const bytes = app.blobs.get(request.url?.split('/').at(-1) ?? '');
  if (bytes === undefined) response.writeHead(404).end();
  else response.end(bytes);
}

function challenge(response: ServerResponse, realm: string): void {
  response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="test"` }).end();
}

function redirect(response: ServerResponse, location: string, status = 307): void {
  response.writeHead(status, { location }).end();
}

/** Opens the image and fetches its layer. */
async function read(credentials: Credentials, named = tokens.host): Promise<string> {
  const tokenServers = { [registry.host]: named };
  const access = {
    insecure: [],
    authorities,
    tokenServers,
    credentials: async () => credentials,
    patience: usualPatience,
  };
  const options = { platform: { os: 'linux', architecture: 'amd64' }, limits: defaultLimits, dockerSocket: '' };
  const target = `registry:${registry.host}/app@${app.descriptor.digest}`;
  const image = await openTarget(target, { ...options, registry: access });
  try {
    if (image.kind !== 'image') throw new Error('no image');
    await image.blob(0);
    return image.subject.digest;
  } finally {
    await image.close();
  }
}
