import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { imageFactsOfScan } from '../image-facts/of-scan.ts';
import type { Catalog, ContentFacts } from '../contract.ts';
import { emptyCatalog, scanLayers } from '../scan.testing.ts';
import { makeElf } from '../../../test/make/elf.ts';
import { file, hardLink, opaque, symlink, type TarEntry, whiteout } from '../../../test/make/tar.ts';
import { createContentCollector, type ProgramSums } from './collect.ts';
import { ContentReading } from './content-reading.ts';
import { entropyOf, packingOf } from './packing.ts';

async function scanned(layers: readonly (readonly TarEntry[])[]): Promise<Catalog> {
  return await scanLayers(layers, 'hashed');
}

async function contentsOf(layers: readonly (readonly TarEntry[])[]): Promise<ContentFacts> {
  const { contents } = await scanned(layers);
  return contents ?? expect.unreachable();
}

const program = (text: string, gap = 0): Buffer => makeElf([{ name: '.text', content: Buffer.from(text) }], { gap });

describe('miners', () => {
  test('by name, pool or protocol; of texts by pool alone', async () => {
    const { miners, isComplete } = await contentsOf([
      [
        file('srv/XMRig', 'x', 0o755),
        file('srv/xmrig', 'no program'),
        file('srv/xmrig.bin', 'x', 0o755),
        file('srv/a', program('stratum+tcp://wallet:secret@pool.example.com:3333 and more'), 0o755),
        file('srv/b', program('use stratum+ssl:// here')),
        file('srv/c', program('mining.subscribe'), 0o755),
        file('srv/run', '#!/bin/sh\n./x -o stratum+tcp://eu.pool.example:443 -u me', 0o755),
        file('srv/config.json', '{"pools":[{"url":"stratum+tcp://pool.example:1"}]}'),
        file('srv/readme', 'Ports begin with stratum+tcp:// and call mining.subscribe.'),
        file('srv/geology', program('a stratum+bed of limestone'), 0o755),
      ],
    ]);
    expect(isComplete).toBe(true);
    expect(miners).toEqual([
      { path: 'srv/XMRig', isProgram: true, by: 'name', seen: 'xmrig' },
      { path: 'srv/a', isProgram: true, by: 'pool', seen: 'pool.example.com:3333' },
      { path: 'srv/b', isProgram: true, by: 'protocol', seen: 'stratum' },
      { path: 'srv/c', isProgram: true, by: 'protocol', seen: 'mining.subscribe' },
      { path: 'srv/config.json', isProgram: false, by: 'pool', seen: 'pool.example:1' },
      { path: 'srv/run', isProgram: true, by: 'pool', seen: 'eu.pool.example:443' },
      { path: 'srv/xmrig.bin', isProgram: true, by: 'name', seen: 'xmrig' },
    ]);
  });

  test('wherever in a file, and however it comes', () => {
    const bytes = program(`${'x'.repeat(70_000)}stratum+tcp://pool.example:1 `);
    for (const cut of [1, 7, 4095, 70_130, 70_200]) {
      const reading = new ContentReading({ size: bytes.length, isExecutable: false });
      for (let at = 0; at < bytes.length; at += cut) reading.write(bytes.subarray(at, at + cut));
      expect([cut, reading.end().mark]).toEqual([cut, { by: 'pool', seen: 'pool.example:1' }]);
    }
  });

  test('as the highest layer leaves them, also under the name of a hard link', async () => {
    const { miners } = await contentsOf([
      [
        ...['a', 'b', 'c/d', 'e/f', 'h'].map((path) => file(path, 'stratum+tcp://pool.example:1')),
        symlink('g', 'e'),
        file('usr/bin/ls', 'x', 0o755),
      ],
      [whiteout('a'), file('b', 'clean'), opaque('c'), hardLink('i', 'h'), whiteout('h')],
    ]);
    expect(miners.map(({ path }) => path)).toEqual(['e/f', 'i']);
  });
});

