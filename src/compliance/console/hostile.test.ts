import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError, known } from '#base/index.ts';
import { assessTask } from './tasks.ts';
import { checks } from '../checks/index.ts';
import { tooCostly } from '../catalogue.ts';
import { evaluateFacts } from './evaluate-facts.ts';
import { getCompliance } from '../contract.ts';
import { calm, factsOf, openTestCompliance, type TestCompliance } from './testing.ts';

const megabyte = 1024 * 1024;

describe('what a compromised agent reports', () => {
  let test: TestCompliance;
  beforeAll(async () => {
    test = await openTestCompliance();
  });
  afterAll(() => test.close());

  const hand = async (host: string, id: string, text: string) =>
    await test.hand(host, 'compliance', {
      subject: { kind: 'container', id, name: id },
      documents: [{ kind: 'inspect', text }],
    });
  const ask = async (host: string, id: string) =>
    await test.ask(getCompliance, { params: { host, kind: 'container', id } });

  it('stores little of places and reasons that are megabytes long', async () => {
    const field = (at: string) => ({ kind: 'known', value: [], at });
    await hand(
      'prod-1',
      'places',
      JSON.stringify({ capabilitiesAdded: field('a'.repeat(megabyte)), mounts: field('"'.repeat(megabyte / 4)) }),
    );
    await hand('prod-1', 'reasons', JSON.stringify({ mounts: { kind: 'missing', why: 'w'.repeat(megabyte) } }));
    const [places, reasons] = [await ask('prod-1', 'places'), await ask('prod-1', 'reasons')];
    expect(places.results?.length).toBe(checks.container.length);
    expect(JSON.stringify(places.results).length).toBeLessThan(200_000);
    expect(JSON.stringify(reasons.results).length).toBeLessThan(200_000);
  });

  it('shows a page of a subject whose fields name nobody’s default, or lie too deep', async () => {
    await hand('prod-1', 'default', JSON.stringify({ privileged: { ...known(false, 'x'), default: { of: 'mine' } } }));
    const deep = '['.repeat(megabyte / 2) + ']'.repeat(megabyte / 2);
    await hand('prod-1', 'deep', `{"privileged":{"kind":"known","at":"x","value":${deep}}}`);
    for (const id of ['default', 'deep']) {
      const { results = [] } = await ask('prod-1', id);
      expect(results.length).toBe(checks.container.length);
      expect(getCompliance.reply.safeParse(await ask('prod-1', id)).success).toBe(true);
    }
    const [privileged] = (await ask('prod-1', 'default')).results?.filter(({ id }) => id === 'CTR-001') ?? [];
    expect(privileged).toMatchObject({ state: 'not-assessed' });
  });

  it('never passes what took too long to judge, and judges other hosts all the same', async () => {
    const text = `{"privileged":${JSON.stringify(known(false, 'x'))},"more":"${'x'.repeat(100_000)}"}`;
    await hand('prod-1', 'slow', text);
    const asked: string[] = [];
    const run = async (task: { readonly name: string }) => {
      asked.push(task.name);
      throw new AppError('too-costly', 'The request took more than 15 s.');
    };
    await test.store
      .query((await import('./schema.ts')).complianceSchema)
      .updateTable('facts')
      .set({ evaluation: null })
      .execute();
    const { rows } = await (await import('kysely')).sql<{ id: string }>`select id from compliance.facts`.execute(
      test.store.query((await import('./schema.ts')).complianceSchema),
    );
    await test.report('prod-2', { id: 'calm', name: 'calm' }, calm);
    await evaluateFacts({ store: test.store, clock: test.now, children: { run } }, [
      ...rows.map(({ id }) => id),
      factsOf(calm),
    ]);
    await test.store.idle();
    expect(asked).toContain(assessTask.name);
    const { results = [] } = await ask('prod-1', 'slow');
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['error']));
    expect(results.length).toBe(tooCostly('container', { documents: [], custom: [] }).length);
    const others = (await ask('prod-2', 'calm')).results ?? [];
    expect(others.find(({ id }) => id === 'CTR-001')).toMatchObject({ state: 'pass' });
  });
});
