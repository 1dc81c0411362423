import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentOf, hostFact, imageFact, subjectNamed, reportAs } from '#inventory/console/testing.ts';
import { putAdmissionRule } from '../contract.ts';
import { admissionSchema } from './schema.ts';
import { openTestAdmission, ruleText, type TestAdmission } from './testing.ts';

/** With a collection and a rule each. */
const teams = 60;
const hosts = Array.from({ length: 100 }, (_, index) => `${index % 2 === 0 ? 'prod' : 'dev'}-${index}`);
const images = Array.from({ length: 200 }, (_, index) => `shop/team-${index % teams}-app-${index}:1`);

let at: TestAdmission;
beforeAll(async () => {
  at = await openTestAdmission();
  for (const image of images) await at.publish(image, '8.0-1');
  for (const host of hosts) {
    const agent = agentOf(host, host.split('-')[0]);
    await reportAs(at.store, agent, { kind: 'host', bodies: [hostFact({ allowEnvironments: ['test'] })] });
    const ids = (image: string) => [image, ...Array.from({ length: 3 }, (_, index) => `${image} ${index}`)];
    const facts = images.flatMap((image) => ids(image).map((id) => imageFact(image, { id: subjectNamed(id) })));
    await reportAs(at.store, agent, { kind: 'image', bodies: facts });
  }
  for (const image of images) await at.policy.judgeSubject({ subject: subjectNamed(image) });
  for (let team = 0; team < teams; team += 1) {
    const id = `team-${team}`;
    await at.collection(id, { repositories: [`docker.io/shop/team-${team}-*`], environments: ['prod', 'test'] });
    const rule = ruleText({ name: id, collections: [id], cannotJudge: 'alert' });
    await at.ask(putAdmissionRule, { params: { id }, body: { rule, basedOn: 0 } });
  }
  for (const host of hosts) await at.ledger(host);
}, 300_000);
afterAll(() => at.close());

/** How often unpacking and packing all ledgers fits into making them, which reads policies and rules and signs besides. */
const most = 6;

test('100 hosts with 200 images each have their ledgers soon after a change of a rule', async () => {
  const body = { rule: ruleText({ name: 'Default', fail: 'alert' }), basedOn: 1 };
  await at.ask(putAdmissionRule, { params: { id: 'default' }, body });
  // What the processor did, not the clock: whoever else has work on this machine does not count.
  const began = process.cpuUsage();
  await at.admission.followRules();
  const { user, system } = process.cpuUsage(began);
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count from admission.ledger where sequence = 2`.execute(at.store.query(admissionSchema));
  expect(rows).toEqual([{ count: 100 }]);
  expect(user + system).toBeLessThan(most * (await workOfPacking()));
});

/** Microseconds of the processor, of the quickest of five times. */
async function workOfPacking(): Promise<number> {
  const rows = await at.store.query(admissionSchema).selectFrom('ledger').select('ledger').execute();
  const took = Array.from({ length: 5 }, () => {
    const began = process.cpuUsage();
    for (const { ledger } of rows) zstdCompressSync(JSON.stringify(JSON.parse(zstdDecompressSync(ledger).toString())));
    return process.cpuUsage(began).user;
  });
  return Math.min(...took);
}
