import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjectNamed } from '#inventory/console/testing.ts';
import { createProvenance } from '#provenance/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import { ada } from '#provenance/console/testing.ts';
import { putApprovedBase } from '#provenance/contract.ts';
import { decide } from '../decide.ts';
import { listAdmissionRules, putAdmissionRule, replayAdmissionRule } from '../contract.ts';
import { readTroubles } from './ledger-troubles.ts';
import { complianceRules, complianceSchema } from '#compliance/console/index.ts';
import { lastComplianceRule } from '#compliance/contract.ts';
import { admissionSchema } from './schema.ts';
import { digestNamed, openTestAdmission, ruleText, type TestAdmission } from './testing.ts';

const hour = 60 * 60_000;
const own = digestNamed('seawall-console');

describe('the ledger of a host', () => {
  let test: TestAdmission;
  beforeAll(async () => {
    test = await openTestAdmission([own]);
    await test.host('prod-1');
    await test.host('dev-1', ['test']);
    await test.host('none-1');
    await test.publish('old:1', '8.0-1');
    await test.publish('new:1', '8.1-1');
    for (const host of ['prod-1', 'dev-1', 'none-1']) await test.lay('old:1', host);
    await test.lay('new:1', 'prod-1');
  });
  afterAll(() => test.close());

  const put = async (more: Parameters<typeof ruleText>[0], id = 'default'): Promise<void> => {
    const { rules } = await test.ask(listAdmissionRules, {});
    const basedOn = rules.find(({ rule }) => rule.id === id)?.rule.version ?? 0;
    await test.ask(putAdmissionRule, { params: { id }, body: { rule: ruleText(more), basedOn } });
    await test.admission.followRules();
  };
  beforeEach(() => put({ name: 'Default' }));
  const entry = async (host: string, image: string, environment?: string) =>
    (await test.ledger(host)).entries.find(
      (one) => one.digest === digestNamed(image) && one.environment === environment,
    );

  it('says what the rule makes of each verdict, with the sentence that a refused caller reads', async () => {
    expect(await entry('prod-1', 'old:1', 'prod')).toMatchObject({
      answer: 'deny',
      effect: 'block',
      cause: 'verdict',
      rule: { id: 'default', name: 'Default' },
      evidence: [expect.stringContaining('CVE-2026-1 in curl 8.0-1')],
      reason: expect.stringMatching(
        /^It breaks the policy ".+" in prod: CVE-2026-1 in curl.* Upgrade curl from 8\.0-1 to 8\.1\.$/,
      ),
    });
    expect(await entry('prod-1', 'new:1', 'prod')).toMatchObject({ answer: 'allow', effect: 'ignore', evidence: [] });
    await put({ name: 'Default', fail: 'alert' });
    expect(await entry('prod-1', 'old:1', 'prod')).toMatchObject({ answer: 'allow', effect: 'alert' });
  });

  it('says of settings what compliance rules say, and the same once more for agents of the release before', async () => {
    const settings = [{ kind: 'privileged', effect: 'block' }] as const;
    const saved = await test.store.transaction(async (transaction) => {
      const text = { ...lastComplianceRule, id: 'default', lines: [], settings, agentAway: 'deny' } as const;
      return await complianceRules.addVersion(transaction, text, { now: test.now() });
    });
    await test.admission.followRules();
    const { rules, settings: said } = await test.ledger('prod-1');
    const { version, name } = saved;
    expect(said).toEqual([{ id: 'default', version, name, state: 'on', settings, agentAway: 'deny' }]);
    expect(rules).toMatchObject([{ id: 'default', settings, agentAway: 'deny' }]);
    for (const table of ['place', 'rule'] as const)
      await test.store.query(complianceSchema).deleteFrom(table).execute();
  });

  it('carries the approved bases where a rule asks what builds stand on', async () => {
    const key = randomBytes(32);
    const dependencies = { store: test.store, clock: test.now, masterKey: () => key, usedBy: async () => [] };
    const diffIds = [subjectNamed('lowest')];
    const body = { name: 'Debian', from: { kind: 'layers', diffIds } } as never;
    const saved = { endpoint: putApprovedBase, input: { params: { id: 'debian' }, body }, principal: ada };
    await answerOf(createProvenance(dependencies).routes, saved);
    expect((await test.ledger('prod-1')).bases).toBeUndefined();
    await put({ name: 'Default', builds: 'approved-base' });
    expect((await test.ledger('prod-1')).bases).toEqual([{ name: 'Debian', diffIds }]);
  });

  it('holds each environment where a container may stand, and nothing of images that lie elsewhere', async () => {
    expect((await test.ledger('dev-1')).entries.map(({ digest, environment }) => [digest, environment])).toEqual([
      [own, 'dev'],
      [own, 'test'],
      [digestNamed('old:1'), 'dev'],
      [digestNamed('old:1'), 'test'],
    ]);
    expect(await entry('none-1', 'old:1')).toMatchObject({ answer: 'deny' });
    expect(await entry('dev-1', 'new:1', 'dev')).toBeUndefined();
  });

  it('refuses in one environment what another one starts, by the collections of rules', async () => {
    await test.collection('production', { environments: ['prod'] });
    await put({ name: 'Default', fail: 'ignore' });
    await put({ name: 'Prod only', collections: ['production'] }, 'prod-only');
    expect(await entry('prod-1', 'old:1', 'prod')).toMatchObject({ answer: 'deny', rule: { id: 'prod-only' } });
    expect(await entry('dev-1', 'old:1', 'dev')).toMatchObject({ answer: 'allow', effect: 'ignore' });
    expect((await test.ledger('dev-1')).collections.map(({ id }) => id)).toEqual(['production']);
    await expect(test.admission.usersOfCollection('production')).resolves.toEqual(['admission rule "Prod only"']);
  });

  it('refuses an image by what a compliance rule blocks, and carries the rules for containers', async () => {
    await put({ name: 'Default', fail: 'alert' });
    expect((await test.ledger('prod-1')).compliance).toBeUndefined();
    const lines = ['IMG-001', 'CTR-001'].map((id) => ({ checks: { by: 'check', id }, effect: 'block' }));
    // These scans have no facts for checks of images.
    await haveRule({ name: 'Hardened', state: 'on', lines, notAssessed: 'block', running: 'alert' });
    expect(await entry('dev-1', 'old:1', 'dev')).toMatchObject({
      answer: 'deny',
      effect: 'block',
      by: 'compliance',
      cause: 'verdict',
      rule: { id: 'default', name: 'Hardened' },
      evidence: expect.arrayContaining(['1 check not assessed: the scan is older than compliance facts.']),
      reason:
        'It breaks the compliance rule "Hardened": 1 check not assessed: the scan is older than compliance facts. ' +
        'Scan the image again; hosts do so by themselves.',
    });
    const { compliance } = await test.ledger('dev-1');
    expect(compliance?.rules).toMatchObject([{ id: 'default', lines: [{ checks: { id: 'CTR-001' } }] }]);
    expect(compliance?.customChecks).toBeUndefined();
    const text = {
      title: 'Own',
      why: 'Why',
      remedy: { docker: 'Ours' },
      severity: 'high',
      nist: [],
      expression: 'true',
    };
    const written = ['container', 'image'].map((subject) => ({ ...text, subject }));
    for (const body of written)
      await sql`insert into compliance.custom_check (id, version, body, saved_at, saved_by)
        values (${`custom-${body.subject}`}, 1, ${JSON.stringify(body)}::json, now(), 'ada')`.execute(
        test.store.query(complianceSchema),
      );
    const named = ['custom-container', 'custom-image'].map((id) => ({ checks: { by: 'check', id }, effect: 'block' }));
    await haveRule({ name: 'Own', state: 'on', lines: named, notAssessed: 'alert', running: 'alert' });
    const withOwn = (await test.ledger('dev-1')).compliance;
    expect(withOwn?.rules[0]?.lines).toMatchObject([{ checks: { id: 'custom-container' } }]);
    expect(withOwn?.customChecks).toEqual([{ ...text, subject: 'container', id: 'custom-container', version: 1 }]);
    await haveRule({ name: 'Hardened', state: 'on', lines, notAssessed: 'block', running: 'alert' });
    await put({ name: 'Default', fail: 'block' });
    const refused = await entry('dev-1', 'old:1', 'dev');
    expect(refused).toMatchObject({ answer: 'deny', rule: { name: 'Default' } });
    expect(refused?.by).toBeUndefined();
    await put({ name: 'Default', fail: 'alert' });
    await haveRule({ name: 'Off', state: 'on', lines: [], notAssessed: 'block', running: 'alert' });
    expect(await entry('dev-1', 'old:1', 'dev')).toMatchObject({ answer: 'allow', effect: 'alert' });
    expect((await test.ledger('dev-1')).compliance).toBeUndefined();
  });

  const haveRule = async (text: object): Promise<void> => {
    const database = test.store.query(complianceSchema);
    await sql`insert into compliance.rule (id, version, rule, saved_at)
      select 'default', 1 + count(*), ${JSON.stringify(text)}::json, now() from compliance.rule`.execute(database);
    await sql`insert into compliance.place values ('default', 1) on conflict do nothing`.execute(database);
    for (const image of ['old:1', 'new:1']) await test.policy.judgeSubject({ subject: subjectNamed(image) });
    await test.admission.followRules();
  };

  it('lets the images of the product start whatever the rules say', async () => {
    const ledger = await test.ledger('prod-1');
    const answer = decide({ digest: own, environment: 'prod' }, { ledger, breakGlass: [], now: test.now() });
    expect(answer).toMatchObject({ kind: 'known', entry: { answer: 'allow', cause: 'own-image' } });
  });

  it('names an image by the ids of the engine, and by none that two images share', async () => {
    const [manifest, shared] = [subjectNamed('manifest of old'), subjectNamed('shared')];
    await test.lay('old:1', 'prod-1', [manifest]);
    expect(await entry('prod-1', 'old:1', 'prod')).toMatchObject({ aliases: [manifest] });
    await test.publish('twin:1', '8.1-1');
    await test.host('prod-2');
    await test.lay('old:1', 'prod-2', [digestNamed('twin:1'), shared]);
    await test.lay('twin:1', 'prod-2');
    expect(await entry('prod-2', 'old:1', 'prod')).toMatchObject({ aliases: [shared] });
  });

  it('has no entry for what nobody judged', async () => {
    await test.lay('unscanned:1', 'prod-1');
    expect(await entry('prod-1', 'unscanned:1', 'prod')).toBeUndefined();
    await test.publish('unscanned:1', '8.1-1');
    expect(await entry('prod-1', 'unscanned:1', 'prod')).toMatchObject({ answer: 'allow' });
  });

  it('rises only when something of this host changed, and holds a day from half of that on', async () => {
    const before = await test.ledger('dev-1');
    await test.publish('new:1', '8.0-9');
    await test.admission.followHost({ host: 'dev-1' });
    expect((await test.ledger('dev-1')).sequence).toBe(before.sequence);
    test.turnTo(new Date(test.now().getTime() + 11 * hour));
    expect((await test.ledger('dev-1')).sequence).toBe(before.sequence);
    test.turnTo(new Date(test.now().getTime() + 2 * hour));
    const after = await test.ledger('dev-1');
    expect(after.sequence).toBe(before.sequence + 1);
    expect(Date.parse(after.expiresAt) - test.now().getTime()).toBe(24 * hour);
  });

  it('wakes the agent that waits within a second of a verdict', async () => {
    const { sequence } = await test.ledger('prod-1');
    const waiting = test.ledger('prod-1', { known: sequence, wait: 20 });
    const far = test.ledger('dev-1', { known: (await test.ledger('dev-1')).sequence, wait: 2 });
    await test.publish('other:1', '8.0-1');
    const started = performance.now();
    await test.lay('other:1', 'prod-1');
    expect((await waiting).entries.some(({ digest }) => digest === digestNamed('other:1'))).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
    expect((await far).entries.some(({ digest }) => digest === digestNamed('other:1'))).toBe(false);
  });

  it('follows a host that moves to another environment', async () => {
    await test.host('dev-1', ['test', 'stage']);
    await test.policy.judgeSubject({ subject: subjectNamed('old:1') });
    await test.admission.followSubjects([{ subject: subjectNamed('old:1') }]);
    expect(await entry('dev-1', 'old:1', 'stage')).toMatchObject({ answer: 'deny' });
  });

  it('rises above what the agent has when the store came back from a backup', async () => {
    const { sequence } = await test.ledger('prod-1');
    expect((await test.ledger('prod-1', { known: sequence + 40 })).sequence).toBe(sequence + 41);
    await expect(test.ledger('never-1')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('does not use up the numbers of a host for an agent that makes one up', async () => {
    const { sequence } = await test.ledger('prod-1');
    for (const known of [Number.MAX_SAFE_INTEGER, sequence + 10_000_001])
      await expect(test.ledger('prod-1', { known })).rejects.toMatchObject({ code: 'bad-request' });
    expect((await test.ledger('prod-1')).sequence).toBe(sequence);
  });

  it('is tried before a rule is saved: what would be refused, and of what runs', async () => {
    await put({ name: 'Default', fail: 'alert' });
    const tried = await test.ask(replayAdmissionRule, { body: { rule: ruleText({ name: 'Default' }), id: 'default' } });
    expect(tried.denied).toBeGreaterThanOrEqual(4);
    expect(tried.examples).toContainEqual(
      expect.objectContaining({ image: 'old:1', environment: 'dev', was: 'alerted', would: 'refused' }),
    );
    const scoped = ruleText({ name: 'Prod only', collections: ['production'], fail: 'alert' });
    const inProd = await test.ask(replayAdmissionRule, { body: { rule: scoped, id: 'prod-only' } });
    expect(inProd).toMatchObject({ denied: 0, running: 0 });
    expect(new Set(inProd.examples.map(({ environment }) => environment))).toEqual(new Set(['prod']));
    expect(inProd.examples).toContainEqual(
      expect.objectContaining({ image: 'old:1', was: 'refused', would: 'alerted' }),
    );
  });
});

describe('a ledger that cannot be made', () => {
  let test: TestAdmission;
  const first = Array.from({ length: 45 }, (_, index) => `prod-${String(index).padStart(2, '0')}`);
  const broken = 'prod-05';

  beforeAll(async () => {
    test = await openTestAdmission();
    for (const host of first) {
      await test.host(host);
      await test.ledger(host);
    }
  });
  afterAll(() => test.close());

  const sequences = async () => {
    const rows = await test.store.query(admissionSchema).selectFrom('ledger').select(['host', 'sequence']).execute();
    return new Map(rows.map(({ host, sequence }) => [host, sequence]));
  };
  const troubles = async () => [...(await readTroubles(test.store))].map(([host, trouble]) => ({ host, ...trouble }));

  it('keeps no other host from its own, is shown, and is tried again until it goes out', async () => {
    const database = test.store.query(admissionSchema);
    await sql`create function admission.refuse() returns trigger language plpgsql
      as $$ begin raise exception 'The disk of % is full.', new.host; end $$`.execute(database);
    await sql`create trigger refuse before insert or update on admission.ledger for each row
      when (new.host = ${sql.lit(broken)}) execute function admission.refuse()`.execute(database);
    const body = { rule: ruleText({ name: 'Default', fail: 'alert' }), basedOn: 1 };
    await test.ask(putAdmissionRule, { params: { id: 'default' }, body });
    await test.admission.followRules().catch(() => undefined);
    const after = await sequences();
    expect(first.filter((host) => after.get(host) !== 2)).toEqual([broken]);
    const since = test.now().toISOString();
    expect(await troubles()).toEqual([{ host: broken, since, reason: 'The disk of prod-05 is full.' }]);
    test.turnTo(new Date(test.now().getTime() + 60_000));
    await test.admission.publishDue();
    expect(await troubles()).toMatchObject([{ host: broken, since }]);
    await sql`drop trigger refuse on admission.ledger`.execute(database);
    await test.admission.publishDue();
    expect((await sequences()).get(broken)).toBe(2);
    expect(await troubles()).toEqual([]);
  });
});
