import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../analyzer.ts';
import { dpkg } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const format = '${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}\n';
async function analyze(path: string, text: string): Promise<Analysis> {
  return dpkg.analyze({ path, content: Buffer.from(text), limits });
}

function lines(analysis: Analysis): readonly string[] {
  return analysis.packages
    .map((pkg) => [pkg.name, pkg.version, pkg.architecture, pkg.source?.name, pkg.source?.version].join('|'))
    .sort();
}

function stanza(name: string, status: string, more = ''): string {
  const description = 'Description: one\n two\n .\n three: four\n';
  return `Package: ${name}\nStatus: ${status}\nMaintainer: M <m@example.org>\nArchitecture: amd64\n${more}${description}\n`;
}

describe('dpkg status', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-dpkg-'));
    mkdirSync(join(folder, 'info'));
    mkdirSync(join(folder, 'updates'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function query(admin: string): readonly string[] {
    const output = execFileSync('dpkg-query', [`--admindir=${admin}`, '-W', '-f', `\${db:Status-Status}|${format}`]);
    return output
      .toString()
      .trim()
      .split('\n')
      .filter((line) => !/^(?:not-installed|config-files)\|/.test(line))
      .map((line) => line.slice(line.indexOf('|') + 1))
      .sort();
  }

  it('lists what dpkg-query lists, whatever state a package is in', async () => {
    const states = ['installed', 'half-configured', 'unpacked', 'triggers-awaited', 'half-installed', 'config-files'];
    const texts = states.map((state, at) => {
      const trigger = state === 'triggers-awaited' ? 'Triggers-Awaited: held\n' : '';
      return stanza(`pkg-${state}`, `install ok ${state}`, `${trigger}Version: ${at}:1.${at}-1\n`);
    });
    texts.push(stanza('held', 'hold ok installed', 'Source: other (2.0-1)\nVersion: 2.0-1+b1\n'));
    texts.push(stanza('leaving', 'deinstall ok installed', 'Source: same\nVersion: 3.0\n'));
    texts.push(stanza('gone', 'purge ok not-installed'));
    writeFileSync(join(folder, 'status'), texts.join(''));
    const analysis = await analyze('var/lib/dpkg/status', texts.join(''));
    expect(lines(analysis)).toEqual(query(folder));
    expect(lines(analysis)).toContain('held|2.0-1+b1|amd64|other|2.0-1');
    expect(analysis.faults).toEqual([]);
  });

  it('lists this machine as dpkg-query does', async () => {
    const analysis = await analyze('var/lib/dpkg/status', readFileSync('/var/lib/dpkg/status', 'utf8'));
    expect(analysis.packages.length).toBeGreaterThan(50);
    expect(lines(analysis)).toEqual(query('/var/lib/dpkg'));
    expect(analysis.faults).toEqual([]);
  });

  const whole =
    stanza('a', 'install ok installed', 'Version: 1\n') + stanza('b', 'install ok installed', 'Version: 2\n');
  it.each([
    ['the middle of a version', whole.slice(0, whole.lastIndexOf('Version: 2') + 9)],
    ['before the version', whole.slice(0, whole.lastIndexOf('Version: 2'))],
    ['its closing blank line', whole.slice(0, -1)],
    ['binary garbage', `${whole}\0\u0001\u0002\u0003`],
  ])('tells of a database cut at %s', async (_, text) => {
    const { faults, packages } = await analyze('var/lib/dpkg/status', text);
    expect(faults[0]).toMatchObject({
      code: 'corrupt-package-database',
      path: 'var/lib/dpkg/status',
      analyzer: 'dpkg',
    });
    expect(packages.map(({ name }) => name)).toContain('a');
  });

  it('turns what no contract would carry into a fault', async () => {
    const long = stanza('n'.repeat(600), 'install ok installed', 'Version: 1\n');
    const { faults, packages } = await analyze('var/lib/dpkg/status', long + whole);
    expect(packages.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(faults.map(({ code }) => code)).toEqual(['corrupt-package']);
  });
});

describe('dpkg of distroless images', () => {
  const control = 'Package: libc6\nSource: glibc\nVersion: 2.41-12\nArchitecture: amd64\nDescription: C\n';

  it('reads one stanza a file, without status and closing blank line', async () => {
    const analysis = await analyze('var/lib/dpkg/status.d/libc6', control);
    expect(lines(analysis)).toEqual(['libc6|2.41-12|amd64|glibc|2.41-12']);
    expect(analysis.faults).toEqual([]);
  });

  it('tells of a stanza cut within its version', async () => {
    const { faults } = await analyze('var/lib/dpkg/status.d/libc6', control.slice(0, control.indexOf('-12')));
    expect(faults.map(({ code }) => code)).toEqual(['corrupt-package-database']);
  });

  it('knows owned files by md5sums', async () => {
    const text = `${'0'.repeat(32)}  usr/lib/libc.so.6\n`;
    const { owns } = await analyze('var/lib/dpkg/status.d/libc6.md5sums', text);
    expect(owns).toEqual({ package: 'libc6', files: ['usr/lib/libc.so.6'] });
  });
});

describe('dpkg file lists', () => {
  it('names package, architecture and files, without the folders above them', async () => {
    const text = '/.\n/usr\n/usr/bin\n/usr/bin/curl\n/usr/share\n/usr/share/doc\n/usr/share/doc/curl\n';
    const { owns, packages } = await analyze('var/lib/dpkg/info/libc6:amd64.list', text);
    expect(owns).toEqual({ package: 'libc6', architecture: 'amd64', files: ['usr/bin/curl', 'usr/share/doc/curl'] });
    expect(packages).toEqual([]);
  });

  it('asks for lists, and for no other of dpkg’s many files', () => {
    const wanted = ['status', 'info/curl.list', 'status.d/base', 'status-old', 'info/curl.md5sums', 'available'];
    expect(wanted.filter((name) => dpkg.wants(`var/lib/dpkg/${name}`, 1, 0o644))).toEqual(wanted.slice(0, 3));
  });
});
