import { expect, test } from 'vitest';
import { aliasesOf, type HostMountPoint, mountedAt, mountTable, parseMountinfo, Steps } from './host-mounts.ts';

const table = mountTable(
  parseMountinfo(`22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
23 22 0:25 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=1k
24 22 254:1 /etc /srv/with\\040space rw shared:1 - ext4 /dev/vda1 rw
25 22 0:40 / /mnt/over rw - overlay overlay rw,lowerdir=/home:l/SHORT,upperdir=/var/up,workdir=/var/work
26 22 254:2 /data /data rw - xfs /dev/vdb1 rw
27 23 254:1 /home/me /run/me rw - ext4 /dev/vda1 rw
30 22 0:41 / /mnt/linked rw - overlay overlay rw,lowerdir=/links/etc:/home,upperdir=/var/up,workdir=/var/work
31 22 0:42 / /mnt/escaped rw - overlay overlay rw,lowerdir=/home/a\\134:b
28 22 0:77 / /var/lib/docker/volumes/p/_data rw - proc proc rw
29 22 0:23 /fs /srv2/fs rw - sysfs sysfs rw
half a line
`),
);

const real = async (path: string): Promise<string> => path.replace(/^\/links/, '');

test.each([
  ['/etc/ssh', ['/etc/ssh', '/srv/with space/ssh']],
  ['/srv/with space', ['/srv/with space', '/etc']],
  ['/srv', ['/srv', '/etc']],
  ['/run', ['/run', '/home/me']],
  ['/run/docker.sock', ['/run/docker.sock']],
  ['/mnt/linked/x', ['/mnt/linked/x', '/etc/x', '/home/x', '/var/up/x']],
  ['/mnt', ['/mnt', '/home', '/var/up', '/etc']],
  ['/data/x', ['/data/x']],
  ['/var/lib/docker/volumes/p/_data/sys', ['/var/lib/docker/volumes/p/_data/sys', '/proc/sys']],
  ['/srv2', ['/srv2', '/sys/fs']],
  ['/', ['/']],
])('%s is also where the same files are', async (path, places) => {
  expect(await aliasesOf(path, table, new Steps(20, real))).toEqual(places);
});

test.each(['/mnt/over', '/mnt/over/x', '/mnt/escaped/x'])(
  'nobody sees what %s is, an overlay of folders that are not told by their whole path',
  async (path) => {
    await expect(aliasesOf(path, table, new Steps(20, real))).rejects.toThrow('is laid of');
  },
);

test('an overlay of a folder that nobody sees is not seen either, and each folder is looked at once', async () => {
  const looked: string[] = [];
  const failing = async (path: string): Promise<string> => {
    looked.push(path);
    throw new Error('a circle');
  };
  const steps = new Steps(20, failing);
  for (const path of ['/mnt/linked', '/mnt']) await expect(aliasesOf(path, table, steps)).rejects.toThrow('a circle');
  expect(looked).toEqual(['/links/etc', '/home']);
});

test('a device is where it is mounted', () => {
  expect(mountedAt('254:1', table)).toEqual(['/', '/srv/with space', '/run/me']);
});

/** Fields of mounts that are read to find every path of a folder in which so many are. */
async function fieldsRead(count: number, most: number, mount: (at: number) => HostMountPoint): Promise<number> {
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
    await aliasesOf('/run', many, new Steps(most, real));
  } catch {
    // More than the steps suffice for.
  }
  return read;
}

test('what it costs grows as what is mounted there, whatever else is mounted', async () => {
  const apart = (at: number): HostMountPoint => ({ device: `0:${at}`, root: '/', at: `/run/${at}`, line: '' });
  const [many, few] = [await fieldsRead(2000, 10_000, apart), await fieldsRead(1000, 10_000, apart)];
  expect(many / few).toBeLessThan(2.1);
});

test('mounts that each show what all others hold are not looked at without end', async () => {
  const nested = (at: number): HostMountPoint => ({ device: '8:1', root: '/a'.repeat(at), at: `/run/${at}`, line: '' });
  expect(await fieldsRead(400, 10_000, nested)).toBeLessThan(50_000);
});
