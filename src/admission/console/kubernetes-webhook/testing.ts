import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { accessSchema } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import { isSubjectId, silentLog, type SubjectId } from '#base/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import { ScanPublication } from '#catalog/contract.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, imageFact, reportAs } from '#inventory/console/testing.ts';
import { createLink, linkSchema } from '#link/console/index.ts';
import { createPolicy, policySchema } from '#policy/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createVulnerability, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { curlDatabase } from '#vulnerability/console/testing.ts';
import { directMatcher } from '#vulnerability/index.ts';
import { connectCluster, type Decision } from '../../contract.ts';
import type { Reply } from '../../kubernetes/answer.ts';
import { strictRule } from '../../kubernetes/testing.ts';
import { admissionRules } from '../rules.ts';
import { admissionSchema } from '../schema.ts';
import { createKubernetesWebhook, webhookService } from './service.ts';

const ada = userNamed('ada', ['manage-agents']);

/** What an API server would get. */
export interface HttpReply {
  readonly status: number;
  readonly body: Reply & { readonly error?: { readonly code: string; readonly message: string } };
}

/** Who published a scan: tokens are bound to repositories, agents stand in environments. */
export type TestPublisher = NonNullable<Parameters<typeof publishTo>[2]['publisher']>;

/** An image that holds curl at this version, found under a manifest. */
export interface TestImage {
  readonly name: string;
  readonly manifest: string;
  readonly version: string;
  /** Where the console itself found that manifest; missing: nowhere. */
  readonly repository?: string;
  /** A host that holds it, with its environment; it is the publisher's. */
  readonly heldBy?: { readonly host: string; readonly environment: string };
}

/** A console with a webhook at work, on a real PostgreSQL and real TLS. Every curl below 8.1 has CVE-2026-1. */
export interface TestWebhook {
  readonly store: Store;
  readonly port: number;
  /** PEM. */
  readonly authority: string;
  /** Another certificate of the same kind as the webhook's, PEM. */
  readonly shown: { readonly key: string; readonly certificate: string };
  /** Path of the cluster `surge-1`, which is of production. */
  readonly path: string;
  publish(image: TestImage & { readonly publisher?: TestPublisher }): Promise<void>;
  collection(id: string, selects: Collection['selects'], environment?: string): Promise<void>;
  /** Sends what an API server sends. */
  send(
    body: string | Buffer,
    more?: { readonly path?: string; readonly method?: string; readonly type?: string },
  ): Promise<HttpReply>;
  /** Decisions that are stored, once there are so many. */
  decisions(count: number): Promise<readonly (Decision & { readonly host: string })[]>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>): Promise<ReplyOf<E>>;
  close(): Promise<void>;
}

export async function openTestWebhook(): Promise<TestWebhook> {
  const dependencies = await openParts();
  const { store, clock, webhook, link, policy, vulnerability } = dependencies;
  const { port } = await webhook.start({ host: '127.0.0.1', port: 0 });
  const ask: TestWebhook['ask'] = async (endpoint, input) =>
    await answerOf(webhook.routes, { endpoint, input, principal: ada });
  const connected = await ask(connectCluster, { params: { name: 'surge-1' }, body: { environment: 'prod' } });
  const { path, authority } = connected;
  return {
    store,
    port,
    authority,
    path,
    ask,
    shown: (await link.certifyServer([webhookService])).tls,
    publish: async ({ publisher, ...image }) => {
      const publication = publicationOf(image);
      if (image.heldBy !== undefined) await hold(store, subjectIdOf(publication), image);
      if (publisher?.kind === 'token') await addToken(store, publisher.id);
      const originsOf = async () =>
        image.repository === undefined
          ? []
          : [{ registry: 'example', repository: image.repository, manifest: image.manifest }];
      const who = publisher === undefined ? {} : { publisher };
      const which = await publishTo(store, publication, { clock, originsOf, ...who });
      await vulnerability.matchScan(which);
      await policy.judgeScan(which);
    },
    collection: async (id, selects, environment) => {
      const row = { id, name: id, description: '', selects: JSON.stringify(selects), environment: environment ?? null };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
    },
    send: async (body, more = {}) => await send(body, { port, authority, path, ...more }),
    decisions: async (count) => await storedDecisions(store, count),
    close: async () => {
      await webhook.close();
      await link.close();
      await policy.close();
      await vulnerability.close();
      await store.close();
    },
  };
}

