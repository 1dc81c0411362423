import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { keepCode, keptCode, placeOfCode } from './kept-code.ts';

const home = mkdtempSync(join(tmpdir(), 'seawall-kept-'));
afterAll(() => rmSync(home, { recursive: true }));
const env = { XDG_CACHE_HOME: home };
const script = (): Script => new Script('(function () { return 1 + 1; })');
const flipped = (bytes: Buffer): Buffer => bytes.fill((bytes.at(60) ?? 0) ^ 255, 60, 61);
let file = '';

beforeEach(() => {
  rmSync(join(home, 'seawall'), { recursive: true, force: true });
  file = placeOfCode('1', env);
  keepCode(script(), keptCode(file), 'scan');
});

test('code is kept with the commands that it is of, and V8 takes it', () => {
  keepCode(script(), keptCode(file), 'version');
  const { names, code } = keptCode(file);
  expect(names).toEqual(['scan', 'version']);
  expect(
    code === undefined || new Script('(function () { return 1 + 1; })', { cachedData: code }).cachedDataRejected,
  ).toBe(false);
  expect(readdirSync(join(home, 'seawall/compiled'))).toEqual(['one-file-1']);
});

test.each([
  { what: 'a byte is another', damage: () => writeFileSync(file, flipped(readFileSync(file))) },
  { what: 'its end is missing', damage: () => truncateSync(file, readFileSync(file).length - 1) },
  { what: 'nothing is in it', damage: () => truncateSync(file, 0) },
  { what: 'others may write it', damage: () => chmodSync(file, 0o622) },
  {
    what: 'it is a link',
    damage: () => {
      writeFileSync(join(home, 'other'), readFileSync(file), { mode: 0o600 });
      rmSync(file);
      symlinkSync(join(home, 'other'), file);
    },
  },
])('code counts no more when $what', ({ damage }) => {
  expect(keptCode(file).code).toBeDefined();
  damage();
  expect(keptCode(file)).toEqual({ file, names: [] });
});

test('where somebody else may write, none is looked for and none is kept', () => {
  chmodSync(join(home, 'seawall'), 0o777);
  expect(placeOfCode('1', env)).toBe('');
  keepCode(script(), keptCode(''), 'scan');
  expect(readdirSync(join(home, 'seawall/compiled'))).toEqual(['one-file-1']);
});

test('what cannot take its place is not left there', () => {
  const blocked = join(home, 'seawall/compiled/one-file-2');
  mkdirSync(join(blocked, 'full'), { recursive: true });
  keepCode(script(), { file: blocked, names: [] }, 'scan');
  expect(readdirSync(join(home, 'seawall/compiled')).toSorted()).toEqual(['one-file-1', 'one-file-2']);
});
