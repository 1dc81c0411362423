import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { directory, file, hardLink, opaque, symlink, type TarEntry, whiteout } from '../../../test/make/tar.ts';
import { scanLayers } from '../scan.testing.ts';
import type { ScriptOutcome, ScriptRun } from '../contract.ts';
import { confineLinks, openTree } from './confined-tree.ts';
import { runScripts } from './run-scripts.ts';
import { findScriptRunner, startScript } from './script-runner.ts';

const runner = findScriptRunner([join(import.meta.dirname, '../../../native/build')]);

async function runOver(layers: readonly (readonly TarEntry[])[], scripts: readonly string[]): Promise<ScriptRun> {
  const wanted = { scripts: scripts.map((script, at) => ({ check: `custom-${at}`, script })), runner };
  return (await scanLayers(layers, 'left-out', { scripts: wanted })).scripts ?? expect.unreachable();
}

async function outcomeOf(layers: readonly (readonly TarEntry[])[], script: string): Promise<ScriptOutcome> {
  const run = await runOver(layers, [script]);
  if (run.state !== 'ran') throw new Error(run.reason);
  return run.outcomes[0] ?? expect.unreachable();
}

describe('a tree of files', () => {
  let folder = '';
  let root = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-tree-'));
    root = join(folder, 'root');
    mkdirSync(root);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (path: string, mode = 0o644): void => {
    const tree = openTree(root);
    tree.close(tree.open(path, mode), mode);
  };

  it('writes through links of the image and never out of it', () => {
    const tree = openTree(root);
    tree.symlink('up', '../../..');
    tree.symlink('away', '/tmp');
    tree.symlink('a/b/climbs', '../../../../../..');
    for (const path of ['up/x', 'away/y', 'a/b/climbs/z']) put(path);
    expect(readdirSync(folder)).toEqual(['root']);
    expect(['x', 'tmp/y', 'z'].map((path) => existsSync(join(root, path)))).toEqual([true, true, true]);
    put('up', 0o600);
    expect(lstatSync(join(root, 'up')).isFile()).toBe(true);
  });

  it.each([
    ['etc/absolute', '/usr/share/zone', '../usr/share/zone'],
    ['etc/climbs', '../../../usr/x', '../usr/x'],
    ['etc/stays', '../usr/x', '../usr/x'],
    ['etc/plain', 'x', 'x'],
    ['etc/through', 'deep/../../../script', '../script'],
    ['root', '/', '.'],
    ['etc/self', '/etc/self', 'self'],
    ['etc/deep', '/', '..'],
  ])('lets %s, to %s, lead to %s', (path, target, expected) => {
    const tree = openTree(root);
    tree.folder('etc', 0o755);
    if (path !== 'etc/deep') tree.symlink('etc/deep', '/usr/one/two');
    tree.folder('usr/one/two', 0o755);
    tree.symlink(path, target);
    confineLinks(root);
    const written = readlinkSync(join(root, path));
    expect(written).toBe(path === 'etc/through' ? '../script' : expected);
  });

  it('removes what links lead to nowhere else', () => {
    const tree = openTree(root);
    tree.symlink('out', '/..');
    tree.remove('out/root');
    tree.empty('out');
    tree.remove('out');
    expect(readdirSync(folder)).toEqual(['root']);
  });

  it('keeps modes, and what its owner needs to read and remove', () => {
    const tree = openTree(root);
    tree.folder('d', 0o000);
    put('d/s', 0o4711);
    put('d/none', 0);
    expect(['d', 'd/s', 'd/none'].map((path) => (lstatSync(join(root, path)).mode & 0o7777).toString(8))).toEqual([
      '700',
      '4711',
      '400',
    ]);
  });
});

test('scripts can be tried here: `make -C native` made what they need', () => {
  expect(runner).toMatchObject({ program: expect.any(String), busybox: expect.any(String) });
});

