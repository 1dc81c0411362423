import { normalize } from 'node:path/posix';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingsRule } from '../contract.ts';
import {
  addedByWords,
  type ContainerSettings,
  holdsPath,
  type HostMount,
  nothingOfHost,
  plainPath,
} from '#inventory/index.ts';
import { judgeSettings } from './judge-settings.ts';

const plain: ContainerSettings = {
  ...nothingOfHost,
  engineSockets: ['/run/docker.sock', '/run/containerd'],
};

function mountOf(source: string, ...paths: string[]): HostMount {
  return { source, target: '/m', place: { kind: 'paths', paths: paths.length === 0 ? [source] : paths } };
}

function messages(settings: Partial<ContainerSettings>, ...rules: SettingsRule[]): readonly string[] {
  return judgeSettings({ ...plain, ...settings }, rules, 'docker').map(({ message }) => message);
}

describe('rules over settings', () => {
  const paths = (...deny: string[]): SettingsRule => ({ kind: 'host-paths', deny, effect: 'block' });
  const socket: SettingsRule = { kind: 'engine-socket', effect: 'block' };

  test('say what exactly, and by which path', () => {
    expect(messages({ mounts: [mountOf('/srv/link', '/etc')] }, paths('/etc/'))).toEqual([
      expect.stringMatching(/ \/srv\/link into \/m, .* \/etc on .* \/etc is /),
    ]);
    expect(messages({ mounts: [mountOf('/etc/ssh/keys')] }, paths('/etc/ssh'))).toEqual([
      expect.stringMatching(/ \/etc\/ssh\/keys into \/m; \/etc\/ssh is /),
    ]);
    expect(messages({ mounts: [mountOf('/')] }, paths('/etc/ssh'))).toEqual([
      expect.stringMatching(/ \/ into \/m; .* \/etc\/ssh, /),
    ]);
    expect(messages({ mounts: [mountOf('/run')] }, socket)).toEqual([
      expect.stringMatching(/ \/run into \/m, .* \/run\/docker\.sock: /),
    ]);
  });

  test('know folders by whole segments, and / as the whole host only', () => {
    expect(messages({ mounts: [mountOf('/etcetera'), mountOf('/run/docker.sock2')] }, paths('/etc'), socket)).toEqual(
      [],
    );
    expect(messages({ mounts: [mountOf('/srv')] }, paths('/'))).toEqual([]);
    expect(messages({ mounts: [mountOf('/')] }, paths('/'))).toHaveLength(1);
  });

  test('object to what nobody can see', () => {
    const mounts: HostMount[] = [{ source: 'x', target: '', place: { kind: 'not-seen' } }];
    expect(messages({ mounts }, paths('/etc'), socket)).toHaveLength(2);
    const hostNamespaces = [{ namespace: 'network', certainty: 'not-seen' }] as const;
    expect(messages({ hostNamespaces }, { kind: 'host-namespaces', deny: ['network'], effect: 'alert' })).toHaveLength(
      1,
    );
  });

  test('take disks and memory for the whole host', () => {
    const devices = [
      { type: 'block', major: 8, minor: 0, path: '/dev/sda' },
      { type: 'character', major: 1, minor: 1 },
      { type: 'character', major: 10, minor: 232, path: '/dev/kvm' },
    ] as const;
    expect(messages({ devices }, paths('/etc'))).toEqual([
      expect.stringMatching(/ \/dev\/sda /),
      expect.stringMatching(/ character 1:1 /),
    ]);
    expect(messages({ devices }, paths('/dev'))).toHaveLength(3);
  });

  test('take open system paths for privileged, and say so once', () => {
    const rule: SettingsRule = { kind: 'privileged', effect: 'block' };
    expect(messages({ systemPaths: 'open' }, rule)).toEqual([expect.stringContaining('parts of /proc and /sys')]);
    expect(messages({ systemPaths: 'open', everyDevice: true }, rule)).toEqual([
      expect.stringMatching(/\bprivileged\b.*\bdevice\b/),
    ]);
  });

  test('come the heaviest first, and those that ignore are silent', () => {
    const settings = { everyDevice: true, seccomp: 'off', addedCapabilities: ['SYS_ADMIN', 'SYSLOG'] } as const;
    const objecting: SettingsRule[] = [
      { kind: 'seccomp-off', effect: 'alert' },
      { kind: 'added-capabilities', allow: ['cap_syslog'], effect: 'block' },
      { kind: 'privileged', effect: 'block' },
      { kind: 'host-paths', deny: ['/etc'], effect: 'ignore' },
    ];
    const kinds = judgeSettings({ ...plain, ...settings }, objecting, 'docker').map(({ kind, effect }) => [
      kind,
      effect,
    ]);
    expect(kinds).toEqual([
      ['privileged', 'block'],
      ['added-capabilities', 'block'],
      ['seccomp-off', 'alert'],
    ]);
    expect(messages(settings, { kind: 'added-capabilities', allow: ['cap_syslog'], effect: 'block' })).toEqual([
      expect.stringMatching(/ SYS_ADMIN\.$/),
    ]);
  });
});

test('a plain path is one that the kernel would take for the same, and is held by each of its folders', () => {
  const part = fc.constantFrom('a', 'b', '.', '..', '', 'ab');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const path = plainPath(`/${parts.join('/')}`);
      expect(path).toBe(normalize(`/${parts.join('/')}`).replace(/(?<=.)\/$/, ''));
      expect(holdsPath('/', path) && holdsPath(path, path) && holdsPath(path, `${path === '/' ? '' : path}/x`)).toBe(
        true,
      );
      expect(holdsPath(`${path === '/' ? '' : path}/x`, path)).toBe(false);
    }),
  );
});

test('all capabilities are the usual ones and every other', () => {
  const all = addedByWords({ add: ['all'], drop: [], privileged: 'no' });
  expect(all).toEqual(addedByWords({ add: [], drop: ['ALL'], privileged: 'yes' }));
  expect(all).toHaveLength(41 - 14);
  expect(addedByWords({ add: ['ALL'], drop: ['cap_sys_admin'], privileged: 'no' })).toHaveLength(26);
  expect(addedByWords({ add: ['KILL', 'cap_bpf', 'BPF'], drop: ['BPF'], privileged: 'no' })).toEqual(['BPF']);
});
