import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { describe, type OciImage, sha256 } from './image.ts';

/** Debian's docker-registry at work on loopback, with an empty store. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** PEM of the authority of its certificate, where it speaks TLS. */
  readonly authority?: string;
  /** Everything that it has written: requests and answers. */
  said(): string;
  /** Ends it and removes what it holds. */
  end(): Promise<void>;
}

/** Whom a registry lets in. */
export type TestAuth =
  | { readonly kind: 'anyone' }
  /** User `pier`, password `sesame`. */
  | { readonly kind: 'password' }
  | { readonly kind: 'token'; readonly realm: string; readonly certificate: string };

/** bcrypt of `sesame`. */
const passwordFile = 'pier:$2y$05$abcdefghijklmnopqrstuuKcS.CYWVYVaLiiCKrrc0A5s3mGesJ9O\n';
export const pierPassword = { user: 'pier', password: 'sesame' } as const;
export const tokenService = 'test registry';
export const tokenIssuer = 'test token server';

export interface RegistryStart {
  readonly auth?: TestAuth;
  readonly transport?: 'plain' | 'tls';
  readonly port?: number;
}

export async function startRegistry(start: RegistryStart = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-registry-'));
  const port = start.port ?? (await freePort());
  const host = `127.0.0.1:${port}`;
  const certificate = start.transport === 'tls' ? makeCertificate(folder) : undefined;
  const config = {
    version: 0.1,
    log: { accesslog: { disabled: true }, level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'store') }, delete: { enabled: true } },
    http: {
      addr: host,
      ...(certificate && { tls: { certificate: certificate.file, key: certificate.keyFile } }),
    },
    ...authOf(start.auth ?? { kind: 'anyone' }, folder),
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = once(child, 'close');
  await untilServing(port, () => said);
  return {
    host,
    ...(certificate && { authority: certificate.pem }),
    said: () => said,
    end: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function authOf(auth: TestAuth, folder: string): object {
  switch (auth.kind) {
    case 'anyone':
      return {};
    case 'password':
      writeFileSync(join(folder, 'htpasswd'), passwordFile);
      return { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } };
    case 'token':
      writeFileSync(join(folder, 'token.pem'), auth.certificate);
      return {
        auth: {
          token: {
            realm: auth.realm,
            service: tokenService,
            issuer: tokenIssuer,
            rootcertbundle: join(folder, 'token.pem'),
          },
        },
      };
    default:
      return auth satisfies never;
  }
}

/** A certificate for 127.0.0.1 that signed itself, with its key. */
export function makeCertificate(folder: string): { file: string; keyFile: string; pem: string; key: string } {
  const file = join(folder, 'tls.pem');
  const keyFile = join(folder, 'tls.key');
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  run('openssl', [...words, ...names, '-keyout', keyFile, '-out', file]);
  return { file, keyFile, pem: run('cat', [file]), key: run('cat', [keyFile]) };
}

function run(program: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

async function untilServing(port: number, said: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (said().includes(`listening on 127.0.0.1:${port}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`docker-registry does not serve: ${said()}`);
}

export interface PushTarget {
  /** `127.0.0.1:PORT/REPOSITORY:TAG`. */
  readonly name: string;
  readonly authorization?: string;
}

/** Puts an image into a registry that speaks no TLS. Answers the digest of its manifest. */
export async function pushImage(image: OciImage, { name, authorization }: PushTarget): Promise<string> {
  const { base, tag, headers } = placeOf(name, authorization);
  for (const [digest, bytes] of image.blobs) {
    if (digest !== image.descriptor.digest) await pushBlob(base, bytes, headers);
  }
  const manifest = image.blobs.get(image.descriptor.digest) ?? new Uint8Array();
  await put(`${base}/manifests/${tag}`, manifest, {
    ...headers,
    'content-type': 'application/vnd.oci.image.manifest.v1+json',
  });
  return image.descriptor.digest;
}

/** Puts several images under one tag, by an index. Answers the digest of the index. */
export async function pushIndex(images: readonly OciImage[], target: PushTarget): Promise<string> {
  const { base, tag, headers } = placeOf(target.name, target.authorization);
  for (const image of images) {
    const name = `${target.name.slice(0, target.name.lastIndexOf(':'))}:${image.digest.slice(7, 19)}`;
    await pushImage(image, { ...target, name });
  }
  const type = 'application/vnd.oci.image.index.v1+json';
  const index = { schemaVersion: 2, mediaType: type, manifests: images.map(({ descriptor }) => descriptor) };
  const bytes = Buffer.from(JSON.stringify(index));
  await put(`${base}/manifests/${tag}`, bytes, { ...headers, 'content-type': type });
  return sha256(bytes);
}

/** Puts a manifest that carries `bytes` and refers to another one, by the tag scheme of OCI 1.1. */
export async function pushReferrer(
  target: PushTarget,
  referrer: { readonly subject: string; readonly type: string; readonly bytes: Uint8Array },
): Promise<void> {
  const { base, headers } = placeOf(target.name, target.authorization);
  const empty = Buffer.from('{}');
  for (const bytes of [empty, referrer.bytes]) await pushBlob(base, bytes, headers);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: referrer.type,
      config: describe('application/vnd.oci.empty.v1+json', empty),
      layers: [describe(referrer.type, referrer.bytes)],
      subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: referrer.subject, size: 1 },
    }),
  );
  const type = 'application/vnd.oci.image.manifest.v1+json';
  await put(`${base}/manifests/${sha256(manifest)}`, manifest, { ...headers, 'content-type': type });
  const indexType = 'application/vnd.oci.image.index.v1+json';
  const index = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [{ ...describe(type, manifest), artifactType: referrer.type }],
  };
  await put(`${base}/manifests/${referrer.subject.replace(':', '-')}`, Buffer.from(JSON.stringify(index)), {
    ...headers,
    'content-type': indexType,
  });
}

function placeOf(name: string, authorization: string | undefined) {
  const slash = name.indexOf('/');
  const [host, rest] = [name.slice(0, slash), name.slice(slash + 1)] as const;
  const colon = rest.lastIndexOf(':');
  return {
    base: `http://${host}/v2/${rest.slice(0, colon)}`,
    tag: rest.slice(colon + 1),
    headers: authorization === undefined ? {} : { authorization },
  };
}

async function pushBlob(base: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void> {
  const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers });
  if (started.status !== 202) throw new Error(`The registry takes no blob: ${started.status}`);
  const place = new URL(started.headers.get('location') ?? '', base);
  place.searchParams.set('digest', sha256(bytes));
  await put(place.href, bytes, { ...headers, 'content-type': 'application/octet-stream' });
}

async function put(url: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers, body: Buffer.from(bytes) });
  if (answer.status !== 201) throw new Error(`The registry refused ${url}: ${answer.status} ${await answer.text()}`);
}
