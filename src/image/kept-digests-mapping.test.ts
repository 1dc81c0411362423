import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashedAs, keepingIn } from './kept-digests.testing.ts';

/** Maps a file, makes a page of it dirty, and stores into that page once more for each byte on its standard input. */
const writer = `
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int count, char **words) {
  int file = open(words[1], O_RDWR);
  volatile char *bytes = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  char order;
  if (count != 2 || file < 0 || bytes == MAP_FAILED) return 1;
  bytes[0] = 'A';
  write(1, "x", 1);
  while (read(0, &order, 1) == 1) {
    bytes[1] += 1;
    write(1, "x", 1);
  }
  return 0;
}
`;
const tmpfs = 0x01021994;

test('a write through a mapping that was there before the first reading makes a file hashed again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-mapped-'));
  const [archive, cache, program] = ['image.tar', 'cache', 'writer'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(archive, Buffer.alloc(8192, 'a'));
  mkdirSync(cache, { mode: 0o700 });
  execFileSync('gcc', ['-x', 'c', '-O1', '-o', program, '-'], { input: writer });
  const child = spawn(program, [archive], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    // A tmpfs is not believed at all, so there this says less.
    const { fileSystems, ...usual } = keepingIn(cache);
    const keeping = statfsSync(folder).type === tmpfs ? usual : { ...usual, ...(fileSystems && { fileSystems }) };
    expect(hashedAs(archive, keeping)).toBe('now');
    if (keeping !== usual) expect(hashedAs(archive, keeping)).toBe('before');
    child.stdin.write('x');
    await once(child.stdout, 'data');
    expect(hashedAs(archive, keeping)).toBe('now');
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
});
