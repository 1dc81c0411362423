import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { known } from '#base/index.ts';
import type { Fields } from '#compliance/index.ts';
import { type Ask, askByFetch, collectRegistry, connectByTls } from '#inventory/agent/index.ts';
import { ociImage } from '../../../make/image.ts';
import { pushImage, startRegistry } from '../../../make/registry.ts';
import type { Closers } from '../../lab-console.ts';
import { live, type Subject } from '../subject.ts';

const shop = { repository: 'team/shop', tag: '1' };
const unknown = `sha256:${'a'.repeat(64)}`;

/** Debian’s registry with care and without, seen from hosts that are set up for it as well. */
export async function registrySubjects(folder: string, closers: Closers): Promise<readonly Subject[]> {
  return [...(await openRegistry(folder, closers)), ...(await closedRegistry(folder, closers)), ...stated];
}

async function openRegistry(folder: string, closers: Closers): Promise<readonly Subject[]> {
  const registry = await startRegistry();
  closers.push(() => registry.end());
  const digest = await pushImage(ociImage([Buffer.alloc(1024)]), { name: `${registry.host}/team/shop:1` });
  const root = rootOf(join(folder, 'registry-open'), {
    [`etc/containerd/certs.d/${registry.host}/hosts.toml`]: `server = "http://${registry.host}"\n[host."http://mirror.example"]\n  skip_verify = true\n`,
    'root/.docker/config.json': JSON.stringify({ auths: { [registry.host]: { auth: 'YTpi' } } }),
  });
  const seen = async (deployed: string) =>
    await collectRegistry({
      host: registry.host,
      root,
      ask: askByFetch,
      connect: connectByTls(),
      repositories: [shop],
      deployed: [{ ...shop, digest: deployed }],
      mirrors: [],
      repoDigests: [`${registry.host}/team/shop@${unknown}`],
    });
  return [
    subject('open registry', await seen(unknown), 'registry.example/team'),
    subject('registry in step', await seen(digest), registry.host),
  ];
}

async function closedRegistry(folder: string, closers: Closers): Promise<readonly Subject[]> {
  const registry = await startRegistry({ transport: 'tls', auth: { kind: 'password' } });
  closers.push(() => registry.end());
  const root = rootOf(join(folder, 'registry-closed'), {
    [`etc/containerd/certs.d/${registry.host}/hosts.toml`]: `server = "https://${registry.host}"\n`,
    'root/.docker/config.json': '{}',
  });
  chmodSync(join(root, 'root/.docker/config.json'), 0o600);
  const fields = await collectRegistry({
    host: registry.host,
    root,
    ask: askByTls(registry.authority ?? ''),
    connect: connectByTls(registry.authority),
    repositories: [shop],
    deployed: [],
    mirrors: [],
    repoDigests: [`${registry.host}/team/shop@${unknown}`],
  });
  const closed = subject('closed registry', fields, registry.host);
  // The certificate holds for 90 days.
  return [closed, { ...closed, name: 'closed registry, two months on', at: new Date(Date.now() + 65 * 86_400_000) }];
}

/** Asks as a host does that trusts this authority. */
function askByTls(authority: string): Ask {
  return (url, { method, headers }) =>
    new Promise((resolve, reject) => {
      if (!url.startsWith('https:')) return resolve(askByFetch(url, { method, headers }));
      const sent = request(url, { method, headers, ca: authority, timeout: 5000 }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
          resolve(
            new Response(method === 'HEAD' ? null : Buffer.concat(parts), {
              status: response.statusCode ?? 500,
              headers: new Headers(given.map(([...pair]) => pair)),
            }),
          );
        });
      });
      sent.once('error', reject);
      sent.end();
    });
}

function subject(name: string, fields: Fields, trusted: string): Subject {
  const lists = { 'trusted-repositories': [trusted], 'registry-report-days': ['7'], 'registry-mirrors': [] };
  return { name, kind: 'registry', origin: live, documents: [{ kind: 'registry', fields }], lists };
}

const accounts = { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n', 'etc/group': 'root:x:0:\n' };

function rootOf(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries({ ...accounts, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const because =
  'only the console knows how tags moved and what was judged, and no registry’s rights or reports are read';

function facts(name: string, values: Readonly<Record<string, unknown>>): Subject {
  const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)]));
  return { ...subject(name, fields, ''), origin: { kind: 'stated', because } };
}

const stated = [
  facts('untidy registry', {
    tagChanges: { areRefused: false, seen: [{ tag: 'shop:1.2', from: unknown, to: `sha256:${'b'.repeat(64)}` }] },
    tags: [{ name: 'shop:1', pushed: '2020-01-01T00:00:00Z', running: 0 }],
    tagVerdicts: [{ name: 'shop:1', verdict: 'fail', isQuarantined: false }],
    pushGrants: [{ principal: 'bot', isAdministrator: false, repositories: [] }],
    lastAuditEvent: '2020-01-01T00:00:00Z',
  }),
  facts('tidy registry', {
    tagChanges: { areRefused: true, seen: [] },
    tags: [{ name: 'shop:1', pushed: new Date().toISOString(), running: 1 }],
    tagVerdicts: [{ name: 'shop:1', verdict: 'pass', isQuarantined: false }],
    pushGrants: [{ principal: 'ci', isAdministrator: false, repositories: ['team/shop'] }],
    lastAuditEvent: new Date().toISOString(),
  }),
];
