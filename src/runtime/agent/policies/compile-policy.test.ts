import { expect, test } from 'vitest';
import type { RuntimeRule } from '../../contract.ts';
import type { RuntimePolicy } from '../../policy-of.ts';
import type { BackingFile } from '../image-files/backing-files.ts';
import { fileFlag, policyFlag } from '../wire/words.ts';
import { compilePolicy, type PolicySource } from './compile-policy.ts';

const file = (
  path: string,
  inode: bigint,
  more: { readonly device?: number; readonly flags?: number } = {},
): BackingFile => {
  const { device = 7, flags = 0 } = more;
  return { path, file: { device, mode: 0o100755, inode, ctime: 5n, size: 9n }, flags };
};
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
  edges: [
    { path: '/bin/sh' },
    { path: '/bin/ls', caller: '/bin/sh' },
    { path: '/opt/tool', sha256: 'ab'.repeat(32), caller: '/bin/sh' },
    { path: '/gone', caller: '/bin/sh' },
  ],
  codeFiles: ['cd'.repeat(32)],
  unlearned: { boot: 'alert', run: 'prevent' },
};
const files = [file('/bin/sh', 1n, { flags: fileFlag.arguments }), file('/bin/ls', 2n), file('/usr/bin/ls', 2n)];
const source: PolicySource = {
  images: ['sha256:a'],
  rule,
  table: { files, isComplete: true },
  model,
  phase: 'run',
  engineFiles: ['ef'.repeat(32)],
};

test('files stand once by inode, edges by pairs of them, what is from elsewhere by content', () => {
  const policy = compilePolicy(source);
  expect(policy.flags).toBe(policyFlag.tabled | policyFlag.modelled | policyFlag.skipExecSessions);
  expect(policy).toMatchObject({ driftEffect: 'prevent', codeEffect: 'alert', modelEffect: 'prevent', device: 7 });
  expect(policy.files.map(({ file: { inode } }) => inode)).toEqual([1n, 2n]);
  expect(policy.edges).toEqual([
    { child: 1n, caller: 0n },
    { child: 2n, caller: 1n },
  ]);
  expect(policy.digests.map(({ sha256 }) => sha256.toString('hex').slice(0, 2))).toEqual(['ab', 'cd', 'ef']);
});

test('tools that are never learned are marked where all names of a file are such', () => {
  const names = ['/usr/bin/nc.openbsd', '/usr/bin/dpkg', '/usr/bin/npm', '/usr/bin/own-tool', '/bin/sh'];
  const linked = [file('/bin/ls', 9n), file('/bin/nc', 9n), file('/usr/bin/socat', 8n), file('/usr/bin/ncat', 8n)];
  const table = { files: [...names.map((name, at) => file(name, BigInt(at))), ...linked], isComplete: true };
  const tools = (changed: Partial<RuntimeRule>) => {
    const policy = compilePolicy({ ...source, table, rule: { ...rule, ...changed } });
    const marked = policy.files.flatMap(({ file: { inode }, flags }) => ((flags & fileFlag.tool) === 0 ? [] : inode));
    return { effect: policy.toolEffect, marked };
  };
  expect(tools({})).toEqual({ effect: 'prevent', marked: [0n, 1n, 8n] });
  expect(tools({ process: 'block', neverLearn: ['own-tool'] })).toEqual({
    effect: 'prevent',
    marked: [0n, 1n, 3n, 8n],
  });
  expect(tools({ process: 'alert' }).effect).toBe('ignore');
  expect(compilePolicy({ ...source, rule: undefined }).toolEffect).toBe('ignore');
});

test('each phase has its own effect', () => {
  expect(compilePolicy({ ...source, phase: 'boot' }).modelEffect).toBe('alert');
});

test.each([
  ['the scan saw not everything', { table: { files, isComplete: false } }, 0],
  ['the image was not scanned', { table: undefined }, 0],
  [
    'its files lie on two devices',
    { table: { files: [...files, file('/x', 3n, { device: 8 })], isComplete: true } },
    0,
  ],
  [
    'what is unlearned is still learned',
    { model: { ...model, unlearned: { boot: 'ignore', run: 'ignore' } } },
    policyFlag.tabled,
  ],
] as const)('nothing is judged by what is not known: %s', (_, change, flags) => {
  const policy = compilePolicy({ ...source, ...change } as PolicySource);
  expect(policy.flags & (policyFlag.tabled | policyFlag.modelled)).toBe(flags);
});

test('without a rule, drift is told and nothing prevented', () => {
  const policy = compilePolicy({ ...source, rule: undefined });
  expect(policy).toMatchObject({ driftEffect: 'alert', codeEffect: 'alert' });
});
