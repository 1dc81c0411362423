import { describe, expect, test } from 'vitest';
import type { SettingsRule } from '#compliance/contract.ts';
import { brokenByExec } from './judge-exec.ts';

const all = Array.from({ length: 20 }, (_, at) => `CAP_${at}`);
const privileged = { kind: 'privileged', effect: 'block' } as const;
const added = { kind: 'added-capabilities', allow: ['NET_ADMIN'], effect: 'block' } as const;
const other = { kind: 'host-namespaces', deny: ['pid'], effect: 'block' } as const;

describe('a program in a container that runs', () => {
  test.each<readonly [string, readonly string[], readonly SettingsRule[], readonly (readonly [string, string])[]]>([
    ['nearly all', all, [privileged], [['block', 'It would run privileged in the container.']]],
    [
      'nearly all, shown',
      all,
      [{ ...privileged, effect: 'alert' }],
      [['alert', 'It would run privileged in the container.']],
    ],
    ['nearly all, ignored', all, [{ ...privileged, effect: 'ignore' }], []],
    ['one fewer', all.slice(1), [privileged], []],
    ['one', ['CAP_SYS_ADMIN'], [privileged], []],
    ['one that no rule allows', ['cap_sys_admin'], [added], [['block', 'It adds the capability SYS_ADMIN.']]],
    ['one that is usual and its container lacks', ['CAP_CHOWN'], [added], [['block', 'It adds the capability CHOWN.']]],
    ['one that a rule allows', ['CAP_NET_ADMIN'], [added], []],
    ['one twice', ['CAP_A', 'a'], [added], [['block', 'It adds the capability A.']]],
    ['what other rules are about', all, [other], []],
    [
      'nearly all, under both',
      all,
      [added, privileged],
      [
        ['block', 'It would run privileged in the container.'],
        ['block', 'It has nearly every capability.'],
      ],
    ],
  ])('is judged by what it gets beyond its container: %s', (...[, capabilities, rules, broken]) => {
    expect(brokenByExec(capabilities, rules).map(({ effect, message }) => [effect, message])).toEqual(broken);
  });

  test('reads how to do without', () => {
    expect(brokenByExec(all, [added])[0]?.remedy).toBe('Leave out --privileged.');
    expect(brokenByExec(['CAP_B', 'CAP_A'], [added])[0]?.remedy).toMatch(
      /^Make the container with --cap-add A --cap-add B where/,
    );
  });
});
