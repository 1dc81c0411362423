import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { atEachBeat, type ImageDigest, type Log, messageOf, type SubjectId, systemClock } from '#base/index.ts';
import { configDigestOf, defaultLimits, describeEngine, hostPlatform, imagePlaces } from '#image/index.ts';
import { type ExecutableStore, openExecutableStore } from '#catalog/agent/index.ts';
import type { Engine } from '#inventory/contract.ts';
import {
  type Collecting,
  collectors,
  createHostReport,
  createReporter,
  type DescribedContainer,
  type EngineChange,
  type EnvironmentSettings,
  type HostReport,
  type Reporter,
  UseWatch,
} from '#inventory/agent/index.ts';
import type { Gate } from '#gate/agent/index.ts';
import { type AgentLink, type Contact, openLink } from '#link/agent/index.ts';
import type { Runtime } from '#runtime/agent/index.ts';
import type { Terminal } from '../cli/command.ts';
import { plain } from '../cli/plain.ts';
import { openAgentLog } from './agent-log.ts';
import { showAlive } from './alive.ts';
import type { AgentConfig, TokenSource } from './config.ts';
import { type HostPackages, openHostPackages } from './host-packages.ts';
import { ensureIdentity } from './identity.ts';
import type { HostScanNews } from './news.ts';
import type { MetricsListener } from '../metrics/listener.ts';
import { type NotedFacts, noteFacts } from './metrics/noted-facts.ts';
import { overheard } from './overheard.ts';
import { scanPorts } from './scan-ports.ts';
import { createScanReport, type ScanReport } from './scan-report.ts';
import { Scanner } from './scanner.ts';
import { lockState } from './state-lock.ts';
import { targetsOf } from './targets.ts';
import { openReportedFailures } from './reported-failures.ts';
import { type ComplianceWatch, watchCompliance } from './watch-compliance.ts';
import { watchGates } from './watch-gates.ts';
import { sayUnwatched, watchRuntime } from './watch-runtime.ts';

export interface AgentRun {
  readonly config: AgentConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly readToken: (source: TokenSource) => Promise<string>;
  /** Ends the agent. */
  readonly signal: AbortSignal;
  readonly announce: (news: HostScanNews) => void;
}

/** Milliseconds between two looks at the host's package databases, and for the last words at the end. */
const packageLook = 60_000;
const patience = 1500;

/**
 * Runs an agent until the signal fires: joins when it has to, watches the engine and the processes, scans what the console
 * wants. Nothing of an agent is constructed elsewhere. Throws `AppError`: what `ensureIdentity` and `lockState` throw.
 */
export async function runAgent(run: AgentRun): Promise<void> {
  const { config, terminal, signal, readToken } = run;
  const unlock = lockState(config.stateFolder);
  const log = openAgentLog(join(config.stateFolder, 'agent.log'));
  const say = (sentence: string): void => terminal.err(`${plain(sentence)}\n`);
  try {
    const { stateFolder, introduction } = config;
    const identity = await ensureIdentity({ config, log, signal, readToken, say });
    if (identity === undefined) return;
    const link = await openLink({ identity, stateFolder, introduction, log });
    try {
      log.info({ ...introduction, agent: identity.agent }, 'The agent is at work.');
      await work(run, { link, log, say });
    } finally {
      await within(patience, link.close());
    }
  } finally {
    unlock();
  }
}

interface Context {
  readonly link: AgentLink;
  readonly log: Log;
  readonly say: (sentence: string) => void;
}

/** What an agent runs. */
interface AgentServices {
  readonly reporter: Reporter;
  readonly host: HostReport;
  readonly packages: HostPackages;
  readonly collecting: Collecting;
  readonly scans: ScanReport;
  readonly scanner: Scanner;
  readonly use: UseWatch;
  readonly runtime: Runtime | undefined;
  readonly gate: Gate | undefined;
  readonly compliance: ComplianceWatch | undefined;
  readonly facts: NotedFacts;
}

