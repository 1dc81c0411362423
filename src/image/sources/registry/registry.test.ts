import { createSign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '#base/index.ts';
import { ociImage } from '../../../../test/make/image.ts';
import {
  makeCertificate,
  pierPassword,
  pushImage,
  pushIndex,
  pushReferrer,
  startRegistry,
  type TestRegistry,
  tokenIssuer,
  tokenService,
} from '../../../../test/make/registry.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { openTarget } from '../../open-target.ts';
import { readLayer } from '../../read-layer.ts';
import { defaultLimits, type OpenedImage } from '../../source.ts';
import type { RegistryAccess } from './access.ts';
import {
  anonymousAccess,
  dockerCredentials,
  fetchManifest,
  fetchReferrers,
  fetchSignatureTag,
  openRegistry,
} from './index.ts';

const layers = [makeTar([file('etc/os-release', 'ID=debian\n')]), makeTar([file('opt/app', 'x'.repeat(100_000))])];
const app = ociImage(layers);
const arm = ociImage(layers, { architecture: 'arm64', compression: 'zstd' });
const basic = `Basic ${Buffer.from('pier:sesame').toString('base64')}`;
const asPier: RegistryAccess = {
  ...anonymousAccess,
  credentials: async () => ({ kind: 'password', ...pierPassword }),
};

describe('a registry on loopback', () => {
  let registry: TestRegistry;
  let indexDigest = '';
  beforeAll(async () => {
    registry = await startRegistry();
    await pushImage(app, { name: `${registry.host}/team/app:1` });
    indexDigest = await pushIndex([app, arm], { name: `${registry.host}/team/multi:1` });
  });
  afterAll(async () => await registry.end());

  test('its image is read by tag, layers as they are asked for', async () => {
    await opened(`${registry.host}/team/app:1`, anonymousAccess, async (image) => {
      expect(image.subject).toMatchObject({
        digest: app.digest,
        manifestDigest: app.descriptor.digest,
        names: [`${registry.host}/team/app:1`],
      });
      expect(await contentOf(image, 0)).toEqual(['etc/os-release=ID=debian\n']);
      expect(await contentOf(image, 1)).toEqual([`opt/app=${'x'.repeat(100_000)}`]);
      await image.verify(1);
    });
  });

  test('an image is read by digest, of an index the one for the platform', async () => {
    await opened(`${registry.host}/team/app@${app.descriptor.digest}`, anonymousAccess, async (image) => {
      expect(image.subject.digest).toBe(app.digest);
      expect(image.subject.names).toEqual([]);
    });
    await opened(`${registry.host}/team/multi:1#arm64`, anonymousAccess, async (image) => {
      expect(image.subject).toMatchObject({ digest: arm.digest, indexDigest });
      expect(await contentOf(image, 0)).toEqual(['etc/os-release=ID=debian\n']);
    });
    const missing = openTarget(`registry:${registry.host}/team/multi:1`, optionsOf(anonymousAccess, 's390x'));
    await expect(missing).rejects.toMatchObject({
      code: 'platform-not-found',
      message: expect.stringMatching(/amd64, linux\/arm64/),
    });
  });

  test.each(['team/app:2', 'team/none:1', `team/app@sha256:${'0'.repeat(64)}`])('what it lacks: %s', async (name) => {
    const target = openTarget(`registry:${registry.host}/${name}`, optionsOf(anonymousAccess));
    await expect(target).rejects.toMatchObject({ code: 'target-not-found' });
  });

  test('what refers to a manifest is found, and nothing of another kind', async () => {
    const type = 'application/vnd.example.proof+json';
    const subject = app.descriptor.digest;
    await pushReferrer({ name: `${registry.host}/team/app:1` }, { subject, type, bytes: Buffer.from('{"a":1}') });
    const asked = openRegistry({ domain: registry.host, path: 'team/app' }, anonymousAccess);
    expect(await all(fetchReferrers(asked, subject, ['application/vnd.other']))).toEqual([]);
    const [found] = await all(fetchReferrers(asked, subject, [type]));
    expect(found?.manifest.layers).toHaveLength(1);
    expect(await fetchSignatureTag(asked, subject)).toBeUndefined();
    expect(await fetchManifest(asked, subject)).toMatchObject({ digest: subject });
    asked.close();
  });

  test('a bare name that the engine lacks is asked of its registry, where that is wanted', async () => {
    const asked: string[] = [];
    const options = { ...optionsOf(anonymousAccess), onRegistry: (repository: string) => void asked.push(repository) };
    const found = await openTarget(`${registry.host}/team/app:1`, options);
    expect([found.subject, asked]).toMatchObject([{ digest: app.digest }, [`${registry.host}/team/app`]]);
    await found.close();
    const code = 'docker-unavailable';
    await expect(openTarget(`${registry.host}/team/app:1`, optionsOf(anonymousAccess))).rejects.toMatchObject({ code });
    const message = expect.stringContaining(`${registry.host}/team/app`);
    await expect(openTarget(`${registry.host}/team/app:2`, options)).rejects.toMatchObject({ code, message });
    await expect(openTarget('./team/app', options)).rejects.toMatchObject({ code: 'target-not-found' });
    expect(asked).toHaveLength(2);
  });

  test('one that is away is named', async () => {
    const target = openTarget('registry:127.0.0.1:1/team/app:1', optionsOf(anonymousAccess));
    await expect(target).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringMatching(/127\.0\.0\.1:1/),
    });
  });

  test.each([
    { name: 'Not A Name', why: /is no name of an image\.$/, next: /^Names are like registry\.example/ },
    { name: 'upper/X', why: /small letters/, next: /small/ },
    { name: 'UPPER/x', why: /The registry upper cannot be asked/, next: /^UPPER is read as a registry/ },
    { name: '127.0.0.1:1/x', why: /nothing listens there/, next: /^Check its address/ },
    { name: 'HERE/team/none:1', why: /has no image 1\.$/, next: /^Check repository and tag/ },
  ])('of $name says what is wrong, and what to do with a registry', async ({ name, why, next }) => {
    const target = openTarget(`registry:${name.replace('HERE', registry.host)}`, optionsOf(anonymousAccess));
    const said: unknown = await target.catch((error: unknown) => error);
    if (!isAppError(said)) throw new Error('It was opened.');
    expect(said.message).toMatch(why);
    expect(said.next).toMatch(next);
    expect(said.next).not.toContain('docker');
    expect(`seawall: ${said.message} [${said.code}]`.length).toBeLessThanOrEqual(100);
  });
});

