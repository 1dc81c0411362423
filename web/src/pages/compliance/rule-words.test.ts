import { describe, expect, it } from 'vitest';
import type { RuleLine } from '#compliance/contract.ts';
import { deadLines, isBlocking, ruleSentence } from './rule-words.ts';

const check = (id: string, effect: RuleLine['effect']): RuleLine => ({ checks: { by: 'check', id }, effect });
const high: RuleLine = { checks: { by: 'severity', severity: 'high' }, effect: 'alert' };
const nist: RuleLine = { checks: { by: 'template', template: 'nist-800-190', section: '4.4' }, effect: 'ignore' };

describe('a compliance rule in words', () => {
  it.each([
    [[], 'ignore', 'alert', 'Only records what checks say. Not assessed: ignore.'],
    [[high], 'alert', 'alert', 'Alerts on high and above. Not assessed: alert.'],
    [
      [nist, high, check('CTR-001', 'block')],
      'block',
      'stop',
      'Blocks CTR-001; alerts on high and above; ignores nist-800-190 4.4. Not assessed: block. Stops containers that run.',
    ],
    [
      ['A', 'B', 'C', 'D', 'E'].map((id) => check(id, 'block')),
      'ignore',
      'alert',
      'Blocks A, B, C and 2 more lines. Not assessed: ignore. Containers that run are reported only.',
    ],
  ] as const)('%j, %s, %s', (...[lines, notAssessed, running, words]) => {
    expect(ruleSentence({ lines, notAssessed, running })).toBe(words);
  });

  it('says what it does about settings at a start', () => {
    const settings = [
      { kind: 'privileged', effect: 'alert' },
      { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
      { kind: 'seccomp-off', effect: 'ignore' },
    ] as const;
    expect(ruleSentence({ lines: [], settings, notAssessed: 'ignore', running: 'alert' })).toBe(
      'Only records what checks say. At a start it blocks host path mounts. At a start it alerts on privileged containers. Not assessed: ignore.',
    );
    expect(isBlocking({ state: 'on', lines: [], settings })).toBe(true);
  });

  it('blocks only while it is enabled and has a line that blocks', () => {
    const lines = [check('A', 'block')];
    expect(isBlocking({ state: 'on', lines })).toBe(true);
    expect(isBlocking({ state: 'off', lines })).toBe(false);
    expect(isBlocking({ state: 'on', lines: [high] })).toBe(false);
  });

  it('says which lines can never decide', () => {
    expect([...deadLines([high, check('A', 'block'), { ...high, effect: 'block' }, check('B', 'block')])]).toEqual([2]);
  });
});
