import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEngineProcess, runningPrograms } from './process.ts';

const socket = '/nowhere/docker.sock';
const ofHost = '1:memory:/system.slice/docker.service\n';
const ofContainer = `0::/docker/${'a'.repeat(64)}\n`;

let proc: string;
beforeEach(() => {
  proc = realpathSync(mkdtempSync(join(tmpdir(), 'seawall-proc-')));
  write('uptime', '1000.00 1.00\n');
  const listening = ['11', '12', '13'].map((inode) => `0: 00000002 00000000 00010000 0001 01 ${inode} ${socket}`);
  write('net/unix', `Num RefCount Protocol Flags Type St Inode Path\n${listening.join('\n')}\n`);
});
afterEach(() => rmSync(proc, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(proc, path)), { recursive: true });
  writeFileSync(join(proc, path), text);
}

interface Given {
  readonly cgroup: string;
  readonly inode: string;
  readonly flag: string;
  readonly parent?: number;
}

function dockerd(pid: number, { cgroup, inode, flag, parent = 1 }: Given): void {
  write(`${pid}/stat`, `${pid} (dockerd) S ${parent} ${'0 '.repeat(16)}100 0\n`);
  write(`${pid}/status`, 'Uid:\t0\t0\t0\t0\n');
  write(`${pid}/cmdline`, `dockerd\0${flag}\0`);
  write(`${pid}/environ`, '');
  write(`${pid}/cgroup`, cgroup);
  mkdirSync(join(proc, `${pid}/fd`));
  symlinkSync(`socket:[${inode}]`, join(proc, `${pid}/fd/3`));
}

const found = async () => (await findEngineProcess(socket, await runningPrograms(proc), proc))?.words[1];

describe('the engine behind a socket', () => {
  test('is not a program in a container that took its name and path, whichever began first', async () => {
    dockerd(20, { cgroup: ofContainer, inode: '11', flag: '--icc=false' });
    dockerd(30, { cgroup: ofHost, inode: '12', flag: '--icc=true' });
    dockerd(40, { cgroup: ofContainer, inode: '13', flag: '--icc=false' });
    expect(await found()).toBe('--icc=true');
  });

  test('is the one that runs in a container, where there is no other', async () => {
    dockerd(20, { cgroup: ofContainer, inode: '11', flag: '--debug' });
    expect(await found()).toBe('--debug');
  });

  test.each([ofHost, ofContainer])('is not known where two of a kind say so: %j', async (cgroup) => {
    dockerd(20, { cgroup, inode: '11', flag: '--icc=false' });
    dockerd(30, { cgroup, inode: '12', flag: '--icc=true' });
    expect(await found()).toBeUndefined();
  });

  test('is not what it is just starting', async () => {
    dockerd(20, { cgroup: ofHost, inode: '11', flag: '--debug' });
    dockerd(30, { cgroup: ofHost, inode: '11', flag: '', parent: 20 });
    expect(await found()).toBe('--debug');
  });
});
