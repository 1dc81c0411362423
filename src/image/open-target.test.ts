import { mkdir, mkdtemp, rm, stat, symlink as linkTo, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blobPath,
  describe as describeBlob,
  dockerArchive,
  type OciImage,
  ociArchive,
  ociImage,
  ociLayout,
  writeLayout,
} from '../../test/make/image.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import { Subject } from './contract.ts';
import { openTarget } from './open-target.ts';
import { readLayer } from './read-layer.ts';
import { defaultLimits, type OpenedImage, type OpenedTarget } from './source.ts';
import { sources } from './sources/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-open-'));
});
afterAll(() => rm(folder, { recursive: true }));

const layers = [makeTar([file('a.txt', 'A')]), makeTar([file('b.txt', 'B')]), makeTar([file('a.txt', 'A')])];

function open(target: string, architecture = 'amd64'): Promise<OpenedTarget> {
  const platform = { os: 'linux', architecture };
  return openTarget(target, { platform, limits: defaultLimits, dockerSocket: join(folder, 'no.sock') });
}

async function openImage(target: string, architecture?: string): Promise<OpenedImage> {
  const opened = await open(target, architecture);
  if (opened.kind !== 'image') throw new Error('an image was expected');
  expect(Subject.safeParse(opened.subject).error).toBeUndefined();
  return opened;
}

