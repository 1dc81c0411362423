import { expect, test } from 'vitest';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { Policies } from './policies.ts';
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

function open() {
  const nothing = (): undefined => undefined;
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
  });
}

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
