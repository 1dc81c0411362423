import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createZstdCompress, zstdCompressSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../testing.ts';
import { readBackup } from './backup-file.ts';
import { newFileKey, preludeBytes, readSecret } from './key.ts';
import { type BackupRecord, writeRecords } from './records.ts';
import { restoreBackup } from './restore-backup.ts';
import { sealed } from './seal-stream.ts';
import { withSession } from './session.ts';

/* Files that somebody made or changed: each is refused, and says so. */

const secret = Buffer.from('a passphrase of the tests');
const folder = mkdtempSync(join(tmpdir(), 'seawall-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'made.backup');

async function bytesOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

/** One for all files: deriving it takes long on purpose. */
const fileKey = newFileKey(secret);
const sealedFile = async (content: Buffer): Promise<Buffer> => {
  const { key, prelude } = await fileKey;
  return Buffer.concat([prelude, await bytesOf(sealed(Readable.from([content]) as AsyncIterable<Buffer>, key))]);
};
/** Writes what these records are, as whoever has the key may. */
const write = async (records: readonly BackupRecord[]): Promise<void> =>
  writeFileSync(file, await sealedFile(zstdCompressSync(await bytesOf(writeRecords(streamOf(records))))));
async function* streamOf<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}

const header: BackupRecord = {
  kind: 'header',
  value: {
    seawall: '1',
    postgres: 18,
    takenAt: '2026-12-01T00:00:00.000Z',
    migrations: [{ domain: 'store', name: '1' }],
  },
};
const before = (text: string): BackupRecord => ({ kind: 'before', value: { text } });
const table = (schema: string, name: string, columns: readonly string[]): BackupRecord => ({
  kind: 'part',
  value: { kind: 'table', schema, name, columns },
});
const data = (text: string): BackupRecord => ({ kind: 'data', value: Buffer.from(text) });
const partEnd = (text: string, more: object = {}): BackupRecord => ({
  kind: 'part-end',
  value: { rows: 1, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex'), ...more },
});
const end = (more: object = {}): BackupRecord => ({
  kind: 'end',
  value: { tables: 1, rows: 1, bytes: 2, statements: 1, keys: 0, sequences: 0, ...more },
});
const making = before('create table public.t (n integer)');
const good = [header, making, table('public', 't', ['n']), data('1\n'), partEnd('1\n'), end()];
const read = async () => await readBackup(file, secret);
const damaged = { code: 'backup-damaged' };

describe('bytes that are not as they were written', () => {
  let whole: Buffer;
  beforeAll(async () => {
    const long = 'x'.repeat(400_000);
    const random = Array.from({ length: 400 }, (_, n) => createHash('sha512').update(String(n)).digest('base64')).join(
      '',
    );
    const text = `${random}${long}\n`;
    await write([header, making, table('public', 't', ['n']), data(text), partEnd(text), end({ bytes: text.length })]);
    whole = readFileSync(file);
    await readBackup(file, secret);
    // Several chunks, so that there are boundaries between.
    const { key, prelude } = await fileKey;
    const noise = Buffer.concat(
      Array.from({ length: 4000 }, (_, n) => createHash('sha512').update(String(n)).digest()),
    );
    const packed = await bytesOf(
      writeRecords(
        streamOf([
          header,
          making,
          table('public', 't', ['n']),
          { kind: 'data', value: noise } as const,
          {
            kind: 'part-end',
            value: { rows: 1, bytes: noise.length, sha256: createHash('sha256').update(noise).digest('hex') },
          } as const,
          end({ bytes: noise.length }),
        ]),
      ),
    );
    const compressed = await bytesOf(Readable.from([packed]).pipe(createZstdCompress()) as AsyncIterable<Buffer>);
    whole = Buffer.concat([prelude, await bytesOf(sealed(Readable.from([compressed]) as AsyncIterable<Buffer>, key))]);
    writeFileSync(file, whole);
    expect((await read()).end.bytes).toBe(noise.length);
    expect(whole.length).toBeGreaterThan(preludeBytes + 3 * 65_552);
  });

  const chunk = 65_552;
  const at = (number: number): number => preludeBytes + number * chunk;
  test.each([
    ['nothing', () => Buffer.alloc(0)],
    ['half of the prelude', (all: Buffer) => all.subarray(0, 40)],
    ['the prelude alone', (all: Buffer) => all.subarray(0, preludeBytes)],
    ['cut after the first chunk', (all: Buffer) => all.subarray(0, at(1))],
    ['cut after the second chunk', (all: Buffer) => all.subarray(0, at(2))],
    ['cut within a chunk', (all: Buffer) => all.subarray(0, at(1) + 100)],
    ['cut within the last tag', (all: Buffer) => all.subarray(0, -1)],
    ['one byte more', (all: Buffer) => Buffer.concat([all, Buffer.alloc(1)])],
    ['its last chunk twice', (all: Buffer) => Buffer.concat([all, all.subarray(at(3))])],
    [
      'two chunks in the other order',
      (all: Buffer) =>
        Buffer.concat([
          all.subarray(0, at(0)),
          all.subarray(at(1), at(2)),
          all.subarray(at(0), at(1)),
          all.subarray(at(2)),
        ]),
    ],
    ['without its second chunk', (all: Buffer) => Buffer.concat([all.subarray(0, at(1)), all.subarray(at(2))])],
    ['another format', (all: Buffer) => Buffer.concat([Buffer.from('seawall-backup 2\n'), all.subarray(17)])],
    ['an archive of somebody', () => Buffer.alloc(100_000, 'PK')],
  ] as const)('%s', async (_, change) => {
    writeFileSync(file, change(whole));
    await expect(read()).rejects.toMatchObject(damaged);
  });

  test('one changed bit anywhere', { timeout: 60_000 }, async () => {
    for (const place of [preludeBytes, at(1) - 1, at(1), at(2) + 5000, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      writeFileSync(file, changed);
      await expect(read()).rejects.toMatchObject(damaged);
    }
    for (const place of [20, 50]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      writeFileSync(file, changed);
      await expect(read()).rejects.toMatchObject({ code: 'backup-key-wrong' });
    }
  });

  test('another key', async () => {
    writeFileSync(file, whole);
    await expect(readBackup(file, Buffer.from('another passphrase'))).rejects.toMatchObject({
      code: 'backup-key-wrong',
    });
  });
});

describe('content that whoever has the key made up', () => {
  test.each([
    ['no header', good.slice(1)],
    ['two headers', [header, ...good]],
    ['no end', good.slice(0, -1)],
    ['something after the end', [...good, end()]],
    ['data of no part', [header, making, data('1\n'), end()]],
    ['a part that does not end', [header, making, table('public', 't', ['n']), data('1\n'), end()]],
    ['another hash', good.with(4, partEnd('1\n', { sha256: '0'.repeat(64) }))],
    ['another length', good.with(4, partEnd('1\n', { bytes: 3 }))],
    ['more tables than it has', good.with(5, end({ tables: 2 }))],
    ['fewer rows than it has', good.with(5, end({ rows: 0 }))],
    ['a huge number', good.with(5, end({ rows: 1e300 }))],
    ['a number below zero', good.with(4, partEnd('1\n', { rows: -1 }))],
    ['a name that is too long', good.with(2, table('public', 'x'.repeat(64), ['n']))],
    [
      'a key file that is a path',
      [header, { kind: 'key', value: { name: '../../etc/cron.d/x', content: 'AAAA' } }, ...good.slice(1)],
    ],
    ['a key file in a folder', [header, { kind: 'key', value: { name: 'a/b', content: 'AAAA' } }, ...good.slice(1)]],
    [
      'a key file that is hidden',
      [header, { kind: 'key', value: { name: '.ssh', content: 'AAAA' } }, ...good.slice(1)],
    ],
  ] as readonly (readonly [string, readonly BackupRecord[]])[])('%s', async (_, records) => {
    await write(records);
    await expect(read()).rejects.toMatchObject(damaged);
  });

  test('a record that says that it has 4 GB, and one of an unknown kind', async () => {
    for (const head of [Buffer.from([4, 255, 255, 255, 255]), Buffer.from([99, 0, 0, 0, 0])]) {
      writeFileSync(file, await sealedFile(zstdCompressSync(head)));
      await expect(read()).rejects.toMatchObject(damaged);
    }
  });

  test('what is not compressed, and records that go on behind a frame', async () => {
    writeFileSync(file, await sealedFile(Buffer.alloc(1000, 7)));
    await expect(read()).rejects.toMatchObject(damaged);
    const records = await bytesOf(writeRecords(streamOf(good)));
    writeFileSync(file, await sealedFile(zstdCompressSync(records).subarray(0, -4)));
    await expect(read()).rejects.toMatchObject(damaged);
  });
});

describe('a restore of what whoever has the key made up', () => {
  const restore = async (records: readonly BackupRecord[]) => {
    const { address, close } = await createTestDatabase();
    try {
      await write(records);
      const content = await read();
      const keepKeys = async () => undefined;
      const request = { file, secret, address, content, keepKeys, vulnerabilityDatabase: join(folder, 'v.db') };
      await restoreBackup({ ...request, progress: () => undefined });
      return await withSession(address, async (client) => (await client.query('select n from public.t')).rows);
    } finally {
      await close();
    }
  };

  test('takes names as names', async () => {
    expect(await restore(good)).toEqual([{ n: 1 }]);
    const injected = 't" (n) from stdin; drop table public.t; --';
    await expect(restore(good.with(2, table('public', injected, ['n'])))).rejects.toThrow('does not exist');
    await expect(restore(good.with(2, table('public', 't', ["n\") from program 'id' --"])))).rejects.toThrow(
      'does not exist',
    );
  });

  test('runs one statement at a time, and only those that make something', async () => {
    await expect(
      restore(good.with(1, before('create table public.t (n integer); drop schema public'))),
    ).rejects.toThrow('cannot insert multiple commands');
    await expect(restore(good.with(1, before('drop schema public cascade')))).rejects.toMatchObject(damaged);
    await expect(restore(good.with(1, before(`copy public.t from program 'id'`)))).rejects.toMatchObject(damaged);
  });

  test('counts rows as PostgreSQL took them', async () => {
    const two = '1\n2\n';
    const records = [header, making, table('public', 't', ['n']), data(two), partEnd(two), end({ bytes: 4 })];
    await expect(restore(records)).rejects.toThrow('has 2 rows, and the backup says 1');
  });
});

test.each([
  ['everybody may read', 'a secret that is long enough', 0o644],
  ['is too short', 'short', 0o600],
  ['is empty but for a line end', '\n', 0o600],
])('a key file that %s is refused', async (_, content, mode) => {
  const key = join(folder, 'key');
  rmSync(key, { force: true });
  writeFileSync(key, content, { mode });
  await expect(readSecret(key)).rejects.toMatchObject({ code: 'backup-key-wrong' });
});
