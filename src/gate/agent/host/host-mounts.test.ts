import { expect, test } from 'vitest';
import { aliasesOf, type HostMountPoint, mountedAt, mountTable, parseMountinfo, Steps } from './host-mounts.ts';

const table = mountTable(
  parseMountinfo(`22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
23 22 0:25 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=1k
24 22 254:1 /etc /srv/with\\040space rw shared:1 - ext4 /dev/vda1 rw
25 22 0:40 / /mnt/over rw - overlay overlay rw,lowerdir=/home:l/SHORT,upperdir=/var/up,workdir=/var/work
26 22 254:2 /data /data rw - xfs /dev/vdb1 rw
27 23 254:1 /home/me /run/me rw - ext4 /dev/vda1 rw
28 22 0:77 / /var/lib/docker/volumes/p/_data rw - proc proc rw
29 22 0:23 /fs /srv2/fs rw - sysfs sysfs rw
half a line
`),
);

test.each([
  ['/etc/ssh', ['/etc/ssh', '/srv/with space/ssh']],
  ['/srv/with space', ['/srv/with space', '/etc']],
  ['/srv', ['/srv', '/etc']],
  ['/run', ['/run', '/home/me']],
  ['/run/docker.sock', ['/run/docker.sock']],
  ['/mnt/over/x', ['/mnt/over/x', '/home/x', '/var/up/x']],
  ['/data/x', ['/data/x']],
  ['/var/lib/docker/volumes/p/_data/sys', ['/var/lib/docker/volumes/p/_data/sys', '/proc/sys']],
  ['/srv2', ['/srv2', '/sys/fs']],
  ['/', ['/']],
])('%s is also where the same files are', (path, places) => {
  expect(aliasesOf(path, table, new Steps(20))).toEqual(places);
});

test('a device is where it is mounted', () => {
  expect(mountedAt('254:1', table)).toEqual(['/', '/srv/with space', '/run/me']);
});

/** Fields of mounts that are read to find every path of a folder in which so many are. */
function fieldsRead(count: number, most: number, mount: (at: number) => HostMountPoint): number {
  let read = 0;
  const counting = (one: HostMountPoint): HostMountPoint =>
    new Proxy(one, {
      get(target, key: keyof HostMountPoint) {
        read += 1;
        return target[key];
      },
    });
  const many = mountTable(Array.from({ length: count }, (_, at) => counting(mount(at))));
  try {
    aliasesOf('/run', many, new Steps(most));
  } catch {
    // More than the steps suffice for.
  }
  return read;
}

test('what it costs grows as what is mounted there, whatever else is mounted', () => {
  const apart = (at: number): HostMountPoint => ({ device: `0:${at}`, root: '/', at: `/run/${at}`, line: '' });
  expect(fieldsRead(2000, 10_000, apart) / fieldsRead(1000, 10_000, apart)).toBeLessThan(2.1);
});

test('mounts that each show what all others hold are not looked at without end', () => {
  const nested = (at: number): HostMountPoint => ({ device: '8:1', root: '/a'.repeat(at), at: `/run/${at}`, line: '' });
  expect(fieldsRead(400, 10_000, nested)).toBeLessThan(50_000);
});
