import { afterEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog, type SubjectId } from '#base/index.ts';
import type { ContainerFact } from '#inventory/contract.ts';
import type { AdmissionRule, Decision } from '#admission/contract.ts';
import type { RoguesFact } from '../../contract.ts';
import type { SweepContext, SweptContainer } from './rogue-of.ts';
import { startSweep, type Sweep } from './sweep.ts';

const digest = `sha256:${'a1'.repeat(32)}` as ImageDigest;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

const rule: AdmissionRule = {
  id: 'usual',
  version: 1,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [],
  agentAway: 'deny',
  builds: 'allow',
  rogue: 'stop',
};

/** A container that no gate let start. */
function rogue(id: string): SweptContainer {
  const startedAt = hoursAgo(1).toISOString();
  const nothing = { command: [], labels: {}, user: '', securityOptions: [], mounts: [], ports: [], networks: [] };
  const fact: ContainerFact = {
    ...nothing,
    id,
    name: id,
    image: { id: digest, name: 'shop/app:1' },
    subject: digest as string as SubjectId,
    state: 'running',
    createdAt: startedAt,
    startedAt,
    privileged: false,
    readOnlyRoot: false,
    hostNamespaces: [],
    capabilities: { added: [], dropped: [] },
  };
  return { fact, environment: 'prod', rule, settings: undefined, admittedAt: undefined, broken: undefined };
}

let sweep: Sweep | undefined;
afterEach(() => sweep?.close());

/** A sweep every few milliseconds over what runs; what is stopped runs no more. */
function open() {
  const running = new Map<string, SweptContainer>();
  const world = {
    running,
    isKnown: true,
    isFull: false,
    decisions: [] as Decision[],
    reported: [] as RoguesFact[],
    sweeps: 0,
  };
  const context = async (): Promise<SweepContext> => ({
    ledgerState: { ledger: undefined, breakGlass: [], now: new Date() },
    gatedSince: hoursAgo(2),
    isOwnImage: () => false,
  });
  sweep = startSweep({
    async containers() {
      world.sweeps += 1;
      return world.isKnown ? [...running.values()] : undefined;
    },
    context,
    report: (fact) => void world.reported.push(fact),
    async reportDecision(decision) {
      if (world.isFull) throw new Error('no space');
      world.decisions.push(decision);
    },
    stop: async (id) => void running.delete(id),
    log: silentLog,
    pace: { first: 0, between: 10, soon: 5 },
  });
  return world;
}

test('what cannot be told keeps nothing from being stopped, and is told once it can be', async () => {
  const world = open();
  world.isFull = true;
  for (const id of ['one', 'two', 'three']) world.running.set(id, rogue(id));
  await expect.poll(() => world.running.size).toBe(0);
  expect(world.reported.some(({ rogues }) => rogues.length === 3)).toBe(true);
  world.isFull = false;
  await expect
    .poll(() => world.decisions.map(({ container, outcome }) => `${container} ${outcome}`).toSorted())
    .toEqual(['one stopped', 'three stopped', 'two stopped']);
  const { sweeps } = world;
  await expect.poll(() => world.sweeps).toBeGreaterThan(sweeps + 3);
  expect(world.decisions).toHaveLength(3);
});

test('while nobody can say what runs, what was found before stands', async () => {
  const world = open();
  world.running.set('one', { ...rogue('one'), rule: { ...rule, rogue: 'alert' } });
  await expect.poll(() => world.reported.at(-1)?.rogues.length).toBe(1);
  world.isKnown = false;
  const { sweeps } = world;
  await expect.poll(() => world.sweeps).toBeGreaterThan(sweeps + 3);
  expect(world.reported.every(({ rogues }) => rogues.length <= 1)).toBe(true);
  expect(world.reported.at(-1)?.rogues).toHaveLength(1);
  world.isKnown = true;
  const later = world.sweeps;
  await expect.poll(() => world.sweeps).toBeGreaterThan(later + 3);
  expect(world.decisions).toHaveLength(1);
});
