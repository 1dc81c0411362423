import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '#base/index.ts';

/** Headers of all packages in a database, and what was found damaged on the way. */
export interface DatabaseContent {
  readonly headers: readonly Buffer[];
  readonly problems: readonly string[];
}

/** Formats that rpm has stored its packages in. */
export type DatabaseFormat = 'sqlite' | 'ndb' | 'berkeley';

/** The format, by the bytes that mark it; nothing for any other file. */
export function formatOf(content: Buffer): DatabaseFormat | undefined {
  if (content.toString('latin1', 0, 16) === 'SQLite format 3\0') return 'sqlite';
  if (content.toString('latin1', 0, 4) === 'RpmP') return 'ndb';
  return content.length >= 16 && content.readUInt32LE(12) === berkeleyHash ? 'berkeley' : undefined;
}

/** Reads a package database of any format. Damage is reported, never skipped in silence. */
export function readDatabase(content: Buffer, format: DatabaseFormat): DatabaseContent {
  switch (format) {
    case 'sqlite':
      return readSqlite(content);
    case 'ndb':
      return readNdb(content);
    case 'berkeley':
      return readBerkeley(content);
  }
}

/** rpm since 4.16: table `Packages(hnum, blob)`. Read from memory; the copy is taken out of WAL mode, which needs files. */
function readSqlite(content: Buffer): DatabaseContent {
  if (content.length < 100 || content.readUInt32BE(28) * sqlitePageSize(content) > content.length) {
    return { headers: [], problems: ['The package database is cut off.'] };
  }
  const copy = Buffer.from(content);
  copy.fill(1, 18, 20);
  const database = new DatabaseSync(':memory:');
  const headers: Buffer[] = [];
  try {
    database.deserialize(copy);
    for (const row of database.prepare('SELECT blob FROM Packages').iterate()) {
      if (row['blob'] instanceof Uint8Array) headers.push(Buffer.from(row['blob']));
    }
    return { headers, problems: [] };
  } catch (error) {
    return { headers, problems: [`The package database is damaged: ${messageOf(error)}`] };
  } finally {
    database.close();
  }
}

/** Bytes of a page; 1 stands for 65,536 (SQLite file format, 1.3.2). */
function sqlitePageSize(content: Buffer): number {
  return content.readUInt16BE(16) === 1 ? 65_536 : content.readUInt16BE(16);
}

/** SUSE's format (rpm, `rpmpkg.c`): pages of 16-byte slots, each naming a blob by 16-byte blocks. */
function readNdb(content: Buffer): DatabaseContent {
  const headers: Buffer[] = [];
  const problems: string[] = [];
  const slotsEnd = content.length >= 32 ? content.readUInt32LE(12) * 4096 : 0;
  const seen = new Set<number>();
  if (slotsEnd === 0 || slotsEnd > content.length) return { headers, problems: ['The package database is cut off.'] };
  for (let at = 32; at + 16 <= slotsEnd; at += 16) {
    const index = content.readUInt32LE(at + 4);
    const repeated = seen.has(index);
    const start = content.readUInt32LE(at + 8) * 16;
    if (content.toString('latin1', at, at + 4) !== 'Slot') problems.push(`Slot at ${at} is damaged.`);
    else if (index !== 0) {
      seen.add(index);
      const blob = repeated ? undefined : ndbBlob(content, start, index);
      if (blob === undefined) problems.push(`Package ${index} is damaged or cut off.`);
      else headers.push(blob);
    }
  }
  return { headers, problems };
}

function ndbBlob(content: Buffer, start: number, index: number): Buffer | undefined {
  if (start + 16 > content.length || content.toString('latin1', start, start + 4) !== 'BlbS') return undefined;
  const end = start + 16 + content.readUInt32LE(start + 12);
  return content.readUInt32LE(start + 4) === index && end <= content.length
    ? content.subarray(start + 16, end)
    : undefined;
}

const berkeleyHash = 0x061561;
const berkeleyPage = { hashUnsorted: 2, overflow: 7, hash: 13 } as const;
const berkeleyItem = { inline: 1, offPage: 3 } as const;
const pageHeader = 26;

/** Berkeley DB hash of older releases: values are headers, in chains of overflow pages. The key 0 holds a counter. */
function readBerkeley(content: Buffer): DatabaseContent {
  const headers: Buffer[] = [];
  const problems: string[] = [];
  const pageSize = content.length >= 512 ? content.readUInt32LE(20) : 0;
  if (pageSize < 512 || pageSize > 65_536) return { headers, problems: ['The package database is damaged.'] };
  const pages = content.readUInt32LE(32) + 1;
  let unread = content.length;
  if (pages * pageSize > content.length) problems.push('The package database is cut off.');
  for (let number = 1; number < pages && (number + 1) * pageSize <= content.length; number += 1) {
    const page = content.subarray(number * pageSize, (number + 1) * pageSize);
    const type = page[25];
    if (type !== berkeleyPage.hash && type !== berkeleyPage.hashUnsorted) continue;
    for (const item of valuesOf(page, problems)) {
      const value = item[0] === berkeleyItem.offPage ? overflowOf(content, item, pageSize) : item.subarray(1);
      // Packages share no pages, so together they hold no more bytes than the file.
      unread -= value?.length ?? 0;
      if (unread < 0) return { headers, problems: [...problems, 'Entries of the package database overlap.'] };
      if (value === undefined) problems.push(`A package on page ${number} is damaged or cut off.`);
      else if (value.length > 8) headers.push(value);
    }
  }
  return { headers, problems };
}

/** Items of a hash page lie from its end downwards, keys and values in turn; each ends where the one before begins. */
function valuesOf(page: Buffer, problems: string[]): readonly Buffer[] {
  const count = page.readUInt16LE(20);
  const values: Buffer[] = [];
  if (count % 2 !== 0 || pageHeader + count * 2 > page.length)
    problems.push('A page of the package database is damaged.');
  for (let index = 1; index < count && pageHeader + index * 2 + 2 <= page.length; index += 2) {
    const start = page.readUInt16LE(pageHeader + index * 2);
    const end = page.readUInt16LE(pageHeader + index * 2 - 2);
    if (start < pageHeader || start >= end || end > page.length)
      problems.push('An entry of the package database is damaged.');
    else values.push(page.subarray(start, end));
  }
  return values;
}

function overflowOf(content: Buffer, item: Buffer, pageSize: number): Buffer | undefined {
  if (item.length < 12) return undefined;
  const length = item.readUInt32LE(8);
  if (length > content.length) return undefined;
  const chunks: Buffer[] = [];
  let held = 0;
  for (let number = item.readUInt32LE(4); number !== 0 && held < length; ) {
    const page = content.subarray(number * pageSize, (number + 1) * pageSize);
    if (page.length < pageSize || page[25] !== berkeleyPage.overflow) return undefined;
    const used = page.readUInt16LE(22);
    if (used === 0 || pageHeader + used > pageSize) return undefined;
    chunks.push(page.subarray(pageHeader, pageHeader + used));
    held += used;
    number = page.readUInt32LE(16);
  }
  return held === length ? Buffer.concat(chunks) : undefined;
}
