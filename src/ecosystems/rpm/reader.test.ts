import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getPackages, getPackagesNdb } from '@snyk/rpm-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../analyzer.ts';
import { readDatabase } from './database.ts';
import { rpm } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const count = 40;

/** Many small packages, one with everything that matters, and one whose header needs many database pages. */
const spec = `Name: demo
Epoch: 2
Version: 1.2.3
Release: 4.el9
Summary: Demo
License: MIT and ISC
Vendor: Red Hat, Inc.
ModularityLabel: nodejs:12:8030020200708140823:229f0a1c
BuildArch: noarch
%description
Demo
%package -n gpg-pubkex
Summary: Key
%description -n gpg-pubkex
Key
${Array.from({ length: count }, (_, at) => `%package -n sub-${at}\nSummary: S\nVersion: 1.${at}\n%description -n sub-${at}\nS`).join('\n')}
%install
mkdir -p %{buildroot}/usr/share/demo %{buildroot}/usr/share/many
echo hi > %{buildroot}/usr/share/demo/a.txt
mkdir -p %{buildroot}/etc %{buildroot}/usr/bin
for i in etc/demo.conf usr/bin/demo usr/bin/unverified; do echo $i > %{buildroot}/$i; done
ln -s demo %{buildroot}/usr/bin/link
for i in $(seq 2000); do echo $i > %{buildroot}/usr/share/many/a-rather-long-file-name-$i; done
%files
%dir /usr/share/demo
/usr/share/demo/a.txt
%ghost /var/cache/demo.cache
%files -n gpg-pubkex
%files -n sub-0
%config(noreplace) /etc/demo.conf
/usr/bin/demo
/usr/bin/link
%verify(not filedigest) /usr/bin/unverified
${Array.from({ length: count - 1 }, (_, at) => `%files -n sub-${at + 1}`).join('\n')}
/usr/share/many
`;

function analyze(path: string, content: Uint8Array): Promise<Analysis> {
  return Promise.resolve(rpm.analyze({ path, content, limits }));
}

function rpmQuery(database: string, format: string): readonly string[] {
  const options = ['--define', '_db_backend sqlite', '--dbpath', database, '-qa', '--qf', format];
  return execFileSync('rpm', options, { encoding: 'utf8' }).trim().split('\n').sort();
}

