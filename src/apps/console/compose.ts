import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, type Log, messageOf, type ScanId, systemClock } from '#base/index.ts';
import { type Access, accessSchema, createAccess, type Demo } from '#access/console/index.ts';
import {
  admissionHandlers,
  admissionSchema,
  createAdmission,
  createKubernetesWebhook,
} from '#admission/console/index.ts';
import { ledgerPurpose } from '#admission/index.ts';
import { catalogHandlers, catalogSchema, createCatalog } from '#catalog/console/index.ts';
import {
  complianceHandlers,
  complianceSchema,
  createCompliance,
  createEvidenceLog,
  sealEvidence,
  readEvidenceHead,
} from '#compliance/console/index.ts';
import { createExplorer, explorerSchema } from '#explorer/console/index.ts';
import { createGate, gateHandlers, gateSchema, readInstalledGates } from '#gate/console/index.ts';
import { type ChildPool, createServer, healthRoutes } from '#http/console/index.ts';
import { createInventory, inventoryHandlers, inventorySchema } from '#inventory/console/index.ts';
import {
  createLink,
  type Link,
  linkSchema,
  openMasterKey,
  openSigner,
  readHeldEvidenceHeads,
  readHeldHeads,
  readMasterKey,
} from '#link/console/index.ts';
import { createPolicy, type PolicyService, policySchema } from '#policy/console/index.ts';
import { bundlePurpose } from '#policy/index.ts';
import { createProvenance, provenanceSchema, readOrigins } from '#provenance/console/index.ts';
import { containerProtections, createRuntime, runtimeHandlers, runtimeSchema } from '#runtime/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { createVulnerability, type VulnerabilityService, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { readTrustedKeys, threadMatcher } from '#vulnerability/index.ts';
import { version } from '../cli/version.ts';
import { agentBatch } from './child-tasks.ts';
import { backUpWhenDue } from './back-up-when-due.ts';
import { openChildren } from './children.ts';
import type { ConsoleConfig } from './config.ts';
import { plainHttpWarning } from './welcome.ts';
import { openConsoleLog } from './console-log.ts';
import { holdRestored } from './hold-restored.ts';
import { scanPulled } from './pull-child.ts';
import { type ConsoleMetrics, openConsoleMetrics } from './metrics/index.ts';
import { openReadiness } from './readiness.ts';
import { ownAddresses } from './own-addresses.ts';
import { signInProvider } from './sign-in-provider.ts';
import { notices, reactions } from './reactions.ts';
import { startUpkeep, type Upkeep, type UpkeepTask } from './upkeep.ts';

/** A console at work. */
export interface Console {
  /** Address that it listens on. */
  readonly url: string;
  readonly access: Access;
  readonly link: Link;
  readonly vulnerability: VulnerabilityService;
  /** Does at once what is due now and then, and waits until no reaction is left: for a clock that moves by leaps. */
  settle(): Promise<void>;
  /** Lets requests and reactions under way finish, then stops everything that `composeConsole` started. */
  close(): Promise<void>;
}

/** PostgreSQL schemas of all domains, in the order of their migrations. */
export const consoleSchemas = [
  accessSchema,
  linkSchema,
  inventorySchema,
  catalogSchema,
  vulnerabilitySchema,
  provenanceSchema,
  complianceSchema,
  policySchema,
  admissionSchema,
  gateSchema,
  runtimeSchema,
  explorerSchema,
] as const;

/** Grace and exceptions end at a moment: verdicts are looked at each minute, which reads little when nothing is due. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** What a console is given besides its settings. */
export interface ConsoleGiven {
  /** The time of everything that it stores and shows; missing: the system's, and PostgreSQL's for the audit trail. */
  readonly clock?: Clock;
  /** Missing: it is no demo. */
  readonly demo?: Demo;
}

/**
 * Opens the store, brings its schemas up to date, joins the domains and serves them. Nothing of the product is
 * constructed elsewhere. Throws `AppError`: `store-unavailable`, `already-running`, `port-in-use`,
 * `master-key-missing`, `master-key-wrong`.
 */
