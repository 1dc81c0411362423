import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { smallFeeds, wholeFeeds } from '../test/needs.ts';

const made = mkdtempSync(join(tmpdir(), 'seawall-slice-'));
afterAll(() => rmSync(made, { recursive: true }));

test('test/feeds is what the whole feeds give, byte by byte, in any time zone', () => {
  const words = [join(import.meta.dirname, 'slice-feeds.ts'), wholeFeeds() ?? '', made];
  execFileSync(process.execPath, words, { env: { ...process.env, TZ: 'Pacific/Chatham' } });
  const files = globSync('**', { cwd: smallFeeds, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(smallFeeds.length + 1));
  expect(names.length).toBeGreaterThan(20);
  for (const name of names)
    expect(readFileSync(join(made, name)).equals(readFileSync(join(smallFeeds, name))), name).toBe(true);
});
