import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isOwn, ownCache } from './own-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'seawall-own-'));
afterAll(() => rmSync(base, { recursive: true }));
const me = process.getuid?.() ?? -1;
/** Their own number as group means a group of their own. */
const grouped = (process.getgid?.() ?? -1) === me;

test.each([
  { what: 'theirs alone', modes: [0o700, 0o700], own: true },
  { what: 'what others may read', modes: [0o755, 0o755], own: true },
  { what: 'what everybody may write', modes: [0o700, 0o777], own: false },
  { what: 'what everybody may write, who only owns rename', modes: [0o700, 0o1777], own: false },
  { what: 'a folder in one that everybody may write', modes: [0o777, 0o700], own: false },
  { what: 'a folder in one in which only owners rename', modes: [0o1777, 0o700], own: true },
  { what: 'what their group may write', modes: [0o700, 0o775], own: grouped },
])('$what ($modes): $own', ({ modes, own }) => {
  const folder = join(mkdtempSync(join(base, 'case-')), 'above', 'below');
  mkdirSync(folder, { recursive: true });
  chmodSync(join(folder, '..'), modes[0] ?? 0);
  chmodSync(folder, modes[1] ?? 0);
  expect(isOwn(folder, me)).toBe(own);
  symlinkSync(folder, join(base, `link-${modes.join('-')}`));
  expect(isOwn(join(base, `link-${modes.join('-')}`), me)).toBe(own);
});

test('what belongs to another user is not theirs', () => {
  const folder = mkdtempSync(join(base, 'other-'));
  expect(isOwn(folder, me + 1)).toBe(me === 0);
});

test('a cache is made for its user alone; what somebody else laid out before is none', () => {
  const home = mkdtempSync(join(base, 'home-'));
  expect(ownCache({ HOME: home, XDG_CACHE_HOME: `${home}/.cache` }, me)).toBe(join(home, '.cache/seawall'));
  expect(isOwn(join(home, '.cache/seawall'), me)).toBe(true);
  chmodSync(join(home, '.cache'), 0o777);
  expect(ownCache({ HOME: home, XDG_CACHE_HOME: `${home}/.cache` }, me)).toBeUndefined();
  writeFileSync(join(home, 'file'), '');
  expect(ownCache({ XDG_CACHE_HOME: join(home, 'file') }, me)).toBeUndefined();
});
