import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { dockerArchive, ociArchive, ociImage, ociLayout } from '../make/image.ts';
import { jarBytes, npmPackage, osRelease } from '../make/packages.ts';
import { file, makeTar, type TarEntry } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';
/** Of the scan and every process that it starts; without a bomb they take some 200 MiB. */
const memory = 900 * 1024 ** 2;
const mebi = 1024 ** 2;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-bombs-'));
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scan(bytes: Uint8Array, name: string): Promise<Run> {
  const target = join(folder, 'image.tar');
  writeFileSync(target, bytes);
  const words = ['scan', target, '--format', 'json', '--db', database.path];
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const run = await runSeawall(words, { env, cwd: folder, memory: 'tree' });
  const [took, most] = [Math.round(run.milliseconds), Math.round(run.peakTreeBytes / mebi)];
  // oxlint-disable-next-line no-console -- the figures are part of what this shows
  console.log(`${name}: ${Math.round(bytes.length / 1024)} KiB of archive, ${took} ms, ${most} MiB in all processes`);
  expect(run.stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(run.stderr).not.toContain('a fault of Seawall itself');
  expect(run.peakTreeBytes).toBeGreaterThan(0);
  expect(run.peakTreeBytes).toBeLessThan(memory);
  return run;
}

/** `[],` again and again: 71 kB of gzip for 60 MB that cost JSON.parse gigabytes. */
const lists = (times: number): Buffer =>
  Buffer.concat([Buffer.from('['), Buffer.alloc(3 * times, '[],'), Buffer.from('[]]')]);
const bombName = 'app/node_modules/bomb/package.json';

/** The bomb lies in one layer with packages of each kind, and above a layer that is whole. */
function image(...bomb: readonly TarEntry[]): Uint8Array {
  const around = [
    osRelease('debian', '13'),
    npmPackage('beside', '1.0.0'),
    file('app/beside.jar', jarBytes({ group: 'org.example', artifact: 'whole', version: '1.0' })),
  ];
  const layers = [makeTar([npmPackage('below', '1.0.0')]), makeTar([...around, ...bomb, npmPackage('after', '1.0.0')])];
  return ociArchive([ociImage(layers)]);
}

const anyPath: unknown = expect.stringMatching(/^app\/bomb\.jar/);
const others = ['after', 'below', 'beside', 'org.example:whole'];

describe('a bomb in one file of an image', () => {
  const cases: readonly [string, string, unknown, () => TarEntry][] = [
    ['20 million lists in a package.json', 'corrupt-package', bombName, () => file(bombName, lists(20_000_000))],
    [
      'a million levels in a package.json',
      'corrupt-package',
      bombName,
      () => file(bombName, Buffer.alloc(1_000_000, '[')),
    ],
    [
      '1.5 million keys in a package.json',
      'corrupt-package',
      bombName,
      () =>
        file(bombName, `{"name":"x","version":"1",${Array.from({ length: 1.5e6 }, (_, at) => `"${at}":0`).join()}}`),
    ],
    [
      '30 million short lines in a dpkg status',
      'file-limit',
      'var/lib/dpkg/status',
      () => file('var/lib/dpkg/status', Buffer.alloc(60_000_000, 'a\n')),
    ],
    [
      '30 million short lines in an apk database',
      'file-limit',
      'lib/apk/db/installed',
      () => file('lib/apk/db/installed', Buffer.alloc(60_000_000, 'a\n')),
    ],
    [
      'a dpkg status of one line of 200 MB',
      'file-limit',
      'var/lib/dpkg/status',
      () => file('var/lib/dpkg/status', Buffer.alloc(200_000_000, 'a')),
    ],
    [
      'a manifest of 4 MiB of empty lines in a jar',
      'file-limit',
      'app/bomb.jar',
      () => file('app/bomb.jar', zipSync({ 'META-INF/MANIFEST.MF': Buffer.alloc(4 * mebi, '\n') })),
    ],
    [
      'a pom of 4 MiB of empty lines in a jar',
      'file-limit',
      'app/bomb.jar',
      () => file('app/bomb.jar', zipSync({ 'META-INF/maven/a/b/pom.properties': Buffer.alloc(4 * mebi, '\n') })),
    ],
    ['60,000 poms in each of 20 jars in each other', 'entry-limit', anyPath, () => file('app/bomb.jar', wideJar())],
    ['a jar of 2 million names', 'entry-limit', 'app/bomb.jar', () => file('app/bomb.jar', namesOnly(2_000_000))],
  ];

  it.each(cases)('%s: a fault of that file, and all others are read', async (...[name, code, path, bomb]) => {
    const run = await scan(image(bomb()), name);
    expect([run.code, run.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: The scan is incomplete: \S/)]);
    const { faults, packages } = JSON.parse(run.stdout) as Result;
    expect(faults).toContainEqual(expect.objectContaining({ code, path, message: expect.stringMatching(/\S/) }));
    expect(packages.map((one) => one.name)).toEqual(expect.arrayContaining(others));
  });
});

