import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog, type SubjectId } from '#base/index.ts';
import { createReporter } from '../../reporter.ts';
import { recordFacts } from '../../testing.ts';
import type { EngineClient, TimedEvent } from './client.ts';
import { Containers } from './containers.ts';
import { InspectedContainer } from './schema.ts';

const found = InspectedContainer.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/running.json'), 'utf8')),
);
const id = found.Id;
const subject = `sha256:${'a'.repeat(64)}` as SubjectId;

/** Containers of an engine whose answers come when the test gives them. */
function open() {
  const asked: PromiseWithResolvers<InspectedContainer | undefined>[] = [];
  const inspectContainer: EngineClient['inspectContainer'] = () => {
    const answer = Promise.withResolvers<InspectedContainer | undefined>();
    asked.push(answer);
    return answer.promise;
  };
  const facts = recordFacts();
  const containers = new Containers({
    client: { inspectContainer } as EngineClient,
    reporter: createReporter(facts, silentLog),
    subjects: { of: async () => subject, known: () => subject },
    settings: { allowEnvironments: [] },
    usesImage: () => undefined,
    described: () => undefined,
  });
  return { asked, facts, containers };
}

const event = (Action: string): TimedEvent => {
  return { Type: 'container', Action, Actor: { ID: id, Attributes: {} }, time: 1, nanoseconds: 1_000_000_000n };
};

test('a container that goes while it is described does not come back', async () => {
  const { asked, facts, containers } = open();
  containers.note(event('create'));
  const described = containers.describe(id);
  containers.note(event('destroy'));
  asked[0]?.resolve(found);
  await expect.poll(() => containers.has(id)).toBe(false);
  asked[1]?.resolve(found);
  expect((await described)?.fact.id).toBe(id);
  expect([containers.ids(), facts.container(id)?.state]).toEqual([[], 'removed']);
});

test('a container that nobody met is described, kept, and known to be gone when it goes', async () => {
  const { asked, facts, containers } = open();
  const described = containers.describe(id);
  asked[0]?.resolve(found);
  expect((await described)?.fact.subject).toBe(subject);
  expect([containers.ids(), facts.container(id)?.state]).toEqual([[id], 'running']);
  containers.note(event('destroy'));
  expect([containers.ids(), facts.container(id)?.state]).toEqual([[], 'removed']);
});

test('a container that nobody met and that goes while it is described is not kept', async () => {
  const { asked, facts, containers } = open();
  const described = containers.describe(id);
  containers.note(event('destroy'));
  asked[0]?.resolve(found);
  expect((await described)?.fact.id).toBe(id);
  expect([containers.ids(), facts.of('container')]).toEqual([[], []]);
});

test('nothing is kept of a container that the engine does not have, or that it cannot be asked about', async () => {
  const { asked, containers } = open();
  const described = containers.describe(id);
  asked[0]?.resolve(undefined);
  expect(await described).toBe(undefined);
  const failed = containers.describe(id);
  asked[1]?.reject(new Error('The engine is away.'));
  await expect(failed).rejects.toThrow('away');
  expect(containers.ids()).toEqual([]);
});
