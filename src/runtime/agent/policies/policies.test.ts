import { afterEach, expect, test, vi } from 'vitest';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import type { RuntimeRule } from '../../contract.ts';
import { Policies, type PoliciesOptions } from './policies.ts';
import { PolicyDesk } from './policy-desk.ts';

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
  const desk = new PolicyDesk(nothing, () => true);
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

test('nothing is kept of a container that goes while policies are made', async () => {
  const desk = new PolicyDesk(nothing, () => true);
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
  const desk = new PolicyDesk(nothing, () => true);
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
