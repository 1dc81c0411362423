import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startableStores,
  startTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from '../../../../test/make/docker.ts';
import {
  describe as descriptorOf,
  dockerArchive,
  ociArchive,
  type OciImage,
  ociImage,
  sha256,
} from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { openTarget } from '../../open-target.ts';
import { readLayer } from '../../read-layer.ts';
import { defaultLimits, type LayerBlob, type OpenedImage } from '../../source.ts';
import { inspectImage } from './engine.ts';
import {
  configDigestOf,
  describeEngine,
  engineBuild,
  type ImagePlaces,
  imagePlaces,
  listDockerImages,
} from './index.ts';
import { openInPlace } from './open.ts';

const layers = [makeTar([file('a.txt', 'A')]), makeTar([file('b.txt', 'B')])];
const made = dockerArchive(layers, { names: ['shop/app:1'] });
const platform = { os: 'linux', architecture: 'amd64' };

describe('an engine that is not there', () => {
  it('is said to be unavailable', async () => {
    const reason = { code: 'docker-unavailable', message: expect.stringContaining('no such socket') };
    await expect(engineBuild('/nowhere/docker.sock')).rejects.toMatchObject(reason);
    await expect(describeEngine('/nowhere/docker.sock')).rejects.toMatchObject(reason);
    await expect(listDockerImages('/nowhere/docker.sock')).rejects.toMatchObject(reason);
  });
});

interface Kept extends TestEngineOptions {
  readonly where: string;
  readonly placed: ImagePlaces['kind'];
  readonly readFrom: OpenedImage['readFrom'];
}
const kept: readonly Kept[] = [
  { where: 'Docker under vfs', store: 'docker', driver: 'vfs', placed: 'none', readFrom: 'engine-save' },
  { where: 'Docker under overlay2', store: 'docker', driver: 'overlay2', placed: 'overlay2', readFrom: 'engine-files' },
  { where: 'containerd', store: 'containerd', placed: 'containerd', readFrom: 'engine-files' },
];
const startable = kept.filter(({ store }) => startableStores().includes(store));

function optionsFor(engine: TestEngine, cacheFolder?: string) {
  return { platform, limits: defaultLimits, dockerSocket: engine.socket, ...(cacheFolder && { cacheFolder }) };
}

async function openImage(target: string, engine: TestEngine, cacheFolder?: string): Promise<OpenedImage> {
  const opened = await openTarget(target, optionsFor(engine, cacheFolder));
  if (opened.kind !== 'image') throw new Error('an image was expected');
  return opened;
}

async function textsOf(blobs: readonly LayerBlob[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const blob of blobs) {
    const visitor = {
      wants: () => true,
      visit: (found: { readonly content: Uint8Array }) => void texts.push(Buffer.from(found.content).toString()),
    };
    expect(await readLayer(blob, visitor, { limits: defaultLimits })).toMatchObject({ verified: true, faults: [] });
  }
  return texts;
}

