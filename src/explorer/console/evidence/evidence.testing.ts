import { randomUUID } from 'node:crypto';
import { admissionSchema, createAdmission } from '#admission/console/index.ts';
import { type AdmissionRuleText, getLedger, Ledger, putAdmissionRule } from '#admission/contract.ts';
import type { Immutable, SubjectId } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import { chooseAnew } from '#catalog/console/testing.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { ledgerPurpose } from '#admission/index.ts';
import {
  complianceChanged,
  complianceHandlers,
  type ComplianceService,
  createCompliance,
  factsAppeared,
  hostOutdated,
} from '#compliance/console/index.ts';
import { gateHandlers, gateSchema } from '#gate/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { inventoryHandlers } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed } from '#inventory/console/testing.ts';
import { linkSchema, openSigner, type ReportingAgent } from '#link/console/index.ts';
import { createRuntime, runtimeHandlers, runtimeSchema } from '#runtime/console/index.ts';
import { type Store, whenDistinct, whenMany } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getControl, listSubjectsOfControl } from '../../contract.ts';
import { createExplorer, type ExplorerService } from '../service.ts';
import { type Estate, estateOn, estateSchemas } from '../testing.ts';

/** A person of a test who sees and may do everything. */
export const ada = userNamed('ada', ['read', 'write-rules']);

/** A console with what controls ask, and a clock that a test turns. */
export interface TestEvidence {
  readonly store: Store;
  readonly estate: Estate;
  readonly explorer: ExplorerService;
  readonly compliance: ComplianceService;
  now(): Date;
  /** Time goes on; every agent that joined and is not silenced reports meanwhile. */
  pass(minutes: number): Promise<void>;
  /** Nobody hears of this host any more. */
  silence(host: string): void;
  /** An agent joins by a token that allows these environments, and reports its host. */
  join(host: string, environments?: readonly string[]): Promise<void>;
  /** Runs a container of an image on a host; gives its id. */
  run(
    host: string,
    name: string,
    more?: { readonly application?: string; readonly image?: string; readonly subject?: SubjectId },
  ): Promise<string>;
  /** A scan of an image comes, is matched and judged where the image lies. */
  scan(publication: Immutable<ScanPublication>): Promise<ScanOfSubject>;
  report(host: string, kind: string, body: unknown): Promise<void>;
  /** Puts the rule that applies to everything in force. */
  saveAdmissionRule(text: Pick<AdmissionRuleText, 'fail'>): Promise<void>;
  /** Brings the ledgers of hosts up to the rules. Gives the sequence of the host's. */
  publishLedger(host: string): Promise<number>;
  /** Looks at all evidence again. */
  look(): Promise<void>;
  /** Looks at what is due, as the console does each minute. */
  watch(): Promise<void>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, principal?: Principal): Promise<ReplyOf<E>>;
  /** How a control stands, and its questions by their ids. */
  control(id: string): Promise<{
    readonly state: string;
    readonly reason: string;
    readonly question: (question: string) => { readonly state: string; readonly reason?: string | undefined };
  }>;
  /** The answer about one subject to one question. */
  answer(
    control: string,
    question: string,
    subject: { readonly host?: string; readonly kind?: string; readonly id?: string },
  ): Promise<{ readonly state: string; readonly text: string } | undefined>;
  close(): Promise<void>;
}

/** What a test console is made of. */
async function openServices() {
  const store = await createTestStore([...estateSchemas, admissionSchema, gateSchema, runtimeSchema]);
  const time = { now: new Date('2026-11-24T12:00:00Z') };
  const clock = (): Date => time.now;
  const estate = await estateOn(store, clock);
  const compliance = await createCompliance({ store, clock });
  const learning = { store, clock, bucketSeconds: 3600 };
  const runtime = await createRuntime(learning);
  const masterKey = (): Buffer => Buffer.alloc(32, 'test');
  const signer = openSigner({ store, clock, masterKey }, ledgerPurpose);
  const admission = await createAdmission({ store, clock, signer, ownImages: [] });
  const explorer = createExplorer({ store, clock });
  await store.start([
    whenMany(factsAppeared, 'evaluate-facts', compliance.evaluate),
    whenDistinct(complianceChanged, 'judge-reported', compliance.judgeHost),
    whenDistinct(hostOutdated, 'judge-outdated', compliance.judgeHost),
  ]);
  const handlers = { ...inventoryHandlers, ...complianceHandlers, ...gateHandlers, ...runtimeHandlers(learning) };
  return { store, time, clock, estate, compliance, runtime, admission, explorer, handlers };
}

type Services = Awaited<ReturnType<typeof openServices>>;

