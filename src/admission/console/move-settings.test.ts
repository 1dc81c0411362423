import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { complianceRules, complianceSchema } from '#compliance/console/index.ts';
import { lastComplianceRule } from '#compliance/contract.ts';
import { scopedSettings } from '#compliance/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { moveSettings } from './move-settings.ts';
import { admissionRules, writtenHere } from './rules.ts';
import { admissionSchema } from './schema.ts';

const now = new Date('2026-11-30T12:00:00Z');
const clock = (): Date => now;
const privileged = [{ kind: 'privileged', effect: 'block' }] as const;
const paths = [{ kind: 'host-paths', deny: ['/etc', '/srv'], effect: 'alert' }] as const;

let store: Store;

beforeAll(async () => {
  store = await createTestStore([accessSchema, complianceSchema, admissionSchema]);
}, 60_000);
afterAll(() => store.close());

beforeEach(async () => {
  await store.transaction(async (transaction) => {
    for (const table of ['place', 'rule'] as const) {
      await transaction.query(admissionSchema).deleteFrom(table).execute();
      await transaction.query(complianceSchema).deleteFrom(table).execute();
    }
  });
});

/** As v0.1 wrote them. */
const text = {
  fail: 'block',
  cannotJudge: 'alert',
  unknown: 'block',
  holdSeconds: 30,
  agentAway: 'deny',
  builds: 'deny',
  rogue: 'stop',
} as const;

async function putRules(): Promise<void> {
  const rules = [
    { id: 'default', name: 'Default', state: 'on', ...text, agentAway: 'allow', settings: [] },
    { id: 'prod', name: 'Production', collections: ['prod'], state: 'on', ...text, settings: privileged },
    { id: 'shop', name: 'Shop', collections: ['shop'], state: 'off', ...text, settings: paths },
  ] as const;
  await store.transaction(async (transaction) => {
    for (const rule of rules) await admissionRules.addVersion(transaction, rule, { now });
  });
}

async function trail() {
  const entries = await store
    .query(accessSchema)
    .selectFrom('audit')
    .select(['action', 'target', 'detail'])
    .orderBy('sequence')
    .execute();
  return entries.map(({ action, target, detail }) => ({ action, target, detail }));
}

test('rules of before say the same of settings, as compliance rules, each with an entry of the trail', async () => {
  await putRules();
  await moveSettings({ store, clock });
  const compliance = await complianceRules.inForce(store);
  expect(scopedSettings(compliance)).toEqual([
    {
      id: 'prod',
      version: 1,
      name: 'Production',
      collections: ['prod'],
      state: 'on',
      settings: privileged,
      agentAway: 'deny',
    },
    { id: 'shop', version: 1, name: 'Shop', collections: ['shop'], state: 'off', settings: paths, agentAway: 'deny' },
    { id: 'default', version: 2, name: 'Default', state: 'on', settings: [], agentAway: 'allow' },
  ]);
  for (const { lines, notAssessed, running } of compliance)
    expect({ lines, notAssessed, running }).toEqual({
      lines: lastComplianceRule.lines,
      notAssessed: lastComplianceRule.notAssessed,
      running: lastComplianceRule.running,
    });
  const admission = await admissionRules.inForce(store);
  const { agentAway: _, ...kept } = text;
  expect(admission).toEqual([
    { id: 'prod', version: 2, name: 'Production', collections: ['prod'], state: 'on', ...kept },
    { id: 'shop', version: 2, name: 'Shop', collections: ['shop'], state: 'off', ...kept },
    { id: 'default', version: 2, name: 'Default', state: 'on', ...kept },
  ]);
  const moved = (await trail()).filter(({ action }) => action === 'settings-moved');
  expect(moved.map(({ target }) => `${target?.kind} ${target?.id}`)).toEqual([
    'compliance-rule prod',
    'compliance-rule shop',
    'compliance-rule default',
    'admission-rule prod',
    'admission-rule shop',
    'admission-rule default',
  ]);
  expect(moved[0]?.detail).toMatchObject({ from: ['prod'], after: { settings: privileged } });
  expect(moved[3]?.detail).toMatchObject({ before: { settings: privileged }, after: { version: 2 } });
});

test('they are moved once, also by two consoles at one time, and what is written afterwards stays', async () => {
  await putRules();
  await Promise.all([moveSettings({ store, clock }), moveSettings({ store, clock })]);
  const once = await complianceRules.read(store);
  expect(once.map(({ rule }) => rule.version)).toEqual([1, 1, 2]);
  const [first] = once;
  if (first === undefined) expect.fail();
  await store.transaction(async (transaction) => {
    await complianceRules.addVersion(transaction, { ...first.rule, settings: paths }, { now });
  });
  await moveSettings({ store, clock });
  expect((await complianceRules.inForce(store))[0]?.settings).toEqual(paths);
});

test('a new console has nothing to move, and alerts on what its last rule names', async () => {
  await complianceRules.putLastInForce(store, now);
  await admissionRules.putLastInForce(store, now);
  await moveSettings({ store, clock });
  expect(await complianceRules.inForce(store)).toMatchObject([
    {
      version: 1,
      settings: [
        { kind: 'privileged', effect: 'alert' },
        { kind: 'engine-socket', effect: 'alert' },
      ],
    },
  ]);
  expect(await admissionRules.inForce(store)).toMatchObject([{ version: 1 }]);
});

test('an admission rule that is sent with them is refused, and the answer names where they are written', () => {
  const rule = { name: 'Production', state: 'on', ...text } as const;
  const { agentAway: _, ...kept } = rule;
  for (const sent of [{ ...kept, settings: [...privileged] }, rule])
    expect(() => writtenHere(sent)).toThrow(
      expect.objectContaining({ code: 'bad-request', next: expect.stringContaining('/api/v1/compliance-rules/:id') }),
    );
  expect(writtenHere({ ...kept, settings: [], agentAway: 'allow' })).toEqual(kept);
});
