import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { documentText } from '#compliance/index.ts';
import { known } from '#base/index.ts';
import { userNamed } from '#http/console/testing.ts';
import {
  addAttestation,
  getControl,
  getTemplateEvidence,
  listAttestations,
  listEvidenceChanges,
  listEvidenceTemplates,
  listSubjectsOfControl,
  revokeAttestation,
  type SubjectCounts,
} from '../../contract.ts';
import { explorerSchema } from '../schema.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

const nist = { template: 'nist-800-190' };

describe('how controls stand', () => {
  let at: TestEvidence;
  const containers = new Map<string, string>();
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1', ['prod']);
    await at.join('pier-1', ['dev']);
    const row = { name: 'development', description: '', environment: null };
    const selects = JSON.stringify({ environments: ['dev'] });
    await at.store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id: 'development', ...row, selects })
      .execute();
    for (const [host, name, application] of [
      ['quay-1', 'shop', 'shop'],
      ['quay-1', 'mail', undefined],
      ['pier-1', 'shop', 'shop'],
    ] as const)
      containers.set(`${host} ${name}`, await at.run(host, name, application === undefined ? {} : { application }));
    await at.look();
  });
  afterAll(async () => await at.close());

  const privileged = async (host: string, name: string, value: boolean): Promise<void> => {
    const text = documentText({ privileged: known(value, 'HostConfig.Privileged') });
    const subject = { kind: 'container', id: containers.get(`${host} ${name}`), name };
    await at.report(host, 'compliance', { subject, documents: [{ kind: 'inspect', text }] });
  };
  const counts = async (query: object = {}, principal?: Parameters<TestEvidence['ask']>[2]): Promise<SubjectCounts> => {
    const { questions } = await at.ask(getControl, { params: { ...nist, control: '4.4.3' }, query }, principal);
    return questions.find(({ id }) => id === 'containers')?.subjects ?? ({} as SubjectCounts);
  };

  test('templates are listed with their standing', async () => {
    const { templates } = await at.ask(listEvidenceTemplates, {});
    expect(templates.map(({ id, standing }) => [id, standing])).toEqual([
      ['nist-800-190', 'reviewed'],
      ['cis-docker', 'reviewed'],
      ['pci-dss-4', 'starting-point'],
      ['hipaa', 'starting-point'],
    ]);
  });

  test('a container that reported nothing is not assessed, and is never green', async () => {
    expect(await counts()).toMatchObject({ 'not-assessed': 3, pass: 0 });
    const { controls } = await at.ask(getTemplateEvidence, { params: nist });
    const met = controls.filter(({ state }) => state === 'met' || state === 'met-with-exceptions');
    // Agents joined, and report.
    expect(met.map(({ id }) => id)).toEqual(['4.3.5']);
    const control = controls.find(({ id }) => id === '4.4.3');
    expect(control).toMatchObject({ state: 'incomplete', coverage: 0 });
    expect(control).not.toHaveProperty('rate');
  });

  test('a failing container fails its control, with what was seen and the worst first', async () => {
    await privileged('quay-1', 'shop', true);
    await privileged('quay-1', 'mail', false);
    await at.look();
    expect(await counts()).toMatchObject({ fail: 1, 'not-assessed': 2 });
    expect((await at.control('4.4.3')).state).toBe('not-met');
    const { subjects, total } = await at.ask(listSubjectsOfControl, {
      params: { ...nist, control: '4.4.3' },
      query: { question: 'containers' },
    });
    expect(total).toBe(3);
    expect(subjects[0]).toMatchObject({
      host: 'quay-1',
      kind: 'container',
      name: 'shop',
      state: 'fail',
      application: 'shop',
    });
    expect(subjects[0]?.answers[0]).toMatchObject({ check: 'CTR-001', state: 'fail', question: 'containers' });
    expect(subjects[0]?.answers[0]?.seen).not.toEqual([]);
  });

  test('environments and applications narrow it, and a subject counts once in each', async () => {
    expect(await counts({ environment: 'prod' })).toMatchObject({ fail: 1, 'not-assessed': 1 });
    expect(await counts({ environment: 'dev' })).toMatchObject({ fail: 0, 'not-assessed': 1 });
    expect(await counts({ application: 'shop' })).toMatchObject({ fail: 1, 'not-assessed': 1 });
    expect(await counts({ application: 'shop', environment: 'dev' })).toMatchObject({ fail: 0, 'not-assessed': 1 });
    expect(await counts({ environment: 'none' })).toMatchObject({ fail: 0, 'not-assessed': 0 });
  });

  test('who sees a part counts that part, subject by subject as the sums do', async () => {
    const part = userNamed('dev', ['read'], ['development']);
    expect(await counts({}, part)).toEqual(await counts({ environment: 'dev' }));
    expect(await counts({ environment: 'prod' }, part)).toMatchObject({ fail: 0, 'not-assessed': 0 });
    const { subjects } = await at.ask(listSubjectsOfControl, { params: { ...nist, control: '4.4.3' } }, part);
    expect(subjects.every(({ host, kind }) => host === 'pier-1' || kind === 'console')).toBe(true);
    const everything = userNamed('eve', ['read'], ['all']);
    await at.store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id: 'all', name: 'All', description: '', selects: '{}', environment: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const whole = await at.ask(getTemplateEvidence, { params: nist });
    const seen = await at.ask(getTemplateEvidence, { params: nist }, everything);
    expect(seen.controls.map(({ subjects: own }) => own)).toEqual(whole.controls.map(({ subjects: own }) => own));
  });

  test('pages of subjects follow each other without gaps, whoever looks', async () => {
    for (const principal of [undefined, userNamed('eve', ['read'], ['all'])]) {
      const ask = async (limit: number, offset: number) =>
        (
          await at.ask(
            listSubjectsOfControl,
            { params: { ...nist, control: '4.4.3' }, query: { limit, offset } },
            principal,
          )
        ).subjects.map(({ host, kind, id }) => `${host} ${kind} ${id}`);
      const all = await ask(200, 0);
      expect(all.length).toBeGreaterThan(3);
      expect([...(await ask(2, 0)), ...(await ask(200, 2))]).toEqual(all);
    }
  });

  test('the strip has a record of the day, and none of a day without the console', async () => {
    await at.pass(2 * 24 * 60);
    await at.look();
    const { controls } = await at.ask(getTemplateEvidence, { params: nist });
    expect(controls[0]?.days.map(({ day }) => day)).toEqual(['2026-11-24', '2026-11-26']);
    const inDev = await at.ask(getTemplateEvidence, { params: nist, query: { environment: 'dev' } });
    expect(inDev.controls.find(({ id }) => id === '4.4.3')?.days.at(0)?.state).toBe('incomplete');
  });

  test('when a host falls silent its checks are not assessed, and the gap is named', async () => {
    await at.join('quay-2');
    const reportHost = async (): Promise<void> => {
      const text = documentText({ secureBoot: known('on', 'SecureBoot') });
      const subject = { kind: 'host', id: 'self', name: 'quay-2' };
      await at.report('quay-2', 'compliance', { subject, documents: [{ kind: 'host', text }] });
      await at.look();
    };
    await reportHost();
    await privileged('quay-1', 'shop', true);
    await at.look();
    expect(await counts({ environment: 'prod' })).toMatchObject({ fail: 1 });
    at.silence('quay-1');
    await at.pass(26);
    await at.look();
    expect(await counts({ environment: 'prod' })).toMatchObject({ fail: 0, 'not-assessed': 2 });
    const { subjects } = await at.ask(listSubjectsOfControl, {
      params: { ...nist, control: '4.4.3' },
      query: { question: 'containers', host: 'quay-1' },
    });
    const shop = subjects.find(({ name }) => name === 'shop');
    expect(shop?.answers[0]?.reason).toContain('Silent since 2026-11-26 12:00:00 UTC');
    const gaps = async () => (await at.ask(getControl, { params: { ...nist, control: '4.4.3' } })).gaps;
    expect(await gaps()).toEqual([
      { host: 'quay-2', from: '2026-11-26T12:26:00.000Z', reason: expect.stringContaining('still is') },
    ]);
    await at.pass(1);
    await reportHost();
    expect(await gaps()).toMatchObject([{ host: 'quay-2', to: '2026-11-26T12:27:00.000Z' }]);
  });

  test('a container that ended is no subject any more', async () => {
    const before = (await counts())['not-assessed'];
    await at.report('pier-1', 'present', { images: [], containers: [] });
    await at.look();
    expect((await counts())['not-assessed']).toBe(before - 1);
  });

  test('sums hold exactly what subjects say', async () => {
    const { rows } = await sql<{ wrong: number; right: number }>`
      select (count(*) filter (where counted.host is null or kept.host is null))::int as wrong,
        (count(*) filter (where counted.host is not null and kept.host is not null))::int as right from (
        select host, scope.environment, scope.application, template, control, question, state, count(*)::int as subjects
        from explorer.evidence_subject
        cross join lateral unnest(scope_environments, scope_applications) as scope (environment, application)
        join explorer.evidence_state using (stance) where kind <> 'console' group by 1, 2, 3, 4, 5, 6, 7
      ) counted full join explorer.evidence_sum as kept on (counted.host, counted.environment, counted.application,
        counted.template, counted.control, counted.question, counted.state, counted.subjects) = (kept.host,
        kept.environment, kept.application, kept.template, kept.control, kept.question, kept.state,
        kept.subjects)`.execute(at.store.query(explorerSchema));
    expect(rows[0]?.wrong).toBe(0);
    expect(rows[0]?.right).toBeGreaterThan(100);
  });

  test('history tells how it stood, what was known then, and what changed since', async () => {
    const past = '2026-11-24T12:00:00Z';
    const ask = async (query: object) =>
      (await at.ask(getControl, { params: { ...nist, control: '4.4.3' }, query })).control;
    expect((await ask({ at: past })).state).toBe('not-met');
    expect((await ask({ at: '2026-11-23T00:00:00Z' })).state).toBe('not-applicable');
    expect((await ask({ at: at.now().toISOString(), known: '2026-11-23T00:00:00Z' })).state).toBe('not-applicable');
    const today = await ask({});
    const asOfNow = await ask({ at: at.now().toISOString() });
    expect(asOfNow.state).toBe(today.state);
    for (const value of [true, false, true, false]) {
      await at.pass(1);
      await privileged('pier-1', 'shop', value);
    }
    const { changes, total } = await at.ask(listEvidenceChanges, {
      params: nist,
      query: { from: past, to: at.now().toISOString(), control: '4.4.3' },
    });
    expect(total).toBeGreaterThan(0);
    expect(changes.map(({ check, to }) => `${check} ${to}`)).toContain('CTR-001 not-assessed');
    const inDev = userNamed('dev', ['read'], ['development']);
    const seenBy = async (page: object) =>
      await at.ask(
        listEvidenceChanges,
        { params: nist, query: { from: past, to: at.now().toISOString(), control: '4.4.3', ...page } },
        inDev,
      );
    const seen = await seenBy({});
    const ofDev = changes.filter(({ environment }) => environment === 'dev');
    expect(ofDev.length).toBeGreaterThan(2);
    expect(ofDev.length).toBeLessThan(changes.length);
    expect(seen).toMatchObject({ changes: ofDev, total: ofDev.length });
    expect(await seenBy({ limit: 2, offset: 1 })).toMatchObject({ changes: ofDev.slice(1, 3), total: ofDev.length });
  });

  test('answers of the product are in the history, and a change of them is one line', async () => {
    const { changes } = await at.ask(listEvidenceChanges, {
      params: nist,
      query: { from: '2026-11-24T12:00:00Z', to: at.now().toISOString(), control: '4.3.5' },
    });
    const ofQuay = changes.filter(({ host, check }) => host === 'quay-1' && check === 'answer/agent-reporting');
    expect(ofQuay.map(({ from, to }) => [from, to])).toEqual([['pass', 'not-assessed']]);
  });

  test('unknown names are not found', async () => {
    await expect(at.ask(getTemplateEvidence, { params: { template: 'none' } })).rejects.toThrow(
      'There is no template none.',
    );
    await expect(at.ask(getControl, { params: { ...nist, control: '9' } })).rejects.toThrow('has no control 9');
  });
});

