import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

async function read(path: string, limits: Partial<ScanLimits> = {}) {
  const contents: Record<string, string> = {};
  const visitor = {
    wants: (name: string) => name.endsWith('.txt'),
    visit(found: { readonly path: string; readonly content: Uint8Array }) {
      contents[found.path] = Buffer.from(found.content).toString();
    },
  };
  return { ...(await readFolder(path, visitor, { limits: { ...defaultLimits, ...limits } })), contents };
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
