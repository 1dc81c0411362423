import { expect, it } from 'vitest';
import { type ComplianceRule, newComplianceRule, type SettingsRule } from '#compliance/contract.ts';
import { sameRules } from './same-rules.ts';

const rule = (id: string, ...settings: readonly SettingsRule[]): ComplianceRule => ({
  ...newComplianceRule,
  id,
  version: 1,
  name: `Rule ${id}`,
  settings,
});
const seccomp = (effect: SettingsRule['effect']): SettingsRule => ({ kind: 'seccomp-off', effect });

it('tells the rules in force that judge the same as a check, with the strictest that they do', () => {
  const rules = [
    rule('ignoring', seccomp('ignore')),
    rule('alerting', seccomp('alert')),
    rule('blocking', { kind: 'privileged', effect: 'alert' }, seccomp('alert'), seccomp('block')),
    { ...rule('off', seccomp('block')), state: 'off' as const },
    rule('another', { kind: 'privileged', effect: 'block' }),
  ];
  expect(sameRules('CTR-047', rules)).toEqual([
    { id: 'alerting', name: 'Rule alerting', does: 'Alert' },
    { id: 'blocking', name: 'Rule blocking', does: 'Block' },
  ]);
  expect(sameRules('IMG-001', rules)).toEqual([]);
});

it('knows a namespace by its own check', () => {
  const rules = [rule('pids', { kind: 'host-namespaces', deny: ['pid'], effect: 'block' })];
  expect(sameRules('CTR-038', rules)).toHaveLength(1);
  expect(sameRules('CTR-030', rules)).toEqual([]);
});
