import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import type { ScanId, SubjectId } from '#base/index.ts';
import { agentOf, containerFact, hostFact, imageFact, reportAs } from '#inventory/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { ScanPublication } from '../contract.ts';
import type { Origin } from '../proof-of.ts';
import { readCountingScans } from './counting.ts';
import type { ScanOfSubject } from './facts.ts';
import { packFact } from './pack-task.ts';
import { storePublication } from './publish.ts';
import type { Publisher } from './publisher.ts';
import { readScanRecord, readShownScan } from './scans.ts';
import { catalogSchema } from './schema.ts';
import { catalogHandlers, createCatalog } from './service.ts';

export type TestAgent = ReturnType<typeof agentOf>;

/** A console that has catalogs alone, with hosts, agents, tokens and a registry that it trusts. */
export interface TestCounting {
  readonly store: Store;
  readonly catalog: ReturnType<typeof createCatalog>;
  turnTo(now: Date): void;
  /** An agent that joined, of a host in this environment. */
  join(name: string, environment?: string): Promise<TestAgent>;
  /** A token that may publish for these repositories. */
  token(...repositories: readonly string[]): Promise<Publisher>;
  revoke(publisher: Pick<Publisher, 'kind' | 'id'>): Promise<void>;
  publish(publication: ScanPublication, publisher: Publisher): Promise<ScanOfSubject>;
  scan(agent: TestAgent, publication: ScanPublication): Promise<void>;
  /** The image is on the agent's host, called so, and a container of it runs there where one is named. */
  place(
    agent: TestAgent,
    subject: SubjectId,
    as: { readonly name: string; readonly container?: string },
  ): Promise<void>;
  /** The console found the image in this repository of a registry that it trusts. */
  prove(subject: SubjectId, repository: string, manifest?: string): Promise<void>;
  /** Names of the publishers of the scans that count, by environment, with rank and reason. */
  counting(subject: SubjectId): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Name of the publisher of the scan that is shown. */
  shown(subject: SubjectId): Promise<string | undefined>;
  /** Facts of this kind since they were asked for last. */
  announced(fact: string): Promise<readonly object[]>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestCounting(): Promise<TestCounting> {
  const store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema]);
  const origins = new Map<SubjectId, readonly Origin[]>();
  const time = { now: new Date('2026-11-24T12:00:00Z') };
  const options = {
    store,
    clock: () => time.now,
    newScanId: () => randomUUID() as string as ScanId,
    originsOf: async (_: unknown, subject: SubjectId) => origins.get(subject) ?? [],
  };
  const catalog = createCatalog(options);
  return {
    store,
    catalog,
    turnTo: (now) => void (time.now = now),
    join: async (name, environment) =>
      await joined(store, agentOf(name, environment, { id: randomUUID(), environments: ['dev', 'test', 'prod'] })),
    token: async (...repositories) => await newToken(store, repositories),
    revoke: async (publisher) => {
      await revoked(store, publisher);
      await (publisher.kind === 'token'
        ? catalog.noteToken({ token: publisher.id })
        : catalog.noteAgent({ agent: publisher.id }));
      for (const { subject } of await announcedOf(store, 'counting-outdated'))
        await catalog.chooseCounting({ subject: subject as SubjectId });
    },
    publish: async (publication, publisher) => await storePublication(publication, publisher, options),
    scan: async (agent, body) => {
      const { scan } = catalogHandlers(catalog);
      const packed = await packFact(body);
      await store.transaction((transaction) =>
        scan(transaction, agent, [{ at: time.now.toISOString(), body: packed }]),
      );
    },
    place: async (agent, subject, { name, container }) => {
      await reportAs(store, agent, { kind: 'image', bodies: [imageFact(name, { id: subject, subject })] });
      if (container !== undefined)
        await reportAs(store, agent, {
          kind: 'container',
          bodies: [containerFact(`${name}-${agent.name}`, name, { subject, environment: container })],
        });
      await catalog.chooseCounting({ subject });
    },
    prove: async (subject, repository, manifest = `sha256:${'c'.repeat(64)}`) => {
      origins.set(subject, [...(origins.get(subject) ?? []), { registry: 'example', repository, manifest }]);
      await catalog.noteOrigin({ subject });
    },
    counting: async (subject) => await countingOf(store, subject),
    shown: async (subject) => (await readShownScan(store, subject))?.publisher.name,
    announced: async (fact) => await announcedOf(store, fact),
    clear: async () => {
      origins.clear();
      time.now = new Date('2026-11-24T12:00:00Z');
      await sql`truncate catalog.subject, catalog.document, inventory.host, store.unclaimed_fact, link.agent cascade`.execute(
        store.query(catalogSchema),
      );
    },
    close: async () => await store.close(),
  };
}

async function joined(store: Store, agent: TestAgent): Promise<TestAgent> {
  await sql`
    insert into link.agent (id, name, host, instance, version, environment, state, joined_at, join_token, fingerprint, not_after)
    values (${agent.id}, ${agent.name}, ${agent.name}, 'default', '0', ${agent.environment ?? null}, 'live', now(), 't',
      ${agent.id}, now())`.execute(store.query(linkSchema));
  await reportAs(store, agent, {
    kind: 'host',
    bodies: [hostFact(agent.environment === undefined ? {} : { environment: agent.environment })],
  });
  return agent;
}

/** A token of `ci` that may publish for these repositories. */
export async function newToken(store: Store, repositories: readonly string[]): Promise<Publisher> {
  const { id } = await store
    .query(accessSchema)
    .insertInto('token')
    .values({
      secret_hash: Buffer.from(randomUUID()),
      name: `ci for ${repositories.join()}`,
      role: 'ci',
      repositories,
      created_by: 'ada',
      created_at: new Date(),
    } as never)
    .returning('id')
    .executeTakeFirstOrThrow();
  return { kind: 'token', id, name: `ci for ${repositories.join()}`, repositories };
}

async function revoked(store: Store, { kind, id }: Pick<Publisher, 'kind' | 'id'>): Promise<void> {
  if (kind === 'token') await store.query(accessSchema).deleteFrom('token').where('id', '=', id).execute();
  else await sql`update link.agent set state = 'revoked' where id = ${id}`.execute(store.query(linkSchema));
}

async function countingOf(store: Store, subject: SubjectId) {
  const rows = (await readCountingScans(store, [subject])).get(subject) ?? [];
  const named = await Promise.all(
    rows.map(async ({ environment, scan, rank, why }) => {
      const record = await readScanRecord(store, scan);
      return { environment, words: `${record?.publisher.name} ${rank} ${why}` };
    }),
  );
  const groups = Map.groupBy(named, ({ environment }) => environment);
  return Object.fromEntries([...groups].map(([environment, own]) => [environment, own.map(({ words }) => words)]));
}

async function announcedOf(store: Store, fact: string): Promise<readonly { readonly subject?: unknown }[]> {
  const { rows } = await sql<{ payload: object }>`
    with claimed as (delete from store.unclaimed_fact where fact = ${fact} returning *)
    select payload from claimed order by id`.execute(store.query(catalogSchema));
  return rows.map(({ payload }) => payload);
}
