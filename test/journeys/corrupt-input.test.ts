import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive, ociArchive, ociImage, ociLayout, writeLayout } from '../make/image.ts';
import { dpkgStatus, jarBytes, npmPackage, osRelease, rpmDatabase } from '../make/packages.ts';
import { directory, file, hardLink, makeTar, symlink, type TarEntry, tarHeader } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';
/** Largest resident memory that a hostile image may cost. */
const memory = 400 * 1024 ** 2;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-hostile-'));
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...words: readonly string[]): Promise<Run> {
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall(['scan', ...words, '--db', database.path], { env, cwd: folder });
}

let made = 0;
function written(bytes: Uint8Array): string {
  made += 1;
  const path = join(folder, `${made}.tar`);
  writeFileSync(path, bytes);
  return path;
}

/** An image whose other layer is whole: a hostile one must not hide it. */
function image(layer: Uint8Array | readonly TarEntry[]): string {
  const hostile = layer instanceof Uint8Array ? layer : makeTar(layer);
  return written(dockerArchive([makeTar([npmPackage('get-func-name', '2.0.1')]), hostile]).bytes);
}

interface Shown {
  readonly codes: readonly string[];
  readonly packages: readonly string[];
}

/** Runs, and holds it to what holds for every damage: a named fault, exit 3, no stack, no raw control characters. */
async function withheld(target: string, ...words: readonly string[]): Promise<Shown & { readonly run: Run }> {
  const run = await scan(target, '--format', 'json', ...words);
  expectCalm(run);
  expect([run.code, run.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: The scan is incomplete: \S/)]);
  const result = JSON.parse(run.stdout);
  expect(result.verdict.kind).toBe('cannot-judge');
  const codes: readonly string[] = result.faults.map(({ code }: { code: string }) => code);
  const packages: readonly string[] = result.packages.map(({ name }: { name: string }) => name);
  return { run, codes, packages };
}

/** A refusal: nothing could be looked at, and the last line says why. */
async function refused(target: string): Promise<string> {
  const run = await scan(target);
  expectCalm(run);
  expect([run.code, run.stdout]).toEqual([run.lastLine.endsWith('[target-corrupt]') ? 3 : 2, '']);
  return run.lastLine;
}