describe('scripts over an image', () => {
  const image = [
    [
      directory('etc'),
      file('etc/motd', 'first\n'),
      file('etc/gone', 'x'),
      file('opt/old/a', 'x'),
      file('usr/bin/tool', '#!/bin/sh\nexit 0\n', 0o4755),
      symlink('lib', 'usr/lib'),
    ],
    [
      file('etc/motd', 'second\n'),
      whiteout('etc/gone'),
      opaque('opt/old'),
      file('opt/old/b', 'x'),
      file('lib/linked', 'by a link\n'),
      file('usr/lib/first', 'hard\n'),
      hardLink('usr/lib/again', 'usr/lib/first'),
      symlink('etc/absolute', '/etc/motd'),
    ],
  ];

  const seen: readonly (readonly [script: string, ended: ScriptOutcome['ended']])[] = [
    ['grep -q second $ROOT/etc/motd', 'pass'],
    ['test -e $ROOT/etc/gone', 'fail'],
    ['test "$(ls $ROOT/opt/old)" = b', 'pass'],
    ['grep -q link $ROOT/usr/lib/linked', 'pass'],
    ['cmp -s $ROOT/usr/lib/first $ROOT/usr/lib/again', 'pass'],
    ['grep -q second $ROOT/etc/absolute', 'pass'],
    ['test "$(find $ROOT -perm -4000)" = $ROOT/usr/bin/tool', 'pass'],
    ['exit 7', 'error'],
  ];

  it('see what the layers leave', async () => {
    const scripts = seen.map(([script]) => script);
    const run = await runOver(image, scripts);
    const ends = run.state === 'ran' ? run.outcomes.map(({ ended }, at) => [scripts[at], ended]) : run.reason;
    expect(ends).toEqual(seen);
  });

  it('are named by their hash, in their order, and leave nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('seawall-files-'));
    const scripts = ['exit 0', 'echo no; exit 1'];
    const run = await runOver(image, scripts);
    expect(run).toEqual({
      state: 'ran',
      outcomes: scripts.map((script, at) => ({
        check: `custom-${at}`,
        hash: createHash('sha256').update(script).digest('hex'),
        ended: at === 0 ? 'pass' : 'fail',
        said: at === 0 ? [] : ['no'],
      })),
    });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('seawall-files-'))).toEqual(before);
  });

  it('tell no secrets, and 20 lines of 300 characters', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(3)}F6g7h8`;
    const script = `echo PASSWORD=hunter2-${'x9Kq'.repeat(5)}; echo; echo 'key ${'-'.repeat(5)}'; i=0; while [ $i -lt 40 ]; do printf '%400s\\n' $i; i=$((i+1)); done; exit 1`;
    const { said } = await outcomeOf([[file('a', token)]], script);
    expect([said.length, Math.max(...said.map(({ length }) => length)) <= 300]).toEqual([20, true]);
    expect(said.join('\n')).not.toContain('hunter2');
  });

  it('do not run a shell of the image, in one without a shell, or with a forged one', async () => {
    const forged = file('bin/sh', '#!/bin/true\n', 0o755);
    const script = 'grep -q evil $ROOT/etc/mark && exit 1; sh -c "exit 0"';
    expect((await outcomeOf([[file('etc/mark', 'evil'), forged, symlink('bin/grep', 'sh')]], script)).ended).toBe(
      'fail',
    );
    expect((await outcomeOf([[file('app', '\u007fELF', 0o755)]], 'test -e $ROOT/app')).ended).toBe('pass');
  });

  it('are not answered by their own text through a link', async () => {
    const targets = ['/script', '../../../script', 'deep/../../script', '/etc/conf-3'];
    const links = targets.map((target, at) => symlink(`etc/conf-${at}`, target));
    const scripts = targets.map((_, at) => `grep "the right setting" $ROOT/etc/conf-${at}`);
    const run = await runOver([[directory('etc'), symlink('etc/deep', '/'), ...links]], scripts);
    expect(run).toMatchObject({ outcomes: targets.map(() => ({ ended: 'error' })) });
  });

  it('cannot take more than they may', { timeout: 120_000 }, async () => {
    const bounds = [
      // Its own shell may be the one that cannot start another process.
      ['b() { b | b & }; b; sleep 60', /took longer than 10 s|neither 0 nor 1/],
      ['yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 10000000000', /more than 64 KiB/],
    ] as const;
    const slow = [['sleep 60', /took longer than 10 s/]] as const;
    // Both wait for the same time, so they do it together.
    await Promise.all(
      [bounds, slow].map(async (scripts) => {
        const run = await runOver(
          image,
          scripts.map(([script]) => script),
        );
        expect(run).toMatchObject({
          outcomes: scripts.map(([, reason]) => ({ ended: 'error', reason: expect.stringMatching(reason) })),
        });
      }),
    );
  });

  it.each([
    ['a path that is too deep', [file(`${'d/'.repeat(130)}x`)], /lies too deep/],
    ['a name that is too long', [file('n'.repeat(300))], /ENAMETOOLONG/],
    ['an entry that climbs', [file('../evil', 'x')], /climbs out of the image/],
    ['links round in circles', [symlink('a', 'b'), symlink('b', 'a'), file('a/x')], /round in circles/],
  ])('see no image with %s', async (_, entries, reason) => {
    const run = await runOver([entries], ['exit 0']);
    expect(run).toMatchObject({ state: 'not-run', reason: expect.stringMatching(reason) });
  });

  it('do not run without their means, and say what to do', async () => {
    const wanted = { scripts: [{ check: 'custom-a', script: 'exit 0' }], runner: findScriptRunner(['/nowhere']) };
    const reason = /lie in none of \/nowhere; build them by `make -C native` .* busybox-static/;
    const nothing = {} as never;
    expect(await runScripts(wanted, nothing)).toMatchObject({
      state: 'not-run',
      reason: expect.stringMatching(reason),
    });
    expect(await runScripts({ ...wanted, scripts: [] }, nothing)).toEqual({ state: 'ran', outcomes: [] });
    const gone = { program: '/nowhere/seawall-script', busybox: '/nowhere/busybox' };
    expect(await startScript(gone, '/', 'exit 0')).toMatchObject({ kind: 'not-run' });
    expect((await scanLayers(image)).scripts).toBeUndefined();
  });
});