/** Agents of hosts, and what they report. */
function openAgents({ store, time, clock, handlers }: Services) {
  const agents = new Map<string, ReportingAgent>();
  const silenced = new Set<string>();
  const report: TestEvidence['report'] = async (host, kind, body) => {
    const handler = handlers[kind as keyof typeof handlers];
    const agent = agents.get(host) ?? agentOf(host);
    await store.transaction(
      async (transaction) => await handler(transaction, agent, [{ at: clock().toISOString(), body }]),
    );
    await store.idle();
  };
  const pass = async (minutes: number): Promise<void> => {
    time.now = new Date(time.now.getTime() + minutes * 60_000);
    const heard = [...agents.keys()].filter((host) => !silenced.has(host));
    if (heard.length === 0) return;
    await store.query(linkSchema).updateTable('agent').set({ seen_at: clock() }).where('name', 'in', heard).execute();
  };
  const join: TestEvidence['join'] = async (host, environments = ['prod']) => {
    const id = randomUUID();
    const [environment = 'prod'] = environments;
    agents.set(host, agentOf(host, environment, { id, environments }));
    const notAfter = new Date(clock().getTime() + 90 * 86_400_000);
    const own = { id, name: host, host, instance: 'default', version: '0.1.0', state: 'live' } as const;
    const joined = { joined_at: clock(), join_token: 'rack', fingerprint: id, not_after: notAfter, seen_at: clock() };
    await store
      .query(linkSchema)
      .insertInto('agent')
      .values({ ...own, ...joined, environment, environments: [...environments] })
      .execute();
    await report(host, 'host', hostFact({ environment }));
  };
  const run: TestEvidence['run'] = async (host, name, more = {}) => {
    const { application, image = 'shop:1', subject = subjectNamed(image) } = more;
    const labels = application === undefined ? {} : { 'seawall.application': application };
    const fact = containerFact(`${host} ${name}`, image, {
      name,
      labels,
      subject,
      image: { id: subject, name: image },
    });
    await report(host, 'image', imageFact(image, { id: subject, subject }));
    await report(host, 'container', fact);
    return fact.id;
  };
  return { report, pass, join, run, silence: (host: string) => void silenced.add(host) };
}

type Ask = TestEvidence['ask'];

const nist = { template: 'nist-800-190' };

/** How a control stands, as a page asks for it. */
async function controlOf(ask: Ask, id: string): ReturnType<TestEvidence['control']> {
  const { control, questions } = await ask(getControl, { params: { ...nist, control: id } });
  return {
    state: control.state,
    reason: control.reason,
    question: (name) => {
      const found = questions.find((one) => one.id === name);
      if (found === undefined) throw new Error(`${id} has no question ${name}.`);
      return { state: found.state, reason: found.reason };
    },
  };
}

async function answerAbout(
  ask: Ask,
  ...[control, question, { host, kind, id }]: Parameters<TestEvidence['answer']>
): ReturnType<TestEvidence['answer']> {
  const query = { question, ...(host !== undefined && { host }) };
  const { subjects } = await ask(listSubjectsOfControl, { params: { ...nist, control }, query });
  const subject = subjects.find(
    (one) => (kind === undefined || one.kind === kind) && (id === undefined || one.id === id),
  );
  if (subject === undefined) return undefined;
  const given = subject.answers.find((one) => one.question === question);
  return { state: subject.state, text: [given?.reason, ...(given?.seen ?? [])].filter(Boolean).join(' ') };
}

const plainRule = {
  name: 'Everything',
  description: '',
  state: 'on',
  cannotJudge: 'alert',
  unknown: 'alert',
  holdSeconds: 0,
  builds: 'allow',
  rogue: 'alert',
} as const;

export async function openTestEvidence(): Promise<TestEvidence> {
  const services = await openServices();
  const { store, clock, estate, compliance, runtime, admission, explorer } = services;
  const routes = [...explorer.routes, ...admission.routes, ...compliance.routes];
  const ask: Ask = async (endpoint, input, principal = ada) => await answerOf(routes, { endpoint, input, principal });
  const saved = { version: 1 };
  return {
    ...openAgents(services),
    store,
    estate,
    explorer,
    compliance,
    now: clock,
    ask,
    scan: async (publication) => {
      const which = await estate.publish(publication);
      await chooseAnew(store, which.subject);
      await estate.match(which);
      await estate.judgeSubject(which);
      await estate.judge(which);
      return which;
    },
    saveAdmissionRule: async (text) => {
      const rule = { ...plainRule, ...text };
      await ask(putAdmissionRule, { params: { id: 'default' }, body: { rule, basedOn: saved.version++ } });
    },
    publishLedger: async (host) => {
      await admission.followRules();
      const principal: Principal = { kind: 'agent', id: host, name: host, permissions: ['report'] };
      const { signed } = await answerOf(admission.agentRoutes, { endpoint: getLedger, input: { body: {} }, principal });
      return Ledger.parse(JSON.parse(signed.ledger)).sequence;
    },
    look: async () => {
      await compliance.watchTime();
      await store.idle();
      await explorer.refreshEvidence();
    },
    watch: async () => {
      await compliance.watchTime();
      await store.idle();
      await explorer.watchEvidence();
    },
    control: async (id) => await controlOf(ask, id),
    answer: async (...asked) => await answerAbout(ask, ...asked),
    close: async () => {
      for (const one of [admission, runtime, compliance, estate, store]) await one.close();
    },
  };
}
