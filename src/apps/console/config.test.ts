import { describe, expect, test } from 'vitest';
import { readConsoleConfig } from './config.ts';

const options = {
  stateFolder: '/state',
  checkout: '/seawall',
  host: '127.0.0.1',
  port: 8083,
  linkPort: 8084,
  hostNames: [],
};

describe('the settings of a console', () => {
  test('need nothing', () => {
    expect(readConsoleConfig({}, options)).toMatchObject({
      origin: 'http://127.0.0.1:8083',
      localUrl: 'http://127.0.0.1:8083',
      store: { kind: 'embedded', folder: '/state' },
      databasePath: '/state/vulnerability.db',
      webFolder: '/seawall/dist/web',
      staleFeedDays: 7,
      learningBucketSeconds: 3600,
      linkUrl: 'https://127.0.0.1:8084',
      masterKeyFile: '/state/keys/master.key',
      trustProxy: [],
      ownImages: [],
    });
  });

  test('are taken from the environment, and options win', () => {
    const env = {
      SEAWALL_DATABASE_URL: 'postgresql://seawall@db/seawall',
      SEAWALL_DB: '/env.db',
      SEAWALL_STALE_FEED_DAYS: '90',
      SEAWALL_LEARNING_BUCKET_SECONDS: '5',
      SEAWALL_ORIGIN: 'https://seawall.example/',
    };
    expect(readConsoleConfig(env, options)).toMatchObject({
      origin: 'https://seawall.example',
      hostNames: expect.arrayContaining(['seawall.example']),
      store: { kind: 'url', url: env.SEAWALL_DATABASE_URL },
      databasePath: '/env.db',
      staleFeedDays: 90,
      learningBucketSeconds: 5,
    });
    expect(readConsoleConfig(env, { ...options, databasePath: '/mine.db' }).databasePath).toBe('/mine.db');
  });

  test('let programs of this machine in when every address is served, and show the first name', () => {
    const config = readConsoleConfig({}, { ...options, host: '0.0.0.0', hostNames: ['seawall.lan'] });
    expect(config).toMatchObject({ origin: 'http://seawall.lan:8083', localUrl: 'http://127.0.0.1:8083' });
    expect(config.hostNames).not.toContain('0.0.0.0');
    expect(readConsoleConfig({}, { ...options, host: '::1' }).origin).toBe('http://[::1]:8083');
  });

  test.each([
    ['127.0.0.1', [], {}, false],
    ['::1', [], {}, false],
    // No other name is served, so no browser of another machine gets an answer.
    ['0.0.0.0', [], {}, false],
    ['0.0.0.0', ['localhost'], {}, false],
    ['0.0.0.0', ['seawall.lan'], {}, true],
    ['0.0.0.0', [], { SEAWALL_ORIGIN: 'http://seawall.lan' }, true],
    ['192.0.2.7', [], {}, true],
    ['192.0.2.7', ['seawall.lan'], { SEAWALL_ORIGIN: 'https://seawall.example' }, false],
    ['127.0.0.1', ['seawall.lan'], {}, false],
    // A proxy on the same machine without TLS.
    ['127.0.0.1', [], { SEAWALL_ORIGIN: 'http://seawall.lan' }, true],
    ['127.0.0.1', [], { SEAWALL_ORIGIN: 'http://localhost:8083' }, false],
    ['127.0.0.1', [], { SEAWALL_ORIGIN: 'http://[::1]:8083' }, false],
  ])('know whether people use plain HTTP: host %s, names %j, %j', (...[host, hostNames, env, plainHttp]) => {
    expect(readConsoleConfig(env, { ...options, host, hostNames })).toMatchObject({ plainHttp });
  });

  test('believe the proxies that are named', () => {
    const env = { SEAWALL_TRUST_PROXY: 'loopback, 10.0.0.0/8,fd00::/8, 192.0.2.7' };
    expect(readConsoleConfig(env, options).trustProxy).toEqual(['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.7']);
  });

  test('name the images of the product by their digests', () => {
    const [one, other] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
    expect(readConsoleConfig({ SEAWALL_OWN_IMAGES: `${one}, ${other}` }, options).ownImages).toEqual([one, other]);
  });

  test.each([
    ['SEAWALL_STALE_FEED_DAYS', '0'],
    ['SEAWALL_STALE_FEED_DAYS', 'a week'],
    ['SEAWALL_LEARNING_BUCKET_SECONDS', '3601'],
    ['SEAWALL_LEARNING_BUCKET_SECONDS', '0'],
    ['SEAWALL_DATABASE_URL', 'mysql://db'],
    ['SEAWALL_ORIGIN', 'https://seawall.example/path'],
    ['SEAWALL_ORIGIN', 'seawall.example'],
    ['SEAWALL_OWN_IMAGES', 'seawall:1'],
    ['SEAWALL_TRUST_PROXY', 'everyone'],
    ['SEAWALL_TRUST_PROXY', 'loopback, 10.0.0.0/33'],
  ])('name the one that is wrong: %s=%s', (name, value) => {
    expect(() => readConsoleConfig({ [name]: value }, options)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(name) }),
    );
  });
});