describe('a registry that asks who is there', () => {
  test('by a password, which docker login keeps too', async () => {
    const registry = await startRegistry({ auth: { kind: 'password' } });
    const name = `${registry.host}/team/app:1`;
    try {
      await pushImage(app, { name, authorization: basic });
      await opened(name, asPier, async (image) => expect(await contentOf(image, 0)).toHaveLength(1));
      for (const access of [anonymousAccess, wrong]) {
        const refused = openTarget(`registry:${name}`, optionsOf(access));
        await expect(refused).rejects.toMatchObject({ code: 'registry-refused' });
      }
      await withDockerConfig({ [registry.host]: { auth: btoa('pier:sesame') } }, async (config) => {
        const kept = { ...anonymousAccess, credentials: (host: string) => dockerCredentials(config, host) };
        await opened(name, kept, async (image) => expect(image.subject.digest).toBe(app.digest));
      });
    } finally {
      await registry.end();
    }
  });

  test('by a token of a token server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seawall-token-'));
    const tokens = await startTokenServer(folder);
    const registry = await startRegistry({
      auth: { kind: 'token', realm: `${tokens.url}/token`, certificate: tokens.certificate },
    });
    const name = `${registry.host}/team/app:1`;
    try {
      await pushImage(app, { name, authorization: `Bearer ${tokens.tokenFor(['pull', 'push'])}` });
      const { host } = new URL(tokens.url);
      const authorities = tokens.certificate;
      const named = { ...asPier, authorities, tokenServers: { [registry.host]: host } };
      await opened(name, named, async (image) => expect(await contentOf(image, 1)).toHaveLength(1));
      expect(tokens.asked).toEqual([
        { authorization: basic, scope: 'repository:team/app:pull', service: tokenService },
      ]);
      const nobody = openTarget(`registry:${name}`, optionsOf({ ...anonymousAccess, authorities }));
      await expect(nobody).rejects.toMatchObject({
        code: 'registry-refused',
        message: expect.stringMatching(/token server/),
      });
    } finally {
      await registry.end();
      tokens.server.close();
      await rm(folder, { recursive: true });
    }
  });

  const wrong: RegistryAccess = {
    ...anonymousAccess,
    credentials: async () => ({ kind: 'password', user: 'pier', password: 'wrong' }),
  };
});