describe('rpm databases made by rpm itself', () => {
  let folder = '';
  const databases: Record<string, Buffer> = {};

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-rpm-'));
    writeFileSync(join(folder, 'demo.spec'), spec);
    const build = ['-bb', '--quiet', '--define', `_topdir ${folder}/build`, join(folder, 'demo.spec')];
    execFileSync('rpmbuild', build, { stdio: 'pipe' });
    const built = join(folder, 'build/RPMS/noarch');
    const packages = readdirSync(built).map((name) => join(built, name));
    for (const backend of ['sqlite', 'ndb']) {
      mkdirSync(join(folder, backend));
      const options = ['--define', `_db_backend ${backend}`, '--dbpath', join(folder, backend), '-i', '--justdb'];
      execFileSync('rpm', [...options, '--nodeps', '--noscripts', '--replacepkgs', ...packages], { stdio: 'pipe' });
    }
    databases['rpmdb.sqlite'] = withKey(readFileSync(join(folder, 'sqlite/rpmdb.sqlite')));
    databases['Packages.db'] = withKey(readFileSync(join(folder, 'ndb/Packages.db')));
    databases['Packages'] = withKey(berkeleyOf(join(folder, 'sqlite/rpmdb.sqlite'), join(folder, 'Packages')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['rpmdb.sqlite', 'Packages.db', 'Packages'])('%s: lists what rpm lists', async (name) => {
    const { packages, faults } = await analyze(`var/lib/rpm/${name}`, databases[name] ?? Buffer.alloc(0));
    expect(faults).toEqual([]);
    const format =
      '%{NAME}|%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}|%{ARCH}|%{LICENSE}|%{VENDOR}|%{MODULARITYLABEL}\n';
    const listed = rpmQuery(join(folder, 'sqlite'), format).filter((line) => !line.startsWith('gpg-pubkex'));
    expect(listed).toHaveLength(count + 1);
    const found = packages.map((pkg) =>
      [pkg.name, pkg.version, pkg.architecture, pkg.licenses[0], pkg.vendor, pkg.module ?? '(none)'].join('|'),
    );
    expect(found.sort()).toEqual(listed);
  });

  it.each(['rpmdb.sqlite', 'Packages.db', 'Packages'])('%s: tells source and owned files', async (name) => {
    const { packages } = await analyze(`usr/lib/sysimage/rpm/${name}`, databases[name] ?? Buffer.alloc(0));
    const demo = packages.find((pkg) => pkg.name === 'demo');
    expect(demo).toMatchObject({
      version: '2:1.2.3-4.el9',
      source: { name: 'demo', version: '1.2.3-4.el9' },
      files: ['usr/share/demo/a.txt'],
    });
    expect(demo?.purl).toContain('pkg:rpm/demo@1.2.3-4.el9?arch=noarch&epoch=2&modularitylabel=nodejs');
    expect(packages.find((pkg) => pkg.name === `sub-${count - 1}`)?.files).toHaveLength(2000);
  });

  it.each(['rpmdb.sqlite', 'Packages.db', 'Packages'])(
    '%s: has the hashes of files that nobody is to change',
    async (name) => {
      const { sums = [] } = await analyze(`var/lib/rpm/${name}`, databases[name] ?? Buffer.alloc(0));
      const listed = rpmQuery(join(folder, 'sqlite'), '[/%{FILENAMES} %{FILEDIGESTS} %{FILEMODES:perms}\n]')
        .filter((line) => / -r/.test(line) && !/demo\.conf|unverified|demo\.cache/.test(line))
        .map((line) => line.replace(/^\/+/, '').split(' ').slice(0, 2));
      expect(listed).toHaveLength(2002);
      expect(listed).toContainEqual(['usr/bin/demo', expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect(sums.toSorted()).toEqual(listed.toSorted());
    },
  );

  it('finds no fewer packages than a parser of others', async () => {
    const peers = {
      Packages: await getPackages(databases['Packages'] ?? Buffer.alloc(0)),
      'Packages.db': await getPackagesNdb(databases['Packages.db'] ?? Buffer.alloc(0)),
    };
    for (const [name, peer] of Object.entries(peers)) {
      const { packages } = await analyze(`var/lib/rpm/${name}`, databases[name] ?? Buffer.alloc(0));
      const found = new Set(packages.map((pkg) => pkg.name));
      const missed = peer.response.filter((pkg) => pkg.name !== 'gpg-pubkey' && !found.has(pkg.name));
      expect(missed).toEqual([]);
    }
  });

  it.each(['rpmdb.sqlite', 'Packages.db', 'Packages'])('%s: tells of every cut', async (name) => {
    const whole = databases[name] ?? Buffer.alloc(0);
    const packages = (await analyze(`var/lib/rpm/${name}`, whole)).packages.length;
    for (let part = 0; part < 1; part += 0.04) {
      const cut = await analyze(`var/lib/rpm/${name}`, whole.subarray(0, Math.floor(whole.length * part)));
      const complete = cut.packages.length === packages;
      expect(complete || cut.faults[0]?.code === 'corrupt-package-database', `cut at ${part}`).toBe(true);
    }
  });
});

describe('rpm', () => {
  it('reads one package that many slots name once', async () => {
    const [slots, blob, length] = [4096, 4096, 1_000_000];
    const content = Buffer.alloc(blob + 16 + length);
    content.write('RpmP', 0, 'latin1');
    content.writeUInt32LE(slots / 4096, 12);
    for (let at = 32; at < slots; at += 16) {
      content.write('Slot', at, 'latin1');
      content.writeUInt32LE(1, at + 4);
      content.writeUInt32LE(blob / 16, at + 8);
    }
    content.write('BlbS', blob, 'latin1');
    content.writeUInt32LE(1, blob + 4);
    content.writeUInt32LE(length, blob + 12);
    const { headers, problems } = readDatabase(content, 'ndb');
    expect([headers.length, problems.length]).toEqual([1, (slots - 32) / 16 - 1]);
  });

  it('tells of a log that was never merged, and only of one that holds something', async () => {
    expect(rpm.wants('var/lib/rpm/rpmdb.sqlite-wal', 0, 0o644)).toBe(false);
    expect(rpm.wants('var/lib/rpm/rpmdb.sqlite-wal', 4152, 0o644)).toBe(true);
    const { faults } = await analyze('var/lib/rpm/rpmdb.sqlite-wal', Buffer.alloc(4152));
    expect(faults.map(({ code }) => code)).toEqual(['corrupt-package-database']);
  });

  it('tells of a database that is something else', async () => {
    const { faults } = await analyze('var/lib/rpm/Packages', Buffer.from('SQLite format 3\0 and more of it'));
    expect(faults.map(({ code }) => code)).toEqual(['corrupt-package-database']);
  });

  it('reads the package list of images without a database', async () => {
    const lines = [
      'bash\t5.1.8-4.cm2\t1700000000\t1690000000\tMicrosoft Corporation\t(none)\t3400000\tx86_64\t0\tbash-5.1.8-4.cm2.src.rpm',
      'openssl-libs\t1.1.1k-29.cm2\t1700000000\t1690000000\tMicrosoft Corporation\t1\t99\tx86_64\t1\topenssl-1.1.1k-29.cm2.src.rpm',
      'broken',
    ];
    const { packages, faults } = await analyze(
      'var/lib/rpmmanifest/container-manifest-2',
      Buffer.from(`${lines.join('\n')}\n`),
    );
    expect(packages).toMatchObject([
      { name: 'bash', version: '5.1.8-4.cm2', source: { name: 'bash', version: '5.1.8-4.cm2' } },
      { name: 'openssl-libs', version: '1:1.1.1k-29.cm2', source: { name: 'openssl' }, architecture: 'x86_64' },
    ]);
    expect(faults).toHaveLength(1);
  });
});

/** rpm installs nothing of the name under which it keeps keys, so the name is changed afterwards. */
function withKey(database: Buffer): Buffer {
  return Buffer.from(database.toString('latin1').replaceAll('gpg-pubkex', 'gpg-pubkey'), 'latin1');
}

/** rpm no longer writes Berkeley DB: Debian's own tool makes the same file out of the same headers. */
function berkeleyOf(sqlite: string, file: string): Buffer {
  const database = new DatabaseSync(sqlite, { readOnly: true });
  const rows = database.prepare('SELECT hnum, blob FROM Packages ORDER BY hnum').all();
  database.close();
  const key = (number: number): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes.toString('hex');
  };
  const pairs = rows.flatMap((row) => [
    key(Number(row['hnum'])),
    Buffer.from(row['blob'] as Uint8Array).toString('hex'),
  ]);
  const lines = ['VERSION=3', 'format=bytevalue', 'type=hash', 'HEADER=END', ` ${key(0)}`, ` ${key(rows.length)}`];
  const dump = [...lines, ...pairs.map((text) => ` ${text}`), 'DATA=END', ''].join('\n');
  execFileSync('db_load', [file], { input: dump, maxBuffer: 2 ** 28 });
  return readFileSync(file);
}
