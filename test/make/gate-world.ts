import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { type ImageDigest, silentLog, type SubjectId } from '#base/index.ts';
import { route } from '#http/console/index.ts';
import { configDigestOf, defaultLimits } from '#image/index.ts';
import type { Engine } from '#inventory/contract.ts';
import { type Collecting, collectors, createReporter } from '#inventory/agent/index.ts';
import { ask, busyboxImage } from '#inventory/agent/testing.ts';
import { type AgentLink, joinConsole, openLink } from '#link/agent/index.ts';
import { openSigner } from '#link/console/index.ts';
import { introductionOf, startTestLink, type TestLink } from '#link/console/testing.ts';
import { type EngineStore, startTestEngine, type TestEngine } from './docker.ts';
import type { MadeImage } from './image.ts';
import { file } from './tar.ts';
import { buildWrapper } from './wrapper.ts';
import { type AdmissionRule, Decision, getLedger, type Ledger, type LedgerEntry } from '#admission/contract.ts';
import { BreakGlassFact, GateFact, RoguesFact, SignedTrials } from '#gate/contract.ts';
import { ledgerPurpose, signLedger } from '#admission/index.ts';
import { bundleOf } from '#gate/agent/canary/canary-files.ts';
import { type Gate, startGate } from '#gate/agent/index.ts';

export const soon = { timeout: 30_000, interval: 25 };
const schemas = {
  decision: Decision,
  rogues: RoguesFact,
  gate: GateFact,
  'break-glass': BreakGlassFact,
  trials: SignedTrials,
};
type Kind = keyof typeof schemas;
type FactOf<K extends Kind> = ReturnType<(typeof schemas)[K]['parse']>;

export const usualRule: AdmissionRule = {
  id: 'usual',
  version: 3,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [{ kind: 'privileged', effect: 'block' }],
  agentAway: 'deny',
  builds: 'deny',
  rogue: 'stop',
};

/** An image of its own for each case. */
function imageOf(name: string): MadeImage {
  return busyboxImage([`shop/${name}:1`], [file('name', Buffer.from(name), 0o644)]);
}
export const images = {
  good: imageOf('good'),
  bad: imageOf('bad'),
  new: imageOf('new'),
  turned: imageOf('turned'),
  glass: imageOf('glass'),
  own: imageOf('own'),
  back: imageOf('back'),
};

/** A host with an engine behind the runtime wrapper, its gate at work, and a console that signs what the test says. */
export interface GateWorld {
  readonly folder: string;
  readonly state: string;
  readonly engine: TestEngine;
  /** Images that starts waited for. */
  readonly hurried: readonly string[];
  /** Facts that the console got. */
  of<K extends Kind>(kind: K): readonly FactOf<K>[];
  decisions(container: string): readonly Decision[];
  ledger(): Ledger;
  /** Gives the agent this ledger when it asks, whatever it is. */
  serve(ledger: Ledger): void;
  /** Gives the agent the next ledger, and waits until it is in force. */
  publish(
    rules: readonly AdmissionRule[],
    entries: readonly LedgerEntry[],
    more?: Pick<Ledger, 'bases' | 'compliance'>,
  ): Promise<void>;
  /** Writes the host's own rules of the gate; what is not named is as at first. */
  configure(settings: object): void;
  /** `unknown`: the gate opens before its engine has been met, until `meetEngine`. */
  openGate(engine?: 'met' | 'unknown'): Promise<void>;
  meetEngine(): void;
  closeGate(): Promise<void>;
  /** Makes a container of `shop/IMAGE:1`, and waits until the agent knows which image that is. */
  make(image: keyof typeof images, hostConfig?: object): Promise<string>;
  /** Rejects with what the engine says. */
  start(id: string): Promise<unknown>;
  stateOf(id: string): Promise<string>;
  /** The agent reaches the engine no more, or again. */
  cut(isCut: boolean): Promise<void>;
  /** What the agent answers over its socket about a container of an image, the good one unless another is named as the engine does. */
  question(container: string, image?: string): Promise<unknown>;
  close(): Promise<void>;
}

function withoutSettings(rule: AdmissionRule): AdmissionRule {
  const { settings: _, agentAway: __, ...kept } = rule;
  return kept;
}

/** What rules say of settings stands in it as consoles write it: as compliance rules. */
export function ledgerOf(sequence: number, rules: readonly AdmissionRule[], entries: readonly LedgerEntry[]): Ledger {
  const [issuedAt, expiresAt] = [new Date(), new Date(Date.now() + 3_600_000)].map((at) => at.toISOString());
  if (issuedAt === undefined || expiresAt === undefined) throw new Error('There is no time.');
  return {
    form: 1,
    host: 'pier-1',
    sequence,
    issuedAt,
    expiresAt,
    environment: 'prod',
    entries,
    rules: rules.map(withoutSettings),
    settings: rules.map(({ id, version, name, state, settings = [], agentAway = 'allow' }) => ({
      id,
      version,
      name,
      state,
      settings,
      agentAway,
    })),
    collections: [],
  };
}

