import { randomUUID } from 'node:crypto';
import { accessSchema, collectionsChanged } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { Clock, ScanId } from '#base/index.ts';
import { catalogSchema, createCatalog, type ScanOfSubject } from '#catalog/console/index.ts';
import { curlScan, nowhere, publishTo, type Publisher } from '#catalog/console/testing.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed, reportAs } from '#inventory/console/testing.ts';
import { linkSchema, openSigner } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createVulnerability, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { curlDatabase, type VulnerabilityRecord } from '#vulnerability/console/testing.ts';
import { directMatcher } from '#vulnerability/index.ts';
import { bundlePurpose } from '../bundle/purpose.ts';
import { policySchema } from './schema.ts';
import { createPolicy, type PolicyService } from './service.ts';

/** People of a test: who they are and what they may do. */
export const ada = userNamed('ada', ['read', 'write-rules', 'request-exceptions', 'approve-exceptions']);
export const bob = userNamed('bob', ['read', 'request-exceptions', 'approve-exceptions']);

/** A console with images, hosts and rules, and a clock that a test may turn. */
export interface TestPolicy {
  readonly store: Store;
  readonly policy: PolicyService;
  now(): Date;
  turnTo(now: Date): void;
  /** Publishes and matches an image that holds curl at this version, and one layer unless others are told. */
  publish(image: string, version: string, reported?: ReportedScan): Promise<ScanOfSubject>;
  /** Takes a database that says this of it into use: all scans are matched and judged by it. */
  useVulnerability(record: VulnerabilityRecord): Promise<void>;
  /** Runs a container of an image on the host of an environment, and judges the image there. */
  run(image: string, environment: string): Promise<void>;
  collection(id: string, selects: Collection['selects']): Promise<void>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, principal?: Principal): Promise<ReplyOf<E>>;
  close(): Promise<void>;
}

/** Who scanned an image, and what he says of its layers. */
export interface ReportedScan {
  readonly publisher?: Publisher;
  readonly layers?: readonly string[];
}

type RecordMatch = ReturnType<typeof createVulnerability>['recordMatch'];

/** Opens the keys of a test console. */
export const testMasterKey = Buffer.alloc(32, 7);

const schemas = [
  accessSchema,
  linkSchema,
  inventorySchema,
  catalogSchema,
  vulnerabilitySchema,
  provenanceSchema,
  complianceSchema,
  policySchema,
];

/** Every curl below 8.1 has CVE-2026-1; `record` says more of it. */
export async function openTestPolicy(record: VulnerabilityRecord = {}): Promise<TestPolicy> {
  const store = await createTestStore(schemas);
  const start = new Date('2026-11-24T12:00:00Z');
  const time = { now: start };
  const clock = (): Date => time.now;
  const policy = await createPolicy({
    store,
    clock,
    origin: () => 'http://seawall',
    staleFeedDays: 7,
    bundles: bundlesOf({ store, clock }, async (which) => await vulnerability.recordMatch(which)),
  });
  const catalog = createCatalog({
    store,
    clock,
    newScanId: () => randomUUID() as string as ScanId,
    originsOf: nowhere,
  });
  const databaseOf = (reported: VulnerabilityRecord) => curlDatabase(time.now.toISOString(), ['CVE-2026-1'], reported);
  const inUse = { database: databaseOf(record) };
  const vulnerability = createVulnerability({ store, clock, matcher: directMatcher(async () => inUse.database) });
  const published: ScanOfSubject[] = [];
  const test: TestPolicy = {
    store,
    turnTo: (now) => void (time.now = now),
    now: clock,
    policy,
    publish: async (image, version, { publisher, layers = ['layer'] } = {}) => {
      const scan = curlScan(image, { version, layers, scannedAt: clock() });
      const which = await publishTo(store, scan, { clock, ...(publisher && { publisher }) });
      await vulnerability.matchScan(which);
      await policy.judgeScan(which);
      published.push(which);
      return which;
    },
    useVulnerability: async (reported) => {
      inUse.database = databaseOf(reported);
      await vulnerability.useDatabase('any');
      await vulnerability.renewMatch(published);
      await policy.judgeMatches(published);
    },
    run: async (image, environment) => {
      await reportRunning(store, image, environment);
      await catalog.chooseCounting({ subject: subjectNamed(image) });
      await policy.judgeSubject({ subject: subjectNamed(image) });
    },
    collection: async (id, selects) => {
      const row = { id, name: id, description: '', selects: JSON.stringify(selects), environment: null };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
      await store.transaction((transaction) => transaction.announce(collectionsChanged, { id }));
    },
    ask: async (endpoint, input, principal = ada) => await answerOf(policy.routes, { endpoint, input, principal }),
    close: async () => {
      await policy.close();
      await store.close();
    },
  };
  await vulnerability.useDatabase('any');
  return test;
}

function bundlesOf({ store, clock }: { readonly store: Store; readonly clock: Clock }, recordMatch: RecordMatch) {
  const signer = openSigner({ store, clock, masterKey: () => testMasterKey }, bundlePurpose);
  return { version: '0', signer, originsOf: nowhere, recordMatch };
}

async function reportRunning(store: Store, image: string, environment: string): Promise<void> {
  const agent = agentOf(`host-${environment}`, environment);
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment })] });
  await reportAs(store, agent, { kind: 'image', bodies: [imageFact(image)] });
  await reportAs(store, agent, { kind: 'container', bodies: [containerFact(`${image}-${environment}`, image)] });
}
