import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import type { Principal } from '#http/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import * as api from '../contract.ts';
import { itemKeyOf } from '../item-key.ts';
import { modelIdIn } from '../model-id.ts';
import { readModel } from './models.ts';
import { subjectOf } from './parts.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, containerNamed, detection, digestNamed, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const start = Date.UTC(2026, 10, 24);
const after = (hours: number): Date => new Date(start + hours * 3_600_000);
const web = 'shop/web:1';
const inEnvironment = (environment: string, image = web): string => modelIdIn(keyNamed(image), environment);

describe('what one agent says teaches nobody else', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());
  beforeEach(async () => {
    at.turnTo(after(12));
    await sql`truncate runtime.model, runtime.running, runtime.detection, runtime.incident, runtime.rule, runtime.place,
      inventory.host, catalog.subject, catalog.scan, store.unclaimed_fact, access.collection cascade`.execute(
      at.store.query(runtimeSchema),
    );
    await at.renewRules();
  });

  /** Entries of a model as `path state`. */
  async function entries(environment: string, image = web): Promise<readonly string[]> {
    const model = await readModel(at.store, inEnvironment(environment, image));
    return (model?.evidence.items ?? []).map(({ fact, state }) => `${fact.path} ${state}`);
  }

  async function scan(image: string, paths: readonly string[]): Promise<void> {
    const hash = (algorithm: string, path: string) => createHash(algorithm).update(path).digest();
    const ordered = paths.toSorted();
    const executables = {
      format: 1,
      isComplete: true,
      paths: ordered,
      kinds: ordered.map(() => 'o').join(''),
      sizes: ordered.map(() => 1),
      modes: ordered.map(() => 0o755),
      layers: ordered.map(() => 0),
      hashes: Buffer.concat(ordered.flatMap((path) => [hash('sha256', path), hash('md5', path)])).toString('base64'),
      packages: [],
      owners: ordered.map(() => -1),
      elf: [],
      elfRows: [],
    } as const;
    const { catalog, ...usual } = imageScan({ content: image, names: [image], packages: [debianPackage('a', '1')] });
    await publishTo(at.store, { ...usual, catalog: { ...catalog, executables } }, { clock: at.now });
  }

  async function save(id: string, more: Partial<api.RuntimeRuleText> = {}): Promise<void> {
    const { rules } = await at.ask(api.listRuntimeRules, {});
    const known = rules.find(({ rule }) => rule.id === id)?.rule.version ?? 0;
    await at.ask(api.putRuntimeRule, { params: { id }, body: { rule: { ...usual, ...more } as never, basedOn: known } });
    await at.runtime.followSources();
  }

  const miner = { paths: ['/bin/date'], hours: [after(9)] };
  const refusal = { code: 'claim-refused' };
  const ten = Array.from({ length: 11 }, (_, hour) => after(hour));
  const items = async (environment: string) =>
    (await readModel(at.store, inEnvironment(environment)))?.evidence.items ?? [];

  describe('attacks', () => {
    test('a dev agent that claims the digest of prod, without a container of it, teaches nothing', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'dev-1' });
      await at.hold('dev-1', web);
      await expect(at.report('dev-1', 'behaviour', [behaviour(web, miner)])).rejects.toMatchObject(refusal);
      expect(await entries('prod')).toEqual([]);
      expect(await entries('dev')).toEqual([]);
    });

    test('a dev agent that runs the image of prod teaches the model of dev alone', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed']);
      expect(await entries('prod')).toEqual([]);
      expect(await readModel(at.store, inEnvironment('prod'))).toMatchObject({ version: 1, state: 'learning' });
    });

    test.each([
      ['in an upper layer', { origin: 'upper' }],
      ['on a mount', { origin: 'other-mount' }],
      ['in memory', { origin: 'memory' }],
      ['changed', { origin: 'modified' }],
      ['deleted', { origin: 'deleted' }],
      ['known by its hash alone', { sha256: 'a'.repeat(64) }],
      ['of an exec session', { session: 'exec' }],
    ] as const)('a program %s, reported as benign and confirmed, waits for a person', async (_, more) => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      const fact = { dimension: 'process', path: '/tmp/kdevtmp', caller: '/serve', ...more } as const;
      const told = behaviour(web, { ...miner, more: { fact, key: itemKeyOf(fact), source: 'static' } });
      await at.report('dev-1', 'behaviour', [told]);
      expect(await items('dev')).toMatchObject([{ class: 'forbidden', state: 'review', source: 'learned' }]);
    });

    test.each([
      ['/usr/bin/xmrig', undefined],
      ['/usr/bin/nc', 'nc -e'],
      ['/bin/busybox', 'nc -e'],
      ['/bin/busybox', undefined],
      ['/bin/sh', 'sh {tool:xmrig}'],
      ['/lib64/ld-linux-x86-64.so.2', undefined],
    ])('%s with arguments %s is never learned by a claim', async (path, shape) => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      for (const caller of ['/serve', undefined]) {
        const fact = { dimension: 'process', path, ...(caller && { caller }), ...(shape && { shape }) } as const;
        await at.report('dev-1', 'behaviour', [behaviour(web, { ...miner, more: { fact, source: 'static' } })]);
      }
      expect((await items('dev')).map(({ state }) => state)).toEqual(['review', 'review']);
    });

    test('what the rule in force adds to the never-learn list is never learned by a claim', async () => {
      await save('default', { neverLearn: ['date'] });
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      expect(await entries('dev')).toEqual(['/bin/date review']);
    });

    test('a dropped file that an agent marks as the image’s own waits for a person', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await scan(web, ['serve', 'bin/date']);
      const told = behaviour(web, { paths: ['/bin/date', '/usr/bin/app'], hours: [after(9)] });
      await at.report('dev-1', 'behaviour', [told]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app review']);
      expect((await items('dev'))[1]).toMatchObject({ class: 'forbidden', why: expect.stringContaining('its scan has none') });
      expect((await items('dev'))[0]).not.toHaveProperty('claimedBy');
    });

    test('what nobody could check is marked with the host that claims it, until it is checked', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      expect(await items('dev')).toMatchObject([{ claimedBy: 'dev-1' }]);
      await scan(web, ['serve', 'bin/date']);
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      expect((await items('dev'))[0]).not.toHaveProperty('claimedBy');
    });

    test('what was only claimed and is not in the scan that comes later waits for a person then', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date', '/usr/bin/app'], hours: [after(9)] })]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app confirmed']);
      await scan(web, ['serve', 'bin/date']);
      await at.runtime.inheritAfterScan({ subject: subjectOf(digestNamed(web)) });
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app review']);
    });

    test('a report for a container of another host is refused', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      const told = { ...behaviour(web, miner), containers: [containerNamed('web')] };
      await expect(at.report('dev-1', 'behaviour', [told])).rejects.toMatchObject(refusal);
      const own = { ...behaviour(web, miner), containers: [containerNamed('web-2')] };
      await at.report('dev-1', 'behaviour', [own]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed']);
      expect(await entries('prod')).toEqual([]);
    });

    test('a report for the entrypoint or digest of another container of the host is refused', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'dev-1' });
      const { key, evidence } = behaviour(web, miner);
      const other = { evidence, key: { ...key, entrypoint: ['other'] } };
      await expect(at.report('dev-1', 'behaviour', [other])).rejects.toMatchObject(refusal);
      const foreign = { key, evidence, containers: [containerNamed('wiki')] };
      await expect(at.report('dev-1', 'behaviour', [foreign])).rejects.toMatchObject(refusal);
      expect(await entries('dev')).toEqual([]);
    });

    test('an agent that sends again what an agent of prod sent teaches its own environment alone', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      const of = { ...behaviour(web, miner), containers: [containerNamed('web')], environment: 'prod' };
      await at.report('prod-1', 'behaviour', [of]);
      await expect(at.report('dev-1', 'behaviour', [of])).rejects.toMatchObject(refusal);
      const { containers: _, ...bare } = { ...of, ...behaviour(web, { paths: ['/bin/ls'], hours: [after(9)] }) };
      await at.report('dev-1', 'behaviour', [bare]);
      expect(await entries('prod')).toEqual(['/bin/date confirmed']);
      expect(await entries('dev')).toEqual(['/bin/ls confirmed']);
    });

    test('a report without containers is refused where these run in several environments', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'prod-1' });
      const moved = sql`update inventory.container set environment = 'dev' where id = ${containerNamed('web-2')}`;
      await moved.execute(at.store.query(runtimeSchema));
      await expect(at.report('prod-1', 'behaviour', [behaviour(web, miner)])).rejects.toMatchObject(refusal);
      await at.report('prod-1', 'behaviour', [{ ...behaviour(web, miner), containers: [containerNamed('web-2')] }]);
      expect(await entries('prod')).toEqual([]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed']);
    });

    test('evidence of another environment takes no detection and no incident back', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('prod-1', 'detection', [detection('d1', { container: 'web', image: web, time: after(11) })]);
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/tmp/dropped'], hours: ten })]);
      expect((await at.ask(api.listAlerts, {})).alerts.map(({ id }) => id)).toEqual(['d1']);
      expect(await at.ask(api.listIncidents, {})).toMatchObject({ total: 1, open: 1 });
    });

    test('an agent that is refused is an incident that names its host, the same again with its count', async () => {
      const claim = { host: 'dev-1', reason: `dev-1 reports behaviour of ${digestNamed(web)}, and so on.` };
      await at.runtime.tellClaim(claim);
      await at.runtime.tellClaim(claim);
      await at.runtime.tellClaim({ ...claim, reason: `dev-1 reports behaviour of ${digestNamed('x')}, and so on.` });
      await at.runtime.tellClaim({ ...claim, reason: 'Something else.' });
      const { incidents } = await at.ask(api.listIncidents, {});
      expect(incidents.map(({ host, detections }) => [host, detections]).toSorted()).toEqual([
        ['dev-1', 1],
        ['dev-1', 3],
      ]);
      const { detections } = await at.ask(api.getIncident, { params: { id: incidents[1]?.id ?? 0 } });
      expect(detections).toMatchObject([{ detector: 'claims', seen: claim.reason, remedy: expect.stringContaining('Revoke') }]);
    });

    test('an agent cannot hide its refused claims in an incident of its own', async () => {
      const claim = { host: 'dev-1', reason: 'Something.' };
      await at.runtime.tellClaim(claim);
      const [known] = (await at.ask(api.listIncidents, {})).incidents;
      await sql`truncate runtime.incident cascade`.execute(at.store.query(runtimeSchema));
      const container = { id: known?.container.id ?? '', name: 'x', image: 'x' };
      const own = detection('own', { container: 'web', image: web, time: after(11) }, { container });
      await at.report('dev-1', 'detection', [own]);
      await at.runtime.tellClaim(claim);
      expect(await at.ask(api.listIncidents, {})).toMatchObject({ total: 2 });
    });
  });

  describe('what an agent reads', () => {
    const agentNamed = (name: string): Principal => ({ kind: 'agent', id: name, name, permissions: ['report'] });
    const key = { ...keyNamed(web), entrypoint: [...keyNamed(web).entrypoint] };
    const orders = async (host: string, more: object = {}) =>
      await at.ask(api.getRuntimeOrders, { body: { models: [{ key, version: 0, ...more }], images: [] } }, agentNamed(host));
    const read = async (host: string, more: object = {}) =>
      (await orders(host, more)).models.map(({ environment, evidence }) => [
        environment,
        ...evidence.items.map(({ fact, seenIn }) => `${fact.path} ${seenIn?.join()}`),
      ]);

    test('is the model of its own environment, and nothing that prod knows', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/secret'], hours: [after(9)] })]);
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: [after(9)] })]);
      expect(await read('dev-1')).toEqual([['dev', '/bin/date dev']]);
      expect(await read('dev-1', { environment: 'prod' })).toEqual([]);
      expect(await read('prod-1')).toEqual([['prod', '/bin/secret prod']]);
    });

    test('is no model of an image that its host holds no more', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await sql`update inventory.image set gone_at = now() where host = 'dev-1'`.execute(at.store.query(runtimeSchema));
      await sql`update inventory.container set state = 'exited' where host = 'dev-1'`.execute(
        at.store.query(runtimeSchema),
      );
      expect(await read('dev-1')).toEqual([]);
    });

    test('is what prod knows where the rule of dev names it', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/secret'], hours: [after(9)] })]);
      await save('default', { evidenceFrom: ['prod'] });
      expect(await read('dev-1')).toEqual([['dev', '/bin/secret prod']]);
    });

    test('is no rule or collection that can apply to another host or environment alone', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.run({ name: 'web-2', image: web, host: 'prod-1' });
      await at.collection('prod', { environments: ['prod'], images: ['secret/*'] });
      await at.collection('webs', { images: ['*web*'] });
      await save('of-prod', { collections: ['prod'] });
      await save('of-webs', { collections: ['webs'] });
      const { rules, collections } = await orders('dev-1');
      expect(rules.map(({ id }) => id)).toEqual(['of-webs', 'default']);
      expect(collections.map(({ id }) => id)).toEqual(['webs']);
      expect((await orders('prod-1')).rules.map(({ id }) => id)).toEqual(['of-prod', 'of-webs', 'default']);
    });
  });

  describe('honest paths', () => {
    test('dev to prod: a rule of prod that names dev lets its evidence count, and marks where it is from', async () => {
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: ten })]);
      expect(await readModel(at.store, inEnvironment('dev'))).toMatchObject({ state: 'active' });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      expect(await readModel(at.store, inEnvironment('prod'))).toMatchObject({ state: 'learning', evidence: { items: [] } });
      await at.collection('prod', { environments: ['prod'] });
      await save('of-prod', { collections: ['prod'], evidenceFrom: ['dev'] });
      expect(await readModel(at.store, inEnvironment('prod'))).toMatchObject({
        state: 'active',
        evidenceFrom: ['dev'],
        evidence: { items: [{ fact: { path: '/bin/date' }, seenIn: ['dev'] }] },
      });
      expect(await readModel(at.store, inEnvironment('dev'))).not.toHaveProperty('evidenceFrom');
    });

    test('dev to prod: what dev learns later, and what it holds back, arrives or stays', async () => {
      await save('default', { evidenceFrom: ['dev'] });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.runtime.followSources();
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date', '/usr/bin/nc'], hours: [after(9)] })]);
      await at.runtime.carryEvidence({ model: inEnvironment('dev') });
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/nc review']);
      expect(await entries('prod')).toEqual(['/bin/date confirmed']);
    });

    test('a rule that names no other environment any more takes the evidence out, and the model learns again', async () => {
      await save('default', { evidenceFrom: ['dev'] });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: ten })]);
      await at.runtime.followSources();
      expect(await readModel(at.store, inEnvironment('prod'))).toMatchObject({ state: 'active' });
      await save('default', {});
      expect(await readModel(at.store, inEnvironment('prod'))).toMatchObject({ state: 'learning', evidence: { items: [] } });
      expect(await readModel(at.store, inEnvironment('dev'))).toMatchObject({ state: 'active' });
    });

    test('the rule is tried before it is saved: which entries come or go, and which alerts would not have been', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date', '/usr/bin/nc'], hours: ten })]);
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/serve'], hours: ten })]);
      const key = (await items('dev'))[0]?.key ?? '';
      const alert = { detector: 'unexpected-process', class: 'benign', allow: { line: 'it', key } } as const;
      await at.report('prod-1', 'detection', [
        detection('news', { container: 'web', image: web, time: after(11) }, alert),
        detection('drift', { container: 'web', image: web, time: after(11) }),
      ]);
      const tryIt = async (more: object, who?: ReturnType<typeof userNamed>) =>
        await at.ask(api.replayRuntimeRule, { body: { rule: { ...usual, ...more } as never, id: 'default' } }, who);
      const tried = await tryIt({ evidenceFrom: ['dev'] });
      expect(tried).toMatchObject({ alerted: 1, ignored: 1, entries: { models: 1, compared: 1, added: 1, removed: 0 } });
      expect(tried.examples).toMatchObject([{ id: 'news', was: 'alerted', would: 'ignored' }]);
      expect(tried.entries.examples).toMatchObject([
        { model: inEnvironment('prod'), environment: 'prod', change: 'added', seenIn: ['dev'] },
      ]);
      expect(await entries('prod')).toEqual(['/serve confirmed']);
      await at.collection('dev', { environments: ['dev'] });
      expect((await tryIt({ evidenceFrom: ['dev'] }, userNamed('rita', ['read'], ['dev']))).entries.models).toBe(0);
      await save('default', { evidenceFrom: ['dev'] });
      expect((await tryIt({})).entries).toMatchObject({ added: 0, removed: 1, examples: [{ change: 'removed' }] });
    });

    test('two hosts of one environment learn one model together', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'prod-2' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/a'], hours: [after(1)] })]);
      await at.report('prod-2', 'behaviour', [behaviour(web, { paths: ['/bin/b'], hours: [after(2)] })]);
      expect(await entries('prod')).toEqual(['/bin/a confirmed', '/bin/b confirmed']);
    });

    test('a new digest takes over from the one before it in each environment', async () => {
      const next = 'shop/web:2';
      for (const host of ['prod-1', 'dev-1']) await at.run({ name: `web-${host}`, image: web, host });
      await scan(web, ['serve', 'bin/a', 'bin/b']);
      await scan(next, ['serve', 'bin/a', 'bin/b']);
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/a'], hours: ten })]);
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/b'], hours: [after(1)] })]);
      for (const host of ['prod-1', 'dev-1']) await at.run({ name: `next-${host}`, image: next, host });
      for (const environment of ['prod', 'dev']) await at.runtime.inheritModel({ model: inEnvironment(environment, next) });
      expect(await entries('prod', next)).toEqual(['/bin/a confirmed']);
      expect(await readModel(at.store, inEnvironment('prod', next))).toMatchObject({ state: 'active' });
      expect(await entries('dev', next)).toEqual(['/bin/b confirmed']);
      expect(await readModel(at.store, inEnvironment('dev', next))).toMatchObject({ state: 'learning' });
    });

    test('a person’s word on an entry holds in its environment alone', async () => {
      for (const host of ['prod-1', 'dev-1']) {
        await at.run({ name: `web-${host}`, image: web, host });
        await at.report(host, 'behaviour', [behaviour(web, { paths: ['/usr/bin/nc'], hours: [after(9)] })]);
      }
      const [waiting] = await items('dev');
      const body = { key: waiting?.key ?? '', decision: 'allow' } as const;
      await at.ask(api.decideItem, { params: { id: inEnvironment('dev') }, body });
      expect(await entries('dev')).toEqual(['/usr/bin/nc confirmed']);
      expect(await entries('prod')).toEqual(['/usr/bin/nc review']);
    });
  });

  describe('who sees a part', () => {
    const scoped = userNamed('rita', ['read', 'write-rules', 'operate'], ['dev']);
    beforeEach(async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.hold('prod-1', web, ['prod.example/secret:1']);
      await at.collection('dev', { environments: ['dev'] });
    });

    test('reads no name, image or host outside the view', async () => {
      await at.report('prod-1', 'behaviour', [behaviour(web, miner)]);
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      await save('default', { evidenceFrom: ['prod', 'dev'] });
      await at.report('prod-1', 'detection', [detection('d1', { container: 'web', image: web, time: after(11) })]);
      await at.report('dev-1', 'detection', [detection('d2', { container: 'web-2', image: web, time: after(11) })]);
      const [incident] = (await at.ask(api.listIncidents, {}, scoped)).incidents;
      const replies = [
        await at.ask(api.listModels, {}, scoped),
        await at.ask(api.getModel, { params: { id: inEnvironment('dev') } }, scoped),
        await at.ask(api.listIncidents, {}, scoped),
        await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } }, scoped),
      ];
      for (const reply of replies) expect(JSON.stringify(reply)).not.toMatch(/prod-1|prod\.example/);
      expect((await at.ask(api.listModels, {}, scoped)).models.map(({ environment }) => environment)).toEqual(['dev']);
      const { siblings } = await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } }, scoped);
      expect(siblings).toEqual({ running: 1, same: 1 });
    });

    test('changes no model outside the view', async () => {
      await at.report('prod-1', 'behaviour', [behaviour(web, miner)]);
      const params = { id: inEnvironment('prod') };
      const hidden = { code: 'not-found' };
      await expect(at.ask(api.getModel, { params }, scoped)).rejects.toMatchObject(hidden);
      const body = { key: (await items('prod'))[0]?.key ?? '', decision: 'deny' } as const;
      await expect(at.ask(api.decideItem, { params, body }, scoped)).rejects.toMatchObject(hidden);
      await expect(at.ask(api.changeModel, { params, body: { to: 'active' } }, scoped)).rejects.toMatchObject(hidden);
    });
  });
});

const usual = {
  name: 'Default',
  description: '',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'record',
  neverLearn: [],
} as const;