describe('packed programs', () => {
  test('say so, or are as dense as packed code', async () => {
    const dense = makeElf([{ name: '.text', content: randomBytes(100_000) }]);
    const upx = makeElf([{ name: '.text', content: Buffer.from('UPX! info') }]);
    const { packed } = await contentsOf([
      [
        file('dense', dense, 0o755),
        file('upx', upx),
        file('plain', program('int main '.repeat(20_000)), 0o755),
        file('data', randomBytes(100_000), 0o755),
        file('small', makeElf([{ name: '.text', content: randomBytes(1000) }]), 0o755),
      ],
    ]);
    expect(packed).toEqual([
      { path: 'dense', by: 'entropy', entropy: expect.closeTo(8, 1) },
      { path: 'upx', by: 'upx' },
    ]);
  });

  test.each([4096, 4097, 5000, 10_000, 32 * 1024])('are seen by %d bytes of code', (length) => {
    for (let round = 0; round < 50; round += 1) {
      const compressed = deflateRawSync(randomBytes(length).toString('hex')).subarray(0, length);
      expect(packingOf(Buffer.alloc(0), compressed)).toMatchObject({ by: 'entropy' });
      expect(packingOf(Buffer.alloc(0), Buffer.from(compressed.toString('hex')))).toBeUndefined();
    }
    expect(packingOf(Buffer.from('UPX!'), Buffer.alloc(length))).toEqual({ by: 'upx', entropy: 0 });
    expect(packingOf(Buffer.alloc(0), randomBytes(4095))).toBeUndefined();
  });

  test('entropy is of bits a byte', () => {
    expect(entropyOf(Buffer.from('aaaa'))).toBe(0);
    expect(entropyOf(Buffer.from('abab'))).toBe(1);
    expect(entropyOf(Buffer.from(Array.from({ length: 256 }, (_, at) => at)))).toBe(8);
  });

  test('no program of this machine is taken for one, or for a miner', () => {
    const found = readdirSync('/usr/bin').flatMap((name) => {
      const path = join('/usr/bin', name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isFile() !== true || found.size > 4 * 1024 ** 2) return [];
      const { size } = found;
      const reading = new ContentReading({ size, isExecutable: true });
      reading.write(readFileSync(path));
      const { packing, mark } = reading.end();
      return packing === undefined && mark === undefined ? [] : [{ name, packing, mark }];
    });
    expect(found).toEqual([]);
  });
});

