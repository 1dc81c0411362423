import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { policyFor } from '#policy/index.ts';
import { buildDatabase, localSigningKey, openDatabase } from '#vulnerability/index.ts';
import { dockerArchive, ociArchive, ociImage } from '../../../../test/make/image.ts';
import { mixedImage } from '../../../../test/make/mixed-image.ts';
import { apkInstalled, dpkgStatus, npmPackage, osRelease, rpmDatabase } from '../../../../test/make/packages.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { json } from '../formats/json/index.ts';
import { recordingTerminal } from '../testing.ts';
import { complianceRuleHere, type DatabaseHere, judgeHere } from './judge-here.ts';
import { matchHere } from './match-here.ts';
import { requestOf } from './scan-request.ts';
import type { ScanRequest } from './scan-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-kept-scan-'));
const cache = join(folder, 'cache/seawall');
const records = join(cache, 'scans');
const archive = join(folder, 'image.tar');
const mixed = mixedImage();
let databases: readonly DatabaseHere[] = [];
beforeAll(async () => {
  const key = localSigningKey(join(folder, 'keys'));
  const feeds = join(import.meta.dirname, '../../../../test/feeds');
  for (const [number, families] of [['Debian:13', 'AlmaLinux', 'Alpine', 'Maven', 'PyPI', 'npm'], ['npm']].entries()) {
    const from = join(folder, `feeds-${number}`);
    mkdirSync(from);
    for (const family of families) symlinkSync(join(feeds, family), join(from, family));
    const out = join(folder, `${databases.length}.db`);
    await buildDatabase({ feeds: from, out, clock: () => new Date('2026-11-30T00:00:00Z'), signingKey: key });
    const open = openDatabase(out, { trustedKeys: [key], allowUnsigned: false });
    databases = [...databases, { state: 'ready', open }];
  }
}, 120_000);
beforeEach(() => {
  rmSync(records, { recursive: true, force: true });
  if (existsSync(cache)) chmodSync(cache, 0o700);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Change {
  readonly request?: Partial<ScanRequest>;
  readonly database?: DatabaseHere | undefined;
  readonly sources?: string | undefined;
  readonly now?: Date;
  readonly threshold?: 'critical';
}

const isRoot = process.getuid?.() === 0;
const now = new Date('2026-12-01T12:00:00Z');

/** The whole result of a scan as JSON. */
async function scan(target: string, change: Change = {}): Promise<string> {
  const call = { options: {}, env: { XDG_CACHE_HOME: join(folder, 'cache') } };
  const keeping = { cacheFolder: cache, uid: process.getuid?.() ?? -1, now: Date.now };
  const request = { ...requestOf(target, call), executables: 'left-out' as const, keeping, ...change.request };
  const { database = databases[0], sources = 'these', now: day = now, threshold } = change;
  if (database === undefined) throw new Error('The database is not built.');
  const named = 'sources' in change && change.sources === undefined ? {} : { sources };
  const matched = await matchHere(request, database, { terminal: recordingTerminal(), ...named });
  const limit = threshold === undefined ? {} : { threshold: { by: 'severity', severity: threshold } as const };
  const rules = { policy: policyFor({ kind: 'scan', ...limit }), complianceRule: complianceRuleHere(), now: day };
  return json.render(await judgeHere(matched, database, rules), { colour: false, columns: 80, now: day });
}

/** Scans until the scan is kept (first its layers are), and answers its result and record. */
async function keptOf(target: string): Promise<{ readonly text: string; readonly record: string }> {
  await scan(target);
  rmSync(records, { recursive: true, force: true });
  const text = await scan(target);
  const [name, ...others] = readdirSync(records);
  expect(others).toEqual([]);
  return { text, record: join(records, name ?? '') };
}

/** Keeps the scan of an image, with a fault that it does not have: where a result shows it, the record was used. */
async function planted(target: string): Promise<string> {
  const { record } = await keptOf(target);
  const kept = JSON.parse(zstdDecompressSync(readFileSync(record).subarray(32)).toString('utf8'));
  kept.catalog.faults = [{ code: 'entry-limit', message: mark }];
  const body = zstdCompressSync(JSON.stringify(kept));
  replaced(record, body);
  return record;
}

/** Writes a whole record with other content. */
function replaced(record: string, body: Buffer): void {
  writeFileSync(record, Buffer.concat([createHash('sha256').update(body).digest(), body]), { mode: 0o600 });
}

const mark = 'This fault is of the record.';

async function isUsed(target: string, change: Change = {}): Promise<boolean> {
  return (await scan(target, change)).includes(mark);
}

const alma = [osRelease('almalinux', '9.4'), rpmDatabase([{ name: 'acl', version: '2.3.1-4' }])];
const alpine = [
  osRelease('alpine', '3.20.3'),
  apkInstalled([{ name: 'busybox', version: '1.36.1-r1', origin: 'busybox' }]),
];
const layers = [
  makeTar([osRelease('debian', '13'), dpkgStatus([{ name: 'curl', version: '8.0.0-1' }])]),
  makeTar([npmPackage('lodash', '4.17.20')]),
];
const small = dockerArchive([makeTar(alma)]).bytes;
const images: Readonly<Record<string, Uint8Array>> = {
  'of every language': mixed.image.bytes,
  'of a base alone': mixed.base.bytes,
  'of rpm': small,
  'of Alpine, as an OCI archive with gzip layers': ociArchive([ociImage([makeTar(alpine)], { compression: 'gzip' })]),
  'whose packages lack': dockerArchive([makeTar([osRelease('debian', '13')])]).bytes,
  'with a damaged jar': dockerArchive([makeTar([file('app/x.jar', 'PK\u0003\u0004 no jar')]), ...layers]).bytes,
  'of nothing': dockerArchive([makeTar([file('x', 'y')])]).bytes,
};

test.each(Object.entries(images))('an image %s gives the same result from what was kept', async (_, bytes) => {
  writeFileSync(archive, bytes);
  const anew = await scan(archive, { request: { keeping: undefined } });
  expect((await keptOf(archive)).text).toBe(anew);
  expect(await scan(archive)).toBe(anew);
  await planted(archive);
  expect(await isUsed(archive)).toBe(true);
});

test('what was just read is not kept, what was kept of all layers is', async () => {
  writeFileSync(archive, dockerArchive([makeTar([osRelease('debian', '13'), file('new', 'new')])]).bytes);
  await scan(archive);
  expect(existsSync(records)).toBe(false);
  await scan(archive);
  expect(readdirSync(records)).toHaveLength(1);
});

test.each([
  ['day', { now: new Date('2031-01-01T00:00:00Z') }],
  ['limit of the policy', { threshold: 'critical' }],
] as const)('what was kept is judged by the %s of the scan', async (_, change) => {
  writeFileSync(archive, mixed.image.bytes);
  const { text } = await keptOf(archive);
  const judged = await scan(archive, change);
  expect(judged).not.toBe(text);
  expect(judged).toBe(await scan(archive, { ...change, sources: undefined }));
});

describe('what was kept is not used', () => {
  const limits = { ...requestOf('x', { options: {}, env: {} }).limits, archiveDepth: 2 };
  test.each<readonly [string, () => Change]>([
    ['with another database', () => ({ database: databases[1] })],
    ['with a database that nobody trusted signed', () => ({ database: unsigned(databases[0]) })],
    ['by a program of other sources', () => ({ sources: 'those' })],
    ['by a program that runs from its sources', () => ({ sources: undefined })],
    ['within other limits', () => ({ request: { limits } })],
    ['for a scan that lists executables', () => ({ request: { executables: 'hashed' } })],
    ['for a scan that hashes everything (--verify)', () => ({ request: { keeping: undefined } })],
  ])('%s', async (_, changed) => {
    writeFileSync(archive, small);
    await planted(archive);
    expect(await isUsed(archive, changed())).toBe(false);
    expect(await isUsed(archive)).toBe(true);
  });

  test.each([
    ['of another config', { compression: 'gzip', config: { config: { User: 'app' } } }],
    ['of other blobs of the same layers', { compression: 'zstd' }],
  ] as const)('for an image %s', async (_, options) => {
    writeFileSync(archive, ociArchive([ociImage(layers, { compression: 'gzip' })]));
    await planted(archive);
    writeFileSync(archive, ociArchive([ociImage(layers, options)]));
    expect(await isUsed(archive)).toBe(false);
  });

  test('for an archive whose layer is another one than it says', async () => {
    writeFileSync(archive, dockerArchive(layers).bytes);
    await planted(archive);
    const bytes = Buffer.from(readFileSync(archive));
    const at = bytes.indexOf('"version":"4.17.20"');
    expect(at).toBeGreaterThan(0);
    writeFileSync(archive, bytes.fill('9', at + 11, at + 12));
    const text = await scan(archive);
    expect(text).toContain('corrupt-archive');
    expect(text).not.toContain(mark);
  });

  test.each<readonly [string, (record: string) => void]>([
    ['that others may read', (record) => chmodSync(record, 0o644)],
    ['that is a link', (record) => moved(record)],
    ['that is cut off', (record) => truncateSync(record, statSync(record).size - 1)],
    ['that is empty', (record) => truncateSync(record, 0)],
    ['that is too large', (record) => truncateSync(record, 9 * 1024 ** 2)],
    ['that unpacks to too much', (record) => replaced(record, zstdCompressSync(Buffer.alloc(129 * 1024 ** 2, ' ')))],
    ['that is no JSON', (record) => replaced(record, zstdCompressSync(Buffer.from('{')))],
    ['that is not packed', (record) => replaced(record, Buffer.from('{}'))],
    ['with a damaged byte', (record) => writeFileSync(record, readFileSync(record).fill(0, 100, 101))],
    ['whose folder others may look into', () => chmodSync(records, 0o755)],
    ['whose cache others may look into', () => chmodSync(cache, 0o755)],
    ['whose folder is a link', () => moved(records)],
    ...(isRoot ? [['of another user', (record: string) => chownSync(record, 65534, 65534)] as const] : []),
  ])('%s', async (_, work) => {
    writeFileSync(archive, small);
    const record = await planted(archive);
    expect(await isUsed(archive)).toBe(true);
    work(record);
    expect(await isUsed(archive)).toBe(false);
  });
});

test('a damaged record is replaced by the next scan that knows all layers', async () => {
  writeFileSync(archive, small);
  const { record } = await keptOf(archive);
  truncateSync(record, 10);
  await scan(archive);
  expect(statSync(record).size).toBeGreaterThan(100);
});

test('a cache holds so many scans, the newest', async () => {
  writeFileSync(archive, small);
  await keptOf(archive);
  rmSync(records, { recursive: true });
  mkdirSync(records, { mode: 0o700 });
  for (let at = 0; at < 110; at += 1) {
    writeFileSync(join(records, `former-${at}`), '');
    utimesSync(join(records, `former-${at}`), at, at);
  }
  await scan(archive);
  expect(readdirSync(records)).toHaveLength(100);
  expect(readdirSync(records)).not.toContain('former-10');
});

function unsigned(database: DatabaseHere | undefined): DatabaseHere | undefined {
  if (database?.state !== 'ready') return database;
  const { digest: _, ...open } = database.open;
  return { state: 'ready', open };
}

function moved(path: string): void {
  renameSync(path, `${path}-moved`);
  symlinkSync(`${path}-moved`, path);
}
