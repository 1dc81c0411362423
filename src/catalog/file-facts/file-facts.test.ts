import { describe, expect, test } from 'vitest';
import type { Catalog } from '../contract.ts';
import { imageFactsOfScan } from '../image-facts/of-scan.ts';
import { emptyCatalog, scanLayers } from '../scan.testing.ts';
import { directory, file, hardLink, opaque, symlink, type TarEntry, whiteout } from '../../../test/make/tar.ts';
import { capabilitiesOf } from './capabilities.ts';

/** `security.capability` of revision 2 as setcap(8) writes it: these bits permitted and effective. */
function capability(low: number, high = 0): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(0x0200_0001, 0);
  bytes.writeUInt32LE(low >>> 0, 4);
  bytes.writeUInt32LE(high, 12);
  return bytes;
}

/** A PAX header of bytes that are no text, for the entry that follows. */
function withCapability(value: Buffer): TarEntry {
  const rest = Buffer.concat([Buffer.from(' SCHILY.xattr.security.capability='), value, Buffer.from('\n')]);
  return { ...file('PaxHeaders/0', Buffer.concat([Buffer.from(String(rest.length + 2)), rest])), flag: 'x' };
}

async function factsOf(layers: readonly (readonly TarEntry[])[]): Promise<NonNullable<Catalog['fileFacts']>> {
  const { fileFacts } = await scanLayers(layers);
  expect(fileFacts).toBeDefined();
  return fileFacts ?? expect.unreachable();
}

const pathsOf = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);
const core = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(9), Buffer.from([4, 0])]);

describe('what everybody may write', () => {
  test('files, and folders without the sticky bit', async () => {
    const facts = await factsOf([
      [
        { ...directory('tmp'), mode: 0o1777 },
        file('tmp/x', 'x', 0o666),
        { ...directory('srv'), mode: 0o777 },
        file('srv/open', 'x', 0o646),
        file('srv/closed', 'x', 0o664),
        symlink('srv/link', 'closed'),
        hardLink('srv/other', 'srv/open'),
      ],
    ]);
    expect(facts.worldWritable).toEqual([
      { path: 'srv', kind: 'directory', mode: 0o777 },
      { path: 'srv/open', kind: 'file', mode: 0o646 },
      { path: 'srv/other', kind: 'file', mode: 0o646 },
    ]);
    expect(facts.isComplete).toBe(true);
  });

  test('as the highest layer leaves it', async () => {
    const facts = await factsOf([
      [
        { ...directory('a'), mode: 0o777 },
        ...['a/removed', 'a/mended', 'a/kept', 'b/hidden', 'c/folder/file'].map((path) => file(path, 'x', 0o666)),
      ],
      [
        directory('a'),
        whiteout('a/removed'),
        file('a/mended', 'x'),
        opaque('b'),
        whiteout('c'),
        hardLink('d', 'a/kept'),
      ],
    ]);
    expect(pathsOf(facts.worldWritable)).toEqual(['d', 'a/kept']);
  });

  test('a file of the same layer that is written twice counts as it is last', async () => {
    expect((await factsOf([[file('a', 'x', 0o666), file('a', 'x', 0o644)]])).worldWritable).toEqual([]);
  });

  test('more than a layer may tell of fail all the same, and say nothing when all are gone', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => file(`many/${at}`, '', 0o666));
    const left = await factsOf([many]);
    expect([left.worldWritable.length, left.cut]).toEqual([10_000, []]);
    const gone = await factsOf([many, [opaque('many')]]);
    expect([gone.worldWritable, gone.cut]).toEqual([[], ['worldWritable']]);
    expect(imageFactsOfScan({ config: '{}', catalog: { ...emptyCatalog, fileFacts: gone } }).worldWritable.kind).toBe(
      'missing',
    );
  }, 60_000);
});

describe('capabilities of files', () => {
  test('are read as bytes, also those that are no UTF-8', async () => {
    const facts = await factsOf([
      [
        withCapability(capability(0x8000_2000, 0x100)),
        file('usr/bin/ping', 'x', 0o755),
        hardLink('usr/bin/gnip', 'usr/bin/ping'),
        withCapability(Buffer.from('nonsense')),
        file('usr/bin/none', 'x', 0o755),
      ],
    ]);
    const capabilities = ['CHECKPOINT_RESTORE', 'NET_RAW', 'SETFCAP'];
    expect(facts.fileCapabilities).toEqual([
      { path: 'usr/bin/gnip', capabilities },
      { path: 'usr/bin/ping', capabilities },
    ]);
  });

  test('of a file that a higher layer writes without them are gone', async () => {
    const facts = await factsOf([[withCapability(capability(1)), file('a', 'x', 0o755)], [file('a', 'x', 0o755)]]);
    expect(facts.fileCapabilities).toEqual([]);
  });

  test('that are only inherited count, and a number without a name is shown', () => {
    const bytes = capability(0);
    bytes.writeUInt32LE(1 << 21, 8);
    bytes.writeUInt32LE(0x8000_0000, 16);
    expect(capabilitiesOf(bytes)).toEqual(['63', 'SYS_ADMIN']);
    expect(capabilitiesOf(bytes.subarray(0, 12))).toEqual([]);
  });
});

