import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { known } from '#base/index.ts';
import { userNamed } from '#http/console/testing.ts';
import {
  decideCheckException,
  getCompliance,
  listFindingsByCheck,
  listSubjectsOfCheck,
  requestCheckException,
} from '../contract.ts';
import { documentText, type Fields } from '../document.ts';
import { evaluateFacts } from './evaluate-facts.ts';
import { complianceSchema } from './schema.ts';
import { ada, factsOf, openTestCompliance, type TestCompliance } from './testing.ts';

const day = 24 * 60 * 60_000;

function adding(...capabilities: readonly string[]): Fields {
  return {
    privileged: known(false, 'HostConfig.Privileged'),
    capabilities: known(capabilities, 'HostConfig.CapAdd'),
  };
}

describe('results as they are kept', () => {
  let world: TestCompliance;
  beforeAll(async () => {
    world = await openTestCompliance();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    for (const table of ['subject', 'stands', 'facts', 'document', 'outcome', 'exception'] as const)
      await world.store.query(complianceSchema).deleteFrom(table).execute();
  });

  const report = async (name: string, fields: Fields): Promise<string> => {
    const id = await world.run('prod-1', name);
    await world.report('prod-1', { id, name }, fields);
    return id;
  };
  const count = async (table: 'facts' | 'outcome' | 'failing'): Promise<number> =>
    (await world.store.query(complianceSchema).selectFrom(table).selectAll().execute()).length;
  const resultOf = async (id: string, check: string) => {
    const { results = [] } = await world.ask(getCompliance, { params: { host: 'prod-1', kind: 'container', id } });
    return results.find((one) => one.id === check);
  };
  const findingsOf = async (check: string) =>
    (await world.ask(listFindingsByCheck, {})).checks.find((one) => one.check === check)?.subjects;

  it('how checks stand is kept once for facts that no check tells apart, and each shows its own values', async () => {
    const [one, other] = [await report('one', adding('X_ONE')), await report('other', adding('X_OTHER'))];
    expect([await count('facts'), await count('outcome')]).toEqual([2, 1]);
    const failing = (await world.ask(getCompliance, { params: { host: 'prod-1', kind: 'container', id: one } }))
      .results;
    expect(await count('failing')).toBe(2 * (failing ?? []).filter(({ state }) => /fail|warn/.test(state)).length);
    expect(await resultOf(one, 'CTR-001')).toMatchObject({ state: 'pass', evidence: [{ value: 'false' }] });
    expect((await resultOf(one, 'CTR-006'))?.evidence).not.toEqual((await resultOf(other, 'CTR-006'))?.evidence);
    expect(await findingsOf('CTR-001')).toMatchObject({ pass: 2, fail: 0, unanswered: 0 });
  });

  it('an exception covers the values of one, though how the checks of both stand is kept once', async () => {
    const [one, other] = [await report('one', adding('X_ONE')), await report('other', adding('X_ONE', 'X_OTHER'))];
    expect(await count('outcome')).toBe(1);
    const values = [...((await resultOf(one, 'CTR-006'))?.values ?? [])];
    expect(values).not.toEqual((await resultOf(other, 'CTR-006'))?.values);
    const bob = userNamed('bob', ['read', 'request-exceptions', 'approve-exceptions']);
    const expiresAt = new Date(world.now().getTime() + 30 * day).toISOString();
    const body = { check: 'CTR-006', values, reason: 'mitigated', explanation: 'It is known.', expiresAt } as const;
    const { exception } = await world.ask(requestCheckException, { body }, ada);
    await world.ask(decideCheckException, { params: { id: exception.id }, body: { decision: 'approve' } }, bob);
    const states = await world.store
      .query(complianceSchema)
      .selectFrom('stands')
      .innerJoin('status', 'status.id', 'stands.status')
      .select(['stands.id', 'status.states'])
      .execute();
    const stateOf = (id: string) => states.find((row) => row.id === id)?.states['CTR-006']?.state;
    expect([stateOf(one), stateOf(other)]).toEqual(['excepted', 'fail']);
    expect(await findingsOf('CTR-006')).toMatchObject({ fail: 1, excepted: 1 });
    const listed = async (status: 'fail' | 'excepted') => {
      const asked = { params: { check: 'CTR-006' }, query: { status, limit: 10 } } as const;
      return (await world.ask(listSubjectsOfCheck, asked)).subjects.map(({ id, seen }) => ({ id, seen }));
    };
    expect(await listed('fail')).toEqual([{ id: other, seen: expect.arrayContaining(['CAP_X_OTHER']) }]);
    expect((await listed('excepted')).map(({ id }) => id)).toEqual([one]);
  });

  it('facts without a document keep no others from being judged', async () => {
    const ids: string[] = [];
    for (const name of ['X_A', 'X_B', 'X_C']) {
      await report(name, adding(name));
      ids.push(factsOf(adding(name)));
    }
    const database = world.store.query(complianceSchema);
    await database.updateTable('facts').set({ evaluation: null, outcome: null, results: null }).execute();
    await database
      .deleteFrom('document')
      .where('text', '=', documentText(adding('X_B')))
      .execute();
    const run = async () => {
      throw new Error('nothing is long');
    };
    const evaluated = evaluateFacts({ store: world.store, clock: world.now, children: { run } }, ids);
    await expect(evaluated).rejects.toThrow(/is not there/);
    const rows = await database.selectFrom('facts').select('id').where('results', 'is', null).execute();
    expect(rows.map(({ id }) => id)).toEqual([factsOf(adding('X_B'))]);
  });

  it('are forgotten with their facts', async () => {
    const id = await report('one', adding('X_ONE'));
    expect(await count('failing')).toBeGreaterThan(0);
    await world.report('prod-1', { id, name: 'one' });
    const now = await world.store.now();
    await world.compliance.prune(new Date(now.getTime() + 2 * day));
    expect([await count('facts'), await count('failing'), await count('outcome')]).toEqual([0, 0, 0]);
  });

  it('outcomes that somebody comes to at this moment are not forgotten', async () => {
    const id = await report('one', adding('X_ONE'));
    await world.report('prod-1', { id, name: 'one' });
    await world.store.query(complianceSchema).deleteFrom('facts').execute();
    await world.compliance.prune(await world.store.now());
    expect(await count('outcome')).toBe(1);
  });
});