export async function composeConsole(config: ConsoleConfig, given: ConsoleGiven = {}): Promise<Console> {
  const log = openConsoleLog(config.logFile);
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const held: { key?: Buffer } = {};
    const masterKey = (): Buffer => held.key ?? readMasterKey(config.masterKeyFile);
    const { clock = systemClock, demo } = given;
    const own = given.clock && { clock };
    const store = await openStore({ place: config.store, schemas: consoleSchemas, log, masterKey, ...own });
    closers.push(() => store.close());
    held.key = await openMasterKey(store, config.masterKeyFile);
    await holdRestored(store);
    const tally = { overLimit: 0 };
    const children = openChildren(() => void (tally.overLimit += 1));
    closers.push(() => children.close());
    const endedByLimits = (): number => tally.overLimit;
    const ground = { store, log, clock, masterKey, children, endedByLimits, ...(demo && { demo }) };
    return { ...(await serve(config, ground, closers)), close };
  } catch (error) {
    log.error({ error: messageOf(error) }, 'The console did not start.');
    await close();
    throw error;
  }
}

interface Context {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  /** Read once, when the store is opened. */
  readonly masterKey: () => Buffer;
  readonly children: ChildPool;
  /** Tasks of children that were ended by their limits. */
  readonly endedByLimits: () => number;
  readonly demo?: Demo;
}

async function serve(
  config: ConsoleConfig,
  context: Context,
  closers: (() => unknown)[],
): Promise<Omit<Console, 'close'>> {
  const { store, log, children, masterKey } = context;
  const metrics = config.metrics === undefined ? undefined : openConsoleMetrics(context);
  const services = await createServices(config, { ...context, metrics });
  const missing = openReadiness({ store, checkKeys: () => sameKey(config, masterKey()) });
  const { access, link, ...others } = services;
  // The thread that matches outlasts the reactions, which the store ends.
  closers.unshift(() => services.vulnerability.close());
  const server = await createServer({
    routes: [
      ...[access, link, ...Object.values(others)].flatMap((service) => service.routes),
      ...healthRoutes(missing),
    ],
    ...(metrics === undefined ? {} : { observe: metrics.observeOn('pages') }),
    streams: services.explorer.streams,
    authenticate: access.authenticate,
    hostNames: config.hostNames,
    trustProxy: config.trustProxy,
    origin: config.origin,
    log,
    children,
    webFolder: config.webFolder,
  });
  closers.push(
    () => services.policy.close(),
    () => services.provenance.close(),
    () => services.compliance.close(),
    () => services.admission.close(),
    () => services.runtime.close(),
    () => server.close(),
    () => link.close(),
    () => services.webhook.close(),
  );
  const { origin } = await server.listen({ host: config.host, port: config.port });
  const { origin: linkOrigin } = await link.start({ host: config.host, port: config.linkPort });
  if (config.webhookPort !== undefined) await services.webhook.start({ host: config.host, port: config.webhookPort });
  if (config.metrics !== undefined && metrics !== undefined) {
    const served = await metrics.serve(config.metrics, { missing, log });
    closers.push(() => served.close());
  }
  await store.start(reactions(services), notices);
  const upkeep = startUpkeep(upkeepOf(services, { ...context, bucketSeconds: config.learningBucketSeconds }), log);
  closers.push(() => upkeep.stop());
  closers.push(verifyHourly(services.evidenceLog, log), backUpDaily(config, context));
  if (config.plainHttp) log.warn({ origin: config.origin }, plainHttpWarning);
  log.info({ origin, linkOrigin, staleFeedDays: config.staleFeedDays }, 'The console serves.');
  return { url: origin, access, link, vulnerability: services.vulnerability, settle: () => settle(store, upkeep) };
}

/** The next start needs the file: a console whose key was lost works until then and no longer. */
function sameKey({ masterKeyFile }: ConsoleConfig, held: Buffer): void {
  if (!readMasterKey(masterKeyFile).equals(held)) throw new Error('Another master key.');
}

/** Beside all other upkeep: of a long log it takes minutes. Gives what ends it. */
function verifyHourly(evidenceLog: Services['evidenceLog'], log: Log): () => Promise<void> {
  const watching = startUpkeep([{ name: 'verify the evidence log', every: hour, run: () => evidenceLog.watch() }], log);
  return async () => {
    evidenceLog.close();
    await watching.stop();
  };
}