test('the command that an agent runs for each image ends with a publication that tells of the bomb', async () => {
  const target = join(folder, 'agent.tar');
  writeFileSync(target, image(file(bombName, lists(20_000_000))));
  const run = await runSeawall(['catalog', target, '--no-cache'], { cwd: folder, memory: 'tree' });
  expect([run.code, run.stderr]).toEqual([0, '']);
  const { catalog } = JSON.parse(run.stdout) as { readonly catalog: Result };
  expect(catalog.faults).toContainEqual(expect.objectContaining({ code: 'corrupt-package', path: bombName }));
  expect(catalog.packages.map((one) => one.name)).toEqual(expect.arrayContaining(others));
  expect(run.peakTreeBytes).toBeLessThan(memory);
});

describe('a bomb in what says what an image is', () => {
  const good = (): Map<string, Uint8Array> => new Map(ociLayout([ociImage([makeTar([npmPackage('a', '1.0.0')])])]));

  it.each([
    ['index.json', () => layout(good().set('index.json', lists(7_000_000)))],
    ['index.json, as objects', () => layout(good().set('index.json', lists(7_000_000).fill('{}')))],
    ['an OCI manifest', () => layout(withManifest(lists(7_000_000)))],
    ['the history of an OCI config', () => layout(withConfig({ history: Array.from({ length: 5e6 }, () => []) }))],
    ['manifest.json', () => makeTar([file('manifest.json', lists(7_000_000))])],
    ['a config of docker save', () => savedWith(lists(7_000_000))],
    ['the depth of index.json', () => layout(good().set('index.json', Buffer.alloc(7_000_000, '[')))],
    ['indexes that name each other over and over', () => layout(manyFold())],
  ])('%s: is refused with its reason', async (name, archive) => {
    const run = await scan(archive(), name);
    expect([run.code, run.stdout]).toEqual([3, '']);
    expect(run.lastLine).toMatch(/^seawall: \S.* \[target-corrupt\]$/);
    expect(run.milliseconds).toBeLessThan(60_000);
  });
});

interface Result {
  readonly faults: readonly { readonly code: string; readonly path?: string; readonly message: string }[];
  readonly packages: readonly { readonly name: string }[];
}

function layout(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return makeTar([...files].map(([path, bytes]) => file(path, bytes)));
}

/** Stores bytes by their digest; answers its descriptor. */
function stored(files: Map<string, Uint8Array>, bytes: Uint8Array, mediaType: string) {
  const hex = createHash('sha256').update(bytes).digest('hex');
  files.set(`blobs/sha256/${hex}`, bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
};

function layoutOf(files: Map<string, Uint8Array>, manifests: readonly unknown[]): Map<string, Uint8Array> {
  files.set('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  return files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
}

function withManifest(manifest: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  return layoutOf(files, [stored(files, manifest, types.manifest)]);
}

function withConfig(more: object): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] }, ...more };
  const described = stored(files, Buffer.from(JSON.stringify(config)), types.config);
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config: described, layers: [] }));
  return layoutOf(files, [stored(files, manifest, types.manifest)]);
}

/** Four indexes, each of which names the next one 1,000 times: 10¹² manifests. */
function manyFold(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let below: object = stored(files, Buffer.from('{"config":{"digest":"none"},"layers":[]}'), types.manifest);
  for (let level = 0; level < 4; level += 1) {
    const index = { schemaVersion: 2, mediaType: types.index, manifests: Array.from({ length: 1000 }, () => below) };
    below = stored(files, Buffer.from(JSON.stringify(index)), types.index);
  }
  return layoutOf(files, [below]);
}

function savedWith(config: Uint8Array): Uint8Array {
  const whole = dockerArchive([makeTar([file('a', 'a')])]);
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  const manifest = [{ Config: name, RepoTags: [], Layers: [] }];
  return makeTar([file(name, config), file('manifest.json', JSON.stringify(manifest)), file('x', whole.digest)]);
}

/** Ten jars in each other, each beside two with 60,000 poms that name nothing. */
function wideJar(): Uint8Array {
  const poms = Object.fromEntries(
    Array.from({ length: 60_000 }, (_, at) => [
      `META-INF/maven/g${at}/a/pom.properties`,
      Buffer.from('version=${x}\n'),
    ]),
  );
  const wide = zipSync(poms, { level: 0 });
  let inner = wide;
  for (let level = 0; level < 10; level += 1)
    inner = zipSync({ 'inner.jar': inner, 'wide.jar': wide, 'other.jar': wide }, { level: 1 });
  return inner;
}

/** A directory of names without anything behind them. */
function namesOnly(count: number): Uint8Array {
  const entry = Buffer.alloc(47);
  entry.writeUInt32LE(0x02014b50);
  entry.writeUInt16LE(1, 28);
  entry.write('a', 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(count % 0x10000, 10);
  end.writeUInt32LE(47 * count, 12);
  return Buffer.concat([Buffer.alloc(47 * count, entry), end]);
}