export function entryOf({ digest }: MadeImage, answer: 'allow' | 'deny'): LedgerEntry {
  return {
    digest: digest as ImageDigest,
    aliases: [],
    environment: 'prod',
    answer,
    effect: answer === 'deny' ? 'block' : 'ignore',
    cause: 'verdict',
    ...(answer === 'deny' && { rule: { id: 'usual', version: 3, name: 'Usual' } }),
    evidence: answer === 'deny' ? ['CVE-2026-1 in libc6'] : [],
    reason: answer === 'deny' ? 'It has CVE-2026-1. Upgrade libc6.' : 'It passes.',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
}

/** What a world is made of. */
interface Parts {
  readonly folder: string;
  readonly state: string;
  readonly facts: { readonly kind: Kind; readonly body: unknown }[];
  readonly hurried: string[];
  readonly serving: { ledger: Ledger; news: () => void };
  readonly link: TestLink;
  readonly agentLink: AgentLink;
  readonly engine: TestEngine;
  readonly way: Way;
}

/** What leads from the agent to the engine. */
interface Way {
  readonly socket: string;
  cut(isCut: boolean): void;
}

export async function openGateWorld(store: EngineStore): Promise<GateWorld> {
  const parts = await openParts(store);
  const { folder, state, facts, hurried, serving, engine, link, agentLink } = parts;
  const found: { engine?: Engine; gate?: Gate; isMet: boolean } = { isMet: true };
  const collecting = startCollecting(parts, found);
  const of = <K extends Kind>(kind: K): readonly FactOf<K>[] =>
    facts.filter((fact) => fact.kind === kind).map(({ body }) => schemas[kind].parse(body) as FactOf<K>);
  const serve = (ledger: Ledger): void => {
    serving.ledger = ledger;
    serving.news();
  };
  const world: GateWorld = {
    folder,
    state,
    engine,
    hurried,
    of,
    serve,
    decisions: (container) => of('decision').filter((decision) => decision.container === container),
    ledger: () => serving.ledger,
    async publish(rules, entries, more) {
      const sequence = Math.max(serving.ledger.sequence, of('gate').at(-1)?.ledger?.sequence ?? 0) + 1;
      serve({ ...ledgerOf(sequence, rules, entries), ...more });
      await expect.poll(() => of('gate').at(-1)?.ledger?.sequence, soon).toBe(sequence);
    },
    configure: (more) => configure(folder, more),
    async openGate(met = 'met') {
      found.isMet = met === 'met';
      found.gate = await openGate(parts, collecting, () => (found.isMet ? found.engine : undefined));
      if (found.isMet) found.gate.engineChanged();
    },
    meetEngine() {
      found.isMet = true;
      found.gate?.engineChanged();
    },
    async closeGate() {
      await found.gate?.close();
      delete found.gate;
    },
    ...containersOf(engine, collecting),
    cut: (isCut) => cut(parts, found, isCut),
    question: (container, image = images.good.digest) => question(parts, container, image),
    async close() {
      serving.news();
      await world.closeGate();
      await agentLink.close();
      await collecting.close();
      parts.way.cut(true);
      await engine.stop();
      await link.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await world.openGate();
  await vi.waitFor(() => expect(of('gate').at(-1)?.ledger?.sequence).toBe(1), soon);
  return world;
}

async function openParts(store: EngineStore): Promise<Parts> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-gate-'));
  const state = join(folder, 'state');
  const facts: Parts['facts'] = [];
  const known = [entryOf(images.good, 'allow'), entryOf(images.bad, 'deny'), entryOf(images.turned, 'allow')];
  const serving: Parts['serving'] = { ledger: ledgerOf(1, [usualRule], known), news: () => undefined };
  const keep = (kind: Kind) => async (_: unknown, __: unknown, reported: readonly { readonly body: unknown }[]) =>
    void facts.push(...reported.map(({ body }) => ({ kind, body })));
  const link: TestLink = await startTestLink({
    handlers: Object.fromEntries((Object.keys(schemas) as Kind[]).map((kind) => [kind, keep(kind)])),
    routes: [
      route({ ...getLedger, needs: 'report' }, async ({ body }) => {
        if (body.known === serving.ledger.sequence) await new Promise<void>((resolve) => (serving.news = resolve));
        return { signed: signLedger(serving.ledger, await openSigner(link, ledgerPurpose)()) };
      }),
    ],
  });
  const engine = await startGatedEngine(folder, store);
  for (const { bytes } of Object.values(images)) await engine.load(bytes);
  const introduction = introductionOf('pier-1');
  const joining = { consoleUrl: link.url, token: await link.token(), stateFolder: state, introduction };
  const identity = await joinConsole(joining);
  const agentLink = await openLink({ identity, stateFolder: state, introduction, log: silentLog });
  const way = wayTo(engine.socket, join(folder, 'engine.sock'));
  return { folder, state, facts, hurried: [], serving, link, agentLink, engine, way };
}

function cut({ way }: Parts, found: { readonly engine?: Engine }, isCut: boolean): Promise<void> {
  way.cut(isCut);
  return vi.waitFor(() => expect(found.engine?.kind).toBe(isCut ? 'none' : 'docker'), soon);
}

function wayTo(engine: string, socket: string): Way {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ path: engine, allowHalfOpen: true });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(socket);
  return {
    socket,
    cut(isCut) {
      if (isCut) server.close();
      else server.listen(socket);
      for (const one of open) one.destroy();
    },
  };
}

