import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { usualPatience } from '#image/index.ts';
import { type Cosign, cosignWithKey } from '../../test/make/cosign.ts';
import { type OciImage, ociImage, sha256 } from '../../test/make/image.ts';
import { pushImage, pushReferrer, startRegistry, type TestRegistry } from '../../test/make/registry.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import type { TrustedRegistry } from './contract.ts';
import { readSigningKey, type VerifyingKey } from './keys.ts';
import { lookFor } from './look.ts';
import { bundleType } from './signature.ts';

let registry: TestRegistry;
let cosign: Cosign;
let key: VerifyingKey;
const servers: { close(): void; closeAllConnections(): void }[] = [];
beforeAll(async () => {
  registry = await startRegistry();
  cosign = cosignWithKey();
  key = readSigningKey({ id: 'release', name: 'Release', pem: cosign.publicKey });
});
afterAll(async () => {
  cosign.remove();
  await registry.end();
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

test('a look ends in its time, down to the connections, and what is missing is unknown', async () => {
  const silent = await serve(() => undefined);
  const dripping = await serve((_, response) => {
    const timer = setInterval(() => response.write('{'), 50);
    response.once('close', () => clearInterval(timer));
  });
  for (const { host, open } of [silent, dripping]) {
    const image = made(host);
    const began = performance.now();
    const names = Array.from({ length: 10 }, (_, at) => `${host}/team/app:${at}`);
    const { provenance, isAway } = await look(image, { names, trusted: [host], within: 700 });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(isAway).toBe(true);
    expect(provenance.origin).toMatchObject({ state: 'unknown', why: expect.stringMatching(/too slow/) });
    await expect.poll(open).toBe(0);
  }
});

test('a registry that is too slow keeps no other from being asked, and takes nothing back', async () => {
  const silent = await serve(() => undefined);
  const image = made('beside');
  const manifest = await pushImage(image, { name: `${registry.host}/team/beside:1` });
  cosign.sign(`${registry.host}/team/beside@${manifest}`);
  const names = [`${silent.host}/team/beside:1`, `${registry.host}/team/beside:1`];
  const began = performance.now();
  const { provenance } = await look(image, { names, trusted: [silent.host, registry.host], within: 2000 });
  expect(performance.now() - began).toBeLessThan(6000);
  expect(provenance.origin).toMatchObject({ state: 'proven', places: [{ manifest }] });
  expect(provenance.signatures).toMatchObject([{ state: 'proven' }]);
});

test('a signature that is too long is not read, and one beside it still counts', async () => {
  const image = made('long');
  const at = `${registry.host}/team/long`;
  const subject = await pushImage(image, { name: `${at}:1` });
  const bytes = Buffer.alloc(200 * 1024, ' ');
  await pushReferrer({ name: `${at}:1` }, { subject, type: bundleType, bytes });
  const asked = { names: [`${at}:1`], trusted: [registry.host] };
  expect((await look(image, asked)).provenance.signatures).toMatchObject([
    { state: 'unknown', why: expect.stringMatching(/longer than 131072 bytes/) },
  ]);
  cosign.sign(`${at}@${subject}`);
  expect((await look(image, asked)).provenance.signatures).toMatchObject([{ state: 'proven' }]);
});

test('signatures are read one at a time, up to a limit of all, and none says more than it may', async () => {
  const image = made('many');
  const hostile = await serveSignatures(image, 50);
  const { provenance } = await look(image, { names: [`${hostile.host}/team/app:1`], trusted: [hostile.host] });
  expect(provenance.origin.state).toBe('proven');
  expect(provenance.signatures).toMatchObject([
    { state: 'unknown', why: expect.stringMatching(/4194304 bytes together/) },
  ]);
  expect(hostile.sent()).toBeLessThan(50);
  expect(hostile.most()).toBe(1);
});

interface Looking {
  readonly names: readonly string[];
  /** Hosts. */
  readonly trusted: readonly string[];
  readonly within?: number;
}

async function look(image: OciImage, { names, trusted, within = 30_000 }: Looking) {
  const registries = trusted.map(
    (host, at): TrustedRegistry => ({
      id: `registry-${at}`,
      name: host,
      repositories: `${host}/team`,
      insecure: false,
      hasPassword: false,
      savedAt: '2026-11-25T00:00:00Z',
      savedBy: 'ada',
    }),
  );
  return await lookFor(image.digest, {
    trusted: { registries, keys: [key], bases: [] },
    hints: { reported: [names], manifests: [] },
    scanned: { state: 'unknown', why: 'No scan tells its layers.' },
    access: () => ({ insecure: [], credentials: async () => undefined, patience: usualPatience }),
    within,
  });
}

function made(content: string): OciImage {
  return ociImage([makeTar([file('opt/content', content)])]);
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    response.once('close', () => (open -= 1));
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, open: () => open };
}

/** A registry that holds an image and, by cosign's tag, signatures whose sizes it does not tell. */
async function serveSignatures(image: OciImage, count: number) {
  const content = new Map<string, Uint8Array>(image.blobs);
  const layers = Array.from({ length: count }, (_, at) => {
    const bytes = Buffer.alloc(120 * 1024, String(at).padStart(4));
    content.set(sha256(bytes), bytes);
    return { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', digest: sha256(bytes) };
  });
  const signatures = Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
  const manifest = image.blobs.get(image.descriptor.digest) ?? new Uint8Array();
  let sent = 0;
  const { host, open } = await serve((request, response) => {
    const last = request.url?.split('/').at(-1) ?? '';
    const bytes = last.endsWith('.sig') ? signatures : last === '1' ? manifest : content.get(last);
    if (layers.some(({ digest }) => digest === last)) {
      sent += 1;
      most = Math.max(most, open());
    }
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
  let most = 0;
  return { host, sent: () => sent, most: () => most };
}
