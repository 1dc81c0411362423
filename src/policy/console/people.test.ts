import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { subjectNamed } from '#inventory/console/testing.ts';
import * as api from '../contract.ts';
import type { PolicyText } from '../contract.ts';
import { judgeAgain } from './judge-again.ts';
import { putDefaultInForce } from './policy-list.ts';
import { policySchema } from './schema.ts';
import { productionPolicy } from '../settings.ts';
import { ada, bob, openTestPolicy, type TestPolicy } from './testing.ts';
import { readVerdict, readVerdicts } from './verdicts.ts';

const day = 24 * 60 * 60_000;
const limit = { kind: 'severity', threshold: { by: 'severity', severity: 'medium' } } as const;
const blocking = { ...limit, onlyFixed: false, unrated: 'block', effect: 'block' } as const;
const strict: PolicyText = { name: 'Strict', collections: ['prod'], rules: [blocking] };
const lax: PolicyText = { name: 'Lax', rules: [] };
const component = { type: 'deb', name: 'curl', version: '8.0' } as const;

describe('rules that people set', () => {
  let at: TestPolicy;

  beforeAll(async () => {
    at = await openTestPolicy();
    await at.collection('prod', { environments: ['prod'] });
    await at.publish('shop:1', '8.0');
    await at.publish('wiki:1', '8.1');
    await at.run('shop:1', 'prod');
    await at.run('shop:1', 'dev');
    await at.run('wiki:1', 'prod');
  });
  afterAll(async () => await at.close());

  async function kinds(image: string): Promise<Readonly<Record<string, string>>> {
    const verdicts = await readVerdicts(at.store, subjectNamed(image));
    return Object.fromEntries(
      verdicts.map(({ environment = '', verdict }) => [environment, `${verdict.policy.id} ${verdict.kind}`]),
    );
  }

  async function save(id: string, policy: PolicyText, by = ada): Promise<api.Policy> {
    const before = (await at.ask(api.listPolicies, {})).policies.find(({ policy: one }) => one.id === id);
    const body = { policy: policy as never, basedOn: before?.policy.version ?? 0 };
    const saved = await at.ask(api.putPolicy, { params: { id }, body }, by);
    await at.policy.renewVerdicts();
    return saved.policy;
  }

  async function actions(): Promise<readonly string[]> {
    const rows = await at.store.query(accessSchema).selectFrom('audit').select('action').orderBy('sequence').execute();
    return rows.map(({ action }) => action);
  }

  test('judge each subject where it lies, and are in force once saved', async () => {
    expect(await kinds('shop:1')).toEqual({ dev: 'production fail', prod: 'production fail' });
    await save('production', { ...lax, name: 'Default' });
    expect(await kinds('shop:1')).toEqual({ dev: 'production pass', prod: 'production pass' });
    await save('strict', strict);
    expect(await kinds('shop:1')).toEqual({ dev: 'production pass', prod: 'strict fail' });
    expect(await kinds('wiki:1')).toEqual({ prod: 'strict pass' });
    const { policies } = await at.ask(api.listPolicies, {});
    expect(
      policies.map(({ policy: { id, version }, savedBy, hits, inScope }) => ({ id, version, savedBy, hits, inScope })),
    ).toEqual([
      {
        id: 'strict',
        version: 1,
        savedBy: 'ada',
        hits: { pass: 1, fail: 1, cannotJudge: 0, violations: 1 },
        inScope: 2,
      },
      {
        id: 'production',
        version: 2,
        savedBy: 'ada',
        hits: { pass: 1, fail: 0, cannotJudge: 0, violations: 0 },
        inScope: 2,
      },
    ]);
    expect((await actions()).filter((action) => action === 'policy-saved')).toHaveLength(2);
  });

  test('of a person outlast a start, those of a setting follow it', async () => {
    await putDefaultInForce(at.store, productionPolicy(30), at.now());
    const versions = await at.ask(api.listPolicyVersions, { params: { id: 'production' } });
    expect(versions.versions.map(({ policy, savedBy }) => [policy.version, policy.name, savedBy])).toEqual([
      [2, 'Default', 'ada'],
      [1, 'Nothing rated Medium or higher', 'console'],
    ]);
  });

  test.each([
    ['an older version', 'production', { ...lax, name: 'x' }, 'conflict'],
    ['a collection that does not exist', 'new', { ...lax, collections: ['gone'] }, 'bad-request'],
    ['no collection at all', 'new', { ...lax, collections: [] }, 'bad-request'],
    [
      'an expression that cannot be read',
      'new',
      { ...lax, rules: [{ kind: 'custom', on: 'image', expression: '1 +', message: 'm', effect: 'block' }] },
      'bad-request',
    ],
    ['the last policy turned off', 'production', { ...lax, state: 'off' }, 'bad-request'],
    ['the last policy with a scope', 'production', { ...lax, collections: ['prod'] }, 'bad-request'],
  ] as const)('refuse %s', async (...[, id, policy, code]) => {
    const body = { policy: policy as never, basedOn: id === 'new' || code === 'conflict' ? 0 : 2 };
    await expect(at.ask(api.putPolicy, { params: { id }, body })).rejects.toMatchObject({ code });
  });

  test('name where an expression is wrong', async () => {
    const rules = [{ kind: 'custom', on: 'image', expression: 'true &&\n image.nope', message: 'm', effect: 'block' }];
    const asked = at.ask(api.putPolicy, {
      params: { id: 'new' },
      body: { policy: { ...lax, rules } as never, basedOn: 0 },
    });
    await expect(asked).rejects.toThrow('rules.0.expression: Line 2, column 7: image has no field nope.');
  });

  test('count what the reader sees, and are shown where they concern the reader', async () => {
    const partly = userNamed('eve', ['read'], ['prod']);
    const { policies } = await at.ask(api.listPolicies, {}, partly);
    expect(policies.map(({ inScope }) => inScope)).toEqual([2, 2]);
    const nothing = userNamed('mallory', ['read'], []);
    const seen = await at.ask(api.listPolicies, {}, nothing);
    expect(seen.policies.map(({ policy, inScope, hits }) => [policy.id, inScope, hits.fail])).toEqual([
      ['production', 0, 0],
    ]);
  });

  test('stand in an order, the last one last', async () => {
    await save('other', { ...strict, name: 'Other', rules: [] });
    expect(await kinds('shop:1')).toMatchObject({ prod: 'strict fail' });
    await at.ask(api.orderPolicies, { body: { order: ['other', 'strict', 'production'] } });
    await at.policy.renewVerdicts();
    expect(await kinds('shop:1')).toMatchObject({ prod: 'other pass' });
    for (const order of [
      ['production', 'other', 'strict'],
      ['other', 'production'],
      ['other', 'other', 'production'],
    ])
      await expect(at.ask(api.orderPolicies, { body: { order } })).rejects.toMatchObject({ code: 'bad-request' });
    await at.ask(api.deletePolicy, { params: { id: 'other' } });
    await at.policy.renewVerdicts();
    expect(await kinds('shop:1')).toMatchObject({ prod: 'strict fail' });
    await expect(at.ask(api.deletePolicy, { params: { id: 'production' } })).rejects.toMatchObject({
      code: 'built-in',
    });
    expect(await at.policy.usersOfCollection('prod')).toEqual(['policy "Strict"']);
  });

  test('judge nothing again for which nothing changes', async () => {
    const stamps = async () => await at.store.query(policySchema).selectFrom('judging').select('judged_at').execute();
    const before = await stamps();
    at.turnTo(new Date(at.now().getTime() + 1000));
    await save('unused', { ...lax, collections: ['prod'] });
    await at.policy.judgeSubject({ subject: subjectNamed('shop:1') });
    expect(await stamps()).toEqual(before);
    await at.ask(api.deletePolicy, { params: { id: 'unused' } });
  });

  test('saved while a scan is judged judge it too', async () => {
    const which = await at.publish('late:1', '8.0');
    await Promise.all([
      ...Array.from({ length: 5 }, async () => await at.policy.judgeScan(which)),
      save('production', { ...lax, name: 'Default', rules: [blocking] }),
    ]);
    expect((await readVerdict(at.store, which.scan))?.verdict.kind).toBe('fail');
    await save('production', { ...lax, name: 'Default' });
    expect((await readVerdict(at.store, which.scan))?.verdict.kind).toBe('pass');
  });

  test('tried by replay give what saving gives', async () => {
    const severity = fc.constantFrom('low', 'medium', 'high', 'critical');
    const rule = fc.oneof(
      fc.record({
        kind: fc.constant('severity'),
        threshold: fc.record({ by: fc.constant('severity'), severity }),
        onlyFixed: fc.boolean(),
        unrated: fc.constantFrom('block', 'alert', 'ignore'),
        effect: fc.constantFrom('block', 'alert'),
      }),
      fc.record({
        kind: fc.constant('package'),
        deny: fc.constant([{ name: 'curl', below: '8.1', why: '' }]),
        effect: fc.constant('block'),
      }),
      fc.record({
        kind: fc.constant('custom'),
        on: fc.constant('image'),
        expression: fc.constantFrom('image.environment == "prod"', 'image.createdDays > 3'),
        message: fc.constant('m'),
        effect: fc.constant('block'),
      }),
    );
    const edits = fc.record(
      {
        name: fc.constant('Edited'),
        collections: fc.constant(['prod']),
        state: fc.constantFrom('on', 'off'),
        rules: fc.array(rule, { maxLength: 2 }),
      },
      { requiredKeys: ['name', 'rules'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('strict', 'fresh'), edits, async (id, edited) => {
        const policy = edited as PolicyText;
        const replayed = await at.ask(api.replayPolicy, { params: { id }, body: { policy: policy as never } });
        const before = await running(at);
        await save(id, policy);
        const after = await running(at);
        expect(replayed.running.judged).toBe(3);
        expect(kindsIn(replayed.running.before)).toEqual(kindsOf(before));
        expect(kindsIn(replayed.running.after)).toEqual(kindsOf(after));
        const changed = [...after].filter(([key, kind]) => before.get(key) !== kind);
        const reported = replayed.changes.filter(({ environment }) => environment !== undefined);
        expect(
          new Map(reported.map(({ subject, environment, after: kind }) => [`${subject} ${environment}`, kind])),
        ).toEqual(new Map(changed));
      }),
      { numRuns: 10 },
    );
    await at.ask(api.deletePolicy, { params: { id: 'fresh' } }).catch(() => undefined);
    await save('strict', strict);
  });
});

async function running(at: TestPolicy): Promise<ReadonlyMap<string, string>> {
  const rows = await at.store.query(policySchema).selectFrom('judging').selectAll().where('runs', '=', true).execute();
  return new Map(rows.map(({ subject, environment, kind }) => [`${subject} ${environment}`, kind]));
}

function kindsOf(verdicts: ReadonlyMap<string, string>): readonly number[] {
  return ['pass', 'fail', 'cannot-judge'].map((kind) => [...verdicts.values()].filter((one) => one === kind).length);
}

function kindsIn({
  pass,
  fail,
  cannotJudge,
}: {
  readonly pass: number;
  readonly fail: number;
  readonly cannotJudge: number;
}): readonly number[] {
  return [pass, fail, cannotJudge];
}

describe('exceptions', () => {
  let at: TestPolicy;

  beforeAll(async () => {
    at = await openTestPolicy();
    await at.collection('prod', { environments: ['prod'] });
    await at.publish('shop:1', '8.0');
    await at.run('shop:1', 'prod');
  });
  afterAll(async () => await at.close());

  async function request(by: Principal = ada, more: object = {}): Promise<api.Exception> {
    const expiresAt = new Date(at.now().getTime() + 10 * day).toISOString();
    const body = {
      advisory: 'CVE-2026-1',
      package: component,
      reason: 'mitigated',
      explanation: 'No network.',
      expiresAt,
    };
    return (await at.ask(api.requestException, { body: { ...body, ...more } as never }, by)).exception;
  }

  async function decide(id: string, by: Principal, decision: 'approve' | 'deny' = 'approve'): Promise<api.Exception> {
    const { exception } = await at.ask(api.decideException, { params: { id }, body: { decision } }, by);
    await at.policy.renewVerdicts();
    return exception;
  }

  async function kind(image: string): Promise<string | undefined> {
    return (await readVerdicts(at.store, subjectNamed(image)))[0]?.verdict.kind;
  }

  async function listed(id: string): Promise<api.Exception | undefined> {
    return (await at.ask(api.listExceptions, {})).exceptions.find((one) => one.id === id);
  }

  test('are decided by another person than the one who asked', async () => {
    const { id } = await request();
    await expect(decide(id, ada)).rejects.toMatchObject({ code: 'own-exception' });
    for (const owner of ['ada', null]) {
      const token = await tokenOf(at, owner);
      await expect(decide(id, token)).rejects.toMatchObject({ code: 'own-exception' });
    }
    expect(await kind('shop:1')).toBe('fail');
    expect(await decide(id, await tokenOf(at, 'bob'))).toMatchObject({ state: 'approved' });
    expect(await kind('shop:1')).toBe('pass');
    expect(await listed(id)).toMatchObject({ state: 'approved', appliesTo: 1 });
    await expect(decide(id, bob)).rejects.toMatchObject({ code: 'conflict' });
    await at.ask(api.cancelException, { params: { id } });
  });

  test('say before they are decided to how many images they would apply', async () => {
    const preview = async (more: Partial<api.Exception>, by = ada) => {
      const body = { advisory: 'CVE-2026-1', package: component, ...more };
      return (await at.ask(api.previewException, { body: body as never }, by)).images;
    };
    expect(await preview({})).toBe(1);
    expect(await preview({ advisory: 'CVE-2026-2' })).toBe(0);
    expect(await preview({ package: { ...component, version: '8.0.5' } })).toBe(0);
    expect(await preview({ collections: [] })).toBe(0);
    expect(await preview({}, userNamed('eve', ['read'], ['elsewhere']))).toBe(0);
    const { id, wouldApplyTo } = await request();
    expect([wouldApplyTo, (await listed(id))?.wouldApplyTo, (await listed(id))?.appliesTo]).toEqual([1, 1, 0]);
    await decide(id, bob);
    expect(await listed(id)).toMatchObject({ state: 'approved', appliesTo: 1 });
    const { exceptions, counts } = await at.ask(api.listExceptions, { query: { limit: 0 } });
    expect([exceptions, counts.approved]).toEqual([[], 1]);
    await at.ask(api.cancelException, { params: { id } });
    await at.policy.renewVerdicts();
  });

  test('asked for by a token are not decided by its person', async () => {
    const token = await tokenOf(at, 'bob');
    const { id } = await request(token);
    await expect(decide(id, bob)).rejects.toMatchObject({ code: 'own-exception' });
    expect(await decide(id, ada, 'deny')).toMatchObject({ state: 'denied' });
    expect(await kind('shop:1')).toBe('fail');
  });

  test('end at once when they are cancelled, and by themselves in time', async () => {
    const first = await request();
    await decide(first.id, bob);
    expect(await kind('shop:1')).toBe('pass');
    const stranger = userNamed('eve', ['request-exceptions']);
    await expect(at.ask(api.cancelException, { params: { id: first.id } }, stranger)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await at.ask(api.cancelException, { params: { id: first.id } });
    await at.policy.renewVerdicts();
    expect(await kind('shop:1')).toBe('fail');
    const second = await request(ada, { expiresAt: new Date(at.now().getTime() + 60_000).toISOString() });
    await decide(second.id, bob);
    expect(await kind('shop:1')).toBe('pass');
    at.turnTo(new Date(at.now().getTime() + 61_000));
    await judgeAgain({ store: at.store, clock: () => at.now() });
    expect(await kind('shop:1')).toBe('fail');
    expect(await listed(second.id)).toMatchObject({ state: 'expired', appliesTo: 0 });
  });

  test('hold on new digests while the component is unchanged, within their scope', async () => {
    const { id } = await request(ada, { collections: ['prod'] });
    await decide(id, bob);
    await at.publish('shop:2', '8.0');
    await at.run('shop:2', 'prod');
    await at.publish('shop:3', '8.0.5');
    await at.run('shop:3', 'prod');
    await at.publish('shop:4', '8.0');
    await at.run('shop:4', 'dev');
    expect([await kind('shop:2'), await kind('shop:3'), await kind('shop:4')]).toEqual(['pass', 'fail', 'fail']);
    expect(await listed(id)).toMatchObject({ appliesTo: 2 });
    expect(await listed(id)).not.toHaveProperty('wouldApplyTo');
    expect(await at.policy.usersOfCollection('prod')).toEqual(['an exception for CVE-2026-1']);
  });

  test('are asked for within what one sees, with an end to come, and all is on the trail', async () => {
    const partly = userNamed('eve', ['read', 'request-exceptions'], ['prod']);
    await expect(request(partly)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await request(partly, { collections: ['prod'] })).toMatchObject({ state: 'requested' });
    await expect(request(ada, { expiresAt: at.now().toISOString() })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(request(ada, { collections: ['gone'] })).rejects.toMatchObject({ code: 'bad-request' });
    const { counts, total } = await at.ask(api.listExceptions, { query: { state: 'requested' } });
    expect([total, counts]).toEqual([1, { requested: 1, approved: 1, denied: 1, cancelled: 3, expired: 1 }]);
    const found = async (query: object): Promise<number> => (await at.ask(api.listExceptions, { query })).total;
    expect(await found({ search: 'cve-2026' })).toBe(7);
    expect(await found({ search: 'EVE' })).toBe(1);
    expect(await found({ search: 'nobody' })).toBe(0);
    expect(await found({ reason: 'other' })).toBe(0);
    expect(await found({ since: new Date(at.now().getTime() + 1000).toISOString() })).toBe(0);
    const rows = await at.store.query(accessSchema).selectFrom('audit').select('action').execute();
    const said = Map.groupBy(rows, ({ action }) => action);
    expect(Object.fromEntries([...said].map(([action, of]) => [action, of.length]))).toEqual({
      'exception-requested': 7,
      'exception-approved': 5,
      'exception-denied': 1,
      'exception-cancelled': 3,
    });
  });
});

async function tokenOf(at: TestPolicy, owner: string | null): Promise<Principal> {
  const id = randomUUID();
  await sql`insert into access.token (id, secret_hash, name, role, created_by, created_at, owner)
    values (${id}, ${Buffer.from(id)}, 'ci', 'operator', 'x', now(), ${owner})`.execute(at.store.query(accessSchema));
  return { kind: 'token', id, name: 'ci', permissions: ['request-exceptions', 'approve-exceptions'] };
}
