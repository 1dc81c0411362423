import { afterEach, expect, test, vi } from 'vitest';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import type { ImageDigest } from '#base/index.ts';
import type { Model, RuntimeRule } from '../../contract.ts';
import { emptyEvidence } from '../../evidence.ts';
import { learn } from '../../learn.ts';
import { wantedIdOf } from '../../model-id.ts';
import { execSighting, testModel, testRule } from '../../testing.ts';
import { type AgentFrame, decodeFrame } from '../wire/frames.ts';
import type { PolicyFrame } from '../wire/policy-frame.ts';
import { policyFlag } from '../wire/words.ts';
import { type PlacedTable, Policies, type PoliciesOptions } from './policies.ts';
import { SensorPolicies } from './sensor-policies.ts';

const id = 'c1'.repeat(32);
const subject = `sha256:${'5e'.repeat(32)}`;
const described = (fact: object): DescribedContainer =>
  ({
    fact: {
      id,
      name: 'web',
      state: 'running',
      image: { id: 'sha256:i', name: 'shop/web:1' },
      labels: {},
      command: ['web'],
      ...fact,
    },
  }) as unknown as DescribedContainer;

const nothing = (): undefined => undefined;
afterEach(() => void vi.restoreAllMocks());

function open(over: Partial<PoliciesOptions> = {}) {
  const desk = new SensorPolicies(nothing, () => true);
  const log = { error: nothing } as never;
  const more = { table: async () => undefined, keepTables: nothing, model: nothing, rule: nothing, asked: nothing };
  return new Policies({
    desk,
    ...more,
    chosen: nothing,
    engineFiles: () => [],
    phase: () => 'run',
    placed: nothing,
    log,
    ...over,
  });
}

/** A rule for containers with a label, so that they have another policy than their image. */
const byLabel: PoliciesOptions['rule'] = ({ labels }) =>
  labels['own'] === undefined ? undefined : ({ id: 'own', drift: 'ignore', code: 'ignore' } as RuntimeRule);

test('a container keeps the image that it had while an engine that starts does not say it', async () => {
  const policies = open();
  policies.describe(described({ subject }));
  await policies.settled();
  expect(policies.asked(id)?.sent).toBeDefined();
  policies.describe(described({}));
  await policies.settled();
  expect(policies.asked(id)?.sent).toBeDefined();
  policies.describe(described({ image: { id: 'sha256:other', name: 'shop/web:2' } }));
  await policies.settled();
  expect(policies.asked(id)?.sent).toBe(undefined);
});

test('a container without an image gets it from the gate that lets it start', async () => {
  const policies = open();
  policies.describe(described({}));
  policies.expect(described({ subject }));
  await policies.settled();
  expect(policies.asked(id)?.sent).toBeDefined();
});

/** A model that refuses what it does not hold: `sh` starts `ls`. */
const learned = (entrypoint: readonly string[]): Model =>
  testModel(learn(emptyEvidence, execSighting('/bin/ls', '/bin/sh'), { bucketSeconds: 3600 }), {
    state: 'manual',
    key: { digest: subject as ImageDigest, entrypoint },
  });
const table = async (): Promise<PlacedTable> => ({
  number: 3,
  isComplete: true,
  inodeOf: (path) => ({ '/bin/ls': 1n, '/bin/sh': 2n })[path],
  hasApplets: () => false,
  tools: () => [],
  packedLibraries: [],
});
/** What the sensor would judge a container by: its own policy, or that of its image. */
function heldBy(frames: readonly AgentFrame[], container: string): PolicyFrame | undefined {
  const policies = frames.filter((one) => one.kind === 'policy');
  const given = frames.findLast((one) => one.kind === 'assign' && one.id === container);
  return given?.kind === 'assign'
    ? policies.findLast(({ policy }) => policy === given.policy)
    : policies.findLast(({ images }) => images.includes(subject));
}

test.each([
  ['described by its engine', 'describe', ['web', 'migrate']],
  ['let start by the gate', 'expect', ['web', 'migrate']],
  ['let start by the gate, with a command that is not known', 'expect', []],
] as const)('another command of an image is refused by no other’s model: %s', async (_, how, command) => {
  const frames: AgentFrame[] = [];
  const desk = new SensorPolicies(
    (bytes) => {
      const frame = decodeFrame(bytes.readUInt16LE(4), bytes.subarray(8));
      if (frame !== undefined) frames.push(frame as AgentFrame);
    },
    () => true,
  );
  const rule = (): RuntimeRule => ({ ...testRule, drift: 'prevent', process: 'prevent' });
  const web = wantedIdOf({ digest: subject as ImageDigest, entrypoint: ['web'] });
  const policies = open({ desk, table, rule, model: (id) => (id === web ? learned(['web']) : undefined) });
  policies.describe(described({ subject, image: { id: subject, name: 'shop/web:1' } }));
  await policies.settled();
  const other = 'd2'.repeat(32);
  policies[how](described({ id: other, subject, command, image: { id: subject, name: 'shop/web:1' } }));
  await policies.settled();
  expect(heldBy(frames, id)).toMatchObject({ flags: policyFlag.tabled | policyFlag.modelled, modelEffect: 'prevent' });
  expect(heldBy(frames, other)).toMatchObject({ flags: policyFlag.tabled, driftEffect: 'prevent', edges: [] });
  // Neither is one of which this agent has not heard yet.
  expect(heldBy(frames, 'e3'.repeat(32))).toMatchObject({
    flags: policyFlag.tabled,
    driftEffect: 'prevent',
    edges: [],
  });
});

