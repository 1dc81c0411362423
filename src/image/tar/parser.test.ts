import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  linkSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  directory,
  file,
  gnuLongName,
  hardLink,
  makeTar,
  paxHeader,
  symlink,
  tarHeader,
} from '../../../test/make/tar.ts';
import type { Member } from './member.ts';
import { type TarEnd, TarParser } from './parser.ts';

interface Read {
  readonly members: readonly Member[];
  readonly contents: ReadonlyMap<string, string>;
  readonly end: TarEnd;
}

function read(bytes: Uint8Array, cuts: readonly number[] = []): Read {
  const members: Member[] = [];
  const contents = new Map<string, string>();
  const parser = new TarParser({
    entry: (member) => members.push(member) > 0 && member.size < 1_000_000,
    content: (member, content) => contents.set(member.path, content.toString('latin1')),
  });
  const points = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, from] of points.slice(0, -1).entries())
    parser.push(Buffer.from(bytes.slice(from, points[index + 1])));
  return { members, contents, end: parser.end() };
}

describe('TarParser beside GNU tar', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-tar-'));
    const deep = join(folder, 'tree', 'd'.repeat(90), 'e'.repeat(90));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'ü-umlaut'), 'long');
    writeFileSync(join(folder, 'tree', 'plain'), 'plain', { mode: 0o755 });
    linkSync(join(folder, 'tree', 'plain'), join(folder, 'tree', 'second-name'));
    symlinkSync('x'.repeat(150), join(folder, 'tree', 'far-link'));
    const sparse = openSync(join(folder, 'tree', 'sparse'), 'w');
    for (let part = 0; part < 40; part += 1) writeSync(sparse, `part ${part}`, part * 16_384);
    closeSync(sparse);
    truncateSync(join(folder, 'tree', 'sparse'), 700_000);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const formats = [
    ['ustar', ['--format=ustar', '--exclude=far-link']],
    ['gnu', ['--format=gnu']],
    ['gnu, sparse', ['--format=gnu', '--sparse']],
    ['pax', ['--format=pax']],
    ['pax, sparse 0.0', ['--format=pax', '--sparse', '--sparse-version=0.0']],
    ['pax, sparse 0.1', ['--format=pax', '--sparse', '--sparse-version=0.1']],
    ['pax, sparse 1.0', ['--format=pax', '--sparse', '--sparse-version=1.0']],
    ['v7', ['--format=v7', '--exclude=d*', '--exclude=far-link']],
  ] as const;

  it.each(formats)('lists what it wrote as %s', (_, options) => {
    const archive = join(folder, 'made.tar');
    execFileSync('tar', ['-cf', archive, ...options, '-C', folder, 'tree']);
    const listed = execFileSync('tar', ['--list', '--quoting-style=literal', '--show-stored-names', '-f', archive], {
      encoding: 'utf8',
    });
    const bytes = execFileSync('cat', [archive], { maxBuffer: 1e8 });
    const { members, contents, end } = read(bytes);
    expect(end).toEqual({ kind: 'complete' });
    expect(members.map((member) => member.path)).toEqual(listed.trim().split('\n'));
    const whole = execFileSync('cat', [join(folder, 'tree', 'sparse')], { encoding: 'latin1', maxBuffer: 1e8 });
    expect(contents.get('tree/sparse') === whole).toBe(true);
    const link = members.find((member) => member.kind === 'hard-link');
    expect([link?.path, link?.target].sort()).toEqual(['tree/plain', 'tree/second-name']);
    expect(members.filter((member) => member.kind === 'file' && member.size === 5)[0]?.mode).toBe(0o755);
  });
});

describe('TarParser', () => {
  const archive = makeTar([
    directory('etc'),
    file('etc/passwd', 'root:x:0:0'),
    file(`${'n'.repeat(180)}/file`, 'long name'),
    symlink('etc/link', 'passwd'),
    hardLink('etc/hard', 'etc/passwd'),
    gnuLongName('g'.repeat(300)),
    file('short', 'gnu'),
  ]);
  const whole = read(archive);

  it('reads names, links and contents', () => {
    expect(whole.end.kind).toBe('complete');
    expect(whole.members.map(({ kind }) => kind)).toEqual([
      'directory',
      'file',
      'file',
      'symlink',
      'hard-link',
      'file',
    ]);
    expect(whole.contents.get(`${'n'.repeat(180)}/file`)).toBe('long name');
    expect(whole.contents.get('g'.repeat(300))).toBe('gnu');
  });

  it('gives the same whatever the chunks', () => {
    const cuts = fc.array(fc.nat(archive.length), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (at) => void expect(read(archive, at)).toEqual(whole)),
      { numRuns: 100 },
    );
  });

  it('keeps what stood before a cut, and says that it is cut', () => {
    fc.assert(
      fc.property(fc.nat(archive.length), (length) => {
        const { members, contents, end } = read(archive.slice(0, length));
        expect(whole.members.slice(0, members.length)).toEqual(members);
        for (const [path, content] of contents) expect(whole.contents.get(path)).toBe(content);
        if (length % 512 !== 0 && length < archive.length - 1024) expect(end.kind).toBe('truncated');
      }),
      { numRuns: 200 },
    );
  });

  it('survives any bytes and any damage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => void read(bytes).end.kind),
      { numRuns: 200 },
    );
    const hits = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(hits, (changes) => {
        const damaged = Uint8Array.from(archive);
        for (const [offset, value] of changes) damaged[offset] = value;
        expect(['complete', 'truncated', 'corrupt']).toContain(read(damaged).end.kind);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a wrong checksum', Buffer.concat([tarHeader(file('a')).fill(0x41, 0, 4), new Uint8Array(1024)])],
    [
      'an extended header that is no list of records',
      makeTar([{ ...paxHeader({}), content: Buffer.from('99 x\n') }, file('a')]),
    ],
    ['an extended header larger than any real one', makeTar([{ ...paxHeader({}), claimedSize: 2 ** 30 }])],
    ['a size below zero', makeTar([paxHeader({ size: '-1' }), file('a')])],
    ['an entry after the end began', Buffer.concat([new Uint8Array(512), makeTar([file('a')])])],
    [
      'a sparse map that does not fit',
      makeTar([paxHeader({ 'GNU.sparse.map': '0,99', 'GNU.sparse.size': '4' }), file('a', 'abcd')]),
    ],
  ])('calls %s corrupt', (_, bytes) => {
    expect(read(bytes).end.kind).toBe('corrupt');
  });

  it('passes over extended attributes, which hold any bytes, and refuses a name with a zero in it', () => {
    const acl = paxHeader({ 'SCHILY.xattr.system.posix_acl_access': '\u0002\0\0\0\u0001\0\u0007\0' });
    expect(read(makeTar([acl, file('a', 'abcd')]))).toMatchObject({
      end: { kind: 'complete' },
      members: [{ path: 'a' }],
    });
    expect(read(makeTar([paxHeader({ path: 'a\0b' }), file('a')])).end.kind).toBe('corrupt');
  });

  it('reads a size that only base-256 can hold', () => {
    const header = Buffer.from(tarHeader(file('big')));
    header.fill(0, 124, 136);
    header[124] = 0x80;
    header[130] = 0x02;
    header.write('        ', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const { members, end } = read(header);
    expect(members[0]?.size).toBe(2 * 2 ** 40);
    expect(end.kind).toBe('truncated');
  });

  it('reads content behind a file name with a slash at its end, as Go does', () => {
    expect(read(makeTar([file('etc/os-release/', 'ID=x')])).contents.get('etc/os-release/')).toBe('ID=x');
  });
});
