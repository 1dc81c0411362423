import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { feedParts, wolfiCommit } from './feed-parts.ts';

const folder = join(import.meta.dirname, '../test/feeds');
const notice = readFileSync(join(folder, 'NOTICE'), 'utf8');
const dumps = new Map(
  [...new Set(feedParts.map(({ dump }) => dump))].map((dump) => [
    dump,
    Object.values(unzipSync(readFileSync(join(folder, dump, 'all.zip')))).map(
      (content) => JSON.parse(strFromU8(content)) as RawRecord,
    ),
  ]),
);

interface RawRecord {
  readonly id: string;
  readonly summary?: string;
  readonly details?: string;
  readonly database_specific?: { readonly converted?: boolean; readonly source?: string };
}

/** The lines of a part of the notice, by their first word. */
function reported(row: string): Readonly<Record<string, string>> {
  const block = notice.split('\n\n').find((text) => text.startsWith(`${row}\n`)) ?? '';
  return Object.fromEntries([...block.matchAll(/^ {2}(\S+) +(.*)$/gm)].map(([, name, value]) => [name, value]));
}

function recordsOf({ dump, ids, converted }: (typeof feedParts)[number]): readonly RawRecord[] {
  return (dumps.get(dump) ?? []).filter(
    ({ id, database_specific: more }) =>
      ids.test(id) && (converted === undefined || converted === (more?.converted === true)),
  );
}

describe('the notice of the feeds for tests', () => {
  test.each(feedParts.filter((part) => recordsOf(part).length > 0).map((part) => [part.row, part] as const))(
    '%s: says where it is from, its licence, and how many records it has',
    (row, part) => {
      const { records = '', repository, commit, date, licence } = reported(row);
      expect(Number(records.split(' ')[0])).toBe(recordsOf(part).length);
      for (const value of [repository, commit, date, licence]) expect(value).toMatch(/\S/);
    },
  );

  test('tells of every record', () => {
    const counted = feedParts.reduce((sum, part) => sum + recordsOf(part).length, 0);
    expect(counted).toBe([...dumps.values()].flat().length);
  });

  test('keeps no text of a part without a licence', () => {
    const bare = feedParts.filter(({ row }) =>
      /none stated|no licence|each package's own/.test(reported(row)['licence'] ?? ''),
    );
    expect(bare.map(({ row }) => row)).toEqual(feedParts.filter(({ factsOnly }) => factsOnly).map(({ row }) => row));
    expect(bare.flatMap(recordsOf).filter(({ summary, details }) => summary ?? details)).toEqual([]);
  });

  test('has Wolfi’s records of the one commit that may be passed on', () => {
    expect(reported('Wolfi')['commit']).toBe(wolfiCommit);
  });
});
