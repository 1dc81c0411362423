import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeEarlier } from './release.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-earlier-'));
afterAll(() => rmSync(root, { recursive: true }));

function folder(name: string, files: readonly string[]): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), 'any');
  return path;
}

test('a release takes the place of an earlier one, and of nothing else', () => {
  const replaced = [
    folder('dist/release', ['seawall.cjs']),
    folder('signed', ['seawall.cjs', 'SHA256SUMS']),
    folder('empty', []),
  ];
  for (const out of replaced) {
    removeEarlier({ root, out });
    expect(existsSync(out)).toBe(false);
  }
  const home = folder('home', ['seawall.cjs', 'letter.txt']);
  expect(() => removeEarlier({ root, out: home })).toThrow('holds no release');
  expect(existsSync(join(home, 'letter.txt'))).toBe(true);
  removeEarlier({ root, out: join(root, 'nowhere') });
});
