import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pacman } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const folder = 'var/lib/pacman/local/gcc-libs-14.2.1+r753+g1cd744a6828f-1';

/** As pacman 7 writes it. */
const desc = `%NAME%
gcc-libs

%VERSION%
14.2.1+r753+g1cd744a6828f-1

%BASE%
gcc

%DESC%
Runtime libraries shipped by GCC

%URL%
https://gcc.gnu.org

%ARCH%
x86_64

%BUILDDATE%
1738341834

%PACKAGER%
Frederik Schwan <freswa at archlinux dot org>

%SIZE%
146801234

%LICENSE%
GPL-3.0-with-GCC-exception
GFDL-1.3-or-later

%VALIDATION%
pgp

%DEPENDS%
glibc>=2.27

`;
const files = `%FILES%
usr/
usr/lib/
usr/lib/libgcc_s.so.1
usr/lib/libstdc++.so.6

%BACKUP%
etc/gcc.conf\td41d8cd98f00b204e9800998ecf8427e

`;

async function analyze(path: string, text: string | Uint8Array) {
  return pacman.analyze({ path, content: Buffer.from(text), limits });
}

describe('pacman', () => {
  test('reads a package with its base, licences and packager', async () => {
    const { packages, faults } = await analyze(`${folder}/desc`, desc);
    expect(faults).toEqual([]);
    expect(packages).toMatchObject([
      {
        type: 'alpm',
        name: 'gcc-libs',
        version: '14.2.1+r753+g1cd744a6828f-1',
        architecture: 'x86_64',
        purl: 'pkg:alpm/gcc-libs@14.2.1+r753+g1cd744a6828f-1?arch=x86_64',
        source: { name: 'gcc', version: '14.2.1+r753+g1cd744a6828f-1' },
        vendor: 'Frederik Schwan <freswa at archlinux dot org>',
        licenses: ['GPL-3.0-with-GCC-exception', 'GFDL-1.3-or-later'],
      },
    ]);
  });

  test('reads which files it owns, without folders', async () => {
    const { owns, faults } = await analyze(`${folder}/files`, files);
    expect(faults).toEqual([]);
    expect(owns).toEqual({ package: 'gcc-libs', files: ['usr/lib/libgcc_s.so.1', 'usr/lib/libstdc++.so.6'] });
  });

  test.each([
    ['without a version', '%NAME%\nx\n\n', 'names no package or no version'],
    ['cut off', desc.slice(0, 40), 'ends in the middle of a line'],
    ['that is none', 'hello\n', 'Not a field: hello'],
    ['empty', '', 'names no package or no version'],
  ])('an entry %s is a fault', async (_, text, message) => {
    const { faults } = await analyze(`${folder}/desc`, text);
    expect(faults.map((fault) => fault.message).join('\n')).toContain(message);
  });

  test.each([
    ['var/lib/pacman/local/a-b-1.0-1/desc', true],
    ['var/lib/pacman/local/a-1.0-1/files', true],
    ['var/lib/pacman/local/a-1.0-1/mtree', false],
    ['var/lib/pacman/local/ALPM_DB_VERSION', false],
    ['var/lib/pacman/sync/a-1.0-1/desc', false],
  ])('wants %s: %s', (path, wanted) => expect(pacman.wants(path, 1, 0o644)).toBe(wanted));

  test('reads whatever an entry holds', async () => {
    const bytes = Buffer.from(desc);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 12 }), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 5 }), fc.constantFrom('desc', 'files'), async (changes, kind) => {
        let damaged = bytes;
        for (const [at, put, gone] of changes)
          damaged = Buffer.concat([damaged.subarray(0, at), put, damaged.subarray(at + gone)]);
        const { packages, faults } = await analyze(`${folder}/${kind}`, damaged);
        if (kind === 'desc') expect(packages.length + faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  test('finds what pacman itself installed', { timeout: 60_000 }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'seawall-pacman-'));
    try {
      const entries = installed(root);
      const found = await Promise.all(
        entries.map((name) =>
          analyze(`var/lib/pacman/local/${name}/desc`, readFileSync(join(root, 'local', name, 'desc'))),
        ),
      );
      expect(found.flatMap(({ faults }) => faults)).toEqual([]);
      expect(found.flatMap(({ packages }) => packages)).toMatchObject([{ name: 'demo-lib', version: '2:1.4rc1-3' }]);
      const { owns } = await analyze(
        `var/lib/pacman/local/${entries[0]}/files`,
        readFileSync(join(root, 'local', entries[0] ?? '', 'files')),
      );
      expect(owns).toEqual({ package: 'demo-lib', files: ['usr/lib/demo.so'] });
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

/** Installs one package with pacman into a root of its own; gives the names of its entries. */
function installed(root: string): readonly string[] {
  mkdirSync(join(root, 'package/usr/lib'), { recursive: true });
  writeFileSync(join(root, 'package/usr/lib/demo.so'), 'x');
  const info = 'pkgname = demo-lib\npkgbase = demo\npkgver = 2:1.4rc1-3\narch = any\nlicense = MIT\npackager = Demo\n';
  writeFileSync(join(root, 'package/.PKGINFO'), info);
  execFileSync('tar', ['-C', join(root, 'package'), '-cf', join(root, 'demo.pkg.tar'), '.PKGINFO', 'usr']);
  writeFileSync(join(root, 'pacman.conf'), '[options]\nSigLevel = Never\nLocalFileSigLevel = Never\n');
  for (const name of ['root', 'hooks', 'cache']) mkdirSync(join(root, name));
  const places = ['--root', join(root, 'root'), '--dbpath', root, '--cachedir', join(root, 'cache')];
  const others = [
    '--config',
    join(root, 'pacman.conf'),
    '--logfile',
    join(root, 'log'),
    '--hookdir',
    join(root, 'hooks'),
  ];
  execFileSync('pacman', ['-U', ...places, ...others, '--noconfirm', '--noscriptlet', join(root, 'demo.pkg.tar')], {
    stdio: 'pipe',
  });
  return readdirSync(join(root, 'local')).filter((name) => name.startsWith('demo'));
}