function expectCalm(run: Run): void {
  expect(run.stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(run.stderr).not.toContain('a fault of Seawall itself');
  // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
  expect(run.stderr + run.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(run.peakBytes).toBeLessThan(memory);
}

describe('an archive that is none', () => {
  it.each([
    ['an empty file', () => new Uint8Array()],
    ['text', () => Buffer.from('FROM scratch\n')],
    ['zeros', () => new Uint8Array(65_536)],
    ['a tar without an image', () => makeTar([file('hello', 'world')])],
    ['a manifest that is no JSON', () => makeTar([file('manifest.json', '[{')])],
    ['a manifest of another shape', () => makeTar([file('manifest.json', '{"Config":1}')])],
    [
      'a gzip stream that breaks off',
      () => gzipSync(dockerArchive([makeTar([file('a', 'a')])]).bytes).subarray(0, 200),
    ],
  ])('%s: is refused with its reason', async (_, bytes) => {
    expect(await refused(written(bytes()))).toMatch(/\[target-(?:unreadable|corrupt)\]$/);
  });

  it('a folder: is refused, and an OCI layout without its blobs too', async () => {
    mkdirSync(join(folder, 'bare'));
    expect(await refused(`archive:${join(folder, 'bare')}`)).toMatch(/\[target-unreadable\]$/);
    const layout = new Map(
      [...ociLayout([ociImage([makeTar([file('a', 'a')])])])].filter(([path]) => !path.startsWith('blobs/')),
    );
    await writeLayout(join(folder, 'hollow'), layout);
    expect(await refused(`oci:${join(folder, 'hollow')}`)).toMatch(
      /\[(?:target-corrupt|target-unreadable|platform-not-found)\]$/,
    );
  });
});

describe('a whole archive that is cut', () => {
  const whole = () =>
    dockerArchive([makeTar([npmPackage('get-func-name', '2.0.1'), file('big', Buffer.alloc(200_000, 7))])]).bytes;

  it.each([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])('at %d of it: never passes', async (part) => {
    const bytes = whole();
    const run = await scan(written(bytes.subarray(0, Math.floor(bytes.length * part))));
    expectCalm(run);
    expect([2, 3]).toContain(run.code);
    expect(run.lastLine).toMatch(/\[target-(?:corrupt|unreadable)\]$|^cannot-judge: /);
  });
});

describe('bytes that were changed', () => {
  it.each(['none', 'gzip', 'zstd'] as const)(
    'in a layer stored with compression %s: do not match the digest',
    async (compression) => {
      const random = noise(200_000);
      const layer = makeTar([npmPackage('get-func-name', '2.0.1'), file('noise', random)]);
      const bytes = Buffer.from(ociArchive([ociImage([layer], { compression })]));
      const biggest =
        bytes.indexOf('get-func-name') > 0 ? bytes.indexOf('get-func-name') + 2000 : Math.floor(bytes.length * 0.6);
      bytes[biggest] = (bytes[biggest] ?? 0) ^ 0x55;
      const { codes } = await withheld(written(bytes));
      expect(codes).toContain('corrupt-archive');
    },
  );

  it('in the config: another image than it says', async () => {
    const bytes = Buffer.from(ociArchive([ociImage([makeTar([file('a', 'a')])])]));
    const at = bytes.indexOf('"/bin/sh"');
    bytes.write('"/bin/zh"', at);
    expect(await refused(written(bytes))).toMatch(/\[target-corrupt\]$/);
  });
});

describe('a layer that is damaged', () => {
  const status = () => {
    const text = Buffer.from(
      dpkgStatus([
        { name: 'bash', version: '5.2-1' },
        { name: 'zlib1g', version: '1:1.3-1' },
      ]).content,
    );
    return text.subarray(0, text.length - 60);
  };
  const cases: readonly [string, string, () => Uint8Array | readonly TarEntry[]][] = [
    ['is cut inside a file', 'truncated-archive', () => makeTar([file('a', Buffer.alloc(5000))]).subarray(0, 3000)],
    [
      'ends without its closing blocks, in a header',
      'truncated-archive',
      () => makeTar([file('a', 'a'), file('b', 'b')]).subarray(0, 1300),
    ],
    [
      'has a header of noise',
      'corrupt-archive',
      () => Buffer.concat([makeTar([file('a', 'a')]).subarray(0, 1024), Buffer.alloc(512, 0x5a), new Uint8Array(1024)]),
    ],
    [
      'claims a file of 8 GB',
      'truncated-archive',
      () => tarHeader({ ...file('var/lib/dpkg/status'), claimedSize: 8 * 1024 ** 3 - 1 }),
    ],
    ['names a path longer than Linux takes', 'unsafe-path', () => [file(`${'x/'.repeat(3000)}y`, 'x')]],
    ['climbs out with ..', 'unsafe-path', () => [file('a/../../etc/passwd', 'x')]],
    [
      'links in a circle',
      'symlink-loop',
      () => [symlink('var/lib/dpkg', '../lib2/dpkg'), symlink('var/lib2', 'lib3'), symlink('var/lib3', 'lib2')],
    ],
    ['links to itself', 'symlink-loop', () => [symlink('loop', 'loop')]],
    [
      'has a dpkg status that is cut',
      'corrupt-package-database',
      () => [osRelease('debian', '13'), file('var/lib/dpkg/status', status())],
    ],
    ['has an rpm database that is cut', 'corrupt-package-database', () => [osRelease('almalinux', '9.0'), cutRpm()]],
    [
      'has a package.json that is cut',
      'corrupt-package',
      () => [file('app/node_modules/x/package.json', '{"name":"x","ver')],
    ],
    ['has a jar that is cut', 'truncated-archive', () => [file('app/x.jar', jar().subarray(0, 150))]],
    ['has a jar of text', 'corrupt-archive', () => [file('app/x.jar', 'no zip')]],
    ['has a jar inside a jar, 200 deep', 'depth-limit', () => [file('app/deep.jar', nestedJar(200))]],
  ];

  it.each(cases)('that %s: %s, and the other layer is still seen', async (_, code, layer) => {
    const { codes, packages } = await withheld(image(layer()));
    expect(codes).toContain(code);
    expect(packages).toContain('get-func-name');
  });

  it('in a gzip blob that breaks off', async () => {
    const layer = makeTar([file('a', noise(100_000))]);
    const good = ociImage([layer]);
    const [digest] = [...good.blobs].find(([, bytes]) => bytes[0] === 0x1f) ?? [''];
    const files = new Map(ociLayout([good]));
    const path = `blobs/${digest.replace(':', '/')}`;
    files.set(path, (files.get(path) ?? new Uint8Array()).subarray(0, 50_000));
    await writeLayout(join(folder, 'short'), files);
    const { codes } = await withheld(`oci:${join(folder, 'short')}`);
    expect(codes.some((code) => ['truncated-archive', 'corrupt-archive', 'missing-layer'].includes(code))).toBe(true);
  });

  it('whose blob is missing', async () => {
    const good = ociImage([makeTar([npmPackage('get-func-name', '2.0.1')]), makeTar([file('b', 'b')])]);
    const [gone] = [...good.blobs].filter(([, bytes]) => bytes[0] === 0x1f).at(-1) ?? [''];
    const files = new Map([...ociLayout([good])].filter(([path]) => path !== `blobs/${gone.replace(':', '/')}`));
    await writeLayout(join(folder, 'gap'), files);
    const { codes, packages } = await withheld(`oci:${join(folder, 'gap')}`);
    expect(codes).toContain('missing-layer');
    expect(packages).toEqual(['get-func-name']);
  });
});

describe('bombs', () => {
  it('of gzip stop at --max-unpacked, in bounded memory', async () => {
    const zeros = makeTar([file('zeros', new Uint8Array(256 * 1024 ** 2))]);
    const bomb = written(ociArchive([ociImage([zeros])]));
    const { codes } = await withheld(bomb, '--max-unpacked', '32M');
    expect(codes).toContain('unpacked-limit');
  });

  it('of a file that an analyzer wants stop at --max-file', async () => {
    const layer = [osRelease('debian', '13'), file('var/lib/dpkg/status', new Uint8Array(64 * 1024 ** 2))];
    const { codes } = await withheld(image(layer), '--max-file', '16M');
    expect(codes).toContain('file-limit');
  });

  it('of entries stop at --max-entries', async () => {
    const layer = Array.from({ length: 5000 }, (_, at) => file(`many/${at}`, ''));
    const { codes } = await withheld(image(layer), '--max-entries', '1000');
    expect(codes).toContain('entry-limit');
  });

  it('of zip inside a jar stop at --max-unpacked', async () => {
    const inner = zipSync({ 'zeros.bin': new Uint8Array(128 * 1024 ** 2) }, { level: 9 });
    const bomb = zipSync({
      'META-INF/lib/a.jar': zipSync({ 'b.jar': new Uint8Array(200 * 1024 ** 2) }),
      'c.jar': inner,
    });
    const { codes } = await withheld(image([file('app/bomb.jar', bomb)]), '--max-unpacked', '32M');
    expect(codes).toContain('unpacked-limit');
  });

  it('of many jars in a jar stop at --max-entries', async () => {
    const entries = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`${at}.txt`, new Uint8Array()]));
    const { codes } = await withheld(image([file('app/wide.jar', zipSync(entries))]), '--max-entries', '1000');
    expect(codes).toContain('entry-limit');
  });

  it('of depth stop at --max-depth, and what lies above is seen', async () => {
    const { codes, packages } = await withheld(image([file('app/deep.jar', nestedJar(6))]), '--max-depth', '3');
    expect(codes).toContain('depth-limit');
    expect(packages).toContain('org.example:level-5');
  });

  it('whose size a zip entry lies about are no way around the limit', async () => {
    const bomb = Buffer.from(zipSync({ 'a.jar': new Uint8Array(100 * 1024 ** 2) }));
    const central = bomb.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    bomb.writeUInt32LE(10, central + 24);
    bomb.writeUInt32LE(10, 22);
    const { codes } = await withheld(image([file('app/liar.jar', bomb)]));
    expect(codes.some((code) => ['corrupt-archive', 'unpacked-limit'].includes(code))).toBe(true);
  });
});

