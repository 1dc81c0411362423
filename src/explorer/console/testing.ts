import { createHash, randomUUID } from 'node:crypto';
import { type Immutable, isSubjectId, type ScanId, type SubjectId } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema, createCatalog, type ScanOfSubject } from '#catalog/console/index.ts';
import { imageAnalyzers, nowhere, publishTo } from '#catalog/console/testing.ts';
import { type Package, ScanPublication } from '#catalog/contract.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import type { Principal, Route } from '#http/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import { inventoryHandlers, inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact } from '#inventory/console/testing.ts';
import type { ContainerFact } from '#inventory/contract.ts';
import { linkSchema } from '#link/console/index.ts';
import { createPolicy, policySchema } from '#policy/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import type { Store } from '#store/index.ts';
import { createVulnerability, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { type CveFacts, directMatcher, type FeedRecord, type VulnerabilityDatabase } from '#vulnerability/index.ts';
import { explorerSchema } from './schema.ts';

/** Of every domain whose documents the explorer reads. */
export const estateSchemas = [
  accessSchema,
  linkSchema,
  catalogSchema,
  inventorySchema,
  vulnerabilitySchema,
  provenanceSchema,
  complianceSchema,
  policySchema,
  explorerSchema,
];

/** A subject's digest for each number. */
export function subjectOf(number: number): SubjectId {
  const id = `sha256:${digestHex(`image ${number}`)}`;
  if (!isSubjectId(id)) throw new Error(id);
  return id;
}

function digestHex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A Debian 13 image of two layers with these packages. */
export function publicationOf(image: {
  readonly number: number;
  readonly names: readonly string[];
  readonly packages: readonly Package[];
  readonly scannedAt: string;
}): ScanPublication {
  const digest = subjectOf(image.number);
  return ScanPublication.parse({
    target: image.names[0] ?? digest,
    subject: {
      kind: 'image',
      digest,
      platform: { os: 'linux', architecture: 'amd64' },
      names: image.names,
      layers: [0, 1].map((index) => ({ index, diffId: `sha256:${digestHex(`layer ${index}`)}`, size: 1000 })),
      history: [],
      settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
    },
    catalog: {
      distribution: { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' },
      packages: image.packages,
      faults: [],
      analyzers: imageAnalyzers,
    },
    scannedAt: image.scannedAt,
    scanner: { name: 'seawall', version: '0.1.0', host: 'builder' },
  });
}

export function debianPackage(name: string, version: string, layer = 0): Package {
  return {
    type: 'deb',
    name,
    version,
    architecture: 'amd64',
    purl: `pkg:deb/debian/${name.replaceAll('%', '%25')}@${version}?arch=amd64&distro=debian-13`,
    source: { name, version },
    licenses: [],
    layer,
    paths: ['var/lib/dpkg/status'],
    files: [`usr/lib/${name}`],
    foundBy: { analyzer: 'dpkg', evidence: 'status' },
  };
}

/** A vulnerability database of these records of Debian 13. */
export function databaseOf(
  records: readonly FeedRecord['affected'][],
  options: {
    readonly nameOf: (advisory: FeedRecord['affected']) => string;
    readonly builtAt: string;
    readonly cve?: (id: string) => CveFacts;
  },
): VulnerabilityDatabase {
  const byName = Map.groupBy(records, options.nameOf);
  const { builtAt } = options;
  const rows = [...byName]
    .map(([name, of]) => ({ key: ['Debian:13', name], value: JSON.stringify(of) }))
    .toSorted((left, right) => Buffer.compare(Buffer.from(left.key[1] ?? ''), Buffer.from(right.key[1] ?? '')));
  return {
    info: {
      schemaVersion: 1,
      builtAt,
      advisories: records.length,
      sources: [{ id: 'Debian:13', advisories: records.length, asOf: builtAt, covers: [] }],
    },
    advisories: (ecosystem, name) => (ecosystem === 'Debian:13' ? (byName.get(name) ?? []) : []),
    cve: options.cve ?? (() => ({ cvss: [] })),
    coverage: (ecosystem) => (ecosystem === 'Debian:13' ? { feed: ecosystem, asOf: builtAt } : undefined),
    rows: (table) => (table === 'advisories' ? rows : []),
    close: () => {},
  };
}

/** What a host holds. */
export interface HostReport {
  readonly name: string;
  readonly environment?: string;
  readonly present: readonly { readonly subject: SubjectId; readonly names: readonly string[] }[];
  readonly containers?: readonly ContainerFact[];
  readonly used?: readonly { readonly subject: SubjectId; readonly files: readonly string[] }[];
  readonly unscanned?: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
}

/** A running container of this subject, as an engine makes one by itself. */
export function containerOf(number: number, subject: SubjectId, more: Partial<ContainerFact> = {}): ContainerFact {
  return containerFact(`container-${number}`, 'image', { image: { id: subject, name: 'image' }, subject, ...more });
}

async function reportAll(store: Store, report: HostReport, at: string): Promise<void> {
  const { name, environment, present, containers = [], used = [], unscanned = [] } = report;
  const agent = agentOf(name, environment, { id: name });
  const images = present.map(({ subject, names }) => ({
    id: subject,
    state: 'present',
    subject,
    names,
    repoDigests: [],
  }));
  const reported = {
    host: [hostFact(environment === undefined ? {} : { environment })],
    image: images,
    container: containers,
    present: [{ images: images.map(({ id }) => id), containers: containers.map(({ id }) => id) }],
    use: used,
    unscanned: unscanned.map((target) => ({ ...target, target: target.name, state: 'unscanned' })),
  } as const;
  await store.transaction(async (transaction) => {
    for (const [kind, bodies] of Object.entries(reported)) {
      const handler = inventoryHandlers[kind as keyof typeof reported];
      await handler(
        transaction,
        agent,
        bodies.map((body) => ({ at, body })),
      );
    }
  });
}

/** The other domains at work on a store: each step that follows a publication, to be taken in any order. */
export interface Estate {
  publish(publication: Immutable<ScanPublication>): Promise<ScanOfSubject>;
  useDatabase(database: VulnerabilityDatabase): Promise<void>;
  match(which: ScanOfSubject): Promise<void>;
  /** As after another database: by what it answers otherwise than the one before. */
  renew(which: readonly ScanOfSubject[]): Promise<void>;
  judgeMatches(which: readonly ScanOfSubject[]): Promise<void>;
  judge(which: ScanOfSubject): Promise<void>;
  judgeSubject(which: { readonly subject: SubjectId }): Promise<void>;
  /** As the agent of a host tells it; the newest says all. */
  report(report: HostReport): Promise<void>;
  close(): Promise<void>;
}

export async function estateOn(store: Store, clock: () => Date): Promise<Estate> {
  const newScanId = (): ScanId => randomUUID() as string as ScanId;
  const catalog = createCatalog({ store, clock, newScanId, originsOf: nowhere });
  const databases = new Map<string, VulnerabilityDatabase>();
  const vulnerability = createVulnerability({
    store,
    clock,
    matcher: directMatcher(async (path) => {
      const database = databases.get(path);
      if (database === undefined) throw new Error(`There is no database ${path}.`);
      return database;
    }),
  });
  const origin = (): string => 'http://127.0.0.1:8083';
  const policy = await createPolicy({ store, clock, origin, staleFeedDays: 7 });
  return {
    publish: async (publication) => await publishTo(store, publication as ScanPublication, { clock }),
    useDatabase: async (database) => {
      databases.set(database.info.builtAt, database);
      await vulnerability.useDatabase(database.info.builtAt);
    },
    match: async (which) => await vulnerability.matchScan(which),
    renew: async (which) => {
      await vulnerability.renewMatches();
      await vulnerability.renewMatch(which);
    },
    judgeMatches: async (which) => await policy.judgeMatches(which),
    judge: async (which) => await policy.judgeScan(which),
    judgeSubject: async (which) => await policy.judgeSubject(which),
    report: async (report) => {
      await reportAll(store, report, clock().toISOString());
      for (const { subject } of report.present) await catalog.chooseCounting({ subject });
    },
    close: async () => {
      await vulnerability.close();
      await policy.close();
    },
  };
}

const publisher: Principal = { kind: 'token', id: 'test', name: 'test', permissions: ['publish'], repositories: ['*'] };

/** Answers a request as the server would, without one. */
export async function ask(
  routes: readonly Route[],
  path: string,
  input: {
    readonly params?: unknown;
    readonly query?: unknown;
    readonly body?: unknown;
    readonly principal?: Principal;
  },
): Promise<unknown> {
  const endpoint = routes.map((one) => one.endpoint).find((one) => one.path === path);
  if (endpoint === undefined) throw new Error(`Nobody serves ${path}.`);
  const { principal = publisher, ...sent } = input;
  return await answerOf(routes, { endpoint, input: sent, principal });
}