async function work(run: AgentRun, context: Context): Promise<void> {
  const { link, log } = context;
  const { ownContainer, runFolder } = run.config;
  const services = compose(run, context);
  const { reporter, host, collecting, scans, scanner, use, runtime, gate, compliance } = services;
  link.onEpoch(async () => {
    reporter.forgetAll();
    host.report();
    collecting.reportAll();
    scans.reportAll();
    use.repeat();
    runtime?.repeat();
    sayUnwatched({ config: run.config, reporter });
    gate?.repeat();
    compliance?.reportAll();
    scanner.askAgain();
  });
  link.onContact((contact) => {
    hearContact(contact, context);
    if (contact.kind === 'connected') void link.flushed().then(() => scanner.askAgain());
  });
  const metrics = await metricsOf(run, context, services);
  const stopShowing = ownContainer === undefined ? undefined : showAlive(runFolder, ownContainer);
  const stopLooking = atEachBeat(packageLook, () => scanner.wake());
  await ended(run.signal);
  log.info({}, 'The agent ends.');
  stopLooking();
  stopShowing?.();
  await within(patience, metrics?.close() ?? Promise.resolve());
  await within(
    patience,
    Promise.all([scanner.close(), use.close(), runtime?.close(), gate?.close(), compliance?.close()]),
  );
  await within(patience, collecting.close());
}

/** Loaded only where it is asked for: it would take memory on every host. One that cannot be served is said. */
async function metricsOf(
  { config }: AgentRun,
  { link, log, say }: Context,
  { facts, collecting }: AgentServices,
): Promise<MetricsListener | undefined> {
  if (config.metrics === undefined) return undefined;
  const { version } = config.introduction;
  const running = () => (collecting.present() === undefined ? undefined : collecting.running().map(({ id }) => id));
  const measured = { version, link: () => link.state(), facts, running, now: systemClock, log };
  try {
    const { serveAgentMetrics } = await import('./metrics/index.ts');
    return await serveAgentMetrics(config.metrics, measured);
  } catch (error) {
    log.error({ error: messageOf(error) }, 'Metrics are not served.');
    say(`Metrics are not served: ${messageOf(error)}`);
    return undefined;
  }
}

function compose(run: AgentRun, context: Context): AgentServices {
  const { config, announce } = run;
  const { link, log, say } = context;
  const settings = settingsOf(config);
  const { reporter: noted, facts } = noteFacts(createReporter(link, log));
  const reporter = overheard(noted, announce);
  const host = createHostReport(reporter, settings, config.hidden);
  const packages = openHostPackages(config.stateFolder);
  const executables = openExecutableStore(config.stateFolder);
  let engine: Engine | undefined;
  let isLookedAt = false;
  const collecting = startCollecting(run, {
    log,
    reporter,
    settings,
    onEngine(found) {
      engine = found;
      host.engine(found);
      gate?.engineChanged();
      compliance?.engineChanged();
      isLookedAt = found.kind === 'none';
      if (isLookedAt) scanner.wake();
      else void sayWhatIsMissing(config, say);
    },
    onChange: (change) => compliance?.changed(change),
    onImages() {
      isLookedAt = true;
      scanner.wake();
      gate?.imagesChanged();
      void forgetExecutables({ executables, collecting, log });
    },
    onContainer(container) {
      scanner.wake();
      for (const part of [runtime, gate, compliance]) part?.describe(container);
    },
  });
  const watching = { config, link, reporter, log, say, collecting, engine: () => engine };
  const runtime = watchRuntime(watching);
  sayUnwatched(watching);
  const gate = watchGates({ ...watching, env: run.env, settings, runtime, hurry: (image) => scanner.hurry(image) });
  const compliance = watchCompliance(watching);
  const reported = openReportedFailures(config.stateFolder);
  const scans = createScanReport({ reporter, host, reported, engine: () => engine ?? switchedOff, announce });
  const targets = () => (isLookedAt ? targetsOf(config, collecting, packages) : undefined);
  const ports = scanPorts({
    config,
    env: run.env,
    link,
    scans,
    packages,
    executables,
    targets,
    scanned: (digest) => runtime?.scanned(digest),
  });
  const scanner = new Scanner({ ports, announce: scans.hear, log });
  const hostSubject = config.local ? { hostSubject: config.hostSubject } : {};
  const use = new UseWatch({ reporter, running: collecting.running, log, ...hostSubject });
  if (config.local) scans.present(config.hostSubject, [config.introduction.host]);
  return { reporter, host, packages, collecting, scans, scanner, use, runtime, gate, compliance, facts };
}

