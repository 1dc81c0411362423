import { expect, test } from 'vitest';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import { encodeRules } from './encode-rules.ts';

const usual: AdmissionRule = {
  id: 'usual',
  version: 1,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [{ kind: 'privileged', effect: 'block' }],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'ignore',
};

function compiled(
  rules: readonly AdmissionRule[],
  more: Partial<Ledger> = {},
  environment: string | undefined = 'prod',
) {
  const ledger: Ledger = {
    form: 1,
    host: 'h',
    sequence: 1,
    issuedAt: '2026-11-24T12:00:00Z',
    expiresAt: '2026-11-25T12:00:00Z',
    environment: 'prod',
    entries: [],
    rules,
    collections: [
      { id: 'here', name: 'Here', description: '', selects: { hosts: ['h'] } },
      { id: 'there', name: 'There', description: '', selects: { hosts: ['-h'] } },
      { id: 'shop', name: 'Shop', description: '', selects: { hosts: ['*'], images: ['shop/*'] } },
    ],
    ...more,
  };
  const view = { engineRoot: '/var/lib/docker', sockets: ['/run/docker.sock'], environment };
  return encodeRules(ledger, { host: 'h', environments: ['dev'], view });
}

const ids = (...rules: readonly AdmissionRule[]) =>
  compiled(rules)?.rules.map(({ rule: { id }, scope }) => [id, scope]);
const named = (id: string, ...collections: readonly string[]): AdmissionRule => ({ ...usual, id, collections });

test('the rules go up to the first that holds for all of this host, without what never does', () => {
  expect(ids(usual, named('never', 'shop'))).toEqual([['usual', undefined]]);
  expect(ids({ ...usual, state: 'off' }, named('one', 'here'), usual)).toEqual([['one', undefined]]);
  expect(ids(named('none', 'there', 'gone'), named('shop', 'shop', 'there'), usual)).toEqual([
    ['shop', [{ images: ['shop/*'] }]],
    ['usual', undefined],
  ]);
});

test('they are those of compliance rules where a ledger has such', () => {
  const own = {
    id: 'own',
    version: 5,
    name: 'Own',
    state: 'on',
    settings: usual.settings ?? [],
    agentAway: 'deny',
  } as const;
  expect(compiled([usual], { settings: [own] })?.rules).toEqual([
    { rule: { id: 'own', version: 5, name: 'Own' }, settings: usual.settings },
  ]);
  expect(compiled([usual], { settings: [] })?.rules).toEqual([]);
});

test('labels choose no environment where a collection places the host', () => {
  expect(compiled([usual])?.place).toEqual({ environment: 'prod', allowed: ['dev'] });
  expect(compiled([usual], {}, 'test')?.place).toEqual({ environment: 'prod', allowed: [] });
});

test('what the wrapper does not take is left to the agent', () => {
  const denying = (path: string) =>
    compiled([{ ...usual, settings: [{ kind: 'host-paths', deny: [path], effect: 'block' }] }]);
  expect(denying(`/${'x'.repeat(4094)}`)).toBeDefined();
  expect(denying(`/${'ä'.repeat(2048)}`)).toBeUndefined();
});

const central: ComplianceRule = {
  id: 'central',
  version: 3,
  name: 'Central',
  state: 'on',
  lines: [{ checks: { by: 'check', id: 'CTR-047' }, effect: 'block' }],
  notAssessed: 'alert',
  running: 'alert',
};
const checksOf = (rules: readonly ComplianceRule[], lists = {}) =>
  compiled([usual], { compliance: { rules, lists } })?.checks?.map(({ rule: { id }, scope, settings }) => [
    id,
    scope,
    settings.map(({ check }) => check),
  ]);

test('compliance rules go along with what settings decide of them, in their order and scope', () => {
  const silent = { ...central, id: 'silent', lines: [], collections: ['shop'] };
  expect(checksOf([{ ...central, state: 'off' }, silent, central, { ...central, id: 'after' }])).toEqual([
    ['silent', [{ images: ['shop/*'] }], []],
    ['central', undefined, ['CTR-047']],
  ]);
  expect(compiled([usual], { compliance: { rules: [central], lists: {} } })?.checks?.[0]?.rule).toEqual({
    id: 'central',
    version: 3,
    name: 'Central',
  });
});

test('nothing goes along of compliance rules that settings do not decide, or of more than the wrapper takes', () => {
  expect(checksOf([{ ...central, lines: [] }])).toBeUndefined();
  expect(checksOf([{ ...central, collections: ['there'] }])).toBeUndefined();
  const lines = [{ checks: { by: 'check', id: 'CTR-005' }, effect: 'block' }] as const;
  const long = { 'allowed-added-capabilities': Array.from({ length: 10_000 }, (_, at) => `${at}`.padEnd(200, 'X')) };
  expect(checksOf([{ ...central, lines }], long)).toBeUndefined();
  expect(compiled([usual], { compliance: { rules: [{ ...central, lines }], lists: long } })?.rules).toHaveLength(1);
});