describe('what was left behind', () => {
  test('by name, a folder once, a core dump by its first bytes', async () => {
    const facts = await factsOf([
      [
        file('app/.git/HEAD', 'ref'),
        file('app/.git/config', 'x'),
        file('app/.env', 'A=b'),
        file('app/core', core),
        file('app/lib/core', 'no dump'),
        file('gone/.git/HEAD', 'ref'),
      ],
      [whiteout('gone/.git/HEAD'), symlink('www', 'app')],
    ]);
    expect(facts.leftovers.toSorted((left, right) => (left.path < right.path ? -1 : 1))).toEqual([
      { path: 'app/.env', kind: 'environment-file' },
      { path: 'app/.git', kind: 'git' },
      { path: 'app/core', kind: 'core-dump' },
    ]);
  });

  test('caches of package managers, with their layer', async () => {
    const facts = await factsOf([
      [file('var/lib/apt/lists/lock', ''), file('var/lib/apt/lists/deb.debian.org_dists_trixie_InRelease', 'x')],
      [file('var/cache/apk/APKINDEX.0.tar.gz', 'x'), file('var/cache/dnf/packages.db', 'x')],
    ]);
    expect(facts.packageCaches).toEqual([
      { path: 'var/cache/apk/APKINDEX.0.tar.gz', layer: 1 },
      { path: 'var/lib/apt/lists/deb.debian.org_dists_trixie_InRelease', layer: 0 },
    ]);
  });
});

describe('accounts', () => {
  const passwd = file('etc/passwd', 'root:x:0:0:Ann:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nopen::5:5:Bob:/:/bin/sh\n');
  const shadow = file('etc/shadow', 'root:$6$abcdef$hash:1::::::\ntoor::1::::::\n', 0o600);
  const fieldsOf = async (user: string, layers: readonly (readonly TarEntry[])[]) =>
    imageFactsOfScan({ config: JSON.stringify({ config: { User: user } }), catalog: await scanLayers(layers) });

  test('are told without hashes of passwords and full names', async () => {
    const facts = await factsOf([[passwd, shadow, file('etc/group', 'root:x:0:ann\n')]]);
    expect(facts.accounts).toEqual({
      passwd: 'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nopen::5:5::/:/bin/sh',
      group: 'root:x:0',
      shadow: 'root:*\ntoor:',
    });
  });

  test('say who has no password and which number a name has', async () => {
    const fields = await fieldsOf('toor', [[passwd], [shadow]]);
    expect(fields.emptyPasswords).toMatchObject({ value: ['toor', 'open'] });
    expect(fields.userId).toMatchObject({ kind: 'known', value: 0 });
    expect((await fieldsOf('nobody-here', [[passwd]])).userId.kind).toBe('missing');
  });

  test('of an image without such files are none', async () => {
    expect((await fieldsOf('', [[file('app', 'x')]])).accounts).toMatchObject({ kind: 'known', value: [] });
    expect((await fieldsOf('', [[passwd], [whiteout('etc/passwd')]])).accounts).toMatchObject({ value: [] });
  });

  test.each([
    ['behind a link', [[passwd], [symlink('etc/passwd', '/data/users')]]],
    ['in a folder behind a link', [[file('data/passwd', 'a:x:0:0::/:/bin/sh'), symlink('etc', 'data')]]],
    ['by a hard link', [[file('data', 'a:x:0:0::/:/bin/sh'), hardLink('etc/passwd', 'data')]]],
    ['too long', [[file('etc/passwd', `${'#'.repeat(300_000)}\n`)]]],
  ])('%s are not known', async (_, layers) => {
    const fields = await fieldsOf('app', layers);
    expect([fields.accounts.kind, fields.userId.kind]).toEqual(['missing', 'missing']);
  });
});

describe('a scan', () => {
  test('of an earlier version tells nothing of files and has no fault for it', () => {
    const fields = imageFactsOfScan({ config: '{}', catalog: emptyCatalog });
    expect(fields.worldWritable).toEqual({ kind: 'missing', why: 'the scan is older than the analyzer of file modes' });
  });

  test('that did not see every layer tells nothing of files', async () => {
    const catalog = await scanLayers([[file('../../out', 'x')]]);
    expect(catalog.fileFacts?.isComplete).toBe(false);
    expect(imageFactsOfScan({ config: '{}', catalog }).leftovers.kind).toBe('missing');
  });
});
