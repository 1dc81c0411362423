import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ImageDigest, silentLog, type SubjectId } from '#base/index.ts';
import { route } from '#http/console/index.ts';
import { configDigestOf, defaultLimits } from '#image/index.ts';
import type { Engine } from '#inventory/contract.ts';
import { type Collecting, collectors, createReporter } from '#inventory/agent/index.ts';
import { ask, busyboxImage, removeContainer } from '#inventory/agent/testing.ts';
import { type AgentLink, joinConsole, openLink } from '#link/agent/index.ts';
import { openSigner } from '#link/console/index.ts';
import { introductionOf, startTestLink, type TestLink } from '#link/console/testing.ts';
import { startableStores, startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { type MadeImage } from '../../../test/make/image.ts';
import { file } from '../../../test/make/tar.ts';
import { buildWrapper, canBuildWrapper } from '../../../test/make/wrapper.ts';
import {
  type AdmissionRule,
  BreakGlassFact,
  Decision,
  GateFact,
  getLedger,
  type Ledger,
  type LedgerEntry,
  RoguesFact,
} from '../contract.ts';
import { ledgerPurpose, signLedger } from '../index.ts';
import { type Gate, startGate } from './gate.ts';
import { allowDigest } from './install/allow-digest.ts';

const soon = { timeout: 30_000, interval: 25 };
const schemas = { decision: Decision, rogues: RoguesFact, gate: GateFact, 'break-glass': BreakGlassFact };
type Kind = keyof typeof schemas;

const usualRule: AdmissionRule = {
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
const images = {
  good: imageOf('good'),
  bad: imageOf('bad'),
  new: imageOf('new'),
  turned: imageOf('turned'),
  glass: imageOf('glass'),
};

describe.runIf(startableStores().length > 0 && canBuildWrapper())('the gate of a host', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-gate-'));
  const gateFolder = join(folder, 'gate');
  const state = join(folder, 'state');
  const facts: { readonly kind: Kind; readonly body: unknown }[] = [];
  const hurried: string[] = [];
  let link: TestLink;
  let agentLink: AgentLink;
  let engine: TestEngine;
  let collecting: Collecting;
  let found: Engine | undefined;
  let gate: Gate | undefined;
  let ledger: Ledger;
  let news: () => void = () => undefined;

  const of = <K extends Kind>(kind: K) =>
    facts
      .filter((fact) => fact.kind === kind)
      .map(({ body }) => schemas[kind].parse(body) as ReturnType<(typeof schemas)[K]['parse']>);
  const decisions = (container: string) => of('decision').filter((decision) => decision.container === container);

  beforeAll(async () => {
    link = await startTestLink({
      handlers: Object.fromEntries(
        (Object.keys(schemas) as Kind[]).map((kind) => [
          kind,
          async (_: unknown, __: unknown, told: readonly { readonly body: unknown }[]) =>
            void facts.push(...told.map(({ body }) => ({ kind, body }))),
        ]),
      ),
      routes: [
        route({ ...getLedger, needs: 'report' }, async ({ body }) => {
          if (body.known === ledger.sequence) await new Promise<void>((resolve) => (news = resolve));
          return { signed: signLedger(ledger, await openSigner(link, ledgerPurpose)()) };
        }),
      ],
    });
    ledger = ledgerOf(
      1,
      [usualRule],
      [entryOf(images.good, 'allow'), entryOf(images.bad, 'deny'), entryOf(images.turned, 'allow')],
    );
    mkdirSync(join(gateFolder, 'instances'), { recursive: true, mode: 0o700 });
    const settings = { form: 1, runc: '/usr/sbin/runc', unknownInstance: 'deny', broken: 'deny' };
    writeFileSync(join(gateFolder, 'gate.json'), JSON.stringify(settings), { mode: 0o600 });
    mkdirSync(join(folder, 'bin'));
    symlinkSync(buildWrapper({ folder: join(folder, 'build'), gate: gateFolder }), join(folder, 'bin/runc'));
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2', path: join(folder, 'bin') });
    for (const { bytes } of Object.values(images)) await engine.load(bytes);
    const introduction = introductionOf('pier-1');
    const token = await link.token();
    const identity = await joinConsole({ consoleUrl: link.url, token, stateFolder: state, introduction });
    agentLink = await openLink({ identity, stateFolder: state, introduction, log: silentLog });
    collecting = startCollecting();
    await openGate();
    await vi.waitFor(() => expect(of('gate').at(-1)?.ledger?.sequence).toBe(1), soon);
  });

  afterAll(async () => {
    news();
    await gate?.close();
    await agentLink?.close();
    await collecting?.close();
    await engine?.stop();
    await link?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const reporter = () => createReporter(agentLink, silentLog);
  const settings = { environment: 'prod', allowEnvironments: [] };

  function startCollecting(): Collecting {
    const [docker] = collectors;
    if (docker === undefined) throw new Error('There is no collector.');
    const platform = { os: 'linux', architecture: 'amd64' };
    const places = { dockerSocket: engine.socket, cacheFolder: join(state, 'cache') };
    return docker.start({
      socket: engine.socket,
      stateFolder: state,
      settings,
      reporter: createReporter({ send: async () => undefined }, silentLog),
      identify: async (id) =>
        (await configDigestOf(id, { platform, limits: defaultLimits, ...places }))?.digest as SubjectId | undefined,
      log: silentLog,
      onEngine: (engineFound) => {
        found = engineFound;
        gate?.engineChanged();
      },
      onImages: () => undefined,
      onContainer: (container) => gate?.describe(container),
    });
  }

  async function openGate(): Promise<void> {
    gate = await startGate({
      stateFolder: state,
      instance: 'test',
      host: 'pier-1',
      settings,
      gateFolder,
      socket: join(folder, 'run/gate.sock'),
      engineSocket: engine.socket,
      ownImages: [],
      link: agentLink,
      reporter: reporter(),
      log: silentLog,
      say: () => undefined,
      collecting,
      engine: () => found,
      hurry: (image) => void hurried.push(image),
    });
    gate.engineChanged();
  }

  async function publish(rules: readonly AdmissionRule[], entries: readonly LedgerEntry[]): Promise<void> {
    ledger = ledgerOf(ledger.sequence + 1, rules, entries);
    news();
    await expect.poll(() => of('gate').at(-1)?.ledger?.sequence, soon).toBe(ledger.sequence);
  }

  async function make(image: string, hostConfig: object = {}): Promise<string> {
    const HostConfig = { NetworkMode: 'none', ...hostConfig };
    const body = { Image: `shop/${image}:1`, Cmd: ['/bin/busybox', 'sleep', '1000'], HostConfig };
    return ((await ask(engine.socket, ['POST', '/containers/create'], body)) as { Id: string }).Id;
  }
  const start = (id: string) => ask(engine.socket, ['POST', `/containers/${id}/start`]);
  const stateOf = async (id: string) =>
    ((await ask(engine.socket, ['GET', `/containers/${id}/json`])) as { State: { Status: string } }).State.Status;

  test('lets start what passes and refuses what does not, and tells each once with why', async () => {
    const good = await make('good');
    await start(good);
    await expect
      .poll(() => decisions(good), soon)
      .toMatchObject([
        {
          answer: 'allow',
          cause: 'verdict',
          subject: 'shop/good:1',
          digest: images.good.digest,
          environment: 'prod',
          ring: 2,
        },
      ]);
    const bad = await make('bad');
    await expect(start(bad)).rejects.toThrow('It has CVE-2026-1.');
    await expect
      .poll(() => decisions(bad), soon)
      .toMatchObject([
        {
          answer: 'deny',
          effect: 'block',
          cause: 'verdict',
          evidence: ['CVE-2026-1 in libc6'],
          gate: 'runtime-wrapper',
        },
      ]);
    expect(decisions(bad)[0]?.rule).toEqual({ id: 'usual', version: 3, name: 'Usual' });
    await removeContainer(engine.socket, good);
  });

  test('refuses settings that a rule blocks, by the spec that the runtime gets', async () => {
    const privileged = await make('good', { Privileged: true });
    await expect(start(privileged)).rejects.toThrow('rivileged');
    await expect.poll(() => decisions(privileged), soon).toMatchObject([{ answer: 'deny', cause: 'settings' }]);
  });

  test('holds an unknown image until it is known, and no longer than the rule says', async () => {
    const known = ledger.entries;
    await publish([{ ...usualRule, holdSeconds: 20 }], known);
    const held = await make('new');
    const starting = start(held);
    await expect.poll(() => hurried, soon).toContain(images.new.digest);
    await publish([{ ...usualRule, holdSeconds: 20 }], [...known, entryOf(images.new, 'allow')]);
    await starting;
    await expect.poll(() => decisions(held), soon).toMatchObject([{ answer: 'allow', cause: 'verdict' }]);
    expect(decisions(held)[0]?.held).toBeGreaterThan(0);
    await removeContainer(engine.socket, held);

    await publish([{ ...usualRule, holdSeconds: 1 }], known);
    const before = performance.now();
    await expect(start(await make('new'))).rejects.toThrow('seawall gate allow sha256:');
    expect(performance.now() - before).toBeGreaterThan(1000);
    expect(performance.now() - before).toBeLessThan(8000);
  });

  test('lets root start a digest for a while, and tells the console', async () => {
    await publish([usualRule], ledger.entries);
    await expect(start(await make('glass'))).rejects.toThrow('gate allow');
    const allowed = allowDigest({
      stateFolder: state,
      digest: images.glass.digest,
      milliseconds: 60_000,
      reason: 'the queue runs over',
      user: 'mara',
      now: new Date(),
    });
    await expect.poll(() => of('break-glass'), soon).toEqual([allowed.fact]);
    const glass = await make('glass');
    await expect
      .poll(
        () =>
          start(glass).then(
            () => 'started',
            () => 'refused',
          ),
        soon,
      )
      .toBe('started');
    await expect.poll(() => decisions(glass).at(-1), soon).toMatchObject({ answer: 'allow', cause: 'break-glass' });
    await removeContainer(engine.socket, glass);
  });

  test('stops what runs when its image no longer passes', async () => {
    const turned = await make('turned');
    await start(turned);
    const others = ledger.entries.filter(({ digest }) => digest !== images.turned.digest);
    await publish([usualRule], [...others, entryOf(images.turned, 'deny')]);
    await expect.poll(() => stateOf(turned), soon).toBe('exited');
    await expect
      .poll(() => decisions(turned).at(-1), soon)
      .toMatchObject({ gate: 'sweep', ring: 3, cause: 'verdict', outcome: 'stopped' });
    expect(of('rogues').flatMap(({ rogues }) => rogues)).toContainEqual(
      expect.objectContaining({ container: turned, cause: 'verdict', outcome: 'stopped' }),
    );
  });

  test('starts again what was refused because it was away, and goes by the stored ledger then', async () => {
    await gate?.close();
    gate = undefined;
    const waiting = await make('good', { RestartPolicy: { Name: 'always' } });
    await expect(start(waiting)).rejects.toThrow('the agent did not say');
    const once = await make('good');
    await expect(start(once)).rejects.toThrow('the agent did not say');
    await openGate();
    await expect.poll(() => stateOf(waiting), soon).toBe('running');
    await expect
      .poll(() => decisions(waiting).map(({ answer, cause }) => [answer, cause]), soon)
      .toEqual([
        ['deny', 'gate-fault'],
        ['allow', 'verdict'],
      ]);
    expect(await stateOf(once)).toBe('created');
    await removeContainer(engine.socket, waiting);
  });

  test('tries itself, and says that it refused', async () => {
    await expect.poll(() => of('gate').at(-1)?.canary, soon).toMatchObject({ passed: false });
    expect(of('gate').at(-1)?.canary?.message).toMatch(/^\d of \d gates refused/);
    expect(decisions('ca9a'.repeat(16))).toEqual([]);
  });
});

function ledgerOf(sequence: number, rules: readonly AdmissionRule[], entries: readonly LedgerEntry[]): Ledger {
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
    rules,
    collections: [],
  };
}

function entryOf({ digest }: MadeImage, answer: 'allow' | 'deny'): LedgerEntry {
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
