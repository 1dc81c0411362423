import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandCall } from '../command.ts';
import { describeTallies } from '../describe-tallies.ts';
import { run } from './db-build.ts';
import { run as runInfo } from './db-info.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { SEAWALL_STATE: join(folder, 'state') };
const feeds = join(folder, 'feeds');
const [out, dropped] = [join(folder, 'out.db'), join(folder, 'dropped.tsv')];

beforeAll(() => {
  const of = (id: string, fixed: string) => {
    const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }];
    return {
      id,
      modified: '2026-02-01T00:00:00Z',
      affected: [{ package: { ecosystem: 'npm', name: 'left' }, ranges }],
    };
  };
  const files = { a: of('GHSA-a', '1.0.0'), b: of('GHSA-b', 'so\ton'), c: { ...of('GHSA-c', '1'), affected: [] } };
  const content = Object.entries(files).map(([name, file]) => [`${name}.json`, strToU8(JSON.stringify(file))]);
  mkdirSync(join(feeds, 'npm'), { recursive: true });
  writeFileSync(join(feeds, 'npm/all.zip'), zipSync(Object.fromEntries(content)));
});

async function say(command: typeof run, options: CommandCall['options']): Promise<string> {
  let said = '';
  const write = (text: string): void => void (said += text);
  const terminal = { colour: false, progress: false, columns: 80, out: write, err: write };
  expect(await command({ arguments: [], options, terminal, env, program: [] })).toBe(0);
  return said;
}

const table = `  ENTRIES  WHAT BECAME OF THEM
        3  read
        2  kept
        1  dropped: records that speak of no package (npm/all.zip)
        1  parts of entries: bounds that their ecosystem cannot read (npm/all.zip)
`;

test('says what is left out, in a file each by itself, and so does the database', async () => {
  expect(await say(run, { feeds, out, dropped })).toContain(`\n\n${table}\n${dropped}: `);
  expect(readFileSync(dropped, 'utf8').split('\n')).toEqual([
    'file\treason\trecord\tecosystem\tpackage\tcount\tby\tdetail',
    'npm/all.zip\tno-entries\tGHSA-c\t\t\t1\t\t',
    'npm/all.zip\tunreadable-bound\tGHSA-b\tnpm\tleft\t1\t\tso on',
    '',
  ]);
  const info = await say(runInfo, { db: out });
  expect(info).toContain(table);
  expect(info).toMatch(/^npm +\d+ {2}2026-02-01, stale, \d+ days old$/m);
  expect(JSON.parse(await say(runInfo, { db: out, format: 'json' })).tallies).toMatchObject([{ read: 3, kept: 2 }]);
});

test('a list that cannot be written ends the build', async () => {
  const nowhere = join(folder, 'none/dropped.tsv');
  await expect(say(run, { feeds, out, dropped: nowhere })).rejects.toMatchObject({ code: 'output-unwritable' });
});

test('what is not accounted for is said, and so are reasons of newer versions', () => {
  const leftOut = [{ reason: 'moon', kind: 'tide', count: 2 }];
  const text = describeTallies([{ feed: 'x', read: 5, kept: 3, leftOut }]);
  expect(text).toMatch(/^ *3  kept; .*\b2\b/m);
  expect(describeTallies([{ feed: 'x', read: 5, kept: 5, leftOut: [] }])).toMatch(/^ *5  kept$/m);
  expect(text).toContain('2  tide: moon (x)');
  expect(describeTallies(undefined)).toBe('');
});

test('says which feed was not taken, why, and how to take it', async () => {
  const small = join(folder, 'small.db');
  await say(run, { feeds, out: small });
  const whole = readFileSync(join(feeds, 'npm/all.zip'));
  const files = { 'a.json': strToU8('{"id":"GHSA-a","modified":"2026-02-02T00:00:00Z"}') };
  writeFileSync(join(feeds, 'npm/all.zip'), zipSync(files));
  const said = await say(run, { feeds, out: small });
  expect(said).toContain('npm/all.zip was not taken: its usable entries fell from 2 to 0');
  expect(said).toContain("say so with --accept-smaller 'npm/all.zip'.");
  expect(await say(run, { feeds, out: small, acceptSmaller: ['npm/all.zip'] })).not.toContain('was not taken');
  writeFileSync(join(feeds, 'npm/all.zip'), whole);
});
