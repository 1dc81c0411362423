import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { gateSchema } from '#gate/console/index.ts';
import type { TrialLine } from '#gate/contract.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { reportTrial } from './gate-incidents.ts';
import { runtimeSchema } from './schema.ts';

const at = new Date('2026-11-24T14:30:00.000Z');
const host = 'prod-1';
let store: Store;
beforeAll(async () => {
  store = await createTestStore([
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    admissionSchema,
    gateSchema,
    runtimeSchema,
  ]);
  await reportAs(store, agentOf(host, 'prod'), { kind: 'host', bodies: [hostFact()] });
});
afterAll(() => store.close());

function line(check: string, state: TrialLine['state'], more: Partial<TrialLine> = {}): TrialLine {
  return { check, ring: 2, state, tried: 1, refused: 0, untried: 0, ...more };
}

async function said(...lines: readonly TrialLine[]): Promise<void> {
  const statement = JSON.stringify({ host, at: at.toISOString(), every: 3600, lines });
  const row = { told_at: at, statement, signed: JSON.stringify({ statement, signature: '', certificate: '' }) };
  await store
    .query(gateSchema)
    .insertInto('trial')
    .values({ host, ...row })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(row))
    .execute();
}

async function told() {
  const database = store.query(runtimeSchema);
  const rows = await database.selectFrom('incident').select(['title', 'severity', 'state', 'detections']).execute();
  const detections = await database.selectFrom('detection').select('detection').execute();
  return { rows, texts: detections.map(({ detection }) => JSON.stringify(detection)) };
}

test('a ring that let a blocked start through is one incident, however often it is announced', async () => {
  const rule = { id: 'prod', version: 3, name: 'Production' };
  await said(
    line('CTR-002', 'refused'),
    line('CTR-001', 'passed', { rule, reason: 'It let a start through that the agent refuses: It is privileged.' }),
    line('CTR-003', 'untried'),
    line('CTR-004', 'passed'),
  );
  const moment = { host, at: at.toISOString() };
  await reportTrial({ store, clock: () => at, bucketSeconds: 3600 }, moment);
  await reportTrial({ store, clock: () => at, bucketSeconds: 3600 }, moment);
  const { rows, texts } = await told();
  expect(rows).toMatchObject([{ severity: 'critical', state: 'open', detections: 1 }]);
  expect(rows[0]?.title).toContain('The gate allowed a start that a rule blocks.');
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain('Ring 2, CTR-001 of the rule “Production”: It let a start through');
  expect(texts[0]).toContain('So did 1 other line.');
  expect(texts[0]).not.toContain('CTR-002');
});

test('what was refused again when it is read is still an incident, and names no line', async () => {
  await said(line('CTR-001', 'refused'));
  const later = new Date(at.getTime() + 60 * 60_000);
  await reportTrial({ store, clock: () => later, bucketSeconds: 3600 }, { host, at: later.toISOString() });
  const { texts } = await told();
  expect(texts.filter((text) => !text.includes('Ring ') && text.includes('It let its trial through.'))).toHaveLength(1);
});
