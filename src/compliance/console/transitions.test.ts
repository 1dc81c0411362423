import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userNamed } from '#http/console/testing.ts';
import { getCompliance, listTransitions } from '../contract.ts';
import { complianceSchema } from './schema.ts';
import { calm, factsOf, openTestCompliance, privileged, type TestCompliance } from './testing.ts';

describe('transitions', () => {
  let test: TestCompliance;
  let shop: { readonly id: string; readonly name: string };
  beforeAll(async () => {
    test = await openTestCompliance();
    shop = { id: await test.run('prod-1', 'shop', 'store'), name: 'shop' };
  });
  afterAll(() => test.close());

  const params = (id = shop.id) => ({ host: 'prod-1', kind: 'container', id }) as const;
  const read = async (query: object = {}) =>
    await test.ask(listTransitions, { params: params(), query: query as never });
  const results = async () => await test.ask(getCompliance, { params: params() });
  const minute = (of: number): string => new Date(Date.parse('2026-11-30T12:00:00Z') + of * 60_000).toISOString();

  it('begin with one line, and then are one for each check whose answer is another', async () => {
    await test.report('prod-1', shop, calm);
    const { results: first = [] } = await results();
    expect((await read()).transitions).toMatchObject([
      {
        kind: 'first',
        checks: first.length,
        name: 'shop',
        application: 'store',
        environment: 'prod',
        observedAt: minute(0),
      },
    ]);
    expect(first.length).toBeGreaterThan(50);
    test.pass(5);
    await test.report('prod-1', shop, calm);
    expect((await read()).transitions).toHaveLength(1);
    test.pass(5);
    await test.report('prod-1', shop, privileged);
    const { transitions } = await read({ check: 'CTR-001' });
    expect(transitions).toEqual([
      {
        kind: 'changed',
        sequence: expect.any(Number),
        check: 'CTR-001',
        from: 'pass',
        to: 'fail',
        facts: factsOf(privileged),
        name: 'shop',
        application: 'store',
        environment: 'prod',
        observedAt: minute(10),
        receivedAt: minute(10),
      },
    ]);
  });

  it('are told a page at a time, the newest first', async () => {
    const { transitions: all } = await read();
    const page = await read({ limit: 1 });
    expect(page).toMatchObject({ transitions: all.slice(0, 1), next: all[0]?.sequence });
    expect(all.at(-1)?.kind).toBe('first');
    const last = await read({ before: all.at(-2)?.sequence });
    expect(last.transitions).toEqual(all.slice(-1));
    expect(last).not.toHaveProperty('next');
  });

  it('are seen where their container is', async () => {
    const bob = userNamed('bob', ['read'], ['nowhere']);
    expect(await test.ask(listTransitions, { params: params() }, bob)).toEqual({ transitions: [], versions: [] });
  });

  it('say that nobody knows any more, 2½ periods after the last word, and that somebody does again', async () => {
    await test.hand('prod-1', 'compliance-looked', {
      subjects: [{ kind: 'container', id: shop.id, facts: factsOf(privileged) }],
    });
    const before = (await read()).transitions.length;
    test.pass(25);
    await test.compliance.watchTime();
    await test.store.idle();
    expect((await read()).transitions).toHaveLength(before);
    expect((await results()).subject).not.toHaveProperty('silentSince');
    test.pass(1);
    expect((await results()).subject).toMatchObject({ silentSince: minute(10) });
    await test.compliance.watchTime();
    await test.store.idle();
    expect((await results()).results?.every(({ state }) => state === 'not-assessed')).toBe(true);
    expect((await results()).results?.find(({ id }) => id === 'CTR-001')?.reason).toMatch(
      /^Silent since 2026-11-30 12:10:00/,
    );
    expect((await read({ check: 'CTR-001' })).transitions[0]).toMatchObject({
      from: 'fail',
      to: 'not-assessed',
      silent: true,
      observedAt: minute(36),
    });
    // Another set of facts is none of what was looked at.
    const looked = async (facts: string) =>
      await test.hand('prod-1', 'compliance-looked', { subjects: [{ kind: 'container', id: shop.id, facts }] });
    await looked(factsOf(calm));
    expect((await results()).subject).toHaveProperty('silentSince');
    await looked(factsOf(privileged));
    expect((await results()).subject).not.toHaveProperty('silentSince');
    expect((await read({ check: 'CTR-001' })).transitions[0]).toMatchObject({ from: 'not-assessed', to: 'fail' });
  });

  it('tell of another version of a check once, and of no subject', async () => {
    const before = (await read()).transitions;
    const database = test.store.query(complianceSchema);
    await database
      .insertInto('check_version')
      .values({ check_id: 'CTR-001', version: 99, since: test.now() })
      .execute();
    await database
      .insertInto('check_version')
      .values({ check_id: 'HST-001', version: 99, since: test.now() })
      .execute();
    expect(await read()).toMatchObject({
      transitions: before,
      versions: [{ check: 'CTR-001', version: 99, since: test.now().toISOString() }],
    });
  });

  it('end with their subject, and are kept for three years', async () => {
    await test.report('prod-1', shop);
    expect((await read()).transitions[0]).toMatchObject({ kind: 'ended', name: 'shop', application: 'store' });
    const all = (await read()).transitions.length;
    const { compliance } = test;
    await compliance.prune(new Date('2029-11-29T12:00:00Z'));
    expect((await read()).transitions).toHaveLength(all);
    const named = async () => await test.store.query(complianceSchema).selectFrom('status').select('id').execute();
    expect((await named()).length).toBeGreaterThan(1);
    await compliance.prune(new Date('2029-12-01T12:00:00Z'));
    expect((await read()).transitions).toEqual([]);
    expect(await named()).toEqual([]);
  });
});