async function write(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function layout(
  name: string,
  images: readonly OciImage[],
  extra: readonly Record<string, unknown>[] = [],
): Promise<string> {
  const path = join(folder, name);
  await writeLayout(path, ociLayout(images, extra));
  return path;
}

async function textsOf(opened: OpenedImage): Promise<string[]> {
  const texts: string[] = [];
  for (const { index } of opened.subject.layers) {
    await opened.verify(index);
    const visitor = {
      wants: () => true,
      visit: (found: { content: Uint8Array }) => void texts.push(Buffer.from(found.content).toString()),
    };
    const pass = await readLayer(await opened.blob(index), visitor, { limits: defaultLimits });
    expect(pass).toMatchObject({ verified: true, faults: [] });
  }
  await opened.close();
  return texts;
}

describe('an archive', () => {
  const saved = dockerArchive(layers, { names: ['shop/app:1'], steps: ['ADD base', 'RUN <<EOF\nmake\nEOF', 'COPY a'] });

  it('by `docker save`, a repeated layer being a link', async () => {
    const opened = await openImage(await write('saved.tar', saved.bytes));
    expect(opened.subject).toMatchObject({
      digest: saved.digest,
      names: ['shop/app:1'],
      platform: { os: 'linux', architecture: 'amd64' },
      layers: saved.diffIds.map((diffId, index) => ({ index, diffId })),
      settings: { command: ['/bin/sh'], healthcheck: false },
    });
    expect(opened.subject.layers[1]?.createdBy).toBe('RUN <<EOF make EOF');
    expect(opened.subject.history[1]?.createdBy).toBe('RUN <<EOF\nmake\nEOF');
    expect(await textsOf(opened)).toEqual(['A', 'B', 'A']);
  });

  it.each(['none', 'gzip', 'zstd'] as const)('in OCI form with layers packed by %s', async (compression) => {
    const made = ociImage(layers, { compression });
    const opened = await openImage(await write(`oci-${compression}.tar`, ociArchive([made])));
    expect(opened.subject).toMatchObject({ digest: made.digest, manifestDigest: made.descriptor.digest });
    expect(await textsOf(opened)).toEqual(['A', 'B', 'A']);
  });

  it('compressed as a whole is unpacked once and leaves nothing behind', async () => {
    const path = await write('saved.tar.gz', gzipSync(saved.bytes));
    const opened = await openImage(path);
    const blob = await opened.blob(0);
    const file = blob.kind === 'stored' ? blob.file : '';
    const { ino } = await stat(file);
    expect(await textsOf(opened)).toEqual(['A', 'B', 'A']);
    expect((await stat(file).catch(() => undefined))?.ino).not.toBe(ino);
  });

  it('of several images wants a choice', async () => {
    const other = ociImage([layers[0] ?? new Uint8Array()], { names: ['two'] });
    const path = await write('several.tar', ociArchive([ociImage(layers, { names: ['one'] }), other]));
    await expect(open(path)).rejects.toMatchObject({
      code: 'target-unreadable',
      message: expect.stringMatching(/one.*two/),
    });
    expect((await openImage(`${path}:two`)).subject.digest).toBe(other.digest);
    await expect(open(`archive:${path}:three`)).rejects.toMatchObject({ code: 'target-not-found' });
  });

  it.each([
    ['text', Buffer.from('not a tar at all'.repeat(100)), 'target-unreadable'],
    ['a short text', Buffer.from('{"bomFormat": "CycloneDX"}'), 'target-unreadable'],
    ['a tar without image', makeTar([file('x')]), 'target-unreadable'],
    ['an empty file', new Uint8Array(), 'target-corrupt'],
    ['a cut off image', saved.bytes.slice(0, saved.bytes.length - 2000), 'target-corrupt'],
    ['a broken gzip', gzipSync(saved.bytes).subarray(0, 300), 'target-corrupt'],
    ['a damaged manifest', makeTar([file('manifest.json', '[{')]), 'target-corrupt'],
    [
      'a manifest that points outside',
      makeTar([file('manifest.json', '[{"Config":"../../etc/passwd","Layers":[]}]')]),
      'target-corrupt',
    ],
  ])('of %s is refused', async (name, bytes, code) => {
    await expect(open(await write(`bad ${name}`, bytes))).rejects.toMatchObject({ code });
  });

  it('that is cut off inside its last layer shows what is left of it', async () => {
    const tar = makeTar([file('a.txt', 'A'), file('b.txt', 'B'.repeat(9000))]);
    const made = ociImage([tar], { compression: 'none' });
    const parts = [...ociLayout([made])].sort(([, a], [, b]) => a.length - b.length);
    const archive = makeTar(parts.map(([path, bytes]) => file(path, bytes)));
    const opened = await openImage(await write('cut-layer.tar', archive.slice(0, archive.length - 6000)));
    const found: string[] = [];
    const visitor = { wants: () => true, visit: (one: { path: string }) => void found.push(one.path) };
    const pass = await readLayer(await opened.blob(0), visitor, { limits: defaultLimits });
    expect([found, pass.verified, pass.faults[0]?.code]).toEqual([['a.txt'], false, 'truncated-archive']);
  });

  it('whose config is not what its name says is refused', async () => {
    const damaged = Buffer.from(saved.bytes);
    damaged.write('arm64', damaged.indexOf('amd64'));
    await expect(open(await write('forged.tar', damaged))).rejects.toMatchObject({ code: 'target-corrupt' });
  });

  it('whose layer is another one is opened, and the layer is found out', async () => {
    const damaged = Buffer.from(saved.bytes);
    damaged.write('X', damaged.indexOf('b.txt') + 512);
    const opened = await openImage(await write('other-layer.tar', damaged));
    await opened.verify(0);
    await expect(opened.verify(1)).rejects.toMatchObject({ code: 'target-corrupt' });
  });
});

describe('a platform that is asked for', () => {
  const ask = (target: string, architecture: string, variant?: string) =>
    openTarget(target, {
      platform: { os: 'linux', architecture, ...(variant && { variant }) },
      isPlatformAsked: true,
      limits: defaultLimits,
      dockerSocket: join(folder, 'no.sock'),
    });
  const arm = { architecture: 'arm64' };

  it.each([
    ['a saved archive', () => write('one.tar', dockerArchive(layers, arm).bytes)],
    ['an archive of a layout', () => write('one-oci.tar', ociArchive([ociImage(layers, arm)]))],
    ['a layout', () => layout('one', [ociImage(layers, arm)])],
  ])('is that of the only image of %s, or an error names that one', async (_, make) => {
    const path = await make();
    expect((await openImage(path)).subject.platform.architecture).toBe('arm64');
    for (const variant of [undefined, 'v8'])
      expect((await ask(path, 'arm64', variant)).subject).toMatchObject({ platform: { architecture: 'arm64' } });
    await expect(ask(path, 'amd64')).rejects.toMatchObject({
      code: 'platform-not-found',
      message: expect.stringMatching(/no image for linux\/amd64: it is one for linux\/arm64/),
    });
    await expect(ask(path, 'arm64', 'v9')).rejects.toMatchObject({ code: 'platform-not-found' });
  });
});

describe('a layout', () => {
  it('of several platforms gives the one asked for, and skips attestations', async () => {
    const images = ['amd64', 'arm64', 's390x'].map((architecture) => ociImage(layers, { architecture }));
    const statement = Buffer.from('{"schemaVersion":2}');
    const attestation = {
      ...describeBlob('application/vnd.oci.image.manifest.v1+json', statement),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const path = await layout('platforms', images, [attestation]);
    expect((await openImage(path)).subject.digest).toBe(images[0]?.digest);
    expect((await openImage(`oci:${path}`, 's390x')).subject.platform.architecture).toBe('s390x');
    await expect(open(path, 'riscv64')).rejects.toMatchObject({
      code: 'platform-not-found',
      message: expect.stringContaining('linux/arm64'),
    });
  });

  it('with a nested index names it, and does without manifests that were not saved', async () => {
    const [here, elsewhere] = ['amd64', 'arm64'].map((architecture) => ociImage(layers, { architecture }));
    if (here === undefined || elsewhere === undefined) throw new Error('two images were made');
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [here.descriptor, elsewhere.descriptor] }));
    const descriptor = {
      ...describeBlob('application/vnd.oci.image.index.v1+json', index),
      annotations: { 'io.containerd.image.name': 'docker.io/library/app:1' },
    };
    const files = new Map(ociLayout([here]));
    files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] })));
    files.set(blobPath(descriptor.digest), index);
    const path = join(folder, 'nested');
    await writeLayout(path, files);
    expect((await openImage(path, 'arm64')).subject).toMatchObject({
      digest: here.digest,
      indexDigest: descriptor.digest,
      names: ['docker.io/library/app:1'],
    });
  });

  it('whose manifest does not match its digest is refused', async () => {
    const made = ociImage(layers);
    const path = await layout('forged', [made]);
    await writeFile(join(path, blobPath(made.descriptor.digest)), '{}');
    await expect(open(path)).rejects.toMatchObject({ code: 'target-corrupt' });
  });

  it('that lacks a layer opens, and says which', async () => {
    const made = ociImage(layers);
    const path = await layout('foreign', [made]);
    const opened = await openImage(path);
    await rm(join(path, blobPath(opened.subject.layers[1]?.digest ?? '')));
    await opened.blob(0);
    await expect(opened.blob(1)).rejects.toMatchObject({
      code: 'target-corrupt',
      message: expect.stringContaining('layer 2'),
    });
  });
});

