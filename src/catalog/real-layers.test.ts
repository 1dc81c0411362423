import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits, openTarget } from '#image/index.ts';
import { dockerArchive, ociImage, ociLayout, sha256, writeLayout } from '../../test/make/image.ts';
import { file, makeTar, whiteout } from '../../test/make/tar.ts';
import { analyzeTarget } from './analyze.ts';
import { analyzers } from './analyzers.ts';

/* Layers as tools write them: what is found in them is the same in every form. */

const folder = mkdtempSync(join(tmpdir(), 'seawall-real-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string | Buffer>> = {
  'etc/os-release': 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n',
  'var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n',
  'opt/large': Buffer.alloc(3_000_000, 'seawall'),
  'app/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0"}',
  'app/node_modules/gone/package.json': '{"name":"gone","version":"1.0.0"}',
};
const entries = Object.entries(files).map(([path, content]) => file(path, content));
const layers = [makeTar(entries), makeTar([whiteout('app/node_modules/gone'), file('b', 'B')])];

async function scan(target: string) {
  const opened = await openTarget(target, {
    platform: { os: 'linux', architecture: 'amd64' },
    limits: defaultLimits,
    dockerSocket: '/nowhere',
  });
  try {
    const { catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits });
    return { found: catalog.packages.map(({ name }) => name).join(' '), faults: catalog.faults };
  } finally {
    await opened.close();
  }
}

const whole = { found: 'a left-pad', faults: [] };

describe('layers that skopeo packs', () => {
  beforeAll(() => writeLayout(join(folder, 'in'), ociLayout([ociImage(layers, { names: ['app:1'] })])));

  test.each([
    ['gzip', 'gzip', '1f8b'],
    ['zstd', 'zstd', '28b52ffd'],
    ['zstd in chunks', 'zstd:chunked', '28b52ffd'],
  ])('with %s', async (_, format, magic) => {
    const out = join(folder, format.replace(':', '-'));
    const words = ['--insecure-policy', 'copy', '--dest-compress-format', format];
    execFileSync('skopeo', [...words, `oci:${join(folder, 'in')}:app:1`, `oci:${out}:app:1`]);
    const heads = readdirSync(join(out, 'blobs/sha256')).map((name) =>
      readFileSync(join(out, 'blobs/sha256', name)).toString('hex', 0, 4),
    );
    expect(heads.filter((head) => head.startsWith(magic))).toHaveLength(2);
    expect(await scan(`oci:${out}`)).toEqual(whole);
  });
});

/** eStargz: a gzip member for each file and each of its chunks, then a list of them, then a footer without content. */
function stargz(tar: Uint8Array): Buffer {
  const size = 64 * 1024;
  const members = Array.from({ length: Math.ceil(tar.length / size) }, (_, at) =>
    gzipSync(tar.subarray(at * size, (at + 1) * size)),
  );
  const extra = Buffer.from(`SG\x16\x00${'0'.repeat(16)}STARGZ`, 'latin1');
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, extra.length, 0]);
  const footer = Buffer.concat([head, extra, Buffer.from([1, 0, 0, 0xff, 0xff]), Buffer.alloc(8)]);
  return Buffer.concat([...members, footer]);
}

test('a layer of many gzip members with a list of its files, as eStargz has them', async () => {
  const list = file('stargz.index.json', '{"version":1,"entries":[]}');
  const layer = makeTar([file('.no.prefetch.landmark', '\x0f'), ...entries.slice(0, 4), list]);
  const image = ociImage([stargz(layer)], { compression: 'none', diffIds: [sha256(layer)] });
  const path = join(folder, 'stargz');
  await writeLayout(path, ociLayout([image]));
  expect(await scan(`oci:${path}`)).toEqual(whole);
});

/** Layers as Kaniko writes them: the root comes first, and names begin with a slash. */
test('a layer whose names begin with a slash and whose first entry is the root', async () => {
  const root = join(folder, 'root');
  for (const [path, content] of Object.entries(files).filter(([name]) => !name.includes('/gone/'))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const words = [
    '--absolute-names',
    '--transform',
    's,^\\.,,;s,^$,/,',
    '-C',
    root,
    '-cf',
    join(folder, 'layer.tar'),
    '.',
  ];
  execFileSync('tar', words);
  const names = execFileSync('tar', ['-Ptf', join(folder, 'layer.tar')], { encoding: 'utf8' }).split('\n');
  expect(names[0]).toBe('/');
  expect(names).toContain('/var/lib/dpkg/status');
  const path = join(folder, 'kaniko.tar');
  writeFileSync(path, dockerArchive([readFileSync(join(folder, 'layer.tar'))]).bytes);
  expect(await scan(`archive:${path}`)).toEqual(whole);
});
