import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImageOptions, type OciImage, ociImage } from '../../../../test/make/image.ts';
import { pushImage, pushIndex, startRegistry, type TestRegistry } from '../../../../test/make/registry.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { listed, opened } from '../../platforms.testing.ts';

const layers = [makeTar([file('a.txt', 'A')])];
const image = (of: ImageOptions): OciImage => ociImage(layers, of);

describe('a registry', () => {
  let registry: TestRegistry;
  const [amd, arm] = [image({}), image({ architecture: 'arm64' })];
  beforeAll(async () => {
    registry = await startRegistry();
    await pushImage(arm, { name: `${registry.host}/team/app:1` });
    await pushIndex([amd, arm], { name: `${registry.host}/team/multi:1` });
    await pushIndex([arm], { name: `${registry.host}/team/single:1` });
  });
  afterAll(async () => await registry.end());

  test.each([
    ['app', ['linux/arm64']],
    ['single', ['linux/arm64']],
    ['multi', ['linux/amd64', 'linux/arm64']],
  ])('has %s for %j', async (name, platforms) => {
    const target = `registry:${registry.host}/team/${name}:1`;
    expect(await listed(target)).toEqual({ platforms, unopened: [], attestations: 0 });
    expect(await opened(target)).toHaveLength(platforms.length);
  });

  test('names what it has not', async () => {
    await expect(listed(`registry:${registry.host}/team/none:1`)).rejects.toMatchObject({ code: 'target-not-found' });
  });
});
