import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enteredFrom, whyNotHostRoot } from './host-root.ts';

const socket = '/nowhere/docker.sock';
const ofHost = '0::/system.slice/docker.service\n';
const ofContainer = `0::/docker/${'a'.repeat(64)}\n`;

let root: string;
let proc: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'seawall-root-')));
  proc = join(root, 'proc');
  write('proc/uptime', '1000.00 1.00\n');
  write('proc/net/unix', `Num\n0: 00000002 00000000 00010000 0001 01 11 ${socket}\n`);
  link('proc/self/ns/mnt', 'mnt:[2]');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

function engine(mounts: string, { cgroup = ofHost, uid = 0 } = {}): void {
  write('proc/20/stat', `20 (dockerd) S 1 ${'0 '.repeat(16)}100 0\n`);
  write('proc/20/status', `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
  write('proc/20/cmdline', 'dockerd\0');
  write('proc/20/environ', '');
  write('proc/20/cgroup', cgroup);
  link('proc/20/fd/3', 'socket:[11]');
  link('proc/20/ns/mnt', mounts);
}

const why = (env = {}) => whyNotHostRoot({ socket, env, root, proc });

describe('files are taken for the host’s', () => {
  test('outside of containers', async () => {
    expect(await why()).toBeUndefined();
  });

  test('in a container that has the engine beside it', async () => {
    write('.dockerenv', '');
    engine('mnt:[2]');
    expect(await why()).toBeUndefined();
  });
});

describe('files are not taken for the host’s', () => {
  test.each([
    ['.dockerenv', {}],
    ['run/.containerenv', {}],
    [undefined, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
    [undefined, { container: 'podman' }],
  ])('in a container that is known by %s and %j', async (mark, env) => {
    if (mark !== undefined) write(mark, '');
    expect(await why(env)).toMatch(/sees no process of the engine/);
    engine('mnt:[1]');
    expect(await why(env)).toMatch(/sees that container’s files/);
  });

  test('where what looks like the engine runs in a container itself', async () => {
    write('.dockerenv', '');
    engine('mnt:[2]', { cgroup: ofContainer });
    expect(await why()).toMatch(/sees no process of the engine/);
  });

  test('where it is of another user than root', async () => {
    write('.dockerenv', '');
    engine('mnt:[2]', { uid: 1000 });
    expect(await why()).toMatch(/sees no process of the engine/);
  });

  test('where nobody can tell whether the engine runs in a container', async () => {
    write('.dockerenv', '');
    engine('mnt:[2]');
    rmSync(join(root, 'proc/20/cgroup'));
    expect(await why()).toMatch(/sees no process of the engine/);
  });
});

test('the container that a program came from is an id or nothing', () => {
  const id = 'b2'.repeat(32);
  expect(enteredFrom({ SEAWALL_ENTERED_HOST: id })).toBe(id);
  for (const other of ['unknown', `${id}c`, ` ${id}`, id.toUpperCase()])
    expect(enteredFrom({ SEAWALL_ENTERED_HOST: other })).toBeUndefined();
  expect(enteredFrom({})).toBeUndefined();
});