describe('a folder', () => {
  it('is known by its path, this host by its name', async () => {
    const path = join(folder, 'root fs');
    await mkdir(path);
    const opened = await open(path);
    expect(opened).toMatchObject({ kind: 'folder', path, subject: { kind: 'file-system', name: path } });
    expect(Subject.safeParse(opened.subject).error).toBeUndefined();
    const host = await open('dir:/');
    expect(host.subject).toMatchObject({ id: `host:${hostname()}`, path: '/' });
  });

  it('through a link is the folder itself', async () => {
    await mkdir(join(folder, 'real'));
    await linkTo('real', join(folder, 'link'));
    expect(await open(join(folder, 'link'))).toMatchObject({ path: join(folder, 'real') });
  });
});

describe('nothing', () => {
  it.each([
    ['shop/app:1', 'docker-unavailable', /no file.*as an image.*no such socket/],
    ['./missing.tar', 'target-not-found', /no file or folder/],
    ['dir:/missing', 'target-not-found', /no folder/],
    ['archive:missing', 'target-not-found', /no file/],
    ['oci:missing', 'target-not-found', /no folder/],
  ])('%s says what was tried', async (target, code, message) => {
    await expect(open(target)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each(sources.map(({ prefix }) => prefix))('is what %s alone names, whatever the prefix', async (prefix) => {
    await expect(open(prefix)).rejects.toMatchObject({
      code: 'target-not-found',
      message: `${prefix} names nothing.`,
      next: expect.stringMatching(/^Name it after the colon\./),
    });
  });
});
