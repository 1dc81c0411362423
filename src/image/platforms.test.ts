import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blobPath,
  describe as describeBlob,
  dockerArchive,
  type ImageOptions,
  ociArchive,
  type OciImage,
  ociImage,
  ociLayout,
  writeLayout,
} from '../../test/make/image.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import { listed, opened } from './platforms.testing.ts';
import { matchesPlatform, shownPlatform, wholePlatform } from './platform.ts';
import { distinctPlatforms } from './platforms-found.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-platforms-'));
});
afterAll(() => rm(folder, { recursive: true }));

const layers = [makeTar([file('a.txt', 'A')])];
const image = (of: ImageOptions): OciImage => ociImage(layers, of);

const attestation = {
  ...describeBlob('application/vnd.oci.image.manifest.v1+json', Buffer.from('{"schemaVersion":2}')),
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};

describe('a layout', () => {
  test('lists platforms, counts attestations, and names what it does not hold', async () => {
    const [amd, arm, gone] = [{}, { architecture: 'arm', variant: 'v7' }, { architecture: 's390x' }].map(image);
    if (amd === undefined || arm === undefined || gone === undefined) throw new Error('three images were made');
    const path = join(folder, 'several');
    await writeLayout(path, ociLayout([amd, arm], [attestation, gone.descriptor]));
    for (const target of [path, `oci:${path}`])
      expect(await listed(target)).toEqual({
        platforms: ['linux/amd64', 'linux/arm/v7'],
        unopened: [{ platform: 'linux/s390x', reason: expect.stringContaining('does not hold it') }],
        attestations: 1,
      });
    expect(await opened(path)).toEqual([amd.digest, arm.digest]);
  });

  test('of an index in its index, by the name of that', async () => {
    const [amd, arm] = [image({}), image({ architecture: 'arm64' })];
    const other = image({ architecture: 'riscv64', names: ['other'] });
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [amd.descriptor, arm.descriptor] }));
    const nested = {
      ...describeBlob('application/vnd.oci.image.index.v1+json', index),
      annotations: { 'io.containerd.image.name': 'docker.io/library/app:1' },
    };
    const files = new Map(ociLayout([amd, arm, other]));
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [nested, other.descriptor] })));
    files.set(blobPath(nested.digest), index);
    const path = join(folder, 'nested');
    await writeLayout(path, files);
    const named = { platforms: ['linux/amd64', 'linux/arm64'], unopened: [], attestations: 0 };
    expect(await listed(`${path}:app:1`)).toEqual(named);
    expect(await listed(`${path}:${nested.digest}`)).toEqual(named);
    expect(await listed(`${path}:other`)).toMatchObject({ platforms: ['linux/riscv64'] });
    await expect(listed(`${path}:none`)).rejects.toMatchObject({ code: 'target-not-found' });
  });

  test('whose indexes name themselves is bounded', async () => {
    const type = 'application/vnd.oci.image.index.v1+json';
    const files = new Map(ociLayout([]));
    let inner = image({}).descriptor as object;
    for (let depth = 0; depth < 6; depth += 1) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [inner] }));
      inner = describeBlob(type, bytes);
      files.set(blobPath(describeBlob(type, bytes).digest), bytes);
    }
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [inner] })));
    const path = join(folder, 'deep');
    await writeLayout(path, files);
    await expect(listed(path)).rejects.toMatchObject({ code: 'target-corrupt' });
  });

  test('without an image is refused', async () => {
    const path = join(folder, 'none');
    await writeLayout(path, ociLayout([], [attestation]));
    await expect(listed(path)).rejects.toMatchObject({ code: 'target-unreadable' });
  });
});

describe('an archive', () => {
  test.each([
    ['of a layout', () => ociArchive([image({}), image({ architecture: 'arm64' })]), ['linux/amd64', 'linux/arm64']],
    ['by `docker save`', () => dockerArchive(layers, { architecture: 'arm64' }).bytes, ['linux/arm64']],
  ])('%s', async (name, make, platforms) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.tar`);
    await writeFile(path, make());
    expect(await listed(path)).toEqual({ platforms, unopened: [], attestations: 0 });
    expect(await opened(path)).toHaveLength(platforms.length);
  });
});

test.each(['dir:/', 'docker:x', 'x'])('%s holds one image, or is asked for one', async (target) => {
  expect(await listed(target)).toBeUndefined();
});

test('platforms are told apart by what a missing variant means', () => {
  const of = (...platforms: readonly string[]) => {
    const images = platforms.map((text, index): [string, { os: string; architecture: string; variant?: string }] => {
      const [os = '', architecture = '', variant] = text.split('/');
      return [String(index), { os, architecture, ...(variant === undefined ? {} : { variant }) }];
    });
    const { platforms: found, unopened } = distinctPlatforms(new Map(images));
    return [found.map(shownPlatform), unopened.map(({ platform }) => platform)];
  };
  expect(of('linux/amd64', 'linux/arm64')).toEqual([['linux/amd64', 'linux/arm64'], []]);
  expect(of('linux/amd64', 'linux/amd64/v2')).toEqual([['linux/amd64/v1', 'linux/amd64/v2'], []]);
  expect(of('linux/arm/v6', 'linux/arm')).toEqual([['linux/arm/v6', 'linux/arm/v7'], []]);
  expect(of('linux/arm64', 'linux/arm64/v8')).toEqual([[], ['linux/arm64', 'linux/arm64/v8']]);
  expect(of('windows/amd64', 'windows/amd64', 'linux/amd64')).toEqual([['linux/amd64'], ['windows/amd64']]);
});

test('what a platform is asked for by gets that image alone', () => {
  const platform = fc.record(
    {
      os: fc.constantFrom('linux', 'windows'),
      architecture: fc.constantFrom('amd64', 'arm', 'arm64', 's390x'),
      variant: fc.constantFrom('v1', 'v2', 'v7', 'v8'),
    },
    { requiredKeys: ['os', 'architecture'] },
  );
  fc.assert(
    fc.property(fc.array(platform, { maxLength: 8 }), (all) => {
      const { platforms } = distinctPlatforms(new Map(all.map((one, index) => [String(index), one])));
      const got = platforms.map((asked) => all.filter((one) => matchesPlatform(one, asked)));
      const alone = all.filter((one) => all.filter((other) => matchesPlatform(other, wholePlatform(one))).length === 1);
      expect(got).toEqual(alone.map((one) => [one]));
    }),
  );
});

test('as many platforms as a list may hold are told apart at once', () => {
  const all = Array.from({ length: 20_000 }, (_, index) => ({ os: 'linux', architecture: `made-${index}` }));
  const { platforms, unopened } = distinctPlatforms(new Map(all.map((one, index) => [String(index), one])));
  expect([platforms, unopened]).toEqual([all, []]);
}, 5000);
