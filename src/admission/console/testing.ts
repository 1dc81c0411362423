import { randomBytes } from 'node:crypto';
import { type ImageDigest, isImageDigest } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import { catalogSchema, type ScanOfSubject } from '#catalog/console/index.ts';
import { chooseAnew, curlScan, publishTo } from '#catalog/console/testing.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, imageFact, subjectNamed, reportAs } from '#inventory/console/testing.ts';
import { linkSchema, openSigner } from '#link/console/index.ts';
import { pinnedBy } from '#link/console/testing.ts';
import { createPolicy, type PolicyService, policySchema } from '#policy/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createVulnerability, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { curlDatabase } from '#vulnerability/console/testing.ts';
import { directMatcher } from '#vulnerability/index.ts';
import { type AdmissionRule, type Decision, getLedger, type Ledger, type putAdmissionRule } from '../contract.ts';
import { ledgerPurpose, verifySignedLedger } from '../index.ts';
import { admissionSchema } from './schema.ts';
import { admissionHandlers, type AdmissionService, createAdmission } from './service.ts';

/** What the join tokens of all hosts allow. */
const anywhere = { environments: ['dev', 'test', 'stage', 'prod'] };

const ada = userNamed('ada', ['read', 'write-rules']);

/** A console with judged images on hosts, their ledgers, and a clock that a test may turn. */
export interface TestAdmission {
  readonly store: Store;
  readonly admission: AdmissionService;
  readonly policy: PolicyService;
  now(): Date;
  turnTo(now: Date): void;
  /** Publishes, matches and judges an image that holds curl at this version. */
  publish(image: string, version: string): Promise<ScanOfSubject>;
  /** Lays an image on a host, judges it there and brings the ledgers up to date. `prod-1` stands in prod. */
  lay(image: string, host: string, ids?: readonly string[]): Promise<void>;
  host(host: string, allowed?: readonly string[]): Promise<void>;
  report(host: string, kind: keyof typeof admissionHandlers, bodies: readonly unknown[]): Promise<void>;
  collection(id: string, selects: Collection['selects']): Promise<void>;
  /** As the agent of a host gets it, verified. */
  ledger(host: string, asked?: { readonly known?: number; readonly wait?: number }): Promise<Ledger>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, principal?: Principal): Promise<ReplyOf<E>>;
  close(): Promise<void>;
}

/** Every curl below 8.1 has CVE-2026-1. */
export async function openTestAdmission(ownImages: readonly ImageDigest[] = []): Promise<TestAdmission> {
  const { store, time, base, masterKey, policy, admission, vulnerability } = await openServices(ownImages);
  const { clock } = base;
  const ask: TestAdmission['ask'] = async (endpoint, input, principal = ada) =>
    await answerOf([...admission.routes, ...admission.agentRoutes], { endpoint, input, principal });
  return {
    store,
    admission,
    policy: choosing(policy, store),
    now: clock,
    turnTo: (now) => void (time.now = now),
    publish: async (image, version) => {
      const which = await publishTo(store, curlScan(image, { version, scannedAt: clock() }), { clock });
      await vulnerability.matchScan(which);
      await policy.judgeScan(which);
      await admission.followSubjects([which]);
      return which;
    },
    lay: async (image, host, ids = []) => {
      const agent = agentOf(host, environmentOf(host), anywhere);
      const engineIds = [subjectNamed(image), ...ids];
      await reportAs(store, agent, { kind: 'image', bodies: engineIds.map((id) => imageFact(image, { id })) });
      const subject = subjectNamed(image);
      await chooseAnew(store, subject);
      await policy.judgeSubject({ subject });
      await admission.followSubjects([{ subject }]);
    },
    host: async (host, allowed = []) => {
      const agent = agentOf(host, environmentOf(host), anywhere);
      await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ allowEnvironments: [...allowed] })] });
      await admission.followHost({ host });
    },
    report: async (host, kind, bodies) =>
      await store.transaction(
        async (transaction) =>
          await admissionHandlers[kind](
            transaction,
            agentOf(host, environmentOf(host), anywhere),
            bodies.map((body) => ({ at: clock().toISOString(), body })),
          ),
      ),
    collection: async (id, selects) => {
      const row = { id, name: id, description: '', selects: JSON.stringify(selects), environment: null };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
      await admission.followRules();
    },
    ledger: async (host, asked = {}) => {
      const principal: Principal = { kind: 'agent', id: host, name: host, permissions: ['report'] };
      const { signed } = await ask(getLedger, { body: asked }, principal);
      return verifySignedLedger(signed, await pinnedBy({ ...base, masterKey }), clock());
    },
    ask,
    close: async () => {
      await admission.close();
      await policy.close();
      await store.close();
    },
  };
}

/** Chooses the scans that count first, as the console does after a subject came to lie elsewhere. */
function choosing(policy: PolicyService, store: Store): PolicyService {
  return {
    ...policy,
    judgeSubject: async (which) => {
      await chooseAnew(store, which.subject);
      await policy.judgeSubject(which);
    },
  };
}

async function openServices(ownImages: readonly ImageDigest[]) {
  const schemas = [
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    vulnerabilitySchema,
    provenanceSchema,
    complianceSchema,
    policySchema,
    admissionSchema,
  ];
  const store = await createTestStore(schemas);
  const start = new Date();
  const time = { now: start };
  const clock = (): Date => time.now;
  const key = randomBytes(32);
  const masterKey = (): Buffer => key;
  const base = { store, clock };
  const policy = await createPolicy({ ...base, origin: () => 'http://seawall', staleFeedDays: 7 });
  const signer = openSigner({ ...base, masterKey }, ledgerPurpose);
  const admission = await createAdmission({ ...base, signer, ownImages });
  const database = curlDatabase(start.toISOString(), ['CVE-2026-1']);
  const vulnerability = createVulnerability({ ...base, matcher: directMatcher(async () => database) });
  await vulnerability.useDatabase('any');
  return { store, time, base, masterKey, policy, admission, vulnerability };
}

/** `prod-1` stands in prod, `none-1` nowhere. */
function environmentOf(host: string): string | undefined {
  const named = host.split('-')[0] ?? '';
  return named === 'none' ? undefined : named;
}

export function digestNamed(image: string): ImageDigest {
  const subject: string = subjectNamed(image);
  if (!isImageDigest(subject)) throw new Error(subject);
  return subject;
}

type RuleText = CallInput<typeof putAdmissionRule>['body']['rule'];

/** The rule that comes with the console, changed. */
export function ruleText(more: Partial<RuleText> = {}): RuleText {
  return {
    name: 'Production',
    state: 'on',
    fail: 'block',
    cannotJudge: 'block',
    unknown: 'block',
    holdSeconds: 30,
    builds: 'allow',
    rogue: 'alert',
    ...more,
  };
}

/** A refused start on a host. */
export function decision(id: string, time: Date, more: Partial<Decision> = {}): Decision {
  const rule: Pick<AdmissionRule, 'id' | 'version' | 'name'> = { id: 'default', version: 1, name: 'Default' };
  return {
    id,
    time: time.toISOString(),
    gate: 'runtime-wrapper',
    ring: 2,
    action: 'create',
    subject: 'shop:1',
    environment: 'prod',
    digest: digestNamed('shop:1'),
    answer: 'deny',
    effect: 'block',
    cause: 'verdict',
    rule,
    evidence: ['CVE-2026-1 in curl 8.0-1 is rated High (8), the limit is Medium.'],
    reason: 'It breaks the policy "Production" in prod.',
    milliseconds: 4.2,
    ...more,
  };
}
