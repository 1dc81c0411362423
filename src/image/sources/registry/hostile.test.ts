import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ociImage, sha256 } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { openTarget } from '../../open-target.ts';
import { defaultLimits } from '../../source.ts';
import { anonymousAccess, type RegistryAccess } from './access.ts';
import { parseChallenges } from './challenge.ts';

const app = ociImage([makeTar([file('opt/app', 'x'.repeat(50_000))])], { compression: 'none' });
const manifest = app.blobs.get(app.descriptor.digest) ?? new Uint8Array();
const layerDigest = app.diffIds[0] ?? '';
const layer = app.blobs.get(layerDigest) ?? new Uint8Array();

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const servers: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a registry that answers', () => {
  test('as it should is read: the tests below start from it', async () => {
    expect(await read(await serve())).toBe(app.digest);
  });

  test.each<[string, string, Answer]>([
    ['another manifest than was asked for', 'manifests', (_, response) => response.end(`${text(manifest)} `)],
    ['another config', app.digest, (_, response) => response.end('{"rootfs":{"diff_ids":[]}}')],
    ['another layer of the same length', layerDigest, (_, response) => response.end(Buffer.alloc(layer.length))],
    ['a layer that is cut off', layerDigest, (_, response) => response.end(layer.subarray(0, 20_000))],
    ['a layer that is longer', layerDigest, (_, response) => response.end(Buffer.concat([layer, layer]))],
    ['a layer without end', layerDigest, (_, response) => pour(response)],
    ['a manifest without end', 'manifests', (_, response) => pour(response)],
    ['a config without end', app.digest, (_, response) => pour(response)],
  ])('%s is refused', async (_, path, answer) => {
    await expect(read(await serve({ [path]: answer }))).rejects.toMatchObject({ code: 'target-corrupt' });
  });

  const faults: readonly {
    readonly title: string;
    readonly path: string;
    readonly why: RegExp;
    readonly answer: Answer;
  }[] = [
    { title: 'nothing', path: 'manifests', why: /nothing came/, answer: () => undefined },
    { title: 'a byte now and then', path: layerDigest, why: /breaks off/, answer: (_, response) => drip(response) },
    { title: 'half and hangs up', path: layerDigest, why: /breaks off/, answer: (_, response) => hangUp(response) },
    {
      title: 'with redirects in a circle',
      path: layerDigest,
      why: /sends on/,
      answer: (request, response) => redirect(response, request.url ?? ''),
    },
    {
      title: 'with a redirect to a file',
      path: layerDigest,
      why: /not followed/,
      answer: (_, response) => redirect(response, 'file:///etc/passwd'),
    },
    {
      title: 'with a fault',
      path: 'manifests',
      why: /status 502/,
      answer: (_, response) => response.writeHead(502).end(),
    },
  ];
  test.each(faults)('$title is given up', async ({ path, answer, why }) => {
    const failing = read(await serve({ [path]: answer }));
    await expect(failing).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringMatching(why),
    });
  });

  test('too often is named, with the time to wait', async () => {
    const host = await serve({ manifests: (_, response) => response.writeHead(429, { 'retry-after': '30' }).end() });
    await expect(read(host)).rejects.toMatchObject({
      code: 'registry-limited',
      message: expect.stringMatching(/wait 30 s/),
    });
  });

  test('with indexes in indexes is refused below the fourth', async () => {
    const documents = new Map<string, string>();
    let inner: string = app.descriptor.digest;
    for (let depth = 0; depth < 6; depth += 1) {
      const text = JSON.stringify({
        manifests: [{ digest: inner, mediaType: 'application/vnd.oci.image.index.v1+json' }],
      });
      inner = sha256(text);
      documents.set(inner, text);
    }
    const host = await serve({
      manifests: (request, response) => response.end(documents.get(request.url?.split('/').at(-1) ?? '') ?? manifest),
    });
    await expect(read(host, inner)).rejects.toMatchObject({ message: expect.stringMatching(/nested too deep/) });
  });
});

describe('credentials', () => {
  const asked: { readonly host: string; readonly authorization: string | undefined }[] = [];
  const access: RegistryAccess = {
    ...anonymousAccess,
    credentials: async () => ({ kind: 'password', user: 'pier', password: 'sesame' }),
  };
  const note: (host: string, then: Answer) => Answer = (host, then) => (request, response) => {
    asked.push({ host, authorization: request.headers.authorization });
    then(request, response);
  };

  test('are not told to a host that the registry sends on to', async () => {
    asked.length = 0;
    const elsewhere = await serve({ [layerDigest]: note('elsewhere', (_, response) => response.end(layer)) });
    const host = await serve({
      manifests: (request, response) =>
        request.headers.authorization === undefined
          ? response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
          : response.end(manifest),
      [layerDigest]: note('registry', (_, response) =>
        redirect(response, `http://${elsewhere}/v2/app/blobs/${layerDigest}`),
      ),
    });
    expect(await read(host, app.descriptor.digest, access)).toBe(app.digest);
    expect(asked).toEqual([
      { host: 'registry', authorization: 'Basic cGllcjpzZXNhbWU=' },
      { host: 'elsewhere', authorization: undefined },
    ]);
  });

  test('are not told to a token server without TLS', async () => {
    const header = 'Bearer realm="http://tokens.example/token",service="test"';
    const host = await serve({
      manifests: (_, response) => response.writeHead(401, { 'www-authenticate': header }).end(),
    });
    await expect(read(host, app.descriptor.digest, access)).rejects.toMatchObject({
      message: expect.stringMatching(/not asked: it has no TLS/),
    });
  });
});

test.each([
  [
    'Bearer realm="https://a/t",service="s, t",scope="x"',
    [['bearer', { realm: 'https://a/t', service: 's, t', scope: 'x' }]],
  ],
  [
    'Basic realm="a\\"b", Bearer Realm = plain',
    [
      ['basic', { realm: 'a"b' }],
      ['bearer', { realm: 'plain' }],
    ],
  ],
  [
    'Negotiate, Basic realm=x',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['="', []],
  [undefined, []],
])('the challenge %s', (header, expected) => {
  expect(parseChallenges(header).map(({ scheme, parameters }) => [scheme, parameters])).toEqual(expected);
});

/** A registry that holds `app`; what `answers` names, by a part of the path, is answered otherwise. */
async function serve(answers: Readonly<Record<string, Answer>> = {}): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const [, other] = Object.entries(answers).find(([part]) => path.includes(part)) ?? [];
    if (other !== undefined) return other(request, response);
    const digest = path.split('/').at(-1) ?? '';
    const bytes = app.blobs.get(digest);
    if (bytes === undefined) return void response.writeHead(404).end();
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens the image and fetches its layer. */
async function read(host: string, digest: string = app.descriptor.digest, access = anonymousAccess): Promise<string> {
  const impatient = { ...access, patience: { idle: 500, document: 1500, layer: 1500 } };
  const options = { platform: { os: 'linux', architecture: 'amd64' }, limits: defaultLimits, dockerSocket: '' };
  const image = await openTarget(`registry:${host}/app@${digest}`, { ...options, registry: impatient });
  try {
    if (image.kind !== 'image') throw new Error('no image');
    await image.blob(0);
    return image.subject.digest;
  } finally {
    await image.close();
  }
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, '{');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 100);
  response.once('close', () => clearInterval(timer));
}

function hangUp(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': layer.length });
  response.write(layer.subarray(0, 20_000), () => response.destroy());
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location }).end();
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
