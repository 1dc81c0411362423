import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError, known } from '#base/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import { agentOf } from '#inventory/console/testing.ts';
import { complianceSchema } from './schema.ts';
import { assessTask, type FactsToAssess } from './tasks.ts';
import { checks } from '../checks/index.ts';
import { tooCostly } from '../catalogue.ts';
import { evaluateFacts } from './evaluate-facts.ts';
import { getCompliance } from '../contract.ts';
import { complianceHandlers } from './service.ts';
import { openTestCompliance, type TestCompliance } from './testing.ts';

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
    // More than is hashed and stored without a pause.
    const long = 'x'.repeat(10_000);
    const others = Array.from({ length: 120 }, (_, at) => ({
      at: test.now().toISOString(),
      body: {
        subject: { kind: 'container', id: `other-${at}`, name: `other-${at}` },
        documents: [{ kind: 'inspect', text: JSON.stringify({ privileged: known(false, `x${at}`), more: long }) }],
      },
    }));
    await test.store.transaction(
      async (transaction) => await complianceHandlers.compliance(transaction, agentOf('prod-2', 'prod'), others),
    );
    await test.store.idle();
    const database = test.store.query(complianceSchema);
    await database.updateTable('facts').set({ evaluation: null, results: null }).execute();
    const ids = (await database.selectFrom('facts').select('id').execute()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(others.length);
    const asked: number[] = [];
    const run: ChildPool['run'] = async (task, input, { timeout }) => {
      const { facts } = input as { readonly facts: readonly FactsToAssess[] };
      asked.push(facts.length);
      expect(task.name).toBe(assessTask.name);
      expect(timeout === undefined).toBe(facts.length === 1);
      if (facts.some(({ documents }) => documents.some((document) => document.text === text)))
        throw new AppError('too-costly', 'The request took more than 15 s.');
      return await task.run(input);
    };
    await evaluateFacts({ store: test.store, clock: test.now, children: { run } }, ids);
    await test.store.idle();
    // All at once a hundred at most; those that were too costly together, one by one.
    expect(Math.max(...asked)).toBeGreaterThan(1);
    expect(Math.max(...asked)).toBeLessThanOrEqual(100);
    expect(asked.filter((count) => count === 1).length).toBeLessThanOrEqual(100);
    const missing = await database.selectFrom('facts').select('id').where('results', 'is', null).execute();
    expect(missing).toEqual([]);
    const { results = [] } = await ask('prod-1', 'slow');
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['error']));
    expect(results.length).toBe(tooCostly('container', { documents: [], custom: [] }).length);
    const [other] = (await ask('prod-2', 'other-119')).results?.filter(({ id }) => id === 'CTR-001') ?? [];
    expect(other).toMatchObject({ state: 'pass' });
  });
});