describe.each(startable)('images in the store of $where', ({ readFrom, placed, ...options }) => {
  let engine: TestEngine;
  let cacheFolder = '';
  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'seawall-cache-'));
    engine = await startTestEngine(options);
    expect(await engine.load(made.bytes)).toContain('shop/app:1');
  });
  afterAll(async () => {
    await engine?.stop();
    await rm(cacheFolder, { recursive: true });
  });
  const open = (target: string) => openImage(target, engine, cacheFolder);

  it('are listed with their names', async () => {
    const [image, ...others] = await listDockerImages(engine.socket);
    expect(image?.names).toEqual(['shop/app:1']);
    expect(image?.repoDigests).toEqual(options.store === 'docker' ? [] : [`shop/app@${image?.id}`]);
    expect(others).toEqual([]);
    expect((await engineBuild(engine.socket)).version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('are kept where the engine says', async () => {
    const described = await describeEngine(engine.socket);
    expect(described).toMatchObject({ store: options.store, root: engine.root });
    expect(described.version).toMatch(/^\d+\.\d+\.\d+/);
    const places = await imagePlaces(described);
    expect(places.kind).toBe(placed);
    if (places.kind === 'none') expect(places.reason).toContain('vfs');
  });

  it('are read by name, known by their config, and read again only when a layer is asked for', async () => {
    const first = await open('shop/app:1');
    expect(first.subject).toMatchObject({ digest: made.digest, layers: made.diffIds.map((diffId) => ({ diffId })) });
    expect(first.readFrom).toBe(readFrom);
    const [{ id } = { id: '' }] = await listDockerImages(engine.socket);
    await first.close();

    const again = await open(`docker:${id}`);
    await again.verify(0);
    await again.verify(1);
    expect(await textsOf([await again.blob(0), await again.blob(1)])).toEqual(['A', 'B']);
    expect(again.subject.digest).toBe(made.digest);
    await again.close();
  });

  it('are identified by name and by id, with the names that the engine gives them', async () => {
    const [{ id } = { id: '' }] = await listDockerImages(engine.socket);
    for (const known of [id, 'shop/app:1']) {
      const identified = await configDigestOf(known, optionsFor(engine));
      expect(identified).toMatchObject({ digest: made.digest, names: ['shop/app:1'] });
      expect(identified?.manifestDigest).toBe(options.store === 'docker' ? undefined : id);
    }
    expect(await configDigestOf('shop/other:1', optionsFor(engine))).toBeUndefined();
    expect(await configDigestOf(`sha256:${'0'.repeat(64)}`, optionsFor(engine))).toBeUndefined();
  });

  it('that are not there are said to be missing', async () => {
    await expect(open('shop/other:1')).rejects.toMatchObject({ code: 'target-not-found' });
    await expect(open('docker:shop/other:1')).rejects.toMatchObject({ code: 'target-not-found' });
    await expect(open('docker:NOT A NAME')).rejects.toMatchObject({ code: 'target-not-found' });
  });
});

describe('engine files of overlay2', () => {
  let engine: TestEngine;
  let layer = '';
  beforeAll(async () => {
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
    await engine.load(made.bytes);
    layer = join(engine.root, 'image/overlay2/layerdb/sha256', made.diffIds[0]?.slice('sha256:'.length) ?? '');
  });
  afterAll(() => engine?.stop());

  it('are read again from a save where a layer needs it', async () => {
    const opened = await openImage('shop/app:1', engine);
    expect((await opened.blob(0)).kind).toBe('split');
    const others = [await opened.otherBlob?.(0), await opened.otherBlob?.(1)].filter((one) => one !== undefined);
    expect(others.map((one) => one.kind)).toEqual(['stored', 'stored']);
    expect(await textsOf(others)).toEqual(['A', 'B']);
    await opened.close();
  });

  it.each([
    ['recipe is missing', 'tar-split.json.gz', async (place: string) => rm(place)],
    ['diffID is another', 'diff', async (place: string) => writeFile(place, made.diffIds[1] ?? '')],
    ['folder is missing', 'cache-id', async (place: string) => writeFile(place, 'other')],
    [
      'folder lies elsewhere',
      'cache-id',
      async (place: string) => writeFile(place, `../overlay2/${await readFile(place, 'utf8')}`),
    ],
  ])('are left alone where the %s', async (_, name, damage) => {
    const place = join(layer, name);
    const content = await readFile(place);
    await damage(place);
    const image = await inspectImage(engine.socket, 'shop/app:1');
    expect(image && (await openInPlace(image, optionsFor(engine)))).toBeUndefined();
    await writeFile(place, content);
    expect(image && (await openInPlace(image, optionsFor(engine)))?.readFrom).toBe('engine-files');
  });

  it('are left alone where the config is not the one that the id names', async () => {
    const image = await inspectImage(engine.socket, 'shop/app:1');
    const place = join(engine.root, 'image/overlay2/imagedb/content/sha256', made.digest.slice('sha256:'.length));
    const config = await readFile(place, 'utf8');
    await writeFile(place, config.replace('step 1', 'step 9'));
    expect(image && (await openInPlace(image, optionsFor(engine)))).toBeUndefined();
    await writeFile(place, config);
    expect(image?.id).toBe(made.digest);
  });
});

const indexType = 'application/vnd.oci.image.index.v1+json';

/** The image under a name as containerd reads it. */
function named(image: OciImage, name: string): OciImage {
  const annotations = { 'io.containerd.image.name': `docker.io/library/${name}` };
  return { ...image, descriptor: { ...image.descriptor, annotations } };
}

describe('engine files of containerd', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine({ store: 'containerd' });
  });
  afterAll(() => engine?.stop());
  const blobs = () => join(engine.root, 'containerd/daemon/io.containerd.content.v1.content/blobs/sha256');

  it.each(['none', 'gzip', 'zstd'] as const)('are read with layers packed by %s', async (compression) => {
    const image = named(ociImage(layers, { compression }), `packed:${compression}`);
    await engine.load(ociArchive([image]));
    const opened = await openImage(`packed:${compression}`, engine);
    expect(opened).toMatchObject({ readFrom: 'engine-files', subject: { digest: image.digest } });
    await opened.verify(0);
    expect(await textsOf([await opened.blob(0), await opened.blob(1)])).toEqual(['A', 'B']);
    await opened.close();
  });

  it('name the image of the platform that is asked for, behind an index that names several', async () => {
    const [amd, arm] = [ociImage(layers, { architecture: 'amd64' }), ociImage(layers, { architecture: 'arm64' })];
    const index = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [amd.descriptor, arm.descriptor] }),
    );
    const blobs = new Map([...amd.blobs, ...arm.blobs, [sha256(index), index]]);
    await engine.load(ociArchive([named({ ...amd, descriptor: descriptorOf(indexType, index), blobs }, 'many:1')]));
    const identified = await configDigestOf('many:1', optionsFor(engine));
    expect(identified).toMatchObject({ digest: amd.digest, indexDigest: sha256(index) });
    const onArm = { ...optionsFor(engine), platform: { os: 'linux', architecture: 'arm64' } };
    expect(await configDigestOf('many:1', onArm)).toMatchObject({ digest: arm.digest });
  });

  it('are left alone where a layer is missing, but tell which image it is; and are no image where one is cut off', async () => {
    const image = named(ociImage([makeTar([file('c.txt', 'C')])], { compression: 'none' }), 'cut:1');
    await engine.load(ociArchive([image]));
    const layer = join(blobs(), image.diffIds[0]?.slice('sha256:'.length) ?? '');
    expect(await readdir(blobs())).toContain(image.diffIds[0]?.slice('sha256:'.length));
    await rename(layer, `${layer}.away`);
    const without = await openImage('cut:1', engine).catch(() => undefined);
    expect(without?.readFrom).not.toBe('engine-files');
    await without?.close();
    expect(await configDigestOf('cut:1', optionsFor(engine))).toMatchObject({ digest: image.digest });
    await rename(`${layer}.away`, layer);
    await truncate(layer, 600);
    const cut = await openImage('cut:1', engine);
    await expect(cut.verify(0)).rejects.toMatchObject({ code: 'target-corrupt' });
    await cut.close();
  });
});
