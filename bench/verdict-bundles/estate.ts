import { accessSchema } from '../../src/access/console/index.ts';
import type { SubjectId } from '../../src/base/index.ts';
import { catalogSchema, type ScanOfSubject } from '../../src/catalog/console/index.ts';
import { chooseAnew, nowhere, publishTo } from '../../src/catalog/console/testing.ts';
import type { ScanPublication } from '../../src/catalog/index.ts';
import { complianceSchema } from '../../src/compliance/console/index.ts';
import { answerOf } from '../../src/http/console/testing.ts';
import type { Endpoint } from '../../src/http/index.ts';
import { inventorySchema } from '../../src/inventory/console/index.ts';
import { type agentOf, hostFact, imageFact, reportAs } from '../../src/inventory/console/testing.ts';
import { linkSchema, openSigner } from '../../src/link/console/index.ts';
import { bundlePurpose } from '../../src/policy/bundle/purpose.ts';
import { createPolicy, type PolicyService } from '../../src/policy/console/index.ts';
import { policySchema } from '../../src/policy/console/schema.ts';
import { readFacts } from '../../src/policy/console/stored-facts.ts';
import { ada, bob, testMasterKey } from '../../src/policy/console/testing.ts';
import { readEnvironmentVerdicts, readWholeVerdicts } from '../../src/policy/console/verdicts.ts';
import * as api from '../../src/policy/contract.ts';
import { provenanceSchema } from '../../src/provenance/console/index.ts';
import type { Store } from '../../src/store/index.ts';
import { createTestStore } from '../../src/store/testing.ts';
import {
  createVulnerability,
  type VulnerabilityService,
  vulnerabilitySchema,
} from '../../src/vulnerability/console/index.ts';
import { directMatcher } from '../../src/vulnerability/index.ts';

type Agent = ReturnType<typeof agentOf>;
type Database = Awaited<ReturnType<Parameters<typeof directMatcher>[0]>>;

export interface EstateImage {
  readonly name: string;
  readonly subject: SubjectId;
  readonly isExcepted: boolean;
  /** That count. */
  readonly scans: number;
}

const severity = { kind: 'severity', threshold: { by: 'severity', severity: 'low' }, onlyFixed: false } as const;

/** Policies by the first part of the image's name. */
const policies: Readonly<Record<string, readonly unknown[]>> = {
  pass: [{ kind: 'kev', only: 'ransomware', effect: 'block' }],
  alerts: [{ ...severity, unrated: 'alert', effect: 'alert' }],
  fail: [{ ...severity, unrated: 'block', effect: 'block' }],
  cannot: [{ kind: 'stale-feed', days: 1, effect: 'cannot-judge' }],
};

/** A console without pages that judges by a real database. */
export interface Estate {
  readonly store: Store;
  readonly now: () => Date;
  readonly policy: PolicyService;
  readonly vulnerability: VulnerabilityService;
  readonly judged: ScanOfSubject[];
}

const now = () => new Date('2026-11-30T12:00:00Z');

export async function openEstate(database: Database): Promise<Estate> {
  const store = await createTestStore([
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    vulnerabilitySchema,
    provenanceSchema,
    complianceSchema,
    policySchema,
  ]);
  const vulnerability = createVulnerability({ store, clock: now, matcher: directMatcher(async () => database) });
  const signer = openSigner({ store, clock: now, masterKey: () => testMasterKey }, bundlePurpose);
  const bundles = { version: '0', signer, originsOf: nowhere, recordMatch: vulnerability.recordMatch };
  const policy = await createPolicy({ store, clock: now, origin: () => 'http://seawall', staleFeedDays: 7, bundles });
  const estate = { store, now, policy, vulnerability, judged: [] };
  await vulnerability.useDatabase('real');
  await writeRules(estate);
  return estate;
}

export async function closeEstate({ policy, store }: Estate): Promise<void> {
  await policy.close();
  await store.close();
}