describe('attestations', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1');
    await at.run('quay-1', 'shop');
    await at.look();
  });
  afterAll(async () => await at.close());

  const days = (count: number): string => new Date(at.now().getTime() + count * 86_400_000).toISOString();
  const add = async (more: object = {}) =>
    await at.ask(addAttestation, {
      body: {
        kind: 'trust-reviewed',
        document: 'Minutes of 24 November',
        author: 'M. Voss',
        expiresAt: days(30),
        ...more,
      },
    });
  const state = async (): Promise<string> => (await at.control('4.1.5')).question('trust-reviewed').state;

  test('nothing holds: not assessed, with what would assess it', async () => {
    const question = (await at.control('4.1.5')).question('trust-reviewed');
    expect(question.state).toBe('not-assessed');
    expect(question.reason).toContain('“Review of trusted sources”');
  });

  test('one holds until it ends, and names who attests', async () => {
    const { attestation } = await add();
    expect(attestation).toMatchObject({ author: 'M. Voss', addedBy: 'ada', state: 'holds' });
    expect(await state()).toBe('pass');
    await at.pass(31 * 24 * 60);
    await at.look();
    expect(await state()).toBe('not-assessed');
    const { attestations } = await at.ask(listAttestations, {});
    expect(attestations.map((one) => one.state)).toEqual(['expired']);
  });

  test('one that is revoked holds no more, once', async () => {
    const { attestation } = await add();
    expect(await state()).toBe('pass');
    const { attestation: revoked } = await at.ask(revokeAttestation, { params: { id: attestation.id } });
    expect(revoked).toMatchObject({ state: 'revoked', revokedBy: 'ada' });
    expect(await state()).toBe('not-assessed');
    await expect(at.ask(revokeAttestation, { params: { id: attestation.id } })).rejects.toThrow('revoked before');
  });

  test.each([
    ['an unknown kind', { kind: 'nothing' }],
    ['an end that is past', { expiresAt: '2026-01-01T00:00:00Z' }],
    ['an end that is too far away', { expiresAt: '2027-06-01T00:00:00Z' }],
  ])('%s is refused', async (_, more) => {
    await expect(add(more)).rejects.toThrow();
  });

  test('each is in the audit trail', async () => {
    const rows = await at.store
      .query(accessSchema)
      .selectFrom('audit')
      .select('action')
      .where('action', 'like', 'attestation-%')
      .orderBy('sequence')
      .execute();
    expect(rows.map(({ action }) => action)).toEqual(['attestation-added', 'attestation-added', 'attestation-revoked']);
  });

  test('one stands in for checks that could not be assessed, and for nothing that fails', async () => {
    const of46 = async () => (await at.control('4.6')).question('measured').state;
    expect(await of46()).toBe('not-assessed');
    await add({ kind: 'hardware-trust' });
    await at.look();
    expect(await of46()).toBe('pass');
    const text = documentText({ secureBoot: known('off', 'SecureBoot') });
    await at.report('quay-1', 'compliance', {
      subject: { kind: 'host', id: 'self', name: 'quay-1' },
      documents: [{ kind: 'host', text }],
    });
    await at.look();
    expect(await of46()).toBe('fail');
  });
});