describe('entries that are no files', () => {
  it('FIFOs, devices and sockets in a layer are passed over', async () => {
    const special = ['3', '4', '6'].map((flag, at) => ({ ...file(`dev/special-${at}`), flag }));
    const run = await scan(
      image([...special, directory('etc'), hardLink('etc/copy', 'etc/missing')]),
      '--format',
      'json',
    );
    expectCalm(run);
    expect([run.code, JSON.parse(run.stdout).packages.length]).toEqual([0, 1]);
  });

  it('in a folder neither hang the scan nor lead out of it', async () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
    execFileSync('mkfifo', [join(root, 'var/lib/dpkg/status'), join(root, 'package.json')]);
    symlinkSync('/', join(root, 'everything'));
    symlinkSync('loop', join(root, 'loop'));
    const run = await scan(`dir:${root}`, '--format', 'json');
    expectCalm(run);
    expect(JSON.parse(run.stdout).packages).toEqual([]);
    expect(run.milliseconds).toBeLessThan(60_000);
  });
});

describe('names that were made to deceive', () => {
  const escape = '\u001b[2J\u001b]0;owned\u0007';

  it('reach neither the terminal nor the last line raw', async () => {
    const entries = [
      osRelease(`debian${escape}`, `13${escape}`),
      file(`app/node_modules/x${escape}/package.json`, JSON.stringify({ name: `x${escape}`, version: `1${escape}` })),
      file(`app/${escape}\nPASS  No findings.jar`, 'no zip'),
      file(`/absolute${escape}`, ''),
      symlink(`loop${escape}`, `loop${escape}`),
    ];
    const target = image(entries);
    for (const format of ['table', 'json']) {
      const run = await scan(target, '--format', format);
      expectCalm(run);
      expect(run.code).toBe(3);
      expect(run.stdout).not.toMatch(/^PASS/m);
    }
  });

  it('of images and build steps neither', async () => {
    const bytes = dockerArchive([makeTar([file('a', 'a')])], {
      names: [`shop/app${escape}:1`],
      steps: [`RUN echo ${escape}`],
      config: { config: { Labels: { [escape]: escape }, Cmd: [escape] } },
    }).bytes;
    for (const format of ['table', 'json']) expectCalm(await scan(written(bytes), '--format', format));
  });

  it('of the target itself neither', async () => {
    expectCalm(await scan(`archive:no${escape}such.tar`));
    expectCalm(await scan(`no${escape}such`));
  });
});

/** Bytes that no compression makes shorter, the same ones each time. */
function noise(length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash('sha256').update(`${at}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, length);
}

function jar(): Uint8Array {
  return jarBytes({ group: 'org.example', artifact: 'whole', version: '1.0' });
}

/** `depth` jars inside each other; the outermost is `level-(depth - 1)`. */
function nestedJar(depth: number): Uint8Array {
  let inner = jarBytes({ group: 'org.example', artifact: 'level-0', version: '1.0' });
  for (let level = 1; level < depth; level += 1) {
    inner = jarBytes({ group: 'org.example', artifact: `level-${level}`, version: '1.0' }, { 'lib/inner.jar': inner });
  }
  return inner;
}

function cutRpm(): TarEntry {
  const whole = rpmDatabase([{ name: 'xz-libs', version: '5.2.5-8.el9_0' }]);
  return { ...whole, content: whole.content.subarray(0, Math.floor(whole.content.length * 0.6)) };
}
