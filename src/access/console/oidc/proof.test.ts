import { describe, expect, it } from 'vitest';
import { groupsIn, keepsGroupsElsewhere, nameIn, roleFor } from './proof.ts';

describe('the groups of a claim', () => {
  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[], []],
    ['a', ['a']],
    [['a', 1, null, ['b']], ['a']],
    [undefined, undefined],
    [null, undefined],
    [1, undefined],
    [{ a: true }, undefined],
  ])('%j are %j', (value, groups) => {
    expect(groupsIn({ groups: value }, 'groups')).toEqual(groups);
  });

  it('are kept elsewhere where the provider says so of this claim', () => {
    expect(keepsGroupsElsewhere({ _claim_names: { groups: 'src1' } }, 'groups')).toBe(true);
    expect(keepsGroupsElsewhere({ _claim_names: { roles: 'src1' } }, 'groups')).toBe(false);
    expect(keepsGroupsElsewhere({}, 'toString')).toBe(false);
  });
});

describe('the name', () => {
  it.each([
    [{ preferred_username: 'ada', name: 'Ada L.' }, 'ada'],
    [{ name: ' Ada L. ' }, 'Ada L.'],
    [{ preferred_username: ' ', email: 'ada@example.org' }, 'ada@example.org'],
    [{ name: 'a\u0000d\u202Ea' }, 'ada'],
    [{ name: 7 }, 'subject'],
    [{}, 'subject'],
    [{ name: 'x'.repeat(500) }, expect.stringMatching(/^x{95}…$/)],
  ])('of %j', (claims, name) => {
    expect(nameIn(claims, 'subject')).toEqual(name);
  });
});

describe('the role', () => {
  const roles = [
    { group: 'captains', role: 'administrator' },
    { group: 'deckhands', role: 'developer', collections: ['pier'] },
    { group: 'pilots', role: 'operator' },
    { group: 'captains', role: 'auditor' },
  ] as const;

  it.each([
    [['pilots', 'deckhands'], 'developer'],
    [['pilots'], 'operator'],
    [['captains', 'pilots'], 'administrator'],
    [['Pilots'], undefined],
    [['pilot'], undefined],
    [[''], undefined],
    [[], undefined],
  ])('of %j is that of the first line that fits: %s', (groups, role) => {
    expect(roleFor(groups, roles)?.role).toBe(role);
  });
});
