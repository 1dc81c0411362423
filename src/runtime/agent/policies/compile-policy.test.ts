import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { appletNumber } from '../../applet.ts';
import type { RuntimeRule } from '../../contract.ts';
import type { RuntimePolicy } from '../../policy-of.ts';
import type { BackingFile } from '../image-files/backing-files.ts';
import { openImageIndex, writeImageIndex } from '../image-files/image-index.ts';
import { noLibraries } from '../image-files/packed-libraries.ts';
import { fileFlag, policyFlag } from '../wire/words.ts';
import { compilePolicy, type ImageTable, type PolicySource } from './compile-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (
  path: string,
  inode: bigint,
  more: { readonly device?: number; readonly flags?: number } = {},
): BackingFile => {
  const { device = 7, flags = 0 } = more;
  return { path, file: { device, mode: 0o100755, inode, ctime: 5n, size: 9n }, flags };
};

let made = 0;
/** The table as the agent has it, with its index on the disk. */
function tableOf(files: readonly BackingFile[], isComplete = true): ImageTable {
  const place = join(folder, String((made += 1)));
  const executables = files.map(({ path }) => {
    return { path: path.slice(1), size: 9, layer: 0, sha256: '00'.repeat(32), md5: '00'.repeat(16) };
  });
  writeImageIndex(place, {
    executables,
    isComplete,
    backing: { files, missing: [], missingCount: 0 },
    packed: { ...noLibraries, contents: ['12'.repeat(32)] },
    stamp: '',
  });
  const { head, inodeOf, hasApplets, tools, packedLibraries } = openImageIndex(place);
  return { number: 3, isComplete: head.isComplete, inodeOf, hasApplets, tools, packedLibraries };
}

const rule: RuntimeRule = {
  id: 'r',
  version: 1,
  name: 'Rule',
  state: 'on',
  drift: 'block',
  code: 'alert',
  process: 'prevent',
  preventFrom: 'protect-ready',
  execSessions: 'record',
  neverLearn: [],
};
const model: RuntimePolicy = {
  edges: [{ path: '/bin/sh' }, { path: '/bin/ls', caller: '/bin/sh' }, { path: '/gone', caller: '/bin/sh' }],
  contents: ['cd'.repeat(32), 'ab'.repeat(32)],
  folders: [
    { program: '/bin/ls', folder: '/work' },
    { program: '/gone', folder: '/work' },
  ],
  unlearned: { boot: 'alert', run: 'prevent' },
};
const files = [file('/bin/sh', 1n, { flags: fileFlag.arguments }), file('/bin/ls', 2n), file('/usr/bin/ls', 2n)];
const source: PolicySource = {
  images: ['sha256:a'],
  rule,
  table: tableOf(files),
  model,
  phase: 'run',
  engineFiles: ['ef'.repeat(32)],
};

test('names the table of the image, with edges by their inodes and other content by its digest', () => {
  const policy = compilePolicy(source);
  expect(policy.flags).toBe(policyFlag.tabled | policyFlag.modelled | policyFlag.skipExecSessions);
  expect(policy).toMatchObject({ driftEffect: 'prevent', codeEffect: 'alert', modelEffect: 'prevent', table: 3 });
  expect(policy.edges).toEqual([
    { child: 1n, caller: 0n, applet: 0n },
    { child: 2n, caller: 1n, applet: 0n },
  ]);
  expect(policy.digests.map(({ sha256 }) => sha256.toString('hex').slice(0, 2))).toEqual(['12', 'ab', 'cd', 'ef']);
  expect(policy.folders).toEqual([{ program: 2n, folder: '/work' }]);
});

test('an edge holds for one applet where the sensor reads applets, and for any where it cannot or nobody knew', () => {
  const multi = [
    file('/bin/busybox', 4n, { flags: fileFlag.applets }),
    file('/bin/ls', 4n),
    file('/usr/bin/python3', 5n),
  ];
  const sh = '/bin/sh';
  const edges: RuntimePolicy['edges'] = [
    { path: '/bin/busybox', applet: 'cat', caller: sh },
    { path: '/bin/ls', applet: 'ls', caller: sh },
    { path: '/bin/busybox', applet: 'ls', caller: sh },
    { path: '/bin/busybox', applet: '{odd}', caller: sh },
    { path: '/bin/busybox', caller: '/bin/busybox' },
    { path: '/bin/busybox', applet: '{any}' },
    { path: '/usr/bin/python3', applet: 'http.server', caller: sh },
  ];
  const table = tableOf([...files, ...multi]);
  expect(compilePolicy({ ...source, table, model: { ...model, edges } }).edges).toEqual([
    { child: 4n, caller: 1n, applet: appletNumber('cat') },
    { child: 4n, caller: 1n, applet: appletNumber('ls') },
    { child: 4n, caller: 1n, applet: 1n },
    { child: 4n, caller: 4n, applet: 0n },
    { child: 4n, caller: 0n, applet: 0n },
    { child: 5n, caller: 1n, applet: 0n },
  ]);
});

test('tools that are never learned are judged from the first second where the rule prevents, unless a name is no tool', () => {
  const names = ['/usr/bin/nc.openbsd', '/usr/bin/dpkg', '/usr/bin/npm', '/usr/bin/own-tool', '/bin/sh'];
  const linked = [file('/bin/ls', 9n), file('/bin/nc', 9n), file('/usr/bin/socat', 8n), file('/usr/bin/ncat', 8n)];
  const table = tableOf([...names.map((name, at) => file(name, BigInt(at + 1))), ...linked]);
  const tools = (changed: Partial<RuntimeRule>) => {
    const policy = compilePolicy({ ...source, table, rule: { ...rule, ...changed } });
    return { effect: policy.toolEffect, marked: policy.tools.map(({ inode }) => inode) };
  };
  expect(tools({})).toEqual({ effect: 'prevent', marked: [1n, 2n, 8n] });
  expect(tools({ process: 'block', neverLearn: ['own-tool'] })).toEqual({
    effect: 'prevent',
    marked: [1n, 2n, 4n, 8n],
  });
  expect(tools({ process: 'alert' }).effect).toBe('ignore');
  expect(compilePolicy({ ...source, rule: undefined }).toolEffect).toBe('ignore');
});

test('a boot is judged by what the model says of boots', () => {
  expect(compilePolicy({ ...source, phase: 'boot' }).modelEffect).toBe('alert');
});

test.each([
  ['the scan saw not everything', { table: tableOf(files, false) }, 0],
  ['the image was not scanned', { table: undefined }, 0],
  ['the sensor has no table of it', { table: { ...tableOf(files), number: 0 } }, 0],
  ['its files lie on two devices', { table: tableOf([...files, file('/x', 3n, { device: 8 })]) }, 0],
  [
    'what is unlearned is still learned',
    { model: { ...model, unlearned: { boot: 'ignore', run: 'ignore' } } },
    policyFlag.tabled,
  ],
] as const)('nothing is judged by what is not known: %s', (_, change, flags) => {
  const policy = compilePolicy({ ...source, ...change } as PolicySource);
  expect(policy.flags & (policyFlag.tabled | policyFlag.modelled)).toBe(flags);
});

test('without a rule everything is told and nothing refused', () => {
  const policy = compilePolicy({ ...source, rule: undefined });
  expect(policy).toMatchObject({ driftEffect: 'alert', codeEffect: 'alert' });
});
