import { describe, expect, test } from 'vitest';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';
import { ledgerSettings } from './ledger-settings.ts';

const mild: AdmissionRule = {
  id: 'mild',
  version: 1,
  name: 'Mild',
  state: 'on',
  fail: 'alert',
  cannotJudge: 'ignore',
  unknown: 'alert',
  holdSeconds: 5,
  settings: [],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'ignore',
};
const strict: AdmissionRule = {
  ...mild,
  id: 'strict',
  unknown: 'block',
  holdSeconds: 30,
  settings: [{ kind: 'privileged', effect: 'block' }],
  agentAway: 'deny',
  builds: 'approved-base',
};

type Selects = Ledger['collections'][number]['selects'];

function ledgerWith(
  rules: readonly AdmissionRule[],
  selects: Selects = {},
  environment: string | undefined = 'prod',
): Ledger {
  return {
    form: 1,
    host: 'h1',
    sequence: 1,
    issuedAt: '2026-11-24T12:00:00Z',
    expiresAt: '2026-11-25T12:00:00Z',
    ...(environment !== undefined && { environment }),
    entries: [],
    rules,
    collections: [{ id: 'some', name: 'Some', description: '', selects }],
  };
}

function settingsOf(...[rules, selects, environment]: Parameters<typeof ledgerWith>) {
  const ledger = ledgerWith(rules, selects, environment);
  const before = ledgerSettings(ledger, { host: 'h1', environments: [] });
  const { rules: all, ...kept } = ledger;
  const bare = all.map((rule) => {
    const { settings: _, agentAway: __, ...without } = rule;
    return without;
  });
  const settings = all.map(({ settings: own = [], agentAway = 'allow', ...rule }) => ({
    ...rule,
    settings: own,
    agentAway,
  }));
  // The same where compliance rules say it.
  expect(ledgerSettings({ ...kept, rules: bare, settings }, { host: 'h1', environments: [] })).toEqual(before);
  return before;
}

const isMild = { hold: 5000, unknown: 'allow', agentAway: 'allow', builds: 'allow', settings: 'not-judged' };
const isStrict = { hold: 30_000, unknown: 'deny', agentAway: 'deny', builds: 'approved-base', settings: 'judged' };

describe('the settings of a compiled ledger', () => {
  test('are those of the first rule in force that holds for the host', () => {
    expect(settingsOf([mild, strict])).toMatchObject(isMild);
    expect(settingsOf([{ ...mild, state: 'off' }, strict])).toMatchObject(isStrict);
  });

  test('refuse nothing where no rule holds', () => {
    expect(settingsOf([])).toMatchObject({ ...isMild, hold: 0 });
    expect(settingsOf([{ ...strict, collections: ['gone'] }])).toMatchObject({ ...isMild, hold: 0 });
  });

  test('are strict when a rule for some images stands before, and not when it is for another place', () => {
    const scoped = { ...strict, collections: ['some'] };
    expect(settingsOf([scoped, mild], { images: ['*/shop/*'] })).toMatchObject(isStrict);
    expect(settingsOf([scoped, mild], { images: ['*/shop/*'], environments: ['dev'] })).toMatchObject(isMild);
    expect(settingsOf([scoped, mild], { hosts: ['h2'] })).toMatchObject(isMild);
    expect(settingsOf([scoped, mild], { hosts: ['h*'] })).toMatchObject(isStrict);
    expect(settingsOf([mild, scoped], { images: ['*/shop/*'] })).toMatchObject(isMild);
  });

  test('come of rules over settings where there are such, whatever admission rules say', () => {
    const judged = { ...strict, settings: [{ kind: 'privileged', effect: 'block' }] } as const;
    const ledger = { ...ledgerWith([judged]), settings: [] };
    expect(ledgerSettings(ledger, { host: 'h1', environments: [] })).toMatchObject({
      agentAway: 'allow',
      settings: 'not-judged',
      unknown: 'deny',
    });
  });

  test('do not count a rule over settings that does nothing', () => {
    expect(settingsOf([{ ...mild, settings: [{ kind: 'privileged', effect: 'ignore' }] }])).toMatchObject(isMild);
  });
});
