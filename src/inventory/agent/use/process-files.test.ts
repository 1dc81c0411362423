import { describe, expect, test } from 'vitest';
import { holdsPackages, mappedFiles, mountAt, mountsOf, rootOf } from './process-files.ts';

describe('what a process has mapped', () => {
  test('are the files that still have their name, each once', () => {
    const maps = [
      '00400000-00401000 r--p 00000000 fe:00 11259272                           /bin/busybox',
      '00401000-0058d000 r-xp 00001000 fe:00 11259272                           /bin/busybox',
      '33c04000-33c26000 rw-p 00000000 00:00 0                                  [heap]',
      '33d04000-33d26000 rw-p 00000000 00:00 0                                  [anon:a/b]',
      '7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ',
      '7f0000002000-7f0000003000 r--p 00000000 fe:00 17                         /usr/lib/with blank\\134and\\012line.so',
      '7f0000004000-7f0000005000 rw-s 00000000 00:01 5                          /memfd:doublemapper (deleted)',
      '7f0000006000-7f0000007000 r--p 00000000 fe:00 18                         /usr/lib/old.so (deleted)',
      '7f0000008000-7f0000009000 rw-s 00000000 00:0e 19                         anon_inode:[io_uring]',
    ].join('\n');
    expect([...mappedFiles(maps)]).toEqual(['/bin/busybox', '/usr/lib/with blank\\and\nline.so']);
  });
});

describe('mounts of a process', () => {
  const mounts = mountsOf(
    [
      '100 47 0:45 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/a:/b',
      '101 100 0:46 / /proc rw - proc proc rw',
      '102 100 254:0 /data/volumes/v/_data /srv/my\\040files rw - ext4 /dev/vda rw',
      '103 100 254:0 /hosts /etc/hosts rw - ext4 /dev/vda rw',
      '104 100 0:50 / /srv rw - tmpfs tmpfs rw',
      '',
    ].join('\n'),
  );

  test('tell which one shows a path', () => {
    expect(mountAt('/usr/bin/x', mounts)?.tree).toBe('0:45 /');
    expect(mountAt('/etc/hosts', mounts)?.tree).toBe('254:0 /hosts');
    expect(mountAt('/etc/hosts.allow', mounts)?.tree).toBe('0:45 /');
    expect(mountAt('/srv/my files/a', mounts)?.tree).toBe('254:0 /data/volumes/v/_data');
    expect(mountAt('/srv/other', mounts)?.fileSystem).toBe('tmpfs');
    expect(rootOf(mounts)?.tree).toBe('0:45 /');
    expect(mounts.filter(holdsPackages).map(({ point }) => point)).toEqual(['/', '/srv/my files', '/etc/hosts']);
  });
});