/** Beside all other upkeep too. Gives what ends it. */
function backUpDaily(config: ConsoleConfig, { store, clock, log }: Context): () => Promise<void> {
  const ended = new AbortController();
  const run = backUpWhenDue({ store, clock, log, config, ended: ended.signal });
  const watching = startUpkeep([{ name: 'back up', every: minute / 4, run }], log);
  return async () => {
    ended.abort();
    await watching.stop();
  };
}

/** What upkeep begins has reactions, and they may leave it something to do. */
async function settle(store: Store, upkeep: Upkeep): Promise<void> {
  await store.idle();
  await upkeep.runAll();
  await store.idle();
}

/** What the console needs to ask registries and to pull from them. */
function pullsOf({ stateFolder }: ConsoleConfig) {
  return { pulls: { folder: join(stateFolder, 'pulls'), scan: scanPulled, newScanId } };
}

const newScanId = (): ScanId => randomUUID() as string as ScanId;

type Services = Awaited<ReturnType<typeof createServices>>;

type ServiceContext = Context & { readonly metrics: ConsoleMetrics | undefined };

async function createServices(config: ConsoleConfig, context: ServiceContext) {
  const { store, clock, log, masterKey, children, demo, metrics } = context;
  const { origin, staleFeedDays, plainHttp, runsFrom } = config;
  const vulnerability = createVulnerability({ store, clock, matcher: matcherOf(config) });
  const keys = { store, clock, masterKey };
  const bundles = bundlesOf(keys, vulnerability);
  const policy = await createPolicy({ store, clock, origin: () => origin, staleFeedDays, children, bundles });
  const learning = { store, clock, bucketSeconds: config.learningBucketSeconds };
  const runtime = await createRuntime(learning);
  const compliance = await createCompliance({ store, clock, children, installedGates: readInstalledGates });
  const admission = await createAdmission({
    store,
    clock,
    signer: openSigner(keys, ledgerPurpose),
    ownImages: config.ownImages,
  });
  const catalog = createCatalog({ store, clock, newScanId, originsOf: readOrigins });
  const link = createLink({
    store,
    clock,
    log,
    masterKey,
    hostNames: config.hostNames,
    linkUrl: () => config.linkUrl,
    addresses: config.isContained ? () => [] : ownAddresses,
    handlers: handlersOf(catalog, learning),
    batch: agentBatch,
    evidenceHead: readEvidenceHead,
    children,
    ...(metrics && { observe: metrics.observeOn('link') }),
    routes: [catalog, compliance, admission, runtime].flatMap(({ agentRoutes }) => agentRoutes),
  });
  return {
    access: accessOf(
      { store, clock, log, plainHttp, runsFrom, ...(demo && { demo }), ...signInProvider(config, masterKey) },
      [policy, compliance, admission, runtime],
    ),
    link,
    inventory: createInventory({ store, protections: containerProtections }),
    catalog,
    vulnerability,
    provenance: createProvenance({ ...keys, ...trustUsers(policy), ...pullsOf(config) }),
    compliance,
    evidenceLog: createEvidenceLog({ store, clock, masterKey, heldHeads: () => readHeldEvidenceHeads(store) }),
    policy,
    admission,
    gate: createGate({ store, clock }),
    webhook: createKubernetesWebhook({ store, clock, log, hostNames: config.hostNames, certify: link.certifyServer }),
    runtime,
    explorer: createExplorer({ store, clock, version, packages: packagesOf(keys, { children, policy }) }),
  };
}

/** On a thread of its own, with databases that a trusted key signed. */
function matcherOf({ keyFolder }: ConsoleConfig) {
  return threadMatcher(() => readTrustedKeys({ folder: keyFolder, files: [] }));
}

function trustUsers({ usersOfTrust: usedBy, trustNamedFor: namedFor }: PolicyService) {
  return { usedBy, namedFor };
}