test('a registry with an authority of its own is read with it, and not without', async () => {
  const registry = await startRegistry({ transport: 'tls' });
  try {
    const target = `registry:${registry.host}/team/app:1`;
    await expect(openTarget(target, optionsOf(anonymousAccess))).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringMatching(/self-signed certificate/),
    });
    const access = { ...anonymousAccess, authorities: registry.authority ?? '' };
    await expect(openTarget(target, optionsOf(access))).rejects.toMatchObject({ code: 'target-not-found' });
  } finally {
    await registry.end();
  }
});

test.each([
  [{ 'https://index.docker.io/v1/': { auth: btoa('a:b:c') } }, 'registry-1.docker.io', { user: 'a', password: 'b:c' }],
  [{ 'Registry.Example': { username: 'u', password: 'p' } }, 'registry.example', { user: 'u', password: 'p' }],
  [{ 'registry.example': { identitytoken: 'T' } }, 'registry.example', { token: 'T' }],
  [{ 'registry.example': { auth: btoa('u:p') } }, 'registry.example:5000', undefined],
  [{ 'registry.example': { auth: 'nonsense' } }, 'registry.example', undefined],
])('%j is asked for %s', async (auths, host, expected) => {
  await withDockerConfig(auths, async (config) => {
    const found = await dockerCredentials(config, host);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });
  expect(await dockerCredentials('/nowhere/config.json', host)).toBeUndefined();
});

async function all<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const found: Value[] = [];
  for await (const value of values) found.push(value);
  return found;
}

function optionsOf(registry: RegistryAccess, architecture = 'amd64') {
  return { platform: { os: 'linux', architecture }, limits: defaultLimits, dockerSocket: '/nowhere', registry };
}

/** `target`: a name, with `#ARCHITECTURE` where another one than amd64 is wanted. */
async function opened(
  target: string,
  access: RegistryAccess,
  use: (image: OpenedImage) => Promise<void>,
): Promise<void> {
  const [name, architecture] = target.split('#');
  const image = await openTarget(`registry:${name}`, optionsOf(access, architecture));
  try {
    if (image.kind !== 'image') throw new Error('no image');
    await use(image);
  } finally {
    await image.close();
  }
}

async function contentOf(image: OpenedImage, index: number): Promise<readonly string[]> {
  const files: string[] = [];
  const pass = await readLayer(
    await image.blob(index),
    {
      wants: () => true,
      visit: (one) => void files.push(`${one.path}=${Buffer.from(one.content).toString()}`),
    },
    { limits: defaultLimits },
  );
  expect(pass).toMatchObject({ verified: true, faults: [] });
  return files;
}

async function withDockerConfig(auths: object, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-docker-config-'));
  try {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths, credsStore: 'never-run' }));
    await use(join(folder, 'config.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface TokenServer {
  readonly server: Server;
  readonly url: string;
  readonly certificate: string;
  readonly asked: Readonly<Record<string, string | null | undefined>>[];
  tokenFor(actions: readonly string[]): string;
}

/** Gives `pier` tokens that docker-registry checks by the certificate in them. */
async function startTokenServer(folder: string): Promise<TokenServer> {
  const { file: certificateFile, key } = makeCertificate(folder);
  const certificate = readFileSync(certificateFile, 'utf8');
  const asked: TokenServer['asked'] = [];
  const tokenFor = (actions: readonly string[]) => signedToken(actions, { certificate, key });
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const url = new URL(request.url ?? '', 'http://token');
    if (request.headers.authorization !== basic) return void response.writeHead(401).end('{}');
    const { searchParams } = url;
    asked.push({
      authorization: request.headers.authorization,
      scope: searchParams.get('scope'),
      service: searchParams.get('service'),
    });
    response.end(JSON.stringify({ token: tokenFor(['pull']) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate, asked, tokenFor };
}

function signedToken(
  actions: readonly string[],
  { certificate, key }: { readonly certificate: string; readonly key: string },
) {
  const now = Math.floor(Date.now() / 1000);
  const der = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  const parts = [
    { typ: 'JWT', alg: 'ES256', x5c: [der] },
    {
      iss: tokenIssuer,
      sub: 'pier',
      aud: tokenService,
      exp: now + 300,
      nbf: now - 10,
      iat: now - 10,
      jti: String(now),
      access: [{ type: 'repository', name: 'team/app', actions }],
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = createSign('SHA256').update(parts.join('.')).sign({ key, dsaEncoding: 'ieee-p1363' });
  return `${parts.join('.')}.${signature.toString('base64url')}`;
}
