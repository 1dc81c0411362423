import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import { CheckState } from '#compliance/contract.ts';
import { documentText } from '#compliance/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { addAttestation, getControl, getTemplateEvidence, listSubjectsOfControl } from '../../contract.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

const params = { template: 'nist-800-190', control: '4.4.3' };
const development = userNamed('dev', ['read'], ['development']);

/** A day on which a container was privileged, then one without it, then one on which its host was silent. */
describe('subjects of a control on a day that is over', () => {
  let at: TestEvidence;
  const days: Record<'before' | 'first' | 'second' | 'third', string> = {
    before: '',
    first: '',
    second: '',
    third: '',
  };
  beforeAll(async () => {
    at = await openTestEvidence();
    days.before = new Date(at.now().getTime() - 60_000).toISOString();
    const row = { name: 'development', description: '', environment: null };
    await at.store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id: 'development', ...row, selects: JSON.stringify({ environments: ['dev'] }) })
      .execute();
    await at.join('quay-1', ['prod']);
    await at.join('pier-1', ['dev']);
    const id = await at.run('quay-1', 'shop', { application: 'shop' });
    await at.run('pier-1', 'mail');
    await privileged(id, true);
    await at.look();
    days.first = at.now().toISOString();
    await at.pass(10);
    await privileged(id, false);
    await at.report('pier-1', 'present', { images: [], containers: [] });
    await at.look();
    days.second = at.now().toISOString();
    at.silence('quay-1');
    await at.pass(40);
    await at.look();
    days.third = at.now().toISOString();
    await at.pass(60);
  });
  afterAll(async () => await at.close());

  const privileged = async (id: string, value: boolean): Promise<void> => {
    const text = documentText({ privileged: known(value, 'HostConfig.Privileged') });
    await at.report('quay-1', 'compliance', {
      subject: { kind: 'container', id, name: 'shop' },
      documents: [{ kind: 'inspect', text }],
    });
  };
  const list = async (query: object, principal?: Parameters<TestEvidence['ask']>[2]) =>
    await at.ask(listSubjectsOfControl, { params, query }, principal);
  const named = async (name: string, query: object) =>
    (await list(query)).subjects.find((subject) => subject.name === name);

  test('are as many as the control and its questions count, for who sees all and for who sees a part', async () => {
    for (const day of Object.values(days))
      for (const principal of [undefined, development]) {
        // Of documents, of gates, of containers.
        const asked = { params: { ...params, control: '4.1.5' }, query: { at: day } };
        const { control, questions } = await at.ask(getControl, asked, principal);
        for (const { id, subjects: counts } of [{ id: undefined, subjects: control.subjects }, ...questions]) {
          const query = { ...asked.query, question: id, limit: 200 };
          const { subjects, total } = await at.ask(listSubjectsOfControl, { ...asked, query }, principal);
          expect(total).toBe(subjects.length);
          for (const state of CheckState.options)
            expect(subjects.filter((one) => one.state === state)).toHaveLength(counts[state]);
        }
      }
  });

  test('stood as they stand, where the moment is now', async () => {
    const { controls: now } = await at.ask(getTemplateEvidence, { params });
    const { controls: then } = await at.ask(getTemplateEvidence, { params, query: { at: at.now().toISOString() } });
    expect(then.map(({ id, state, subjects }) => [id, state, subjects])).toEqual(
      now.map(({ id, state, subjects }) => [id, state, subjects]),
    );
    const key = ({ host, kind, id, state }: Awaited<ReturnType<typeof list>>['subjects'][number]) =>
      [host, kind, id, state].join(' ');
    const [listed, listedThen] = [await list({}), await list({ at: at.now().toISOString() })];
    expect(listedThen.subjects.map(key)).toEqual(listed.subjects.map(key));
  });

  test('have the worst first, with what was seen and since when', async () => {
    const { subjects } = await list({ at: days.first, question: 'containers' });
    expect(subjects.map(({ name, state }) => [name, state])).toEqual([
      ['shop', 'fail'],
      ['mail', 'not-assessed'],
    ]);
    const [shop, mail] = subjects;
    expect(shop).toMatchObject({ application: 'shop', environment: 'prod', since: days.first });
    expect(shop?.answers[0]).toMatchObject({ check: 'CTR-001', state: 'fail', seen: ['privileged'] });
    expect(mail?.answers[0]).toMatchObject({
      state: 'not-assessed',
      reason: 'No answer had been written down by then.',
    });
  });

  test('are those of the day: what ended since is there, and what had ended is not', async () => {
    expect((await named('mail', { at: days.first }))?.host).toBe('pier-1');
    expect(await named('mail', { at: days.second })).toBeUndefined();
    expect(await list({ at: days.before })).toEqual({ subjects: [], total: 0 });
    // Documents are asked of the console, whatever had been told by then.
    const asked = { params: { ...params, control: '4.1.5' }, query: { at: days.before } };
    const { subjects } = await at.ask(listSubjectsOfControl, asked);
    expect(subjects.map(({ kind, state }) => [kind, state])).toEqual([['console', 'not-assessed']]);
  });

  test('are told of by what was known on a day', async () => {
    const shop = async (query: object) => (await named('shop', { question: 'containers', ...query }))?.state;
    expect(await shop({ at: days.second })).not.toBe('fail');
    expect(await shop({ at: days.second, known: days.first })).toBe('fail');
    expect(await shop({ at: days.second, known: days.before })).toBeUndefined();
  });

  test('of a silent host are not assessed, and say since when', async () => {
    const shop = await named('shop', { at: days.third, question: 'containers' });
    expect(shop?.state).toBe('not-assessed');
    const [answer] = shop?.answers ?? [];
    expect(answer?.reason).toBe(
      'Nobody knew how it stood: its host was silent, and what it had said ended at 2026-11-24 12:50:00 UTC.',
    );
  });

  test('say that what was seen is not kept, once it is forgotten', async () => {
    await sql`delete from compliance.facts where id not in (select facts from compliance.subject)`.execute(
      at.store.query(complianceSchema),
    );
    const shop = await named('shop', { at: days.first });
    expect(shop?.answers.find(({ check }) => check === 'CTR-001')).toEqual({
      question: 'containers',
      check: 'CTR-001',
      state: 'fail',
      seen: [],
      reason: 'The history keeps how it stood, not what was seen.',
    });
  });

  test('follow each other page by page, and are narrowed by host', async () => {
    const names = async (query: object) => (await list({ at: days.first, ...query })).subjects.map(({ id }) => id);
    const all = await names({ limit: 200 });
    expect(all.length).toBe(4);
    expect([...(await names({ limit: 2 })), ...(await names({ limit: 200, offset: 2 }))]).toEqual(all);
    const { subjects } = await list({ at: days.first, host: 'pier-1' });
    expect(subjects.map(({ host, name }) => `${host} ${name}`).toSorted()).toEqual(['pier-1 mail', 'pier-1 pier-1']);
  });

  test('are of the environment, and of what the caller may see', async () => {
    const hosts = async (query: object, principal?: typeof development) =>
      new Set((await list({ at: days.first, ...query }, principal)).subjects.map(({ host }) => host));
    expect(await hosts({ environment: 'prod' })).toEqual(new Set(['quay-1']));
    expect(await hosts({}, development)).toEqual(new Set(['pier-1']));
  });

  test('a document that did not hold then is named', async () => {
    const body = { kind: 'trust-reviewed', document: 'Minutes', author: 'M. Voss' };
    await at.ask(addAttestation, { body: { ...body, expiresAt: new Date(at.now().getTime() + 60_000).toISOString() } });
    const ask = async (query: object) =>
      (
        await at.ask(listSubjectsOfControl, {
          params: { ...params, control: '4.1.5' },
          query: { question: 'trust-reviewed', ...query },
        })
      ).subjects[0];
    expect(await ask({})).toMatchObject({ kind: 'console', state: 'pass' });
    const then = await ask({ at: days.third });
    expect(then?.state).toBe('not-assessed');
    const reasons = then?.answers.map(({ reason }) => reason);
    expect(reasons).toContain('No document “Review of trusted sources” held then.');
  });
});

