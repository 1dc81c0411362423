import { describe, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { readFlags } from './flags.ts';
import { notInForce } from './not-in-force.ts';
import { type EngineStart, minimumApi, settingsInForce } from './settings-in-force.ts';

const path = '/etc/docker/daemon.json';
const none = { kind: 'none', path } as const;
const file = (settings: object) => ({ kind: 'read', path, settings: { ...settings } }) as const;

function started(start: Partial<EngineStart> & { readonly words?: readonly string[] } = {}): EngineStart {
  return {
    flags: readFlags(['dockerd', ...(start.words ?? [])]),
    file: none,
    reloaded: {},
    apiVersion: '1.45',
    cgroupVersion: '2',
    minimumApi: '1.24',
    ...start,
  };
}

test.each([
  ['--iptables=false', { iptables: ['false'] }],
  ['--iptables --log-level debug', { iptables: ['true'], 'log-level': ['debug'] }],
  ['--log-opt max-size=1m --log-opt=max-file=2', { 'log-opt': ['max-size=1m', 'max-file=2'] }],
  ['-D -l warn -H tcp://0.0.0.0:2375', { debug: ['true'], 'log-level': ['warn'], host: ['tcp://0.0.0.0:2375'] }],
  ['-Hfd:// --containerd=/run/c.sock', { host: ['fd://'], containerd: ['/run/c.sock'] }],
  ['--unknown value --userland-proxy=false', { unknown: ['value'], 'userland-proxy': ['false'] }],
  ['--label --iptables=false', { label: ['--iptables=false'] }],
])('flags %s', (words, flags) => {
  expect(Object.fromEntries(readFlags(['dockerd', ...words.split(' ')]))).toEqual(flags);
});

describe('settings in force', () => {
  test.each([
    ['1.45', '1', { 'default-cgroupns-mode': 'host', 'default-ipc-mode': 'private', ip6tables: false }],
    ['1.46', '2', { 'default-cgroupns-mode': 'private', 'default-ipc-mode': 'private', ip6tables: true }],
    ['1.39', '1', { 'default-cgroupns-mode': 'host', 'default-ipc-mode': 'shareable', ip6tables: false }],
  ])('defaults of API %s on cgroup v%s', (apiVersion, cgroupVersion, values) => {
    const settings = settingsInForce(started({ apiVersion, cgroupVersion }));
    for (const [name, value] of Object.entries({
      ...values,
      'userland-proxy': true,
      iptables: true,
      'log-level': 'info',
    }))
      expect(settings, name).toMatchObject({ [name]: { kind: 'known', value, default: 'engine' } });
  });

  test('are those of the file, of flags and of reloading, the later over the former', () => {
    const settings = settingsInForce(
      started({
        words: ['--userland-proxy=false', '--metrics-addr', '0.0.0.0:9323'],
        file: file({ 'log-level': 'error', 'default-ipc-mode': 'shareable', 'network-diagnostic-port': 2000 }),
        reloaded: { 'default-ipc-mode': 'private', debug: 'true' },
      }),
    );
    expect(settings).toMatchObject({
      'userland-proxy': { value: false, at: 'dockerd --userland-proxy' },
      'metrics-addr': { value: '0.0.0.0:9323' },
      'log-level': { value: 'error', at: `${path} log-level` },
      'network-diagnostic-port': { value: 2000 },
      'default-ipc-mode': { value: 'private', at: 'event daemon reload default-ipc-mode' },
    });
  });

  test('of a file that was changed since the start are missing, unless a flag or the engine says them', () => {
    const unknown = { kind: 'unknown', path, why: 'it was changed' } as const;
    const settings = settingsInForce(
      started({ file: unknown, words: ['--iptables=false'], reloaded: { 'default-ipc-mode': 'private' } }),
    );
    expect(settings['userland-proxy']).toEqual({ kind: 'missing', why: 'it was changed' });
    expect(settings.iptables).toMatchObject({ value: false });
    expect(settings['default-ipc-mode']).toMatchObject({ value: 'private' });
  });

  test('with an unexpected value are missing, never the default', () => {
    const settings = settingsInForce(started({ file: file({ iptables: 'false', 'default-ulimits': [] }) }));
    expect(settings.iptables).toMatchObject({ kind: 'missing' });
    expect(settings['default-ulimits']).toMatchObject({ kind: 'missing' });
    expect(settingsInForce(started({ words: ['--iptables=no'] })).iptables).toMatchObject({ kind: 'missing' });
  });

  test.each([
    [{}, { securityInsecure: false, networkHost: true }],
    [{ builder: { entitlements: { 'security-insecure': true } } }, { securityInsecure: true, networkHost: true }],
    [
      { builder: { Entitlements: { 'Security-Insecure': true, 'network-host': false } } },
      { securityInsecure: true, networkHost: false },
    ],
    [{ builder: { gc: { enabled: true } } }, { securityInsecure: false, networkHost: true }],
  ])('of the builder %j, in any case', (settings, value) => {
    expect(settingsInForce(started({ file: file(settings) })).builderEntitlements).toMatchObject({ value });
  });

  test('of logs hold no tokens', () => {
    const options = { 'max-size': '1m', 'splunk-token': 'sesame', 'fluentd-address': 'tcp://user:sesame@logs.example' };
    for (const start of [
      started({ file: file({ 'log-opts': options }) }),
      started({ words: Object.entries(options).flatMap(([name, value]) => ['--log-opt', `${name}=${value}`]) }),
    ])
      expect(settingsInForce(start)['log-opts']).toMatchObject({
        value: [
          { name: 'max-size', value: '1m' },
          { name: 'fluentd-address', value: 'tcp://logs.example' },
        ],
      });
  });

  test('for direct routing are unknown to engines before Docker 28', () => {
    expect(settingsInForce(started())['allow-direct-routing']).toMatchObject({ kind: 'missing' });
    const newer = started({ apiVersion: '1.48', file: file({ 'allow-direct-routing': true }) });
    expect(settingsInForce(newer)).toMatchObject({
      'allow-direct-routing': { value: true },
      'ip-forward-no-drop': { value: false, default: 'engine' },
    });
  });

  test('the oldest API version, by whom it was set', () => {
    expect(minimumApi(started())).toMatchObject({ value: { version: '1.24', setBy: 'default' } });
    expect(minimumApi(started({ minimumApiVariable: '1.12', minimumApi: '1.12' }))).toMatchObject({
      value: { version: '1.12', setBy: 'environment' },
    });
    expect(minimumApi(started({ file: file({ 'min-api-version': '1.24' }) }))).toMatchObject({
      value: { version: '1.24', setBy: 'setting' },
    });
  });
});

describe('written, not in force', () => {
  const facts = {
    noNewPrivileges: known(false, ''),
    userNamespaces: known(false, ''),
    liveRestore: known(false, ''),
    debug: known(true, ''),
    logDriver: known('json-file', ''),
    defaultRuntime: known('runc', ''),
    'default-cgroupns-mode': known('private', ''),
    'default-ipc-mode': known('private', ''),
  };
  const unknown = { kind: 'unknown', path, why: '' } as const;

  test.each([
    ['what the engine tells otherwise', unknown, { 'no-new-privileges': true, debug: true }, ['no-new-privileges']],
    ['a user that is named', unknown, { 'userns-remap': 'default' }, ['userns-remap']],
    ['what nobody can compare', unknown, { iptables: false }, []],
    ['what differs from the start', file({ iptables: true }), { iptables: false }, ['iptables']],
    ['what was taken out', file({ icc: false }), {}, ['icc']],
    ['what reloading took', file({}), { labels: ['a=b'] }, []],
    ['nothing', file({ icc: false }), { icc: false }, []],
    ['all of a new file', none, { icc: false }, ['icc']],
  ])('%s', (...[, atStart, now, names]) => {
    expect(notInForce({ atStart, now: { ...now } }, facts, { labels: '["a=b"]' })).toEqual(names);
  });
});