describe('programs of packages', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const status = (name: string): string => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n\n`;
  const debian: readonly TarEntry[] = [
    symlink('bin', 'usr/bin'),
    file('var/lib/dpkg/status', status('coreutils')),
    file('var/lib/dpkg/info/coreutils.list', '/bin/ls\n/bin/cat\n/bin/tac\n/etc/x\n'),
    file(
      'var/lib/dpkg/info/coreutils.md5sums',
      ['ls', 'cat', 'tac'].map((one) => `${md5(one)}  bin/${one}\n`).join(''),
    ),
    file('var/lib/dpkg/diversions', '/bin/tac\n/bin/tac.real\nother\n'),
    ...['ls', 'cat', 'tac'].map((one) => file(`usr/bin/${one}`, one, 0o755)),
    file('usr/bin/own', 'own', 0o755),
  ];

  const modifiedOf = (catalog: Catalog) => imageFactsOfScan({ config: '{}', catalog }).modifiedFiles;

  test('are compared with the hashes of dpkg, but for those that are diverted', async () => {
    const clean = await scanned([debian]);
    expect(modifiedOf(clean)).toMatchObject({ value: [], at: '2 programs beside the hashes of dpkg' });
    const changed = await scanned([
      debian,
      [file('bin/ls', 'evil', 0o755), file('usr/bin/tac', 'of the other', 0o755)],
    ]);
    expect(modifiedOf(changed)).toMatchObject({ value: ['/usr/bin/ls'] });
  });

  test('are unknown where packages keep no such hashes, or only some do', async () => {
    const bare = await scanned([debian.filter(({ path }) => !path.endsWith('.md5sums'))]);
    expect(modifiedOf(bare)).toMatchObject({ kind: 'missing' });
    const both = await scanned([[...debian, file('lib/apk/db/installed', 'P:musl\nV:1\nF:lib\nR:libc.so\n\n')]]);
    expect(both.packages.map(({ type }) => type).toSorted()).toEqual(['apk', 'deb']);
    expect(modifiedOf(both)).toMatchObject({ kind: 'missing' });
  });
});

describe('programs of apk', () => {
  const sha1 = (text: string): string => `Q1${createHash('sha1').update(text).digest('base64')}`;
  const installed = [
    'P:busybox\nV:1\nF:bin\nR:busybox\na:0:0:755',
    `Z:${sha1('box')}\nR:sh\na:0:0:777\nZ:${sha1('/bin/busybox')}\nF:lib\nR:libc.so\nZ:${sha1('libc')}`,
    `F:etc\nR:own.sh\nZ:${sha1('as shipped')}\n\n`,
  ].join('\n');
  const alpine = [
    file('lib/apk/db/installed', installed),
    file('bin/busybox', 'box', 0o755),
    symlink('bin/sh', '/bin/busybox'),
    file('lib/libc.so', 'libc'),
    file('etc/own.sh', 'changed by its owner', 0o755),
    file('usr/bin/other', 'of nobody', 0o755),
  ];

  test.each([
    ['as they were installed', [], []],
    ['replaced in a layer above', [file('bin/busybox', 'evil', 0o755)], ['/bin/busybox']],
    ['a library', [file('lib/libc.so', 'evil')], ['/lib/libc.so']],
    ['a hard link to another program', [hardLink('bin/busybox', 'usr/bin/other')], ['/bin/busybox']],
    ['a hard link to itself by another name', [hardLink('usr/bin/box', 'bin/busybox')], []],
  ] as const)('are compared with the hashes of apk: %s', async (_, above, modified) => {
    const catalog = await scanned([alpine, above]);
    const facts = imageFactsOfScan({ config: '{}', catalog });
    expect(facts.modifiedFiles).toMatchObject({ value: modified, at: '2 programs beside the hashes of apk' });
  });

  test('also where signs of apk come late, and where a link leads to a program of a layer below', async () => {
    const late = [...alpine.toReversed(), file('lib/other', 'evil', 0o755)];
    const modifiedIn = async (...layers: readonly (readonly TarEntry[])[]) =>
      imageFactsOfScan({ config: '{}', catalog: await scanned(layers) }).modifiedFiles;
    expect(await modifiedIn(late)).toMatchObject({ value: [], at: '2 programs beside the hashes of apk' });
    expect(await modifiedIn(late, [hardLink('lib/libc.so', 'lib/other')])).toMatchObject({ value: ['/lib/libc.so'] });
  });
});

describe('SHA-1 of programs', () => {
  const summedOf = (entries: readonly string[], sums?: ProgramSums): readonly string[] => {
    const { watcher, result } = createContentCollector(sums);
    for (const path of entries) {
      const sink = watcher.file(path, 1, 0o755);
      sink?.write(Buffer.from('x'));
      sink?.end();
    }
    return Object.keys(result().programs);
  };

  test.each<[string, readonly string[], readonly string[]]>([
    ['none where nothing tells of apk', ['etc/own.sh', 'lib/a', 'usr/bin/a', 'usr/lib/apk-tools/a'], []],
    ['those in bin, which comes before any sign', ['bin/a', 'binary', 'usr/bin/a'], ['bin/a']],
    ['all after a sign', ['app/a', 'etc/apk/world', 'lib/a', 'usr/bin/a'], ['etc/apk/world', 'lib/a', 'usr/bin/a']],
    ['all after its database', ['usr/lib/apk/db/installed', 'var/a'], ['usr/lib/apk/db/installed', 'var/a']],
  ])('%s', (_, entries, expected) => {
    expect(summedOf(entries)).toEqual(expected);
    expect(summedOf(entries, 'of all')).toEqual(entries);
  });
});

describe('trusted roots', () => {
  const [mozilla = '', second = '', own = ''] = rootCertificates;
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const fingerprint = (pem: string): string => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  const [source, local] = ['usr/share/ca-certificates/mozilla/A.crt', 'usr/local/share/ca-certificates/own.crt'];
  const bundle = 'etc/ssl/certs/ca-certificates.crt';
  const debian = [
    file('var/lib/dpkg/status', 'Package: ca-certificates\nStatus: install ok installed\nVersion: 1\n\n'),
    file('var/lib/dpkg/info/ca-certificates.list', `/${source}\n`),
    file('var/lib/dpkg/info/ca-certificates.md5sums', `${md5(`${mozilla}\n${second}`)}  ${source}\n`),
    file(source, `${mozilla}\n${second}`),
  ];
  const rootsOf = async (...layers: readonly (readonly TarEntry[])[]) =>
    imageFactsOfScan({ config: '{}', catalog: await scanned(layers) }).trustedRoots;
  const unexpectedIn = async (...layers: readonly (readonly TarEntry[])[]) => {
    const field = await rootsOf(debian, ...layers);
    return field.kind === 'known'
      ? field.value.filter(({ isPackaged }) => !isPackaged).map((one) => one.fingerprint)
      : field.kind;
  };

  test.each<[string, readonly TarEntry[], readonly string[] | string]>([
    ['those of the package', [file(bundle, `${mozilla}\n${second}`)], []],
    ['one more', [file(bundle, `${mozilla}\n${own}`)], [fingerprint(own)]],
    ['one more in the folder', [file(bundle, mozilla), file('etc/ssl/certs/own.pem', own)], [fingerprint(own)]],
    ['a link to one', [symlink('etc/ssl/certs/own.pem', `/${local}`), file(local, own)], [fingerprint(own)]],
    ['one that nothing trusts', [file(bundle, mozilla), file(local, own)], []],
    ['a bundle by a link', [symlink(bundle, '/etc/ssl/cert.pem'), file('etc/ssl/cert.pem', own)], [fingerprint(own)]],
    ['a bundle elsewhere', [symlink(bundle, '/srv/all.crt'), file('srv/all.crt', own)], 'missing'],
    ['a source that is changed', [file(source, own), file(bundle, own)], 'missing'],
    ['a bundle that is too long', [file(bundle, Buffer.alloc(4 * 1024 ** 2 + 1, mozilla))], 'missing'],
    ['a hard link to somewhere', [file('srv/a', own), hardLink(bundle, 'srv/a')], 'missing'],
    ['what leads nowhere', [symlink('etc/ssl/certs/a.pem', '/gone'), file(bundle, mozilla)], []],
    ['none', [], []],
  ])('%s', async (_, above, expected) => {
    expect(await unexpectedIn(above)).toEqual(expected);
  });

  test('are named, and a lower layer that is hidden does not count', async () => {
    const field = await rootsOf(debian, [file(bundle, own)], [whiteout(bundle)], [file('etc/ssl/cert.pem', mozilla)]);
    const [subject = ''] = new X509Certificate(mozilla).subject.split('\n').slice(-1);
    expect(field).toMatchObject({
      value: [{ fingerprint: fingerprint(mozilla), isPackaged: true, subject: expect.stringContaining(subject) }],
    });
  });

  test('nothing tells what is expected where no package brings roots', async () => {
    expect(await rootsOf([file(bundle, mozilla)])).toMatchObject({
      kind: 'missing',
      why: expect.stringContaining('ca-certificates'),
    });
    expect(await rootsOf([file('srv/a', 'x')])).toMatchObject({ kind: 'known', value: [] });
    const damaged = `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${mozilla}`;
    expect(await rootsOf(debian, [file(bundle, damaged)])).toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ subject: 'unreadable certificate' })]),
    });
  });

  test('of a whole package are all packaged, and the one beside them is not', async () => {
    const [own = '', ...packaged] = rootCertificates;
    const sources = packaged.map((pem, at) => ({
      path: `usr/share/ca-certificates/mozilla/${at}.crt`,
      pem: `${pem}\n`,
    }));
    const info = 'var/lib/dpkg/info/ca-certificates';
    const machine = [
      file('var/lib/dpkg/status', 'Package: ca-certificates\nStatus: install ok installed\nVersion: 1\n\n'),
      file(`${info}.list`, sources.map(({ path }) => `/${path}\n`).join('')),
      file(`${info}.md5sums`, sources.map(({ path, pem }) => `${md5(pem)}  ${path}\n`).join('')),
      ...sources.map(({ path, pem }) => file(path, pem)),
      file(bundle, sources.map(({ pem }) => pem).join('')),
    ];
    const field = await rootsOf(machine, [file('etc/ssl/certs/own.pem', own)]);
    const roots = field.kind === 'known' ? field.value : [];
    expect(roots).toHaveLength(rootCertificates.length);
    expect(roots.filter(({ isPackaged }) => !isPackaged).map((one) => one.fingerprint)).toEqual([fingerprint(own)]);
  });
});

test('an older scan tells nothing of contents', () => {
  const facts = imageFactsOfScan({ config: '{}', catalog: emptyCatalog });
  for (const name of ['miners', 'packed', 'modifiedFiles', 'malware', 'trustedRoots'] as const)
    expect(facts[name].kind).toBe('missing');
});

test('a layer that was not read to its end is not said to be clean', async () => {
  const { contents } = await contentsAndFaults();
  const facts = imageFactsOfScan({ config: '{}', catalog: { ...emptyCatalog, contents } });
  expect([facts.miners.kind, facts.packed.kind]).toEqual(['missing', 'missing']);
});

async function contentsAndFaults() {
  const contents = await contentsOf([[file('a', 'x')]]);
  return { contents: { ...contents, isComplete: false } };
}