async function writeRules(estate: Estate): Promise<void> {
  const selected = {
    ...Object.fromEntries(Object.keys(policies).map((kind) => [kind, `${kind}/*`])),
    excepted: '*/excepted-*',
  };
  for (const [id, images] of Object.entries(selected)) {
    const row = { id, name: id, description: '', selects: JSON.stringify({ images: [images] }), environment: null };
    await estate.store.query(accessSchema).insertInto('collection').values(row).execute();
  }
  for (const [id, rules] of Object.entries(policies)) {
    const body = { policy: { name: id, collections: [id], rules }, basedOn: 0 };
    await ask(estate, api.putPolicy, { input: { params: { id }, body } });
  }
}

interface Asked {
  readonly input: object;
  readonly principal?: typeof ada;
}

async function ask<E extends Endpoint>({ policy }: Estate, endpoint: E, { input, principal = ada }: Asked) {
  return await answerOf(policy.routes, { endpoint, input: input as never, principal });
}

/** A host of production has an image and scanned it. */
export async function publishIn(
  { store, policy, vulnerability, judged }: Estate,
  publication: ScanPublication,
  { agent, name }: { readonly agent: Agent; readonly name: string },
): Promise<void> {
  const publisher = { kind: 'agent', id: agent.id, name: agent.name } as const;
  const which = await publishTo(store, publication, { clock: now, publisher });
  const { subject } = which;
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  await reportAs(store, agent, { kind: 'image', bodies: [imageFact(name, { id: subject, subject })] });
  await vulnerability.matchScan(which);
  await chooseAnew(store, subject);
  await policy.judgeSubject({ subject });
  judged.push(which);
}

/** Makes the exceptions, and judges by them. */
export async function settle(estate: Estate, images: readonly EstateImage[]): Promise<void> {
  for (const image of images.filter(({ isExcepted }) => isExcepted)) await except(estate, image);
  await estate.policy.renewVerdicts();
}

/** Two people except the first finding of an image. */
async function except(estate: Estate, { subject }: EstateImage): Promise<void> {
  const scans = estate.judged.filter((one) => one.subject === subject).map(({ scan }) => scan);
  const facts = [...(await readFacts(estate.store, scans, undefined)).values()];
  const first = facts.flatMap((one) => one.facts.findings).find(({ suppressed }) => suppressed === undefined);
  if (first === undefined) return;
  const { type, package: name, installed: version } = first;
  const said = { reason: 'mitigated', explanation: 'Not reachable.', expiresAt: '2027-03-01T00:00:00Z' };
  const body = { advisory: first.id, package: { type, name, version }, collections: ['excepted'], ...said };
  const asked = await ask(estate, api.requestException, { input: { body }, principal: bob });
  const { id } = asked.exception;
  await ask(estate, api.decideException, { input: { params: { id }, body: { decision: 'approve', note: '' } } });
}

export async function bundleOf(estate: Estate, { subject }: EstateImage): Promise<api.SignedBundle> {
  const params = { subject, environment: 'prod' };
  const { bundle } = await ask(estate, api.getVerdictBundle, { input: { params } });
  return JSON.parse(JSON.stringify(bundle));
}

/** The verdict as the console keeps it, and what ledgers carry of it. */
export async function verdictOf({ store }: Estate, { subject, name }: EstateImage) {
  const verdicts = await readEnvironmentVerdicts(store, [subject]);
  const [kept] = verdicts;
  if (kept === undefined) throw new Error(`${name} has no verdict.`);
  const whole = await readWholeVerdicts(store, verdicts);
  return { json: JSON.stringify(whole.get(kept.digest)), bundle: kept.bundle };
}

/** Median of the milliseconds in which the console matches and judges the scans of an image. */
export async function judgeTime(
  { judged, policy, vulnerability }: Estate,
  images: readonly EstateImage[],
): Promise<number> {
  const times: number[] = [];
  for (const { subject } of images.slice(0, 30)) {
    const started = performance.now();
    for (const which of judged.filter((one) => one.subject === subject)) {
      await vulnerability.recordMatch(which);
      await policy.judgeScan(which);
    }
    times.push(performance.now() - started);
  }
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? Number.NaN;
}
