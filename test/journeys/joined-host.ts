import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, type SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import type { ContainerFact, HostFact, ImageFact } from '#inventory/contract.ts';
import { joinConsole, openLink } from '#link/agent/index.ts';
import { createJoinToken, protocolVersion } from '#link/contract.ts';

/** A container of a told host. */
export interface JoinedContainer {
  readonly name: string;
  readonly subject: SubjectId;
  readonly image: string;
  readonly more?: Partial<ContainerFact>;
}

/** An image of a told host. */
export interface JoinedImage {
  readonly subject: SubjectId;
  readonly names: readonly string[];
  /** What the host finds in it; it sends its own, as each host does. */
  readonly scan: ScanPublication;
}

/** What a host holds; the newest says all. */
export interface Holding {
  readonly images: readonly JoinedImage[];
  readonly containers: readonly JoinedContainer[];
  /** Files that processes have loaded. */
  readonly used?: readonly { readonly subject: SubjectId; readonly files: readonly string[] }[];
  readonly unscanned?: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
}

/** A host that holds what it is told to hold: a real identity and the real link, and no engine behind it. */
export interface JoinedHost {
  readonly name: string;
  tell(holding: Holding): Promise<void>;
  close(): Promise<void>;
}

export interface JoinedHostOptions {
  readonly console: { readonly baseUrl: string; readonly token: string };
  readonly name: string;
  readonly environment: string;
}

/** Joins a host in this environment to a running console. */
export async function joinHost({ console, name, environment }: JoinedHostOptions): Promise<JoinedHost> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'seawall-joined-host-'));
  const { secret } = await call(createJoinToken, { body: { name, environments: [environment] } }, console);
  const introduction = { protocol: protocolVersion, host: name, instance: 'default', version: '0.1.0', environment };
  const identity = await joinConsole({ consoleUrl: console.baseUrl, token: secret, stateFolder, introduction });
  const link = await openLink({ identity, stateFolder, introduction, log: silentLog });
  await link.send('host', { ...host, environment });
  const scanned = new Set<SubjectId>();
  return {
    name,
    tell: async (holding) => {
      const containers = holding.containers.map((container) => containerOn(name, container));
      const images = holding.images.map(({ subject, names }): ImageFact => {
        return { id: subject, state: 'present', subject, names, repoDigests: [] };
      });
      for (const image of images) await link.send('image', image);
      for (const { subject, scan } of holding.images) {
        if (!scanned.has(subject)) await link.send('scan', scan);
        scanned.add(subject);
      }
      for (const container of containers) await link.send('container', container);
      for (const use of holding.used ?? []) await link.send('use', use);
      for (const one of holding.unscanned ?? []) {
        await link.send('unscanned', { ...one, target: one.name, state: 'unscanned' });
      }
      await link.send('present', { images: images.map(({ id }) => id), containers: containers.map(({ id }) => id) });
      await link.flushed();
    },
    close: async () => {
      await link.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

const host: HostFact = {
  os: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.48+deb13-amd64',
  architecture: 'x86_64',
  cpus: 8,
  memory: 32_000_000_000,
  bootedAt: '2026-11-02T06:12:00Z',
  engine: {
    kind: 'docker',
    version: '28.5.1',
    driver: 'overlay2',
    imageStore: 'docker',
    rootFolder: '/var/lib/docker',
    rootless: false,
  },
  allowEnvironments: [],
};

function containerOn(hostName: string, { name, subject, image, more }: JoinedContainer): ContainerFact {
  return {
    id: createHash('sha256').update(`${hostName} ${name}`).digest('hex'),
    name,
    image: { id: subject, name: image },
    subject,
    state: 'running',
    createdAt: '2026-11-20T08:00:00Z',
    startedAt: '2026-11-20T08:00:01Z',
    command: ['serve'],
    labels: {},
    user: '1000',
    privileged: false,
    readOnlyRoot: false,
    capabilities: { added: [], dropped: [] },
    hostNamespaces: [],
    securityOptions: [],
    mounts: [],
    ports: [],
    networks: ['bridge'],
    ...more,
  };
}
