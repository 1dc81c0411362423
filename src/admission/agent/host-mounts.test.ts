import { expect, test } from 'vitest';
import { aliasesOf, mountedAt, parseMountinfo } from './host-mounts.ts';

const mounts = parseMountinfo(`22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
23 22 0:25 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=1k
24 22 254:1 /etc /srv/with\\040space rw shared:1 - ext4 /dev/vda1 rw
25 22 0:40 / /mnt/over rw - overlay overlay rw,lowerdir=/home:l/SHORT,upperdir=/var/up,workdir=/var/work
26 22 254:2 /data /data rw - xfs /dev/vdb1 rw
27 23 254:1 /home/me /run/me rw - ext4 /dev/vda1 rw
half a line
`);

test.each([
  ['/etc/ssh', ['/etc/ssh', '/srv/with space/ssh']],
  ['/srv/with space', ['/srv/with space', '/etc']],
  ['/srv', ['/srv', '/etc']],
  ['/run', ['/run', '/home/me']],
  ['/run/docker.sock', ['/run/docker.sock']],
  ['/mnt/over/x', ['/mnt/over/x', '/home/x', '/var/up/x']],
  ['/data/x', ['/data/x']],
  ['/', ['/']],
])('%s is also where the same files are', (path, places) => {
  expect(aliasesOf(path, mounts)).toEqual(places);
});

test('a device is where it is mounted', () => {
  expect(mountedAt('254:1', mounts)).toEqual(['/', '/srv/with space', '/run/me']);
});
