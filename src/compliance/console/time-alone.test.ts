import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { known } from '#base/index.ts';
import { getCompliance, listTransitions } from '../contract.ts';
import { documentText } from '../document.ts';
import { complianceSchema } from './schema.ts';
import { openTestCompliance, type TestCompliance } from './testing.ts';

const day = 24 * 60;
const params = { host: 'prod-1', kind: 'host', id: 'prod-1' } as const;

describe('results that time alone changes', () => {
  let test: TestCompliance;
  beforeAll(async () => {
    test = await openTestCompliance();
    await test.run('prod-1', 'shop');
  });
  afterAll(() => test.close());

  const report = async () => {
    const stopped = new Date(test.now().getTime() - (30 * day - 90) * 60_000).toISOString();
    const fields = {
      unusedImages: known([], 'images'),
      stoppedContainers: known([{ name: 'old', stopped }], 'containers'),
    };
    await test.hand('prod-1', 'compliance', {
      subject: { kind: 'host', id: params.id, name: 'prod-1' },
      documents: [{ kind: 'host', text: documentText(fields) }],
    });
  };
  const facts = async () =>
    await test.store
      .query(complianceSchema)
      .selectFrom('facts')
      .select(['id', 'evaluated_at', 'changed_at'])
      .where('kind', '=', 'host')
      .executeTakeFirstOrThrow();
  /** Facts are the same as ever: the host only says so. */
  const evaluateAgain = async () => {
    await test.hand('prod-1', 'compliance-looked', {
      subjects: [{ kind: 'host', id: params.id, facts: (await facts()).id }],
    });
    await test.compliance.evaluateOutdated();
    await test.store.idle();
  };
  const stateOf = async (check: string) =>
    (await test.ask(getCompliance, { params })).results?.find(({ id }) => id === check)?.state;
  const transitions = async () => (await test.ask(listTransitions, { params, query: {} as never })).transitions;
  const lists = { 'stopped-container-limit': '["0"]', 'stopped-container-days': '["30"]' };

  it('are given again a day after, with a transition, and at no other time', async () => {
    for (const [id, entries] of Object.entries(lists))
      await test.store
        .query(complianceSchema)
        .insertInto('operator_list')
        .values({ id, version: 1, entries, saved_at: test.now(), saved_by: 'ada' })
        .execute();
    await report();
    const first = test.now();
    expect(await stateOf('CTR-088')).toBe('pass');
    expect(await facts()).toMatchObject({ evaluated_at: first, changed_at: null });

    test.pass(day - 1);
    await evaluateAgain();
    expect(await stateOf('CTR-088')).toBe('pass');
    expect(await facts()).toMatchObject({ evaluated_at: first, changed_at: null });

    test.pass(1);
    await evaluateAgain();
    expect(await stateOf('CTR-088')).toBe('fail');
    expect(await facts()).toMatchObject({ evaluated_at: test.now(), changed_at: test.now() });
    const [newest] = await transitions();
    expect(newest).toMatchObject({
      check: 'CTR-088',
      from: 'pass',
      to: 'fail',
      observedAt: test.now().toISOString(),
    });
  });

  it('are left as they are where they are the same', async () => {
    const [before, { changed_at }] = [await transitions(), await facts()];
    test.pass(day);
    await evaluateAgain();
    expect(changed_at).not.toBeNull();
    expect(await facts()).toMatchObject({ evaluated_at: test.now(), changed_at });
    expect(await transitions()).toEqual(before);
  });

  it('are none of kinds whose checks do not ask for the time', async () => {
    await test.report(
      'prod-1',
      { id: await test.run('prod-1', 'shop'), name: 'shop' },
      {
        privileged: known(true, 'HostConfig.Privileged'),
      },
    );
    const at = test.now();
    test.pass(2 * day);
    await evaluateAgain();
    const rows = await test.store.query(complianceSchema).selectFrom('facts').selectAll().execute();
    expect(rows.map(({ kind, evaluated_at }) => [kind, evaluated_at]).toSorted()).toEqual([
      ['container', at],
      ['host', test.now()],
    ]);
  });
});
