import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostView } from '../../settings/index.ts';
import { openHostView } from './host-view.ts';

let folder: string;
let host: HostView;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-host-view-'));
  host = await openHostView({ sockets: [], patience: 5000 });
});
afterAll(() => rm(folder, { recursive: true }));

const placesOf = async (path: string): Promise<readonly string[] | undefined> => (await host.places([path])).get(path);

test('what is not there is where it would be made, through links that lead nowhere yet', async () => {
  await mkdir(join(folder, 'there/deeper'), { recursive: true });
  await symlink('deeper/gone', join(folder, 'there/dangling'));
  await symlink('there', join(folder, 'link'));
  await symlink('circle', join(folder, 'circle'));
  expect(await placesOf(join(folder, 'link/a/b'))).toEqual([join(folder, 'there/a/b')]);
  expect(await placesOf(join(folder, 'link/dangling/x/../y'))).toEqual([join(folder, 'there/deeper/gone/y')]);
  expect(await placesOf(join(folder, 'there/deeper/../link'))).toEqual([join(folder, 'there/link')]);
  expect(await placesOf('/')).toEqual(['/']);
  expect(await placesOf(join(folder, 'circle/x'))).toBeUndefined();
  expect(await placesOf(`/${'a/'.repeat(3000)}`)).toBeUndefined();
});

test('what it costs to find where something would be does not grow with the square of its depth', async () => {
  const long = 1600;
  await mkdir(join(folder, 'd/'.repeat(long / 2)), { recursive: true });
  const missing = async (depth: number): Promise<number> => {
    const path = join(folder, 'd/'.repeat(depth / 2), 'm/'.repeat(depth / 2 - 1), 'm');
    const times: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      const began = performance.now();
      expect(await placesOf(path)).toEqual([path]);
      times.push(performance.now() - began);
    }
    return Math.min(...times);
  };
  const [short, deep] = [await missing(long / 8), await missing(long)];
  expect(deep / short).toBeLessThan(24);
});

test('a folder of more files than are looked at has devices that nobody saw, and one that is not there has none', async () => {
  const many = join(folder, 'many');
  await mkdir(many);
  await Promise.all(Array.from({ length: 1001 }, (_, at) => writeFile(join(many, `${at}`), '')));
  const found = await host.devices([many, join(folder, 'nothing'), '/dev/null']);
  expect([...found]).toEqual([
    [join(folder, 'nothing'), []],
    ['/dev/null', [{ type: 'character', major: 1, minor: 3 }]],
  ]);
});

test('what is not seen in time is missing', async () => {
  const hasty = await openHostView({ sockets: [], patience: 0 });
  const paths = Array.from({ length: 200 }, (_, at) => `/srv/${at}`);
  expect((await hasty.places(paths)).size).toBeLessThan(200);
});

test('for questions of one moment what is mounted is read once, else each time', async () => {
  const other = join(folder, 'other-socket');
  await writeFile(other, '');
  const [kept, fresh] = [
    await openHostView({ sockets: [other], patience: 5000, mounts: 'read-once' }),
    await openHostView({ sockets: [other], patience: 5000 }),
  ];
  expect([await kept.sockets(), await fresh.sockets()]).toEqual([[other], [other]]);
  await rm(other);
  await symlink('moved', other);
  expect([await kept.sockets(), await fresh.sockets()]).toEqual([[other], [join(folder, 'moved')]]);
  expect((await kept.places(['/srv'])).get('/srv')).toEqual((await fresh.places(['/srv'])).get('/srv'));
});
