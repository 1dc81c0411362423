import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import type { EngineContents } from './engine.ts';
import { collectHost } from './collect-host.ts';
import { usualEnginePlaces } from './engine-places.ts';
import { type ProgramResult, type RunProgram, runProgram } from './run-program.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'seawall-programs-'));
  for (const path of [
    'proc/1/comm',
    'proc/1/cgroup',
    'run/docker.sock',
    'usr/sbin/sshd',
    'usr/bin/runc',
    'etc/os-release',
    'proc/1/net/if_inet6',
  ])
    put(path, path.endsWith('if_inet6') ? '0000 01 80 10 80 lo\n' : '');
});
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function answering(answers: Readonly<Record<string, ProgramResult>>): RunProgram {
  return (program, args) => Promise.resolve(answers[[program, ...args].join(' ')] ?? { kind: 'absent' });
}

const done = (output: string): ProgramResult => ({ kind: 'done', output });
const failed = (why: string, output = ''): ProgramResult => ({ kind: 'failed', why, output });

describe('what programs of the host say', () => {
  test('of packets, where only iptables is there', async () => {
    const run = answering({
      'iptables -S INPUT': done('-P INPUT DROP\n'),
      'ip6tables -S INPUT': done('-P INPUT ACCEPT\n'),
    });
    expect((await collectHost({ root, run })).inputFilters).toMatchObject({
      value: [
        { protocol: 'ipv4', otherwise: 'refused' },
        { protocol: 'ipv6', otherwise: 'accepted' },
      ],
    });
    const refused = answering({ 'iptables -S INPUT': failed('Permission denied') });
    expect((await collectHost({ root, run: refused })).inputFilters).toEqual({
      kind: 'missing',
      why: 'iptables -S INPUT failed: Permission denied',
    });
    expect((await collectHost({ root, run: answering({}) })).inputFilters).toMatchObject({
      why: expect.stringContaining('neither nft nor iptables is installed'),
    });
  });

  test('of access lists', async () => {
    const place = { ...usualEnginePlaces, sockets: known(['/run/docker.sock'], 'test') };
    const look = (output: string) =>
      collectHost({ root, engine: place, run: answering({ 'ls -ldnL -- /run/docker.sock': done(output) }) });
    const line = (sign: string): string => `srw-rw----${sign} 1 0 108 0 Nov 30 01:17 /run/docker.sock\n`;
    expect((await look(line('+'))).socketsWithAccessLists).toMatchObject({ value: ['/run/docker.sock'] });
    expect((await look(line(''))).socketsWithAccessLists).toMatchObject({ value: [] });
    const without = await collectHost({ root, engine: place, run: answering({}) });
    expect(without.socketsWithAccessLists).toMatchObject({ kind: 'missing' });
  });

  test('of sshd and auditing, where they fail', async () => {
    const run = answering({ '/usr/sbin/sshd -T': failed('no hostkeys available'), 'auditctl -l': failed('not root') });
    const facts = await collectHost({ root, run });
    expect(facts.ssh).toEqual({ kind: 'missing', why: 'sshd -T failed: no hostkeys available' });
    expect(facts.auditRules).toEqual({ kind: 'missing', why: 'auditctl -l failed: not root' });
    expect(facts.auditState).toMatchObject({ why: expect.stringContaining('auditctl is not installed') });
  });

  test('of packages, where rpm keeps them', async () => {
    const command = 'rpm -V --nomtime -f /usr/bin/runc';
    const look = (result: ProgramResult) =>
      collectHost({
        root,
        run: answering({ [command]: result, 'rpm -qa --qf %{NAME}\\n': done('bash\ngpg-pubkey\nrunc\n') }),
      });
    const facts = await look(failed('', 'S.5....T.    /usr/bin/runc\n'));
    expect(facts.programVerification).toMatchObject({ value: [{ path: '/usr/bin/runc', state: 'changed' }] });
    expect(facts.system).toMatchObject({ value: { packages: 2 } });
    expect((await look(done(''))).programVerification).toMatchObject({ value: [{ state: 'clean' }] });
    expect((await look(failed('rpmdb is damaged'))).programVerification).toMatchObject({ kind: 'missing' });
    const without = await collectHost({ root, run: answering({}) });
    expect(without.programVerification).toMatchObject({ why: expect.stringContaining('neither dpkg nor rpm') });
    expect(without.system).toMatchObject({ value: { packages: null } });
  });
});

describe('images that no container needs', () => {
  const container = { Name: '/a', Image: 'sha256:1', State: { Status: 'exited' }, Config: { Labels: null } };
  const contents: EngineContents = {
    containers: known([container], 'containers'),
    images: known(
      [
        { Id: 'sha256:1', RepoTags: ['a:1'] },
        { Id: 'sha256:2', RepoTags: null },
      ],
      'images',
    ),
    lastUses: known(new Map([['sha256:2', '2026-01-01T00:00:00Z']]), 'lastUses'),
  };
  test('have a time of last use, or nothing is said', async () => {
    const run = answering({});
    const facts = await collectHost({ root, run, contents });
    expect(facts.unusedImages).toMatchObject({ value: [{ name: 'sha256:2', lastUsed: '2026-01-01T00:00:00Z' }] });
    const unknown = await collectHost({ root, run, contents: { ...contents, lastUses: known(new Map(), 'lastUses') } });
    expect(unknown.unusedImages).toEqual({ kind: 'missing', why: 'the last use of 1 images is unknown' });
    const odd = await collectHost({ root, run, contents: { ...contents, containers: known([{}], 'containers') } });
    expect(odd.stoppedContainers).toMatchObject({ kind: 'missing' });
  });
});

describe('a program', () => {
  test('that is absent, fails or says too much is no answer', async () => {
    expect(await runProgram('seawall-no-such-program', [])).toEqual({ kind: 'absent' });
    expect(await runProgram('sh', ['-c', 'echo half; echo why >&2; exit 3'])).toEqual({
      kind: 'failed',
      why: 'why',
      output: 'half\n',
    });
    expect(await runProgram('sh', ['-c', 'printf "$LC_ALL"'])).toEqual({ kind: 'done', output: 'C' });
    expect(await runProgram('sh', ['-c', 'head -c 5000000 /dev/zero'])).toMatchObject({ kind: 'failed' });
  });
});
