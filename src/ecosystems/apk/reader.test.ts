import { describe, expect, it } from 'vitest';
import { apk } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

/** As apk-tools writes it: entries closed by a blank line, files under the folder named before them. */
const installed = `C:Q1hLHNYQQBOsJYMbyWHyIZ4wU2RFk=
P:libcrypto3
V:3.3.2-r0
A:x86_64
S:1830000
I:4500000
T:Crypto library from openssl
U:https://www.openssl.org/
L:Apache-2.0
o:openssl
m:Ariadne Conill <ariadne@dereferenced.org>
t:1725371000
c:f4d1c2
D:so:libc.musl-x86_64.so.1
p:so:libcrypto.so.3=3
F:etc
F:etc/ssl
R:openssl.cnf
Z:Q1wGuxVEOK9iGLj1i8D3BSBnT7MJA=
F:usr
F:usr/lib
R:libcrypto.so.3
a:0:0:755
Z:Q1wGuxVEOK9iGLj1i8D3BSBnT7MJA=

C:Q1hLHNYQQBOsJYMbyWHyIZ4wU2RFk=
P:busybox
V:1.36.1-r29
A:x86_64
L:GPL-2.0-only
F:
R:marker
F:bin
R:busybox

`;

function analyze(text: string) {
  return apk.analyze({ path: 'lib/apk/db/installed', content: Buffer.from(text), limits });
}

describe('apk', () => {
  it('reads packages with origin, licence and owned files', async () => {
    const { packages, faults } = await analyze(installed);
    expect(faults).toEqual([]);
    expect(packages).toMatchObject([
      {
        type: 'apk',
        name: 'libcrypto3',
        version: '3.3.2-r0',
        architecture: 'x86_64',
        source: { name: 'openssl', version: '3.3.2-r0' },
        licenses: ['Apache-2.0'],
        files: ['etc/ssl/openssl.cnf', 'usr/lib/libcrypto.so.3'],
        purl: 'pkg:apk/libcrypto3@3.3.2-r0?arch=x86_64',
      },
      { name: 'busybox', source: { name: 'busybox', version: '1.36.1-r29' }, files: ['marker', 'bin/busybox'] },
    ]);
  });

  it.each([
    ['within a version', installed.slice(0, installed.indexOf('1.36.1') + 3)],
    ['before the version', installed.slice(0, installed.indexOf('V:1.36'))],
    ['within the file list', installed.slice(0, -3)],
    ['by garbage', `${installed}\0\u0001\u0002\n\n`],
  ])('tells of a database cut %s', async (_, text) => {
    const { packages, faults } = await analyze(text);
    expect(faults[0]?.code).toBe('corrupt-package-database');
    expect(packages[0]?.name).toBe('libcrypto3');
  });

  it('asks for the database in both of its places', () => {
    expect(apk.wants('lib/apk/db/installed', 1, 0o644)).toBe(true);
    expect(apk.wants('usr/lib/apk/db/installed', 1, 0o644)).toBe(true);
    expect(apk.wants('home/lib/apk/db/installed', 1, 0o644)).toBe(false);
  });
});
