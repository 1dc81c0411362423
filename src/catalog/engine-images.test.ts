import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits, openTarget } from '#image/index.ts';
import { debianImage } from '../../test/make/debian.ts';
import { startTestEngine, type TestEngine, type TestEngineOptions } from '../../test/make/docker.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { directory, file, makeTar, symlink, type TarEntry } from '../../test/make/tar.ts';
import { analyzeTarget } from './analyze.ts';
import { analyzers } from './analyzers.ts';

const platform = { os: 'linux', architecture: 'amd64' };

async function scan(target: string, dockerSocket = '/nowhere') {
  const opened = await openTarget(target, { platform, limits: defaultLimits, dockerSocket });
  if (opened.kind !== 'image') throw new Error('an image was expected');
  try {
    const { subject, catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits });
    return { subject, catalog, readFrom: opened.readFrom };
  } finally {
    await opened.close();
  }
}

function npm(path: string, name: string): TarEntry {
  return file(`${path}/node_modules/${name}/package.json`, `{"name":"${name}","version":"1.0.0"}`);
}

describe('an image that overlay2 keeps', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  });
  afterAll(() => engine?.stop());

  async function load(name: string, entries: readonly TarEntry[]): Promise<void> {
    const answer = await engine.load(dockerArchive([makeTar(entries)], { names: [name] }).bytes);
    expect(answer).toContain(name);
  }

  it('is read from a save where its own files lie behind a link', async () => {
    await load('linked:1', [npm('usr', 'a'), symlink('lib', 'usr'), npm('lib', 'b')]);
    const { catalog, readFrom } = await scan('linked:1', engine.socket);
    expect(readFrom).toBe('engine-files');
    expect(catalog.faults).toEqual([]);
    expect(catalog.packages.map((one) => one.name).sort()).toEqual(['a', 'b']);
  });

  it('shows nothing of the host, wherever its links lead', async () => {
    const leading = [directory('etc'), symlink('link', '/etc'), file('link/passwd', 'root')];
    await load('outside:1', [npm('app', 'a'), ...leading, npm('app', 'b')]);
    const { catalog } = await scan('outside:1', engine.socket);
    expect(catalog.faults[0]).toMatchObject({ code: 'unreadable-file', path: 'link/passwd', layer: 0 });
  });

  it('is incomplete where a file is gone, and says which', async () => {
    await load('gone:1', [npm('gone', 'a'), npm('gone', 'b')]);
    const [folder] = await foldersWith('gone');
    await rm(join(folder ?? '', 'gone/node_modules/b/package.json'));
    const { catalog } = await scan('gone:1', engine.socket);
    const path = 'gone/node_modules/b/package.json';
    expect(catalog.faults).toMatchObject([
      { code: 'unreadable-file', path, message: expect.stringContaining('missing') },
    ]);
    expect(catalog.packages.map((one) => one.name)).toEqual(['a']);
  });

  /** Folders of layers that hold this entry. */
  async function foldersWith(name: string): Promise<readonly string[]> {
    const all = await readdir(join(engine.root, 'overlay2'), { recursive: true, withFileTypes: true });
    const found = all.filter((entry) => entry.name === name && entry.parentPath.endsWith('/diff'));
    return found.map((entry) => entry.parentPath);
  }
});

const stores: readonly TestEngineOptions[] = [{ store: 'docker', driver: 'overlay2' }, { store: 'containerd' }];
/** An engine takes 10 seconds to load it, and far more on a busy machine. */
const patience = 300_000;

describe('Debian', () => {
  it.each(stores)(
    'is the same subject with the same catalog in the store of $store',
    { timeout: patience },
    async (options) => {
      const image = await debianImage();
      const engine = await startTestEngine(options);
      try {
        await engine.load(await readFile(image.archive));
        const [kept, saved] = [await scan('made/debian:13', engine.socket), await scan(image.archive)];
        expect(kept.readFrom).toBe('engine-files');
        expect(kept.catalog).toEqual(saved.catalog);
        expect(withoutAliases(kept.subject)).toEqual(withoutAliases(saved.subject));
      } finally {
        await engine.stop();
      }
    },
  );
});

/** Everything that the config says; stores differ in what they call manifest and blobs. */
function withoutAliases(subject: Awaited<ReturnType<typeof scan>>['subject']) {
  if (subject.kind !== 'image') throw new Error('an image was expected');
  const { manifestDigest: _manifest, indexDigest: _index, names: _names, layers, ...proven } = subject;
  return { ...proven, layers: layers.map(({ digest: _digest, ...layer }) => layer) };
}
