import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHostReader } from './host-reader.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'seawall-host-reader-'));
  mkdirSync(join(root, 'etc/real'), { recursive: true });
  mkdirSync(join(root, 'srv'));
  chmodSync(join(root, 'srv'), 0o777);
  writeFileSync(join(root, 'etc/real/file'), 'inside', { mode: 0o600 });
  chmodSync(join(root, 'etc/real/file'), 0o4711);
  symlinkSync('/etc/real', join(root, 'srv/link'));
  symlinkSync('../../../../../../etc/real/file', join(root, 'srv/up'));
  symlinkSync('loop', join(root, 'srv/loop'));
  symlinkSync('/etc/passwd', join(root, 'srv/outside'));
  execFileSync('mkfifo', [join(root, 'srv/pipe')]);
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a reader of a host', () => {
  test('tells modes whole, and the folders of both the path and where links lead', () => {
    const file = createHostReader(root).file('/srv/link/file');
    expect(file).toMatchObject({ path: '/srv/link/file', mode: 0o4711, kind: 'file' });
    expect(file?.parents.map(({ path }) => path)).toEqual(['/', '/srv', '/etc', '/etc/real']);
    expect(file?.parents[1]?.mode).toBe(0o777);
  });

  test('follows no link out of the host’s root', () => {
    const host = createHostReader(root);
    expect(host.text('/srv/up')).toBe('inside');
    expect(host.text('/srv/outside')).toBeUndefined();
    expect(host.resolve('/srv/link')).toBe('/etc/real');
  });

  test('says what is absent, and refuses what has no end', () => {
    const host = createHostReader(root);
    expect(host.file('/etc/real/file/below')).toBeUndefined();
    expect(host.names('/nowhere')).toBeUndefined();
    expect(() => host.file('/srv/loop')).toThrow('more than 40 links');
    expect(() => host.text('/srv/pipe')).toThrow('not a regular file');
    expect(() => host.text('/etc/real/file', 5)).toThrow('longer than 5 bytes');
    expect(host.text('/etc/real/file', 6)).toBe('inside');
  });
});
