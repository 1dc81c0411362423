import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { checks } from '../checks/index.ts';
import {
  deleteComplianceRule,
  listComplianceRules,
  newComplianceRule,
  putComplianceRule,
  replayComplianceRule,
  type ComplianceRuleText,
} from '../contract.ts';
import { documentText } from '../document.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

const now = new Date('2026-11-30T01:00:00Z');
const [prod, dev] = [agentOf('prod-1', 'prod'), agentOf('dev-1', 'dev')];
const ada = userNamed('ada', ['read', 'write-rules']);

describe('compliance rules', () => {
  let store: Store;
  let compliance: ComplianceService;
  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, complianceSchema]);
    compliance = await createCompliance({ store, clock: () => now });
    for (const agent of [prod, dev]) await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    for (const id of ['production', 'development']) {
      const selects = JSON.stringify({ environments: [id.slice(0, id === 'production' ? 4 : 3)] });
      const row = { id, name: id, description: '', environment: null, selects };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
    }
    await report(prod, 'calm', known(false, 'HostConfig.Privileged'));
    await report(prod, 'bold', known(true, 'HostConfig.Privileged'));
    await report(dev, 'bold', known(true, 'HostConfig.Privileged'));
    await compliance.evaluateOutdated();
  });
  afterAll(() => store.close());

  const report = async (agent: typeof prod, id: string, privileged: object): Promise<void> =>
    await store.transaction(async (transaction) => {
      const documents = [{ kind: 'inspect', text: documentText({ privileged } as never) }];
      const body = { subject: { kind: 'container', id, name: id }, documents };
      await complianceHandlers.compliance(transaction, agent, [{ at: now.toISOString(), body }]);
    });
  const list = async () =>
    (await answerOf(compliance.routes, { endpoint: listComplianceRules, input: {}, principal: ada })).rules;
  const put = async (id: string, rule: ComplianceRuleText, basedOn = 0) =>
    await answerOf(compliance.routes, {
      endpoint: putComplianceRule,
      input: { params: { id }, body: { rule: structuredClone(rule) as never, basedOn } },
      principal: ada,
    });
  const replay = async (rule: ComplianceRuleText, id?: string) =>
    await answerOf(compliance.routes, {
      endpoint: replayComplianceRule,
      input: { body: { rule: structuredClone(rule) as never, ...(id !== undefined && { id }) } },
      principal: ada,
    });
  const blocking: ComplianceRuleText = {
    ...newComplianceRule,
    name: 'Production',
    collections: ['production'],
    lines: [{ checks: { by: 'check', id: 'CTR-001' }, effect: 'block' }],
    notAssessed: 'ignore',
    running: 'stop',
  };

  it('begin with one that alerts, and says what it applies to', async () => {
    expect(checks.container.map(({ id }) => id)).toContain('CTR-001');
    expect(await list()).toMatchObject([{ rule: { id: 'default' }, subjects: 3, blocked: 0, alerted: 2 }]);
  });

  it('are tried on everything that hosts report before they are saved', async () => {
    expect(await replay(blocking)).toEqual({
      subjects: 2,
      blocked: 1,
      alerted: 0,
      stopped: 1,
      builds: { days: 30, replayed: 0, failed: 0, failedNow: 0, unknown: 0, more: 0, examples: [] },
      seal: expect.stringMatching(/^2026-11-30T01:00:00.000Z [0-9a-f]{64}$/),
      changed: 1,
      examples: [
        {
          host: 'prod-1',
          kind: 'container',
          id: 'bold',
          name: 'bold',
          was: 'alert',
          would: 'block',
          checks: ['CTR-001'],
        },
      ],
    });
    expect(await replay({ ...blocking, running: 'alert' })).toMatchObject({ blocked: 1, stopped: 0 });
    expect(await list()).toHaveLength(1);
  });

  it('say which checks no installed gate decides', async () => {
    const gates = ['docker-authorization'] as const;
    const guarded = await createCompliance({ store, clock: () => now, installedGates: async () => gates });
    const lines = ['CTR-001', 'CTR-048', 'IMG-001'].map((id) => ({
      checks: { by: 'check' as const, id },
      effect: 'block' as const,
    }));
    await put('guarded', { ...blocking, name: 'Guarded', lines });
    const { rules } = await answerOf(guarded.routes, { endpoint: listComplianceRules, input: {}, principal: ada });
    expect(rules.find(({ rule }) => rule.id === 'guarded')?.undecided).toEqual(['CTR-048']);
    const input = { params: { id: 'guarded' } };
    await answerOf(compliance.routes, { endpoint: deleteComplianceRule, input, principal: ada });
  });

  it('apply in their order, the first that matches alone', async () => {
    await put('production', blocking);
    expect(await list()).toMatchObject([
      { rule: { id: 'production', version: 1 }, subjects: 2, blocked: 1, alerted: 0 },
      { rule: { id: 'default' }, subjects: 1, blocked: 0, alerted: 1 },
    ]);
    expect(await compliance.usersOfCollection('production')).toEqual(['compliance rule "Production"']);
    const edited = { ...blocking, state: 'off' as const };
    expect(await replay(edited, 'production')).toMatchObject({ subjects: 0, changed: 1 });
    await answerOf(compliance.routes, {
      endpoint: deleteComplianceRule,
      input: { params: { id: 'production' } },
      principal: ada,
    });
    expect(await list()).toHaveLength(1);
  });

  it.each([
    [{ by: 'check', id: 'CTR-9999' }, /lines\.0\.checks: there is no check CTR-9999/],
    [{ by: 'template', template: 'nobody' }, /no template or section nobody/],
    [{ by: 'template', template: 'nist-800-190', section: '4.9' }, /no template or section nist-800-190 4\.9/],
  ] as const)('that name nothing, %j, are refused', async (choice, reason) => {
    const lines = [{ checks: choice, effect: 'block' as const }];
    await expect(put('slip', { ...blocking, lines })).rejects.toThrow(reason);
    await expect(replay({ ...blocking, lines })).rejects.toThrow(reason);
  });

  it('are tried within what the caller may see', async () => {
    const bob = userNamed('bob', ['read', 'write-rules'], ['development']);
    const { rules } = await answerOf(compliance.routes, { endpoint: listComplianceRules, input: {}, principal: bob });
    expect(rules).toMatchObject([{ subjects: 1 }]);
  });
});
