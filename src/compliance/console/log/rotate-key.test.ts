import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { listLogHeads, verifyEvidenceLog } from '../../contract.ts';
import { followHandOvers, keyFingerprint } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { openTestCompliance, type TestCompliance } from '../testing.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence-log.ts';
import { sealEvidence } from './evidence-seal.ts';
import { rotateEvidenceKey } from './rotate-key.ts';

const masterKey = (): Buffer => Buffer.alloc(32, 'test');
const auditor = userNamed('eve', ['read', 'read-audit']);

let world: TestCompliance;
let log: EvidenceLog;
beforeEach(async () => {
  world = await openTestCompliance();
  log = createEvidenceLog({ store: world.store, clock: world.now, masterKey, heldHeads: async () => [] });
});
afterEach(() => world.close());

const rotate = async () =>
  await world.store.transaction(async (transaction) => await rotateEvidenceKey(transaction, masterKey(), world.now()));
const sealed = async () => await sealEvidence({ store: world.store, clock: world.now, masterKey });
const sealRow = async (id: string) => {
  await sql`insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent)
    values (${world.now()}, ${world.now()}, 'prod-1', 'container', ${id}, ${id}, 'ended', false)`.execute(
    world.store.query(complianceSchema),
  );
  await log.sealNow();
};

test('each key names the next one, and what the one before signed stays', async () => {
  await sealRow('one');
  const first = await rotate();
  // A clock that was set back changes no order.
  world.pass(-60);
  await sealRow('two');
  const second = await rotate();
  expect(second.from).toBe(first.to);
  await sealRow('three');
  expect(await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal: auditor })).toMatchObject({
    state: 'intact',
    heads: 3,
    rows: 3,
  });
  const { keys, handOvers } = await sealed();
  expect(keys.map(keyFingerprint)).toEqual([first.from, first.to, second.to]);
  expect(followHandOvers([first.from], { keys, handOvers }).signers).toContain(second.to);
  const asked = await answerOf(log.routes, { endpoint: listLogHeads, input: { query: {} }, principal: auditor });
  expect(asked.keys.map(({ handOver }) => handOver !== undefined)).toEqual([true, true, false]);
  const rows = await world.store.query(complianceSchema).selectFrom('log_key').select('sealed_key').execute();
  expect(rows.filter(({ sealed_key }) => sealed_key !== null)).toHaveLength(1);
});

test('a key without its private part counts only where the console vouched for it', async () => {
  await sealRow('one');
  await rotate();
  await sql`update compliance.log_key set proof = null`.execute(world.store.query(complianceSchema));
  expect(await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal: auditor })).toMatchObject({
    state: 'broken',
    reason: expect.stringContaining('not signed by a key'),
  });
});
