import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { accessSchema } from '#access/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { checks } from '../checks/index.ts';
import { listChecks } from '../contract.ts';
import { complianceSchema } from './schema.ts';
import { createCompliance, type ComplianceService } from './service.ts';

let store: Store;
let compliance: ComplianceService;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, complianceSchema]);
  compliance = await createCompliance({ store, clock: () => new Date('2026-11-30T01:00:00Z') });
});
afterAll(() => store.close());

const asked = async (permissions: Parameters<typeof userNamed>[1]) =>
  await answerOf(compliance.routes, { endpoint: listChecks, input: {}, principal: userNamed('ada', permissions) });

it('lists every check of every subject once, in the form of the contract', async () => {
  const reply = await asked(['read']);
  expect(listChecks.reply.parse(reply)).toEqual(reply);
  expect(reply.checks.map(({ id }) => id).toSorted()).toEqual(
    Object.values(checks)
      .flatMap<{ readonly id: string }>((list) => list)
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(new Set(reply.checks.map(({ id }) => id)).size).toBe(reply.checks.length);
});

it('says of each what to change, and which templates it is of', async () => {
  const { checks: listed } = await asked(['read']);
  expect(listed.filter(({ remedy }) => Object.keys(remedy).length === 0)).toEqual([]);
  const privileged = listed.find(({ id }) => id === 'CTR-001');
  expect(privileged).toMatchObject({
    subject: 'container',
    severity: 'critical',
    cis: ['5.5'],
    templates: [
      { id: 'nist-800-190', title: 'NIST SP 800-190' },
      { id: 'cis-docker', title: 'CIS Docker 1.6' },
    ],
  });
  expect(listed.find(({ cis, nist }) => cis.length === 0 && nist.length > 0)?.templates.map(({ id }) => id)).toEqual([
    'nist-800-190',
  ]);
});
