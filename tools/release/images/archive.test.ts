import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { blobPath, imageDocuments, type ImageFacts, type Layer } from './archive.ts';

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const layer = (name: string): Layer => ({
  digest: digest(name),
  size: name.length,
  diffId: digest(`tar ${name}`),
  made: name,
});
const image: ImageFacts = {
  name: 'seawall/console',
  version: '1.2.3',
  created: 1_790_000_000,
  config: { User: '65532:65532', Env: ['A=b'] },
  layers: [layer('packages'), layer('programs')],
};
const read = (path: string) => JSON.parse(imageDocuments(image).files.get(path) ?? 'null');

test('the configuration names user, layers and time, and is the identity', () => {
  const { digest: id, files } = imageDocuments(image);
  const text = files.get(blobPath({ digest: id })) ?? '';
  expect(digest(text)).toBe(id);
  expect(JSON.parse(text)).toEqual({
    created: '2026-09-21T14:13:20.000Z',
    architecture: 'amd64',
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: [digest('tar packages'), digest('tar programs')] },
    history: [
      { created: '2026-09-21T14:13:20.000Z', created_by: 'packages' },
      { created: '2026-09-21T14:13:20.000Z', created_by: 'programs' },
    ],
  });
});

test('each store finds the same blobs under both tags', () => {
  const { digest: id, files } = imageDocuments(image);
  const [saved] = read('manifest.json');
  expect(saved).toEqual({
    Config: blobPath({ digest: id }),
    RepoTags: ['seawall/console:1.2.3', 'seawall/console:latest'],
    Layers: image.layers.map(blobPath),
  });
  const { manifests } = read('index.json');
  expect(manifests.map(({ annotations }: { annotations: object }) => annotations)).toEqual([
    {
      'io.containerd.image.name': 'docker.io/seawall/console:1.2.3',
      'org.opencontainers.image.ref.name': '1.2.3',
    },
    {
      'io.containerd.image.name': 'docker.io/seawall/console:latest',
      'org.opencontainers.image.ref.name': 'latest',
    },
  ]);
  const [{ digest: named, size }] = manifests;
  const manifest = files.get(blobPath({ digest: named })) ?? '';
  expect([digest(manifest), Buffer.byteLength(manifest)]).toEqual([named, size]);
  expect(JSON.parse(manifest)).toMatchObject({
    config: { digest: id },
    layers: image.layers.map(({ digest }) => ({ digest })),
  });
});

test('another time, setting or layer is another image', () => {
  const others = [
    { ...image, created: image.created + 1 },
    { ...image, config: { ...image.config, User: '0:0' } },
    { ...image, layers: image.layers.toReversed() },
  ];
  const ids = [image, { ...image }, ...others].map((one) => imageDocuments(one).digest);
  expect(ids[0]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(4);
});
