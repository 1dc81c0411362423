import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '#base/index.ts';
import { accessSchema, theConsole } from '#access/console/index.ts';
import type { ChildPool, Route } from '#http/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type Introduction, protocolVersion, unassigned } from '../contract.ts';
import type { AuditHead } from '#access/contract.ts';
import { batchTask, type FactPreparers } from './batch-task.ts';
import { type AuthorityDependencies, readAuthorities } from './authorities.ts';
import type { NewJoinToken } from './join-tokens.ts';
import { createLink, type Link } from './link.ts';
import type { FactHandler } from './dependencies.ts';
import { linkSchema } from './schema.ts';

/** A console's end of the link at work, on a real PostgreSQL and real TLS. */
export interface TestLink {
  readonly store: Store;
  readonly link: Link;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly masterKey: () => Buffer;
  /** An empty folder that goes with the link. */
  newFolder(): Promise<string>;
  /** The secret of a new join token. */
  token(wanted?: Partial<NewJoinToken>): Promise<string>;
  /** Moves the console's clock on. */
  wait(milliseconds: number): void;
  clock(): Date;
  /** Another console on the same store, with a port of its own. */
  another(masterKey?: Buffer): Promise<{ readonly link: Link; readonly url: string }>;
  close(): Promise<void>;
}

export interface TestLinkOptions {
  /** The newest head of the evidence log; missing: there is no such log. */
  readonly evidenceHead?: AuditHead;
  readonly handlers?: Readonly<Record<string, FactHandler>>;
  readonly preparers?: FactPreparers;
  readonly children?: ChildPool;
  readonly routes?: readonly Route[];
  readonly schemas?: readonly DomainSchema<unknown>[];
  readonly log?: Log;
}

export async function startTestLink(options: TestLinkOptions = {}): Promise<TestLink> {
  const store = await createTestStore([accessSchema, linkSchema, ...(options.schemas ?? [])]);
  const folder = await mkdtemp(join(tmpdir(), 'seawall-link-'));
  const key = randomBytes(32);
  let ahead = 0;
  const clock = (): Date => new Date(Date.now() + ahead);
  const open = async (masterKey: Buffer) => {
    let url = '';
    const link = createLink({
      store,
      clock,
      log: options.log ?? silentLog,
      masterKey: () => masterKey,
      hostNames: ['pier.example'],
      linkUrl: () => url,
      handlers: options.handlers ?? {},
      batch: batchTask(options.preparers ?? {}),
      ...(options.evidenceHead && { evidenceHead: async () => options.evidenceHead }),
      ...(options.children === undefined ? {} : { children: options.children }),
      routes: options.routes ?? [],
    });
    url = (await link.start({ host: '127.0.0.1', port: 0 })).origin;
    return { link, url };
  };
  const first = await open(key);
  const links = [first.link];
  return {
    ...first,
    store,
    clock,
    masterKey: () => key,
    newFolder: () => mkdtemp(join(folder, 'agent-')),
    token: async (wanted) =>
      (await first.link.createJoinToken({ name: 'harbour', environments: [unassigned], ...wanted }, theConsole)).secret,
    wait: (milliseconds) => {
      ahead += milliseconds;
    },
    another: async (masterKey = key) => {
      const opened = await open(masterKey);
      links.push(opened.link);
      return opened;
    },
    close: async () => {
      for (const link of links) await link.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PEM of the authorities that an agent which joined now would trust. */
export async function pinnedBy(dependencies: AuthorityDependencies): Promise<readonly string[]> {
  return (await readAuthorities(dependencies)).trusted;
}

/** What an agent of this host says of itself. */
export function introductionOf(host: string, more: Partial<Introduction> = {}): Introduction {
  return { protocol: protocolVersion, host, instance: 'default', version: '0.1.0', ...more };
}