/** Not while an image is there whose identity is not known: its file may be among those that nothing asks for. */
async function forgetExecutables({ executables, collecting: { images, running }, log }: Holding): Promise<void> {
  const subjects = [...images(), ...running()].map(({ subject }) => subject);
  if (subjects.includes(undefined)) return;
  try {
    const held = subjects.filter((subject) => subject !== undefined) as string[] as ImageDigest[];
    await executables.keepOnly(new Set(held));
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'Executables of images that are gone could not be removed.');
  }
}

interface Holding {
  readonly executables: ExecutableStore;
  readonly collecting: Collecting;
  readonly log: Log;
}

function settingsOf({ introduction, allowEnvironments }: AgentConfig): EnvironmentSettings {
  const { environment } = introduction;
  return { allowEnvironments, ...(environment !== undefined && { environment }) };
}

const switchedOff: Engine = { kind: 'none', reason: 'local scanning is switched off' };

interface CollectingTerms {
  readonly log: Log;
  readonly reporter: Reporter;
  readonly settings: EnvironmentSettings;
  readonly onEngine: (engine: Engine) => void;
  readonly onChange: (change: EngineChange) => void;
  readonly onImages: () => void;
  readonly onContainer: (container: DescribedContainer) => void;
}

function startCollecting({ config }: AgentRun, terms: CollectingTerms): Collecting {
  const [collector] = collectors;
  if (!config.local || collector === undefined) {
    queueMicrotask(() => terms.onEngine(switchedOff));
    return {
      images: () => [],
      running: () => [],
      present: () => undefined,
      describe: async () => undefined,
      useImage: () => undefined,
      kill: async () => undefined,
      stop: async () => 'ended',
      start: async () => undefined,
      reportAll: () => undefined,
      close: async () => undefined,
    };
  }
  const { dockerSocket, stateFolder, cacheFolder } = config;
  mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  const open = { platform: hostPlatform(process.arch), limits: defaultLimits, dockerSocket, cacheFolder };
  return collector.start({
    ...terms,
    socket: dockerSocket,
    stateFolder,
    identify: async (id) => subjectOf((await configDigestOf(id, open))?.digest),
  });
}

function subjectOf(digest: ImageDigest | undefined): SubjectId | undefined {
  return digest as string | undefined as SubjectId | undefined;
}

function hearContact(contact: Contact, { log, say }: Context): void {
  switch (contact.kind) {
    case 'connecting':
      return;
    case 'connected':
      return log.info({}, 'The console is there.');
    case 'away':
      return log.warn({ reason: contact.reason }, 'The console is away; facts wait on the disk.');
    case 'unknown':
    case 'revoked':
      log.error({ reason: contact.reason }, 'The console refuses this agent.');
      return say(`${contact.reason} ${contact.next}`);
  }
}

/** One sentence for each thing that this agent cannot see. */
async function sayWhatIsMissing(
  { isRoot, dockerSocket, hidden }: AgentConfig,
  say: (sentence: string) => void,
): Promise<void> {
  try {
    const places = await imagePlaces(await describeEngine(dockerSocket));
    if (places.kind === 'none') say(`${places.reason} The engine writes each image out once before it is scanned.`);
  } catch (error) {
    say(`How the engine keeps its images could not be seen: ${messageOf(error)}`);
  }
  if (hidden !== undefined) say(`Nothing is reported of the host itself: ${hidden}.`);
  if (!isRoot) say('Without root, files in use are seen only of processes of this user.');
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits for what ends, but not for ever. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
