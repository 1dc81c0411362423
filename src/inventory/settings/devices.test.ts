import { describe, expect, test } from 'vitest';
import { isDisk, openedByRules, ruleOfWords } from './devices.ts';
import type { SpecDeviceRule } from './schema.ts';
import type { HostDevice } from './settings.ts';

const all = { everyDevice: true, devices: [] };
const none = { everyDevice: false, devices: [] };
const shut: SpecDeviceRule = { allow: false, access: 'rwm' };

function opened(...rules: readonly (string | SpecDeviceRule)[]): object {
  return openedByRules(rules.flatMap((rule) => (typeof rule === 'string' ? (ruleOfWords(rule) ?? []) : rule)));
}

describe('rules of devices', () => {
  test.each(['a *:* rwm', 'a *:* m', 'a 1:3 m', 'a 8:* r'])('open every device by %j', (words) => {
    expect(opened(words)).toEqual(all);
    expect(opened('b 8:0 r', shut, words)).toEqual(all);
    expect(opened(words, { allow: false, type: 'a', major: 1, minor: 3, access: 'm' })).toEqual(none);
  });

  test('open every device without a type, whatever else they name', () => {
    expect(opened({ allow: true, major: -1, minor: -1, access: 'm' })).toEqual(all);
    expect(opened({ allow: true, type: null, major: 10, access: '' })).toEqual(all);
    expect(opened({ allow: true, type: '', access: 'rwm' }, shut)).toEqual(none);
  });

  test.each<readonly [string, readonly HostDevice[]]>([
    ['c *:* m', []],
    ['b 8:0 m', []],
    ['b 8:0 r', [{ type: 'block', major: 8, minor: 0 }]],
    ['c 10:232 rwm', []],
    ['c 10:* rwm', [{ type: 'character', major: 10, minor: undefined }]],
    ['c 21:0 r', [{ type: 'character', major: 21, minor: 0 }]],
    ['c 1:1 w', [{ type: 'character', major: 1, minor: 1 }]],
    ['c 1:3 rwm', []],
  ])('open of %j what counts', (words, devices) => {
    expect(opened(words)).toEqual({ everyDevice: false, devices });
  });
});

test.each<readonly [string, number | undefined, number | undefined, string | undefined, boolean]>([
  ['block', 7, 0, undefined, true],
  ['character', 21, 3, undefined, true],
  ['character', 21, undefined, undefined, true],
  ['character', 1, undefined, undefined, true],
  ['character', 1, 4, undefined, true],
  ['character', 1, 3, '/dev/null', false],
  ['character', 245, 0, '/dev/bsg/0:0:0:0', true],
  ['character', 240, 0, '/dev/nvme0', true],
  ['character', 241, 0, '/dev/ng0n1', true],
  ['character', 10, 125, '/dev/nvme-fabrics', false],
  ['character', 10, 144, '/dev/nvram', false],
  ['character', 10, 232, '/dev/kvm', false],
  ['character', 240, 0, undefined, false],
])('%s %s:%s at %s is a disk: %s', (...row) => {
  const [type, major, minor, path, expected] = row;
  const device = { type: type as HostDevice['type'], major, minor, ...(path !== undefined && { path }) };
  expect(isDisk(device)).toBe(expected);
});
