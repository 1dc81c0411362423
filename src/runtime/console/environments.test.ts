import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentOf, containerFact, hostFact, imageFact, reportAs } from '#inventory/console/testing.ts';
import * as api from '../contract.ts';
import { entryKeyOf } from '../entry-key.ts';
import { subjectOf } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, containerNamed, detection, digestNamed, openTestRuntime, type TestRuntime } from './testing.ts';
import { after, environmentsOf, miner, ten, web } from './environments.testing.ts';

const refusal = { code: 'claim-refused' };

describe('what one agent says teaches nobody else', () => {
  let at: TestRuntime;
  const { model, items, entries, empty, save, scan } = environmentsOf(() => at);

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());
  beforeEach(empty);

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
      expect(await model('prod')).toMatchObject({ version: 1, state: 'learning' });
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
      const reported = behaviour(web, { ...miner, more: { fact, key: entryKeyOf(fact), source: 'static' } });
      await at.report('dev-1', 'behaviour', [reported]);
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
      const reported = behaviour(web, { paths: ['/bin/date', '/usr/bin/app'], hours: [after(9)] });
      await at.report('dev-1', 'behaviour', [reported]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app review']);
      expect((await items('dev'))[1]).toMatchObject({
        class: 'forbidden',
        why: expect.stringContaining('its scan has none'),
      });
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
      await at.report('dev-1', 'behaviour', [
        behaviour(web, { paths: ['/bin/date', '/usr/bin/app'], hours: [after(9)] }),
      ]);
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app confirmed']);
      await scan(web, ['serve', 'bin/date']);
      await at.runtime.inheritAfterScan({ subject: subjectOf(digestNamed(web)) });
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/app review']);
    });

    test('a report for a container of another host is refused', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      const reported = { ...behaviour(web, miner), containers: [containerNamed('web')] };
      await expect(at.report('dev-1', 'behaviour', [reported])).rejects.toMatchObject(refusal);
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

    test('a host that joins anew in prod brings nothing there of what its containers did in dev', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      const anew = agentOf('dev-1', 'prod', { id: 'joined-anew' });
      const moved = new Date();
      const report = async (paths: readonly string[], hour: Date) => {
        at.turnTo(hour);
        await at.report('dev-1', 'behaviour', [behaviour(web, { paths, hours: [hour] })]);
      };
      await reportAs(at.store, anew, { kind: 'host', bodies: [hostFact()] });
      await reportAs(at.store, anew, { kind: 'image', bodies: [imageFact(web)] });
      await reportAs(at.store, anew, { kind: 'container', bodies: [containerFact('web', web)] });
      await report(['/bin/date'], after(9));
      await report(['/bin/ls'], moved);
      expect(await entries('prod')).toEqual([]);
      await report(['/bin/cat'], new Date(moved.getTime() + 2 * 3_600_000));
      expect(await entries('prod')).toEqual(['/bin/cat confirmed']);
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
      await at.runtime.reportClaim(claim);
      await at.runtime.reportClaim(claim);
      await at.runtime.reportClaim({ ...claim, reason: `dev-1 reports behaviour of ${digestNamed('x')}, and so on.` });
      await at.runtime.reportClaim({ ...claim, reason: 'Something else.' });
      const { incidents } = await at.ask(api.listIncidents, {});
      expect(incidents.map(({ host, detections }) => [host, detections]).toSorted()).toEqual([
        ['dev-1', 1],
        ['dev-1', 3],
      ]);
      expect(incidents[0]).toMatchObject({ title: 'dev-1: Refused: Something else.', outcome: 'refused' });
      const { detections } = await at.ask(api.getIncident, { params: { id: incidents[1]?.id ?? 0 } });
      expect(detections).toMatchObject([
        { detector: 'claims', seen: claim.reason, remedy: expect.stringContaining('on the page Agents') },
      ]);
    });

    test('an agent cannot hide its refused claims in an incident of its own', async () => {
      const claim = { host: 'dev-1', reason: 'Something.' };
      await at.runtime.reportClaim(claim);
      const [known] = (await at.ask(api.listIncidents, {})).incidents;
      await sql`truncate runtime.incident cascade`.execute(at.store.query(runtimeSchema));
      const container = { id: known?.container.id ?? '', name: 'x', image: 'x' };
      const own = detection('own', { container: 'web', image: web, time: after(11) }, { container });
      await at.report('dev-1', 'detection', [own]);
      await at.runtime.reportClaim(claim);
      expect(await at.ask(api.listIncidents, {})).toMatchObject({ total: 2 });
    });
  });
});
