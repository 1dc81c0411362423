import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFolder } from './read-folder.ts';
import { defaultLimits, type ScanLimits } from './source.ts';

let outer = '';
let root = '';
beforeAll(async () => {
  outer = await mkdtemp(join(tmpdir(), 'seawall-folder-'));
  root = join(outer, 'root');
  await mkdir(join(root, 'etc'), { recursive: true });
  await mkdir(join(root, 'var/lib/docker/overlay2'), { recursive: true });
  await writeFile(join(outer, 'secret.txt'), 'outside');
  await writeFile(join(root, 'etc/a.txt'), 'A');
  await writeFile(join(root, 'var/lib/docker/overlay2/b.txt'), 'of a container');
  await link(join(root, 'etc/a.txt'), join(root, 'etc/hard.txt'));
  await symlink('../../secret.txt', join(root, 'etc/link.txt'));
  await symlink('..', join(root, 'etc/up'));
  execFileSync('mkfifo', [join(root, 'etc/pipe.txt')]);
});
afterAll(() => rm(outer, { recursive: true }));

async function read(path: string, limits: Partial<ScanLimits> = {}, isHost?: boolean) {
  const contents: Record<string, string> = {};
  const visitor = {
    wants: (name: string) => name.endsWith('.txt'),
    visit(found: { readonly path: string; readonly content: Uint8Array }) {
      contents[found.path] = Buffer.from(found.content).toString();
    },
  };
  const options = { limits: { ...defaultLimits, ...limits }, ...(isHost === undefined ? {} : { isHost }) };
  return { ...(await readFolder(path, visitor, options)), contents };
}

describe('readFolder', () => {
  it('reads files under all their names, follows no link, waits for no pipe, and leaves engines alone', async () => {
    const pass = await read(root);
    expect(pass).toMatchObject({
      contents: { 'etc/a.txt': 'A', 'etc/hard.txt': 'A' },
      symlinks: { 'etc/link.txt': '../../secret.txt', 'etc/up': '..' },
      verified: true,
      faults: [],
    });
    expect(Object.keys(pass.contents)).toHaveLength(2);
  });

  it('leaves out homes and engines that keep their folders elsewhere on a host, and on a host only', async () => {
    const host = join(outer, 'host');
    const files = ['home/ann/x.txt', 'root/x.txt', 'srv/home/x.txt', 'opt/x.txt'];
    const engines = [
      ['data/docker', ['image', 'overlay2', 'containers', 'network']],
      ['data/containerd', ['io.containerd.content.v1.content', 'io.containerd.metadata.v1.bolt']],
      ['data/podman', ['overlay-images', 'overlay-layers', 'overlay-containers']],
      // Not all that an engine has.
      ['data/other', ['image', 'overlay2']],
    ] as const;
    for (const [folder, names] of engines) {
      for (const name of names) await mkdir(join(host, folder, name), { recursive: true });
      files.push(`${folder}/x.txt`);
    }
    for (const path of files) {
      await mkdir(dirname(join(host, path)), { recursive: true });
      await writeFile(join(host, path), 'x');
    }
    const isRoot = process.getuid?.() === 0;
    const found = Object.keys((await read(host, {}, true)).contents).toSorted();
    expect(found.filter((path) => isRoot || !path.startsWith('data/'))).toEqual(
      ['opt/x.txt', 'srv/home/x.txt', ...(isRoot ? ['data/other/x.txt'] : [])].toSorted(),
    );
    expect(Object.keys((await read(host)).contents).toSorted()).toEqual(files.toSorted());
  });

  it('stops at its limits', async () => {
    expect((await read(root, { layerEntries: 2 })).faults).toMatchObject([{ code: 'entry-limit' }]);
    expect((await read(root, { fileBytes: 0 })).faults[0]).toMatchObject({ code: 'file-limit' });
  });

  it('leaves out kernel views mounted below', async () => {
    const { directories } = await read('/', { layerEntries: 50_000, fileBytes: 0 });
    expect(directories.some((path) => path.startsWith('proc') || path.startsWith('sys'))).toBe(false);
  });

  it('names what it may not read', async () => {
    const closed = join(outer, 'closed');
    await mkdir(closed);
    await writeFile(join(closed, 'x.txt'), 'x');
    await chmod(closed, 0o000);
    const script = [
      `import { readFolder } from ${JSON.stringify(join(import.meta.dirname, 'read-folder.ts'))};`,
      `import { defaultLimits } from ${JSON.stringify(join(import.meta.dirname, 'source.ts'))};`,
      `if (process.getuid() === 0) process.setuid(65534);`,
      `const pass = await readFolder(${JSON.stringify(closed)}, { wants: () => true, visit() {} }, { limits: defaultLimits });`,
      'console.log(pass.faults.map((fault) => fault.code).join());',
    ];
    await chmod(outer, 0o755);
    const seen = execFileSync(process.execPath, ['--input-type=module', '-e', script.join('\n')], { encoding: 'utf8' });
    await chmod(closed, 0o755);
    expect(seen.trim()).toBe('unreadable-file');
  });
});
