import { expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import { CodeStatement, SignedCode } from '../../contract.ts';
import { ContainerRecord } from '../containers/container-record.ts';
import type { MappingFrame, MappingsEndFrame } from '../wire/frames.ts';
import { feature } from '../wire/words.ts';
import { statementOf } from './code-statement.ts';

const start = Date.UTC(2026, 10, 24);
const clock = { epoch: 1n, bootOffset: BigInt(start) * 1_000_000n };
const digest = `sha256:${'1'.repeat(64)}` as ImageDigest;
const sha256 = 'a'.repeat(64);
const file = { device: 1, mode: 0o100644, inode: 2n, ctime: 3n, size: 4n };
const end: MappingsEndFrame = {
  kind: 'mappings-end',
  cgroup: 7n,
  request: 1,
  processes: 3,
  mappings: 9,
  files: 3,
  anonymous: 2,
  policy: 7,
  time: 60_000_000_000n,
  since: 1_000_000_000n,
  passed: 0n,
  stopped: 1n,
  unjudged: 0n,
};

function mapping(path: string, part: Partial<MappingFrame> = {}): MappingFrame {
  const usual = {
    cgroup: 7n,
    request: 1,
    mappings: 1,
    processes: 1,
    origin: 'image',
    listing: 'same',
    allowed: 0,
  } as const;
  return { kind: 'mapping', ...usual, file, path, ...part };
}

function record() {
  const kept = {
    id: 'c'.repeat(64),
    cgroup: '7',
    imageId: 'sha256:engine',
    root: '/merged',
    bornAt: start,
    found: false,
  };
  const one = new ContainerRecord(kept);
  one.digest = digest;
  return one;
}

const find = async (path: string) =>
  path === '/lib/libc.so.6' ? { sha256, package: 'pkg:deb/debian/libc6@2.41', layer: 2 } : undefined;

const terms = (features: number) => ({ host: 'prod-1', record: record(), clock, features, find });

test('joins each file with layer, package and hash, and lists what is not the image’s first', async () => {
  const files = [
    mapping('/lib/libc.so.6', { mappings: 4, processes: 3 }),
    mapping('/app/x.dll', { listing: 'none' }),
    mapping('/tmp/x.so', { origin: 'upper', listing: 'none' }),
  ];
  const statement = await statementOf({ files, end }, { ...terms(feature.codeKill), request: 'r' });
  expect(statement).toEqual({
    form: 1,
    host: 'prod-1',
    container: 'c'.repeat(64),
    name: 'cccccccccccc',
    image: digest,
    at: '2026-11-24T00:01:00.000Z',
    since: '2026-11-24T00:00:01.000Z',
    mechanism: 'killed',
    processes: 3,
    mappings: 9,
    anonymous: 2,
    passed: 0,
    stopped: 1,
    unjudged: 0,
    counts: { image: 1, unlisted: 1, allowed: 0, other: 1 },
    files: [
      { path: '/tmp/x.so', standing: 'other', why: 'written', mappings: 1, processes: 1 },
      { path: '/app/x.dll', standing: 'unlisted', mappings: 1, processes: 1 },
      {
        path: '/lib/libc.so.6',
        standing: 'image',
        mappings: 4,
        processes: 3,
        layer: 2,
        package: 'pkg:deb/debian/libc6@2.41',
        sha256,
      },
    ],
    omitted: 0,
    untold: 0,
    request: 'r',
  });
});

test.each([
  [
    { origin: 'image', listing: 'changed' },
    { standing: 'other', why: 'changed' },
  ],
  [{ origin: 'image', listing: 'none' }, { standing: 'unlisted' }],
  [{ origin: 'image', listing: 'same' }, { standing: 'image' }],
  [{ origin: 'upper' }, { standing: 'other', why: 'written' }],
  [
    { origin: 'upper', allowed: 1 },
    { standing: 'allowed', why: 'written' },
  ],
  [{ origin: 'other' }, { standing: 'other', why: 'mount' }],
  [{ origin: 'memory' }, { standing: 'other', why: 'memory' }],
  [{ origin: 'deleted' }, { standing: 'other', why: 'deleted' }],
  [
    { origin: 'host', allowed: 1 },
    { standing: 'other', why: 'unknown' },
  ],
  [{ origin: 'unknown' }, { standing: 'other', why: 'unknown' }],
] as const)('%j is %j', async (part, wanted) => {
  const { files } = await statementOf({ files: [mapping('/lib/libc.so.6', part)], end }, terms(0));
  expect(files).toMatchObject([wanted]);
  expect(files[0]?.why).toBe('why' in wanted ? wanted.why : undefined);
});

test('a file that the scan does not have is not of the image for its table alone', async () => {
  const { files } = await statementOf({ files: [mapping('/lib/other.so')], end }, terms(0));
  expect(files).toMatchObject([{ standing: 'unlisted' }]);
});

test('says by what it is judged, and nothing since where nothing judges', async () => {
  expect(await statementOf({ files: [], end }, terms(feature.codeLsm | feature.codeKill))).toMatchObject({
    mechanism: 'refused',
  });
  const none = await statementOf({ files: [], end: { ...end, since: 0n } }, terms(feature.codeFanotify));
  expect(none).toMatchObject({ mechanism: 'none' });
  expect(none).not.toHaveProperty('since');
});

test('keeps to its form and its limits, whatever a container calls its files', async () => {
  const files = Array.from({ length: 1200 }, (_, at) =>
    mapping(`/tmp/\u001b[2J\ud800 ${at} ${'x'.repeat(5000)}`, { origin: 'upper' }),
  );
  const statement = await statementOf({ files, end: { ...end, files: 5000 } }, terms(0));
  expect(statement).toMatchObject({ untold: 3800, counts: { other: 1200 } });
  expect(statement.omitted).toBe(1200 - statement.files.length);
  expect(CodeStatement.parse(statement)).toEqual(statement);
  // The console refuses a longer one, and would go on showing what was true before.
  const signed = { statement: JSON.stringify(statement), signature: '', certificate: '' };
  expect(SignedCode.safeParse(signed).success).toBe(true);
  expect(statement.files.length).toBeGreaterThan(50);
});

test('lists 500 files of usual names', async () => {
  const files = Array.from({ length: 1200 }, (_, at) => mapping(`/tmp/${at}.so`, { origin: 'upper' }));
  expect(await statementOf({ files, end }, terms(0))).toMatchObject({ omitted: 700, files: { length: 500 } });
});