async function hold(store: Store, subject: SubjectId, { name, heldBy }: TestImage): Promise<void> {
  if (heldBy === undefined) return;
  const agent = agentOf(heldBy.host, heldBy.environment);
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: heldBy.environment })] });
  await reportAs(store, agent, { kind: 'image', bodies: [imageFact(name, { id: subject, subject })] });
}

async function addToken(store: Store, id: string): Promise<void> {
  const row = { id, secret_hash: randomBytes(32), name: 'ci', role: 'ci', created_by: 'ada', created_at: new Date() };
  await store
    .query(accessSchema)
    .insertInto('token')
    .values(row as never)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function openParts() {
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
  const store = await createTestStore([...schemas, admissionSchema]);
  const clock = (): Date => new Date();
  const policy = await createPolicy({ store, clock, origin: () => 'http://seawall', staleFeedDays: 7 });
  const database = curlDatabase(new Date().toISOString(), ['CVE-2026-1']);
  const vulnerability = createVulnerability({ store, clock, matcher: directMatcher(async () => database) });
  await vulnerability.useDatabase('any');
  const { id, version: _, ...text } = strictRule;
  await store.transaction(
    async (transaction) => void (await admissionRules.addVersion(transaction, { ...text, id }, { now: clock() })),
  );
  const masterKey = randomBytes(32);
  const link = createLink({
    store,
    clock,
    log: silentLog,
    hostNames: [],
    handlers: {},
    masterKey: () => masterKey,
    linkUrl: () => 'https://127.0.0.1:0',
  });
  const certify = link.certifyServer;
  const webhook = createKubernetesWebhook({ store, clock, log: silentLog, hostNames: [], certify });
  return { store, clock, policy, vulnerability, link, webhook };
}

function subjectIdOf({ subject }: ScanPublication): SubjectId {
  const id: string = subject.kind === 'image' ? subject.digest : subject.id;
  if (!isSubjectId(id)) throw new Error(id);
  return id;
}

function publicationOf({ name, manifest, version }: TestImage): ScanPublication {
  const packages = [debianPackage('curl', version)];
  const scan = imageScan({ content: `${name} ${version}`, names: [name], packages });
  return ScanPublication.parse({ ...scan, subject: { ...scan.subject, manifestDigest: manifest } });
}

interface Sent {
  readonly port: number;
  readonly authority: string;
  readonly path: string;
  readonly method?: string;
  readonly type?: string;
}

/** As an API server does: it trusts the bundle alone, and asks for the name of the service. */
async function send(
  body: string | Buffer,
  { port, authority, path, method = 'POST', type = 'application/json' }: Sent,
) {
  return await new Promise<HttpReply>((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: `${path}?timeout=10s`,
        ca: authority,
        servername: webhookService,
        headers: { 'content-type': type, host: webhookService },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString()) as HttpReply['body'],
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function storedDecisions(store: Store, count: number) {
  for (let tries = 0; ; tries++) {
    const rows = await store
      .query(admissionSchema)
      .selectFrom('decision')
      .select(['host', 'decision'])
      .orderBy('sequence')
      .execute();
    if (rows.length >= count || tries === 40) return rows.map(({ host, decision }) => ({ ...decision, host }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A manifest of an image, by a name of it. */
export function manifestNamed(name: string): string {
  return `sha256:${createHash('sha256').update(`manifest ${name}`).digest('hex')}`;
}
