import { randomBytes, randomUUID } from 'node:crypto';
import { type Clock, type Log, messageOf, type ScanId, systemClock } from '#base/index.ts';
import { type Access, accessSchema, createAccess } from '#access/console/index.ts';
import { catalogSchema, createCatalog } from '#catalog/console/index.ts';
import { createExplorer, explorerSchema } from '#explorer/console/index.ts';
import { createServer } from '#http/console/index.ts';
import { createInventory, inventorySchema } from '#inventory/console/index.ts';
import { createPolicy, policySchema } from '#policy/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { createVulnerability, type VulnerabilityService, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { readTrustedKeys, threadMatcher } from '#vulnerability/index.ts';
import type { ConsoleConfig } from './config.ts';
import { openConsoleLog } from './console-log.ts';
import { type ReactingServices, reactions } from './reactions.ts';

/** A console at work. */
export interface Console {
  /** Address that it listens on. */
  readonly url: string;
  readonly access: Access;
  readonly vulnerability: VulnerabilityService;
  /** Lets requests and reactions under way finish, then stops everything that `composeConsole` started. */
  close(): Promise<void>;
}

/** PostgreSQL schemas of all domains, in the order of their migrations. */
const consoleSchemas = [
  accessSchema,
  inventorySchema,
  catalogSchema,
  vulnerabilitySchema,
  policySchema,
  explorerSchema,
] as const;

/** Milliseconds between two looks for verdicts that have grown too old. */
const verdictLook = 60 * 60_000;

/**
 * Opens the store, brings its schemas up to date, joins the domains and serves them. Nothing of the product is
 * constructed elsewhere. Throws `AppError`: `store-unavailable`, `already-running`, `port-in-use`.
 */
export async function composeConsole(config: ConsoleConfig): Promise<Console> {
  const { log, close: closeLog } = openConsoleLog(config.logFile);
  const closers: (() => unknown)[] = [closeLog];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const store = await openStore({ place: config.store, schemas: consoleSchemas, log });
    closers.push(() => store.close());
    return { ...(await serve(config, { store, log, clock: systemClock }, closers)), close };
  } catch (error) {
    log.error({ error: messageOf(error) }, 'The console did not start.');
    await close();
    throw error;
  }
}

interface Ground {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

async function serve(
  config: ConsoleConfig,
  ground: Ground,
  closers: (() => unknown)[],
): Promise<Omit<Console, 'close'>> {
  const { store, log, clock } = ground;
  const access = createAccess({ store, clock, log, random: randomBytes });
  const services = await createServices(config, ground);
  // The open database outlasts the reactions, which the store ends.
  closers.unshift(() => services.vulnerability.close());
  const server = await createServer({
    routes: [access, ...Object.values(services)].flatMap((service) => service.routes),
    streams: services.explorer.streams,
    authenticate: access.authenticate,
    hostNames: config.hostNames,
    log,
    webFolder: config.webFolder,
  });
  closers.push(
    () => services.policy.close(),
    () => server.close(),
  );
  const { origin } = await server.listen({ host: config.host, port: config.port });
  await store.start(reactions(services));
  const looking = setInterval(() => void lookForOldVerdicts(services, log), verdictLook);
  closers.push(() => clearInterval(looking));
  log.info({ origin, staleFeedDays: config.staleFeedDays }, 'The console serves.');
  return { url: origin, access, vulnerability: services.vulnerability };
}

async function createServices(config: ConsoleConfig, { store, clock }: Ground) {
  const trustedKeys = () => readTrustedKeys({ folder: config.keyFolder, files: [] });
  return {
    inventory: createInventory({ store, clock }),
    catalog: createCatalog({ store, clock, newScanId: () => randomUUID() as string as ScanId }),
    vulnerability: createVulnerability({
      store,
      clock,
      matcher: threadMatcher(trustedKeys),
    }),
    policy: await createPolicy({ store, clock, origin: () => config.origin, staleFeedDays: config.staleFeedDays }),
    explorer: createExplorer({ store, clock }),
  };
}

async function lookForOldVerdicts({ policy }: ReactingServices, log: Log): Promise<void> {
  try {
    await policy.renewVerdicts();
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'Old verdicts could not be looked for.');
  }
}
