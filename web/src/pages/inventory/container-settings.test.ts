import { describe, expect, it } from 'vitest';
import { capabilitiesOf, isRoot, publishedPorts, settingsOf, shortPorts } from './container-settings.ts';

const ordinary = {
  privileged: false,
  user: '1000',
  hostNamespaces: [],
  sharedByDefault: [],
  mounts: [],
  capabilities: { added: [], dropped: [] },
  securityOptions: [],
} as const;

describe('settingsOf', () => {
  it('has nothing to say of an ordinary container', () => {
    expect(settingsOf(ordinary)).toEqual([]);
  });

  it('names what hands over the host before what only helps', () => {
    const open = {
      ...ordinary,
      privileged: true,
      user: '',
      hostNamespaces: ['pid', 'network'],
      mounts: [{ kind: 'bind', source: '/run/docker.sock', target: '/d', writable: true }],
      capabilities: { added: ['SYS_ADMIN'], dropped: [] },
      securityOptions: ['seccomp=unconfined'],
    } as const;
    const found = settingsOf(open);
    expect(found.map(({ word }) => word)).toEqual([
      'privileged',
      'engine socket',
      'host pid',
      'host network',
      'root',
      'unconfined',
    ]);
    expect(found.map(({ weight }) => weight)).toEqual(['grave', 'grave', 'grave', 'grave', 'plain', 'plain']);
  });

  it("takes a cgroup namespace for the host's choice where every container of the engine has it", () => {
    const shares = { ...ordinary, hostNamespaces: ['cgroup'] } as const;
    expect(settingsOf({ ...shares, sharedByDefault: ['cgroup'] })).toEqual([]);
    expect(settingsOf(shares)).toMatchObject([{ word: 'host cgroup', weight: 'plain' }]);
    expect(settingsOf({ ...shares, hostNamespaces: ['cgroup', 'pid'], sharedByDefault: ['cgroup'] })).toMatchObject([
      { word: 'host pid', weight: 'grave' },
    ]);
  });

  it.each([
    [true, [], [], /^all\b/],
    [true, ['NET_ADMIN'], ['ALL'], /^all\b/],
    [false, [], [], /default set$/],
    [false, [], ['ALL'], /^none$/],
    [false, ['NET_BIND_SERVICE'], ['ALL'], /^NET_BIND_SERVICE$/],
    [false, ['SYS_TIME'], ['CHOWN'], /^default set without CHOWN, with SYS_TIME$/],
    [false, ['SYS_TIME'], [], /^default set, with SYS_TIME$/],
  ] as const)(
    'privileged %s, added %j, dropped %j: has the capabilities that it really has',
    (...[privileged, added, dropped, words]) => {
      expect(capabilitiesOf({ privileged, capabilities: { added, dropped } })).toMatch(words);
    },
  );

  it('says nothing of a container that was gone before it could be looked at', () => {
    expect(settingsOf({ ...ordinary, user: '', incomplete: true })).toEqual([]);
  });

  it.each(['', '0', 'root', '0:0', 'root:adm'])('takes user "%s" as root', (user) => {
    expect(isRoot(user)).toBe(true);
  });

  it.each(['1000', 'app', '1000:0', 'rootless'])('does not take user "%s" as root', (user) => {
    expect(isRoot(user)).toBe(false);
  });
});

describe('publishedPorts', () => {
  it('lists where the host listens, and leaves out what it does not', () => {
    const ports = [
      { container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port: 8080 } },
      { container: 80, protocol: 'tcp', host: { address: '::', port: 8080 } },
      { container: 9000, protocol: 'tcp' },
    ] as const;
    expect(publishedPorts(ports)).toEqual(['0.0.0.0:8080 → 80/tcp', '[::]:8080 → 80/tcp']);
    expect(shortPorts(ports)).toEqual(['8080 → 80']);
  });

  it('names the address where it is not every one, and a protocol that is not TCP', () => {
    const port = { container: 53, protocol: 'udp', host: { address: '127.0.0.1', port: 5353 } } as const;
    expect(shortPorts([port])).toEqual(['127.0.0.1:5353 → 53/udp']);
  });
});