describe('days of who sees a part', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1', ['prod']);
    await at.join('pier-1', ['dev']);
    await at.run('quay-1', 'shop', { application: 'shop' });
    await at.run('pier-1', 'mail', { application: 'mail' });
    for (const [id, selects] of [
      ['development', { environments: ['dev'] }],
      ['mail', { applications: ['mail'] }],
      ['piers', { hosts: ['pier-*'] }],
    ] as const)
      await at.store
        .query(accessSchema)
        .insertInto('collection')
        .values({ id, name: id, description: '', environment: null, selects: JSON.stringify(selects) })
        .execute();
    await at.look();
    await at.pass(24 * 60);
    await at.look();
  });
  afterAll(async () => await at.close());

  const nist = { template: 'nist-800-190' };
  const ask = async (query: object, collections?: readonly string[]) => {
    const principal = userNamed('eve', ['read'], collections);
    const { controls, daysMissing } = await at.ask(getTemplateEvidence, { params: nist, query }, principal);
    const one = await at.ask(getControl, { params: { ...nist, control: '4.4.3' }, query }, principal);
    const days = controls.find(({ id }) => id === '4.4.3')?.days;
    expect([one.days, one.daysMissing]).toEqual([days, daysMissing]);
    return { days, daysMissing };
  };

  test('are those of the environment or application that is all of it', async () => {
    const whole = await ask({});
    expect(whole.days?.map(({ day }) => day)).toEqual(['2026-11-24', '2026-11-25']);
    expect(whole.daysMissing).toBeUndefined();
    const [inDev, ofMail] = [await ask({ environment: 'dev' }), await ask({ application: 'mail' })];
    expect(inDev.days).toHaveLength(2);
    expect(await ask({}, ['development'])).toEqual(inDev);
    expect(await ask({ environment: 'dev' }, ['development', 'piers'])).toEqual(inDev);
    expect(await ask({}, ['mail'])).toEqual(ofMail);
  });

  test('are none where another part is seen, and it is said why', async () => {
    const missing = { days: [], daysMissing: expect.stringContaining('your collections hold another part') };
    expect(await ask({}, ['piers'])).toEqual(missing);
    expect(await ask({}, ['development', 'mail'])).toEqual(missing);
    expect(await ask({ environment: 'prod' }, ['development'])).toEqual(missing);
    expect(await ask({ environment: 'dev', application: 'mail' })).toEqual({
      days: [],
      daysMissing: expect.stringContaining('Choose only one of the two'),
    });
  });

  test('go up to the day that is looked at', async () => {
    const { days } = await ask({ at: '2026-11-24T23:59:59Z' });
    expect(days?.map(({ day }) => day)).toEqual(['2026-11-24']);
    const later = new Date(at.now().getTime() + 29 * 86_400_000).toISOString();
    const { controls } = await at.ask(getTemplateEvidence, { params: nist, query: { at: later } });
    expect(controls[0]?.days.map(({ day }) => day)).toEqual(['2026-11-25']);
    const { days: ofYear } = await at.ask(getControl, {
      params: { ...nist, control: '4.4.3' },
      query: { at: later },
    });
    expect(ofYear).toHaveLength(2);
  });
});