/** An engine that finds the wrapper where it looks for its runtime. */
async function startGatedEngine(folder: string, store: EngineStore): Promise<TestEngine> {
  const gate = join(folder, 'gate');
  mkdirSync(join(gate, 'instances'), { recursive: true, mode: 0o700 });
  configure(folder, {});
  mkdirSync(join(folder, 'bin'));
  // Beside other tests an agent's answer may take longer than on a host of its own; what is answered is tried here.
  const wrapper = buildWrapper({ folder: join(folder, 'build'), gate, known: 900 });
  symlinkSync(wrapper, join(folder, 'bin/runc'));
  return startTestEngine({ store, driver: 'overlay2', path: join(folder, 'bin') });
}

function configure(folder: string, more: object): void {
  const usual = { form: 1, runc: '/usr/sbin/runc', unknownInstance: 'deny', broken: 'deny' };
  writeFileSync(join(folder, 'gate/gate.json'), JSON.stringify({ ...usual, ...more }), { mode: 0o600 });
}

const settings = { environment: 'prod', allowEnvironments: [] };

function startCollecting({ engine, way, state }: Parts, found: { engine?: Engine; gate?: Gate }): Collecting {
  const [docker] = collectors;
  if (docker === undefined) throw new Error('There is no collector.');
  const platform = { os: 'linux', architecture: 'amd64' };
  const open = { platform, limits: defaultLimits, dockerSocket: engine.socket, cacheFolder: join(state, 'cache') };
  return docker.start({
    socket: way.socket,
    stateFolder: state,
    settings,
    reporter: createReporter({ send: async () => undefined }, silentLog),
    identify: async (id) => (await configDigestOf(id, open))?.digest as SubjectId | undefined,
    log: silentLog,
    onEngine(one) {
      found.engine = one;
      found.gate?.engineChanged();
    },
    onChange: () => undefined,
    onImages: () => found.gate?.imagesChanged(),
    onContainer: (container) => found.gate?.describe(container),
  });
}

function openGate(parts: Parts, collecting: Collecting, engine: () => Engine | undefined): Promise<Gate> {
  const { state, folder, agentLink, hurried } = parts;
  return startGate({
    stateFolder: state,
    instance: 'test',
    host: 'pier-1',
    settings,
    gateFolder: join(folder, 'gate'),
    socket: join(folder, 'run/gate.sock'),
    engineSocket: parts.engine.socket,
    ownImages: [images.own.digest as ImageDigest],
    link: agentLink,
    reporter: createReporter(agentLink, silentLog),
    log: silentLog,
    say: () => undefined,
    collecting,
    engine,
    hurry: (image) => void hurried.push(image),
  });
}

function containersOf({ socket }: TestEngine, collecting: Collecting): Pick<GateWorld, 'make' | 'start' | 'stateOf'> {
  const known = () => collecting.images().map(({ subject }) => subject as string | undefined);
  return {
    async make(image, hostConfig = {}) {
      const HostConfig = { NetworkMode: 'none', ...hostConfig };
      const body = { Image: `shop/${image}:1`, Cmd: ['/bin/busybox', 'sleep', '1000'], HostConfig };
      const { Id } = (await ask(socket, ['POST', '/containers/create'], body)) as { Id: string };
      // Starts that are held wait for that; most of these are not.
      await vi.waitFor(() => expect(known()).toContain(images[image].digest), soon);
      return Id;
    },
    start: (id) => ask(socket, ['POST', `/containers/${id}/start`]),
    async stateOf(id) {
      const found = await ask(socket, ['GET', `/containers/${id}/json`]);
      return (found as { State: { Status: string } }).State.Status;
    },
  };
}

async function question({ folder, state }: Parts, container: string, image: string): Promise<unknown> {
  const connection = connect({ path: join(folder, 'run/gate.sock') });
  const names = { container, bundle: bundleOf(join(state, 'gate/canary')), image };
  const start = { form: 1, kind: 'start', verb: 'create', build: false, ledger: 'allow', annotations: {} };
  connection.write(`${JSON.stringify({ ...start, ...names })}\n`);
  const [answer] = await once(connection, 'data');
  connection.destroy();
  return JSON.parse(String(answer));
}