test('a container that the gate lets start has the model of its command before its first program', async () => {
  const frames: AgentFrame[] = [];
  const desk = new SensorPolicies(
    (bytes) => {
      const frame = decodeFrame(bytes.readUInt16LE(4), bytes.subarray(8));
      if (frame !== undefined) frames.push(frame as AgentFrame);
    },
    () => true,
  );
  const rule = (): RuntimeRule => ({ ...testRule, process: 'prevent' });
  const policies = open({ desk, table, rule, model: () => learned(['web']) });
  policies.expect(described({ subject, state: 'created' }));
  await policies.settled();
  expect(policies.models()).toMatchObject([{ entrypoint: ['web'] }]);
  const edges = [
    { child: 1n, caller: 2n },
    { child: 1n, caller: 1n }, // it may start itself again
  ];
  expect(heldBy(frames, id)).toMatchObject({ modelEffect: 'prevent', edges });
});

test('nothing is kept of a container that goes while policies are made', async () => {
  const desk = new SensorPolicies(nothing, () => true);
  const waiting = Promise.withResolvers<undefined>();
  const asked = Promise.withResolvers<void>();
  const table = (): Promise<undefined> => {
    asked.resolve();
    return waiting.promise;
  };
  const policies = open({ desk, rule: byLabel, table });
  policies.describe(described({ subject, labels: { own: 'yes' } }));
  await asked.promise;
  policies.describe(described({ subject, labels: { own: 'yes' }, state: 'removed' }));
  waiting.resolve(undefined);
  await policies.settled();
  expect([desk.assignedTo(id), desk.keys()]).toEqual([undefined, ['default']]);
  policies.describe(described({}));
  expect(policies.asked(id)?.sent).toBe(undefined);
});

test('nothing is kept of a container that was expected and never came', async () => {
  const desk = new SensorPolicies(nothing, () => true);
  const policies = open({ desk, rule: byLabel });
  policies.expect(described({ subject, labels: { own: 'yes' } }));
  await policies.settled();
  expect(desk.assignedTo(id)).toBeDefined();
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 121_000);
  policies.refresh();
  await policies.settled();
  expect([desk.assignedTo(id), desk.keys()]).toEqual([undefined, ['default']]);
  policies.describe(described({}));
  expect(policies.asked(id)?.sent).toBe(undefined);
});

test('the agent’s own container is outside of all rules, which others of its image are not', async () => {
  const other = 'c2'.repeat(32);
  const said: AgentFrame[] = [];
  const desk = new SensorPolicies(
    (bytes) => {
      const frame = decodeFrame(bytes.readUInt16LE(4), bytes.subarray(8));
      if (frame !== undefined) said.push(frame as AgentFrame);
    },
    () => true,
  );
  const rule = (): RuntimeRule => ({ ...testRule, drift: 'prevent', code: 'prevent' });
  const policies = open({ desk, rule, ownContainer: id });
  for (const one of [id, other]) policies.describe(described({ id: one, subject }));
  await policies.settled();
  const own = policies.asked(id);
  expect(own).toMatchObject({ isAgent: true, rule: undefined });
  const sent = said.find((frame) => frame.kind === 'policy' && frame.policy === own?.sent?.number);
  expect(sent).toMatchObject({ driftEffect: 'ignore', codeEffect: 'ignore', modelEffect: 'ignore', images: [] });
  expect(said).toContainEqual({ kind: 'assign', policy: own?.sent?.number, id });
  expect(policies.asked(other)?.rule).toMatchObject({ drift: 'prevent' });
});

test('the container of the agent is under no rule before the engine has described it', async () => {
  const desk = new SensorPolicies(nothing, () => true);
  const policies = open({ desk, ownContainer: id });
  const told = () => desk.all().map((bytes) => decodeFrame(bytes.readUInt16LE(4), bytes.subarray(8)));
  expect(told()).toMatchObject([
    { kind: 'policy', driftEffect: 'ignore' },
    { kind: 'assign', id },
  ]);
  policies.refresh();
  await policies.settled();
  expect(told()).toContainEqual(expect.objectContaining({ kind: 'assign', id }));
});
