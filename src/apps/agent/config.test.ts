import { describe, expect, test } from 'vitest';
import { type AgentOptions, readAgentConfig } from './config.ts';

const options: AgentOptions = {
  console: 'https://console.example:8084',
  token: undefined,
  tokenFile: undefined,
  engine: undefined,
  state: undefined,
  instance: undefined,
  environment: undefined,
  allowEnvironments: undefined,
  hostName: undefined,
  also: [],
  local: true,
  scanWords: [],
  runtime: true,
  sensor: undefined,
  gates: true,
  ownImages: [],
  canaryEvery: undefined,
  trialEvery: undefined,
  authorization: false,
  untilInputEnds: false,
};
const around = {
  env: {},
  uid: 0,
  hostName: 'pier-1',
  version: '1.2.3',
  stateFolder: '/var/lib/seawall',
  cacheFolder: '/var/cache/seawall',
  dockerSocket: '/var/run/docker.sock',
  runFolder: '/run/seawall',
  sensorPlaces: ['/usr/lib/seawall/seawall-sensor'],
  authorizationPlaces: ['/usr/lib/seawall/seawall-authz'],
  gateFolder: '/var/lib/seawall/gate',
};
const read = (more: Partial<AgentOptions> = {}, env = {}) =>
  readAgentConfig({ ...options, ...more }, { ...around, env });

describe('what an agent is told', () => {
  test('is complete with a console alone', () => {
    expect(read()).toEqual({
      consoleUrl: 'https://console.example:8084',
      dockerSocket: '/var/run/docker.sock',
      stateFolder: '/var/lib/seawall/agent/default',
      cacheFolder: '/var/cache/seawall',
      introduction: { protocol: 1, host: 'pier-1', instance: 'default', version: '1.2.3' },
      allowEnvironments: [],
      hostSubject: 'host:pier-1',
      also: [],
      local: true,
      scanWords: [],
      isRoot: true,
      runFolder: '/run/seawall/default',
      runtime: {
        sensorSocket: '/run/seawall/default/sensor.sock',
        sensorPlaces: ['/usr/lib/seawall/seawall-sensor'],
        sensorEnds: 'never',
      },
      gates: {
        socket: '/run/seawall/default/gate.sock',
        folder: '/var/lib/seawall/gate',
        ownImages: [],
      },
    });
  });

  test('names the images of the product by digests alone, and answers gates as root alone', () => {
    const own = `sha256:${'5e'.repeat(32)}`;
    expect(read({ ownImages: [own], canaryEvery: '5' }).gates).toMatchObject({ ownImages: [own], canaryPause: 5000 });
    expect(() => read({ ownImages: ['seawall/console:1'] })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => read({ canaryEvery: '0' })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(readAgentConfig(options, { ...around, uid: 1000 }).gates).toBeUndefined();
    expect(read({ gates: false }).gates).toBeUndefined();
  });

  test('makes several of one machine with options', () => {
    const config = read({
      engine: 'unix:///run/blue.sock',
      instance: 'blue',
      environment: 'prod',
      allowEnvironments: 'dev, test',
      hostName: 'pier-2',
    });
    expect(config).toMatchObject({
      dockerSocket: '/run/blue.sock',
      stateFolder: '/var/lib/seawall/agent/blue',
      introduction: { host: 'pier-2', instance: 'blue', environment: 'prod' },
      allowEnvironments: ['dev', 'test'],
      hostSubject: 'host:pier-2',
    });
    expect(read({ state: '/srv/agent' }).stateFolder).toBe('/srv/agent');
  });

  test('may come from the environment, so that a token is in no list of processes', () => {
    const config = read({ console: undefined }, { SEAWALL_CONSOLE: 'http://c:8083', SEAWALL_TOKEN: 'seawall-join_x' });
    expect(config).toMatchObject({ consoleUrl: 'http://c:8083', token: { kind: 'given', token: 'seawall-join_x' } });
  });

  test('names the file of a token, or standard input; an option comes before the environment', () => {
    const env = { SEAWALL_TOKEN: 'seawall-join_x' };
    expect(read({ tokenFile: '/run/token' }, env).token).toEqual({ kind: 'file', file: '/run/token' });
    expect(read({ tokenFile: '-' }, env).token).toEqual({ kind: 'input' });
    expect(read({ token: 'seawall-join_y' }, env).token).toEqual({ kind: 'given', token: 'seawall-join_y' });
    expect(read({}, { SEAWALL_TOKEN: '' })).not.toHaveProperty('token');
    expect(() => read({ tokenFile: '-', token: 'x' })).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test.each([
    [{ console: undefined }, '--console'],
    [{ environment: 'Prod!' }, '--environment Prod!'],
    [{ allowEnvironments: 'dev,Te st' }, '--allow-environments Te st'],
    [{ hostName: 'a b' }, 'a b'],
    [{ instance: '../x' }, '../x'],
  ])('that is wrong, %o, is named', (more, named) => {
    expect(() => read(more)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(named) }),
    );
  });
});