/** What bundles of verdicts are made with. */
function bundlesOf(keys: Pick<Context, 'store' | 'clock' | 'masterKey'>, vulnerability: VulnerabilityService) {
  return {
    version,
    signer: openSigner(keys, bundlePurpose),
    originsOf: readOrigins,
    recordMatch: vulnerability.recordMatch,
  };
}

/** What packages of evidence are made with. */
function packagesOf(
  keys: Pick<Context, 'store' | 'clock' | 'masterKey'>,
  { children, policy }: { readonly children: ChildPool; readonly policy: PolicyService },
) {
  const { makeBundle } = policy;
  return { children, seal: async () => await sealEvidence(keys), ...(makeBundle !== undefined && { makeBundle }) };
}

interface CollectionUser {
  usersOfCollection(collection: string): Promise<readonly string[]>;
}

type AccessContext = Omit<Context, 'masterKey' | 'children' | 'endedByLimits'> &
  Pick<ConsoleConfig, 'plainHttp' | 'runsFrom'> &
  ReturnType<typeof signInProvider>;

function accessOf(context: AccessContext, users: readonly CollectionUser[]): Access {
  return createAccess({
    ...context,
    random: randomBytes,
    heldHeads: () => readHeldHeads(context.store),
    usedBy: async (collection) => (await Promise.all(users.map((one) => one.usersOfCollection(collection)))).flat(),
  });
}

/** What the link hands each domain, by kind of fact. */
function handlersOf(catalog: Parameters<typeof catalogHandlers>[0], learning: Parameters<typeof runtimeHandlers>[0]) {
  return {
    ...inventoryHandlers,
    ...catalogHandlers(catalog),
    ...complianceHandlers,
    ...admissionHandlers,
    ...gateHandlers,
    ...runtimeHandlers(learning),
  };
}

/** Read models that an update dropped come back first; then verdicts age, trends get their point, and what is too old goes. */
function upkeepOf(
  {
    access,
    inventory,
    catalog,
    provenance,
    compliance,
    evidenceLog,
    policy,
    admission,
    gate,
    webhook,
    runtime,
    explorer,
  }: Services,
  { clock, bucketSeconds }: Context & { readonly bucketSeconds: number },
): readonly UpkeepTask[] {
  return [
    { name: 'bring read models back', every: hour, run: () => explorer.refreshAll() },
    { name: 'look for provenance', every: minute, run: () => provenance.proveDue() },
    { name: 'pull images', every: minute, run: () => provenance.pullDue() },
    { name: 'renew verdicts', every: minute, run: () => policy.renewVerdicts() },
    { name: 'watch protection', every: 15 * second, run: () => runtime.watchProtection() },
    { name: 'renew models', every: bucketSeconds * 1000, run: () => runtime.renewModels() },
    { name: 'look at evidence of controls', every: minute / 3, run: () => explorer.watchEvidence() },
    { name: 'record the trend', every: hour, run: () => explorer.recordTrend(clock()) },
    { name: 'prune the audit trail', every: hour, run: () => access.prune() },
    { name: 'prune the inventory', every: hour, run: () => inventory.prune(clock()) },
    { name: 'choose scans after an upgrade', every: hour, run: () => catalog.noteRelease() },
    { name: 'evaluate facts of checks again', every: hour, run: () => compliance.evaluateOutdated() },
    { name: 'watch evidence of checks', every: minute, run: () => compliance.watchTime() },
    { name: 'prune facts of checks', every: hour, run: () => compliance.prune(clock()) },
    { name: 'seal the evidence log', every: minute, run: () => evidenceLog.seal() },
    { name: 'note the evidence log in the audit trail', every: hour, run: () => evidenceLog.noteHead() },
    { name: 'prune scans', every: hour, run: () => catalog.prune(clock()) },
    { name: 'publish ledgers that failed', every: minute, run: () => admission.publishDue() },
    { name: 'prune decisions', every: hour, run: () => admission.prune(clock()) },
    { name: 'prune break-glass', every: hour, run: () => gate.prune(clock()) },
    { name: 'prune wanted images', every: hour, run: () => webhook.prune(clock()) },
    { name: 'prune models and detections', every: hour, run: () => runtime.prune(clock()) },
  ];
}
