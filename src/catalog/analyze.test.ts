import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink as linkTo, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits, openTarget, type ScanLimits } from '#image/index.ts';
import { blobPath, dockerArchive, ociArchive, ociImage, ociLayout, writeLayout } from '../../test/make/image.ts';
import { file, makeTar, symlink, type TarEntry, whiteout } from '../../test/make/tar.ts';
import { analyzeTarget, type AnalyzeOptions } from './analyze.ts';
import { analyzers } from './analyzers.ts';
import { Catalog } from './contract.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-analyze-'));
});
afterEach(() => rm(folder, { recursive: true }));

function stanza(name: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\n\n`;
}
const release = file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n');
const base = [
  release,
  file('var/lib/dpkg/status', stanza('a', '1') + stanza('b', '1')),
  file('var/lib/dpkg/info/a.list', '/.\n/usr\n/usr/bin/a\n'),
];
const upper = [
  file('var/lib/dpkg/status', stanza('a', '1') + stanza('b', '2')),
  file('app/node_modules/c/package.json', '{"name":"c","version":"3.0.0"}'),
];

async function scan(target: string, options: Partial<AnalyzeOptions> = {}) {
  const platform = { os: 'linux', architecture: 'amd64' };
  const limits = options.limits ?? defaultLimits;
  const opened = await openTarget(target, { platform, limits, dockerSocket: '/nowhere' });
  try {
    const { subject, catalog } = await analyzeTarget(opened, { analyzers, limits, ...options });
    expect(Catalog.safeParse(catalog).error).toBeUndefined();
    return { subject, catalog };
  } finally {
    await opened.close();
  }
}

async function saved(layers: readonly (readonly TarEntry[])[], name = 'image.tar'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, dockerArchive(layers.map(makeTar)).bytes);
  return path;
}

function shown(catalog: Catalog): string[] {
  return catalog.packages.map((one) => `${one.name} ${one.version} @${one.layer}`);
}

describe('analyzeTarget', () => {
  it('finds packages with the layers that brought them', async () => {
    const { subject, catalog } = await scan(await saved([base, upper]));
    expect(shown(catalog)).toEqual(['a 1 @0', 'b 2 @1', 'c 3.0.0 @1']);
    expect(catalog).toMatchObject({ faults: [], distribution: { id: 'debian', version: '13' } });
    expect(catalog.packages[0]?.files).toContain('usr/bin/a');
    expect(subject).toMatchObject({ layers: [{ size: makeTar(base).length }, { size: makeTar(upper).length }] });
  });

  it('says of a folder whose files mean nothing that nothing was recognised, and nothing of an empty one', async () => {
    await mkdir(join(folder, 'root'), { recursive: true });
    expect((await scan(`${folder}/root`)).catalog.faults).toEqual([]);
    await writeFile(join(folder, 'root/notes.txt'), 'x'.repeat(2000));
    expect((await scan(`${folder}/root`)).catalog.faults).toMatchObject([{ code: 'nothing-recognised' }]);
  });

  it('reads a folder as one layer', async () => {
    await mkdir(join(folder, 'root/var/lib/dpkg'), { recursive: true });
    await writeFile(join(folder, 'root/var/lib/dpkg/status'), stanza('a', '1'));
    const { subject, catalog } = await scan(`${folder}/root`);
    expect(shown(catalog)).toEqual(['a 1 @0']);
    expect(catalog.faults).toMatchObject([{ code: 'unknown-distribution' }]);
    expect(subject.kind).toBe('file-system');
  });

  it('reads a package database that a link of the image leads to', async () => {
    const moved = [release, symlink('var/lib/dpkg', '/opt/packages'), file('opt/packages/status', stanza('a', '1'))];
    const path = await saved([
      moved,
      [whiteout('opt/packages/status')],
      [file('opt/packages/status', stanza('z', '1'))],
    ]);
    expect(shown((await scan(path, { cacheFolder: join(folder, 'cache') })).catalog)).toEqual(['z 1 @2']);
    const links = [
      release,
      symlink('var', 'srv'),
      symlink('srv/lib', '/data'),
      file('data/dpkg/status', stanza('y', '1')),
    ];
    expect(shown((await scan(await saved([links]))).catalog)).toEqual(['y 1 @0']);
  });

  it('tells how far it is', async () => {
    const seen: { layer: number; layers: number; bytes: number }[] = [];
    await scan(await saved([base, upper]), { onProgress: (progress) => void seen.push(progress) });
    expect(new Set(seen.map(({ layer, layers }) => `${layer}/${layers}`))).toEqual(new Set(['1/2', '2/2']));
    expect(seen.some(({ bytes }) => bytes === makeTar(base).length)).toBe(true);
  });

  it('finds what dpkg-query lists on this machine, and no other', async () => {
    const root = join(folder, 'root');
    for (const part of ['etc', 'usr/lib', 'var/lib']) await mkdir(join(root, part), { recursive: true });
    await writeFile(join(root, 'etc/os-release'), await readFile('/etc/os-release'));
    await linkTo('/var/lib/dpkg', join(root, 'var/lib/dpkg-elsewhere'));
    await mkdir(join(root, 'var/lib/dpkg'));
    const own = ['status', 'info'].map((name) => `/var/lib/dpkg/${name}`);
    execFileSync('cp', ['-r', ...own, join(root, 'var/lib/dpkg')]);
    const listed = execFileSync(
      'dpkg-query',
      ['-W', '-f', '${db:Status-Status} ${Package} ${Version} ${Architecture}\\n'],
      { encoding: 'utf8' },
    );
    const expected = listed
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice(10));
    const { catalog } = await scan(`${root}/`);
    const found = catalog.packages.map((one) => `${one.name} ${one.version} ${one.architecture}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

/** Entry of children whose only analyzer does this. */
async function hostileWorker(body: string): Promise<URL> {
  const entry = join(folder, 'worker.ts');
  const serve = join(import.meta.dirname, 'serve-layers.ts');
  const lines = [
    `import { serveLayers } from ${JSON.stringify(serve)};`,
    `const wants = (path) => path === 'app/node_modules/c/package.json';`,
    `process.on('disconnect', () => process.exit());`,
    `serveLayers(process, [{ id: 'hostile', version: 1, summary: '', wants, analyze() { ${body} } }]);`,
  ];
  await writeFile(entry, lines.join('\n'));
  return pathToFileURL(entry);
}

describe('damage', () => {
  const codes = (catalog: Catalog) => catalog.faults.map((fault) => `${fault.code} ${fault.layer}`);

  it('of one layer is a fault, and the others are read', async () => {
    const made = ociImage([makeTar(base), makeTar(upper)]);
    const path = join(folder, 'layout');
    await writeLayout(path, ociLayout([made]));
    const [, second = ''] = [...made.blobs.keys()].slice(-2);
    const blob = join(path, blobPath(second));
    const whole = await readFile(blob);
    await writeFile(blob, whole.subarray(0, whole.length - 30));
    const cut = await scan(path, { cacheFolder: join(folder, 'cache') });
    expect(codes(cut.catalog)).toEqual(expect.arrayContaining([expect.stringMatching(/-archive 1$/)]));
    expect(shown(cut.catalog)).toContain('a 1 @0');
    await rm(blob);
    const missing = await scan(path, { cacheFolder: join(folder, 'cache') });
    expect(codes(missing.catalog)).toEqual(['missing-layer 1']);
    expect(shown(missing.catalog)).toEqual(['a 1 @0', 'b 1 @0']);
    await writeFile(blob, whole);
    expect(codes((await scan(path, { cacheFolder: join(folder, 'cache') })).catalog)).toEqual([]);
  });

  it.each([
    ['entry-limit', { layerEntries: 1 }],
    ['unpacked-limit', { layerBytes: 1000 }],
    ['file-limit', { fileBytes: 10 }],
  ] as const)('%s is a setting', async (code, limit: Partial<ScanLimits>) => {
    const { catalog } = await scan(await saved([base]), { limits: { ...defaultLimits, ...limit } });
    expect(catalog.faults.map((fault) => fault.code)).toContain(code);
  });

  it.each([
    ['time-limit', 'while (true);', { layerMilliseconds: 1500 }],
    ['memory-limit', 'const hoard = []; while (true) hoard.push(new Array(1e5).fill({}));', {}],
    ['analyzer-failed', 'throw new Error("broken");', {}],
    ['analyzer-failed', 'process.exit(1);', {}],
  ] as const)('%s: an analyzer that does `%s` ends neither process nor scan', async (code, body, limit) => {
    const worker = await hostileWorker(body);
    const { catalog } = await scan(await saved([upper, base]), {
      worker,
      limits: { ...defaultLimits, ...limit },
      cacheFolder: join(folder, 'cache'),
    });
    expect(catalog.faults.filter((fault) => fault.layer === 0).map((fault) => fault.code)).toEqual([code]);
    expect(catalog.faults.filter((fault) => fault.layer === 1)).toEqual([]);
  });

  it('holds little garbage in the process that reads', async () => {
    const worker = await hostileWorker(`
      const lived = [];
      for (let index = 0; index < 5_000_000; index += 1) lived[index % 100_000] = { index };
      const spaces = process.getBuiltinModule('node:v8').getHeapSpaceStatistics();
      throw new Error('young ' + spaces.find((one) => one.space_name === 'new_space').space_size);
    `);
    const { catalog } = await scan(await saved([upper]), { worker });
    const young = /young (\d+)/.exec(catalog.faults.map(({ message }) => message).join())?.[1];
    expect(Number(young)).toBeLessThan(8 * 1024 ** 2);
  });

  it('ends at once when it is called off', async () => {
    const path = await saved([base, upper]);
    const signal = AbortSignal.abort(new Error('called off'));
    await expect(scan(path, { signal })).rejects.toThrow('called off');
    const later = new AbortController();
    const hanging = scan(await saved([upper]), { signal: later.signal, worker: await hostileWorker('while (true);') });
    setTimeout(() => later.abort(new Error('called off later')), 1000);
    await expect(hanging).rejects.toThrow('called off later');
  });
});

describe('the layer cache', () => {
  const cacheFiles = async (part: string) =>
    (await readdir(join(folder, 'cache', part), { recursive: true })).filter((name) => name.length > 60);

  it('gives the same catalog, and reads nothing that it knows', async () => {
    const cacheFolder = join(folder, 'cache');
    const path = await saved([base, upper]);
    const cold = await scan(path, { cacheFolder });
    expect(await cacheFiles('layers')).toHaveLength(2);
    const read: number[] = [];
    const warm = await scan(path, { cacheFolder, onProgress: ({ layer }) => void read.push(layer) });
    expect(warm).toEqual(cold);
    expect(read).toEqual([]);
    await scan(path, {
      cacheFolder,
      onProgress: ({ layer }) => void read.push(layer),
      limits: { ...defaultLimits, fileBytes: 1e6 },
    });
    expect(new Set(read)).toEqual(new Set([1, 2]));
  });

  it('ignores and replaces damaged entries', async () => {
    const cacheFolder = join(folder, 'cache');
    const path = await saved([base, upper]);
    const cold = await scan(path, { cacheFolder });
    const files = await cacheFiles('layers');
    for (const [index, name] of files.entries()) {
      const entry = join(cacheFolder, 'layers', name);
      const content = await readFile(entry);
      if (index === 0) content[content.length - 5] = (content.at(-5) ?? 0) ^ 1;
      await writeFile(entry, index === 0 ? content : content.subarray(0, 20));
    }
    const read = new Set<number>();
    const again = await scan(path, { cacheFolder, onProgress: ({ layer }) => void read.add(layer) });
    expect(again).toEqual(cold);
    expect(read).toEqual(new Set([1, 2]));
    read.clear();
    await scan(path, { cacheFolder, onProgress: ({ layer }) => void read.add(layer) });
    expect(read).toEqual(new Set());
  });

  it('believes no image that names a known layer and carries another', async () => {
    const cacheFolder = join(folder, 'cache');
    const clean = ociImage([makeTar(base)]);
    const path = join(folder, 'clean.tar');
    await writeFile(path, ociArchive([clean]));
    await scan(path, { cacheFolder });
    const evil = ociImage([makeTar([...base, ...upper])], {
      config: { rootfs: { type: 'layers', diff_ids: clean.diffIds } },
    });
    await writeFile(path, ociArchive([evil]));
    const { catalog } = await scan(path, { cacheFolder });
    expect(catalog.faults.map((fault) => fault.code)).toContain('corrupt-archive');
    const plain = dockerArchive([makeTar([...base, ...upper])], {
      config: { rootfs: { type: 'layers', diff_ids: clean.diffIds } },
    });
    await writeFile(path, plain.bytes);
    expect((await scan(path, { cacheFolder })).catalog.faults.map((fault) => fault.code)).toContain('corrupt-archive');
  });

  it('is safe when several processes fill it at once', async () => {
    const cacheFolder = join(folder, 'cache');
    const path = await saved([base, upper]);
    const catalogs = await Promise.all(Array.from({ length: 6 }, () => scan(path, { cacheFolder })));
    for (const one of catalogs) expect(one).toEqual(catalogs[0]);
    expect(await cacheFiles('layers')).toHaveLength(2);
  });
});
