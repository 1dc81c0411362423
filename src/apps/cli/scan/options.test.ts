import { describe, expect, test } from 'vitest';
import { defaultLimits } from '#image/index.ts';
import { dockerSocketOf, limitsOf, platformOf } from './options.ts';

describe('sizes', () => {
  test.each([
    ['1', 1],
    ['4096', 4096],
    ['4k', 4096],
    ['4K', 4096],
    ['4KiB', 4096],
    ['4KB', 4096],
    ['512M', 512 * 1024 ** 2],
    ['4G', 4 * 1024 ** 3],
    ['2T', 2 * 1024 ** 4],
  ])('%s is %i bytes', (written, bytes) => {
    expect(limitsOf({ maxUnpacked: written }).layerBytes).toBe(bytes);
  });

  test.each(['0', '-1', '1.5G', '', ' 4G', '4X', 'much', 'Infinity', '0x10', '99999999999999', '999999999999T'])(
    '"%s" is refused by the name of its option',
    (written) => {
      expect(() => limitsOf({ maxFile: written })).toThrow(
        expect.objectContaining({
          code: 'usage',
          message: expect.stringContaining(`--max-file ${written} `),
        }),
      );
    },
  );

  test('each option sets its own limit, and none changes nothing', () => {
    expect(limitsOf({})).toEqual(defaultLimits);
    expect(limitsOf({ maxUnpacked: '1K', maxEntries: '2', maxFile: '3K', maxDepth: '4', maxSeconds: '5' })).toEqual({
      layerBytes: 1024,
      layerEntries: 2,
      fileBytes: 3072,
      archiveDepth: 4,
      layerMilliseconds: 5000,
    });
  });
});

describe('the platform', () => {
  test.each([
    ['linux/arm64', { os: 'linux', architecture: 'arm64' }],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
  ])('%s', (written, platform) => expect(platformOf({ platform: written })).toEqual(platform));

  test.each(['linux', 'linux/', '/amd64', 'a/b/c/d', ''])('"%s" is refused', (written) => {
    expect(() => platformOf({ platform: written })).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('is this machine’s unless one is named', () => {
    expect(platformOf({}).os).toBe('linux');
  });
});

test('the engine is the one that DOCKER_HOST names by a socket', () => {
  expect(dockerSocketOf({})).toBe('/var/run/docker.sock');
  expect(dockerSocketOf({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })).toBe('/run/user/1000/docker.sock');
  expect(dockerSocketOf({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toBe('tcp://10.0.0.1:2375');
});
