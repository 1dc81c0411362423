import { describe, expect, test } from 'vitest';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';
import { rulesInForce, type SightContext } from './rule-sights.ts';

const rule: AdmissionRule = {
  id: 'strict',
  version: 3,
  name: 'Strict',
  state: 'on',
  collections: ['prod'],
  fail: 'block',
  cannotJudge: 'alert',
  unknown: 'ignore',
  holdSeconds: 0,
  settings: [
    { kind: 'privileged', effect: 'alert' },
    { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
  ],
  agentAway: 'deny',
  builds: 'deny',
  rogue: 'stop',
};
const last: AdmissionRule = { ...rule, id: 'last', name: 'Last', collections: undefined, fail: 'ignore', settings: [] };
const ledger: Ledger = {
  form: 1,
  host: 'pier-1',
  sequence: 4,
  issuedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2099-01-01T00:00:00Z',
  environment: 'prod',
  entries: [],
  rules: [rule, last],
  collections: [{ id: 'prod', name: 'Prod', description: '', selects: { environments: ['prod'] } }],
};
const context: SightContext = {
  wrapper: 'installed',
  authorization: 'on',
  agent: 'at-work',
  unknownEngines: 'deny',
  ledger,
};

function row(id: string, more: Partial<SightContext> = {}) {
  const found = rulesInForce({ ...context, ...more }).rows.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no row ${id}.`);
  return [found.effect, found.ring1, found.ring2, found.sweep];
}

describe('the rules in force on a host', () => {
  test('are those of its environment', () => {
    expect(rulesInForce(context)).toMatchObject({
      rule: { id: 'strict', version: 3, name: 'Strict' },
      environment: 'prod',
    });
    const other = { ...ledger, environment: 'dev' } as const;
    expect(rulesInForce({ ...context, ledger: other }).rule?.id).toBe('last');
    expect(row('fail', { ledger: other })[0]).toBe('ignore');
    const none = rulesInForce({ ...context, ledger: undefined });
    expect(none.rule).toBeUndefined();
    expect(new Set(none.rows.map(({ effect }) => effect))).toEqual(new Set(['none', 'deny', 'block']));
  });

  test('over settings are those of compliance rules where a ledger has such', () => {
    const settings = [{ kind: 'seccomp-off', effect: 'block' }] as const;
    const own = { id: 'own', version: 1, name: 'Own', state: 'on', settings, agentAway: 'deny' } as const;
    const other = { ...ledger, settings: [own] };
    expect(row('seccomp-off', { ledger: other })[0]).toBe('block');
    expect(row('privileged', { ledger: other })[0]).toBe('none');
    expect(row('fail', { ledger: other })[0]).toBe('block');
  });

  test.each([
    ['fail', 'block'],
    ['cannot-judge', 'alert'],
    ['unknown', 'ignore'],
    ['privileged', 'alert'],
    ['privileged-exec', 'alert'],
    ['host-paths', 'block'],
    ['seccomp-off', 'none'],
    ['plugins', 'block'],
    ['builds-older', 'deny'],
    ['rogue', 'stop'],
    ['foreign', 'deny'],
  ])('say of %s: %s', (id, effect) => {
    expect(row(id)[0]).toBe(effect);
  });

  test.each<readonly [string, string, Partial<SightContext>, readonly string[]]>([
    ['privileged', 'all stands', {}, ['judged', 'judged', 'judged']],
    ['privileged', 'no plugin', { authorization: 'off' }, ['when-installed', 'judged', 'judged']],
    ['privileged', 'nobody knows of a plugin', { authorization: 'unknown' }, ['unknown', 'judged', 'judged']],
    ['privileged', 'no wrapper', { wrapper: 'absent' }, ['judged', 'when-installed', 'judged']],
    ['privileged', 'a broken wrapper', { wrapper: 'broken' }, ['judged', 'when-installed', 'judged']],
    ['privileged', 'a wrapper beside', { wrapper: 'partial' }, ['judged', 'partly', 'judged']],
    ['privileged', 'no agent', { agent: 'away' }, ['judged', 'judged', 'when-installed']],
    ['privileged-exec', 'all stands', {}, ['judged', 'judged', 'not-seen']],
    ['host-paths-volume', 'all stands', {}, ['judged', 'not-seen', 'not-seen']],
    ['host-paths-volume', 'no plugin', { authorization: 'off' }, ['when-installed', 'not-seen', 'not-seen']],
    ['plugins', 'all stands', {}, ['refused', 'judged', 'not-seen']],
    ['update', 'all stands', {}, ['refused', 'not-seen', 'not-seen']],
    ['foreign', 'no plugin', { authorization: 'off' }, ['not-seen', 'judged', 'not-seen']],
    ['rogue', 'no wrapper', { wrapper: 'absent' }, ['not-seen', 'not-seen', 'judged']],
  ])('are seen where they are: %s, where %s', (...[id, , more, sights]) => {
    expect(row(id, more).slice(1)).toEqual(sights);
  });
});
