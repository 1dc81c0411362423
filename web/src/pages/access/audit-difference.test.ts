import { describe, expect, it } from 'vitest';
import { differencesIn } from './audit-difference.ts';

const policy = {
  id: 'production',
  version: 3,
  name: 'Production',
  collections: ['prod'],
  state: 'on',
  rules: [
    { kind: 'severity', threshold: { by: 'severity', severity: 'high' }, onlyFixed: true, effect: 'block' },
    { kind: 'kev', effect: 'alert' },
  ],
};

describe('what a change made otherwise', () => {
  it('is told value by value, by the names of rules', () => {
    const [severity, kev] = policy.rules;
    const after = {
      ...policy,
      version: 4,
      collections: ['prod', 'test'],
      rules: [{ ...severity, threshold: { by: 'severity', severity: 'medium' }, onlyFixed: false }, kev],
    };
    expect(differencesIn({ before: policy, after })).toEqual([
      { path: 'collections', before: 'prod', after: 'prod, test' },
      { path: 'rules › severity › threshold › severity', before: 'high', after: 'medium' },
      { path: 'rules › severity › only fixed', before: 'yes', after: 'no' },
    ]);
  });

  it('tells a rule that came and one that went by each of its values', () => {
    const after = { ...policy, rules: [{ kind: 'unscanned', effect: 'block' }, policy.rules[0]] };
    expect(differencesIn({ before: policy, after })).toEqual([
      { path: 'rules › kev › kind', before: 'kev' },
      { path: 'rules › kev › effect', before: 'alert' },
      { path: 'rules › unscanned › kind', after: 'unscanned' },
      { path: 'rules › unscanned › effect', after: 'block' },
    ]);
  });

  it('keeps several rules of one kind apart', () => {
    const before = {
      rules: [
        { kind: 'severity', effect: 'block' },
        { kind: 'severity', effect: 'alert' },
      ],
    };
    const after = {
      rules: [
        { kind: 'severity', effect: 'block' },
        { kind: 'severity', effect: 'block' },
      ],
    };
    expect(differencesIn({ before, after })).toEqual([
      { path: 'rules › severity 2 › effect', before: 'alert', after: 'block' },
    ]);
  });

  it('shows an order as one value, and nothing for entries without a before and after', () => {
    expect(differencesIn({ before: ['a', 'b'], after: ['b', 'a'] })).toEqual([
      { path: '', before: 'a, b', after: 'b, a' },
    ]);
    expect(differencesIn({ note: 'fine' })).toEqual([]);
    expect(differencesIn(undefined)).toEqual([]);
  });
});
