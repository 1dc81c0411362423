import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import {
  type CheckStatus,
  CheckStatus as Statuses,
  getCompliance,
  getComplianceSummary,
  listFindingsByCheck,
  listSubjectsOfCheck,
} from '../contract.ts';
import { documentText } from '../document.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

const now = new Date('2026-11-30T01:00:00Z');
const [prod, dev] = [agentOf('prod-1', 'prod'), agentOf('dev-1', 'dev')];
const everyone = userNamed('ada', ['read']);
const ofDev = userNamed('noor', ['read'], ['development']);
const [calm, bold] = [known(false, 'HostConfig.Privileged'), known(true, 'HostConfig.Privileged')];

describe('findings by check', () => {
  let store: Store;
  let compliance: ComplianceService;
  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, complianceSchema]);
    compliance = await createCompliance({ store, clock: () => now });
    for (const agent of [prod, dev]) await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    const selects = JSON.stringify({ environments: ['dev'] });
    const row = { id: 'development', name: 'Development', description: '', environment: null, selects };
    await store.query(accessSchema).insertInto('collection').values(row).execute();
    for (const name of ['a', 'b', 'c']) await report(prod, name, { privileged: bold });
    await report(prod, 'd', { privileged: calm });
    await report(dev, 'e', { privileged: bold });
    await report(dev, 'f', {});
    await compliance.evaluateOutdated();
    await reportAt(new Date(now.getTime() - 26 * 60_000))(prod, 'silent', { privileged: bold });
    await report(prod, 'waiting', { privileged: known(true, 'elsewhere') });
    const ended = containerFact('ended', 'shop:1', { name: 'ended', state: 'exited' });
    await reportAs(store, prod, { kind: 'container', bodies: [running, ended] });
  });
  afterAll(() => store.close());

  const running = containerFact('unreported', 'shop:1', { name: 'unreported' });

  const reportAt =
    (at: Date) =>
    async (agent: typeof prod, id: string, fields: object): Promise<void> =>
      await store.transaction(async (transaction) => {
        const documents = [{ kind: 'inspect', text: documentText(fields as never) }];
        const body = { subject: { kind: 'container', id, name: `name of ${id}` }, documents };
        await complianceHandlers.compliance(transaction, agent, [{ at: at.toISOString(), body }]);
      });
  const report = reportAt(now);
  const findings = async (check: string, principal = everyone, environment?: string) => {
    const input = { query: { environment } };
    const { checks } = await answerOf(compliance.routes, { endpoint: listFindingsByCheck, input, principal });
    return checks.find((one) => one.check === check) ?? expect.fail(check);
  };
  const subjects = async (status: CheckStatus, more: object = {}, principal = everyone) =>
    await answerOf(compliance.routes, {
      endpoint: listSubjectsOfCheck,
      input: { params: { check: 'CTR-001' }, query: { status, ...more } },
      principal,
    });
  const ids = (reply: Awaited<ReturnType<typeof subjects>>) => reply.subjects.map(({ id }) => id);

  it('count each subject once, as it stands', async () => {
    expect(await findings('CTR-001')).toMatchObject({
      subjects: { fail: 4, pass: 1, 'not-assessed': 1, silent: 1, unanswered: 1, unreported: 1, warn: 0, error: 0 },
      folded: 0,
    });
  });

  it('set apart what an exception covers where it holds, and list as many', async () => {
    const values = JSON.stringify(['privileged']);
    const row = { check_id: 'CTR-001', named_values: values, reason: 'other', explanation: 'x', state: 'approved' };
    const by = { requested_by: JSON.stringify({ id: 'a', name: 'a' }), requested_at: now, end_noted: false };
    const insert = async (more: object) =>
      await store
        .query(complianceSchema)
        .insertInto('exception')
        .values({ ...row, ...by, expires_at: new Date(now.getTime() + 1), ...more } as never)
        .execute();
    await insert({ id: 'dev', collections: ['development'] });
    await insert({ id: 'b', name: 'name of b' });
    await insert({ id: 'over', expires_at: now });
    expect((await findings('CTR-001')).subjects).toMatchObject({ fail: 2, excepted: 2, pass: 1, unanswered: 1 });
    expect((await findings('CTR-001', ofDev)).subjects).toMatchObject({ fail: 0, excepted: 1 });
    expect([ids(await subjects('excepted')), ids(await subjects('fail'))]).toEqual([
      ['e', 'b'],
      ['a', 'c'],
    ]);
    await store.query(complianceSchema).deleteFrom('exception').execute();
  });

  it('say how many fail because of another check', async () => {
    const implied = await findings('CTR-007');
    expect(implied.subjects.fail).toBe(implied.folded);
  });

  it('are of what the caller may see, and of the environment that is asked for', async () => {
    expect((await findings('CTR-001', ofDev)).subjects).toMatchObject({ fail: 1, 'not-assessed': 1, silent: 0 });
    expect((await findings('CTR-001', everyone, 'prod')).subjects).toMatchObject({ fail: 3, silent: 1, unanswered: 1 });
    expect((await findings('CTR-001', ofDev, 'prod')).subjects.fail).toBe(0);
  });

  it('count a container that runs and was not reported where it stands, and say so', async () => {
    const inDev = await findings('CTR-001', ofDev);
    expect([inDev.subjects.unreported, (await findings('HST-001')).subjects.unreported]).toEqual([0, 0]);
    const reason = expect.stringMatching(/^Silent since 2026-11-24 12:00:00 UTC: its host says that it runs/);
    expect((await subjects('unreported')).subjects).toEqual([
      expect.objectContaining({ host: 'prod-1', kind: 'container', id: running.id, name: 'unreported', reason }),
    ]);
    const asked = async (id: string, principal = everyone) => {
      const params = { host: 'prod-1', kind: 'container', id } as const;
      return await answerOf(compliance.routes, { endpoint: getCompliance, input: { params }, principal });
    };
    expect(await asked(running.id)).toMatchObject({ documents: [], unreported: { reason } });
    for (const reply of [await asked(running.id, ofDev), await asked('ended'), await asked('other')])
      expect(reply).toEqual({ documents: [] });
  });

  it('list as many subjects as each number says', async () => {
    for (const principal of [everyone, ofDev]) {
      const { subjects: counts } = await findings('CTR-001', principal);
      for (const status of Statuses.options)
        expect(ids(await subjects(status, {}, principal)), status).toHaveLength(counts[status]);
    }
  });

  it('show what was seen, why there is no answer, and pages that meet without a gap', async () => {
    expect((await subjects('fail')).subjects[0]).toMatchObject({
      host: 'dev-1',
      id: 'e',
      name: 'name of e',
      status: 'fail',
    });
    expect((await subjects('not-assessed')).subjects[0]?.reason).toMatch(/\S/);
    const first = await subjects('fail', { limit: 3 });
    expect(ids(first)).toEqual(['e', 'a', 'b']);
    const second = await subjects('fail', { limit: 3, ...first.next });
    expect([ids(second), second.next]).toEqual([['c'], undefined]);
    expect(ids(await subjects('fail', { limit: 1 }, ofDev))).toEqual(['e']);
  });

  it('of no check of this release are not found', async () => {
    const asked = answerOf(compliance.routes, {
      endpoint: listSubjectsOfCheck,
      input: { params: { check: 'CTR-999' }, query: { status: 'fail' } },
      principal: everyone,
    });
    await expect(asked).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are summed up by what rules do, and nobody is counted as fine who is not known', async () => {
    const ask = async (principal = everyone, environment?: string) =>
      await answerOf(compliance.routes, {
        endpoint: getComplianceSummary,
        input: { query: { environment } },
        principal,
      });
    expect(await ask()).toMatchObject({
      subjects: 9,
      unreported: 1,
      silent: 1,
      unanswered: 1,
      blocked: 0,
      alerted: 4,
    });
    expect((await ask()).notAssessed).toBe(6);
    expect(await ask(ofDev)).toMatchObject({ subjects: 2, silent: 0, alerted: 1 });
    expect((await ask(everyone, 'prod')).subjects).toBe(7);
  });
});
