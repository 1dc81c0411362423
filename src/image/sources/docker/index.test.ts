import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startableStores, startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { dockerArchive } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { openTarget } from '../../open-target.ts';
import { readLayer } from '../../read-layer.ts';
import { defaultLimits, type OpenedImage } from '../../source.ts';
import { dockerVersion, listDockerImages } from './index.ts';

const made = dockerArchive([makeTar([file('a.txt', 'A')]), makeTar([file('b.txt', 'B')])], { names: ['shop/app:1'] });

describe('an engine that is not there', () => {
  it('is said to be unavailable', async () => {
    const reason = { code: 'docker-unavailable', message: expect.stringContaining('no such socket') };
    await expect(dockerVersion('/nowhere/docker.sock')).rejects.toMatchObject(reason);
    await expect(listDockerImages('/nowhere/docker.sock')).rejects.toMatchObject(reason);
  });
});

describe.each(startableStores())('images in the store of %s', (store) => {
  let engine: TestEngine;
  let cacheFolder = '';
  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'seawall-cache-'));
    engine = await startTestEngine({ store });
    expect(await engine.load(made.bytes)).toContain('shop/app:1');
  });
  afterAll(async () => {
    await engine?.stop();
    await rm(cacheFolder, { recursive: true });
  });

  async function open(target: string): Promise<OpenedImage> {
    const platform = { os: 'linux', architecture: 'amd64' };
    const opened = await openTarget(target, {
      platform,
      limits: defaultLimits,
      dockerSocket: engine.socket,
      cacheFolder,
    });
    if (opened.kind !== 'image') throw new Error('an image was expected');
    return opened;
  }

  it('are listed with their names', async () => {
    const [image, ...others] = await listDockerImages(engine.socket);
    expect(image?.names).toEqual(['shop/app:1']);
    expect(others).toEqual([]);
    expect(await dockerVersion(engine.socket)).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('are read by name, known by their config, and read again only when a layer is asked for', async () => {
    const first = await open('shop/app:1');
    expect(first.subject).toMatchObject({ digest: made.digest, layers: made.diffIds.map((diffId) => ({ diffId })) });
    const [{ id } = { id: '' }] = await listDockerImages(engine.socket);
    await first.close();

    const again = await open(`docker:${id}`);
    await again.verify(0);
    await again.verify(1);
    const texts: string[] = [];
    const visitor = {
      wants: () => true,
      visit: (found: { readonly content: Uint8Array }) => void texts.push(Buffer.from(found.content).toString()),
    };
    for (const index of [0, 1]) {
      const pass = await readLayer(await again.blob(index), visitor, { limits: defaultLimits });
      expect(pass).toMatchObject({ verified: true, faults: [] });
    }
    expect(texts).toEqual(['A', 'B']);
    expect(again.subject.digest).toBe(made.digest);
    await again.close();
  });

  it('that are not there are said to be missing', async () => {
    await expect(open('shop/other:1')).rejects.toMatchObject({ code: 'target-not-found' });
    await expect(open('docker:shop/other:1')).rejects.toMatchObject({ code: 'target-not-found' });
    await expect(open('docker:NOT A NAME')).rejects.toMatchObject({ code: 'target-not-found' });
  });
});
