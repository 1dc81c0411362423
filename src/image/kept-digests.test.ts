import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptDigestsOf } from './kept-digests.ts';
import { hashedAs, keepingIn, later } from './kept-digests.testing.ts';

let folder = '';
let cache = '';
let archive = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-kept-'));
  cache = join(folder, 'cache');
  archive = join(folder, 'image.tar');
  mkdirSync(cache, { mode: 0o700 });
  writeFileSync(archive, 'layers of an image', { mode: 0o644 });
  // Whole seconds: a program that sets times back sets exactly these.
  utimesSync(archive, 1_700_000_000, 1_700_000_000);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Hashes the archive once, and answers the file that says so. */
function hashOnce(): string {
  expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  const [name, ...others] = readdirSync(join(cache, 'digests'));
  expect(others).toEqual([]);
  return join(cache, 'digests', name ?? '');
}

/** Writes over bytes of a file in place; its size stays. */
function change(path: string): void {
  writeFileSync(path, 'LAYERS of an image', { flag: 'r+' });
}

const times = (path: string) => ({ atime: statSync(path).atime, mtime: statSync(path).mtime });

test('a file that did not change is not hashed again', () => {
  hashOnce();
  expect(hashedAs(archive, keepingIn(cache))).toBe('before');
  expect(hashedAs(archive, keepingIn(cache))).toBe('before');
  expect(readdirSync(cache).sort()).toEqual(['digests', 'unfinished']);
  expect(readdirSync(join(cache, 'unfinished'))).toEqual([]);
});

test('parts that are hashed side by side are all kept, whichever ends first', () => {
  const start = later();
  let ticks = 0;
  const keeping = keepingIn(cache, { now: () => start + 10 * ticks++ });
  const [first, second] = [openSync(archive, 'r'), openSync(archive, 'r')];
  try {
    const readings = [first, second].map((descriptor) => keptDigestsOf(descriptor, keeping));
    readings[1]?.keep('second', 'b');
    readings[0]?.keep('first', 'a');
    const again = keptDigestsOf(first, keeping);
    expect([again?.recall('first'), again?.recall('second')]).toEqual(['a', 'b']);
    // Where the clock is set back to between the two, the second was read in its future.
    expect(keptDigestsOf(first, { ...keeping, now: () => start + 5 })?.recall('first')).toBeUndefined();
  } finally {
    for (const descriptor of [first, second]) closeSync(descriptor);
  }
});

describe('a file is hashed again', () => {
  const changes: readonly (readonly [string, () => void])[] = [
    ['after a write', () => change(archive)],
    [
      'after a write, though its times were set back',
      () => {
        const { atime, mtime } = times(archive);
        change(archive);
        utimesSync(archive, atime, mtime);
      },
    ],
    [
      'after a write through a hard link',
      () => {
        linkSync(archive, join(folder, 'other'));
        change(join(folder, 'other'));
      },
    ],
    [
      'after another one was renamed over it',
      () => {
        const { atime, mtime } = times(archive);
        writeFileSync(join(folder, 'other'), 'LAYERS of an image');
        utimesSync(join(folder, 'other'), atime, mtime);
        renameSync(join(folder, 'other'), archive);
      },
    ],
    [
      'after its folder was replaced',
      () => {
        renameSync(archive, join(folder, 'former'));
        mkdirSync(join(folder, 'next'));
        writeFileSync(join(folder, 'next/image.tar'), 'LAYERS of an image');
        symlinkSync('next/image.tar', archive);
      },
    ],
    [
      'after it was cut off and grew again',
      () => {
        const { atime, mtime } = times(archive);
        truncateSync(archive, 3);
        appendFileSync(archive, 'ERS of an image');
        utimesSync(archive, atime, mtime);
      },
    ],
  ];
  test.each(changes)('%s', (_, work) => {
    hashOnce();
    work();
    expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  });

  test('when it changes after it was opened', () => {
    hashOnce();
    expect(hashedAs(archive, keepingIn(cache), () => change(archive))).toBe('now');
    expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  });

  test('when it changed while it was hashed', () => {
    expect(hashedAs(archive, keepingIn(cache), () => change(archive))).toBe('now');
    expect(readdirSync(cache), 'nothing was kept').toEqual([]);
  });

  test.each([0o646, 0o664])('always when its mode is %i', (mode) => {
    chmodSync(archive, mode);
    for (const _ of [1, 2]) expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  });
});

describe('the clock', () => {
  const changed = (): number => Number(statSync(archive, { bigint: true }).ctimeMs);

  test.each([
    [-3_600_000, 'now'],
    [0, 'now'],
    [2_000, 'now'],
    [59_999, 'now'],
    [60_000, 'before'],
    [3_600_000, 'before'],
  ])('a reading that began %i ms after the last change makes the next one hash: %s', (age, wanted) => {
    const keeping = keepingIn(cache, { now: () => changed() + age });
    expect(hashedAs(archive, keeping)).toBe('now');
    expect(readdirSync(cache)).toHaveLength(wanted === 'now' ? 0 : 2);
    expect(hashedAs(archive, keeping)).toBe(wanted);
  });

  test('that was set back makes a file hashed again', () => {
    hashOnce();
    for (const minutes of [59, 1, -60])
      expect(hashedAs(archive, keepingIn(cache, { now: () => Date.now() + minutes * 60_000 }))).toBe('now');
  });

  test('of the reading counts, not that of its end', () => {
    let calls = 0;
    const now = (): number => (calls++ === 0 ? changed() : later());
    expect(hashedAs(archive, keepingIn(cache, { now }))).toBe('now');
    expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  });
});

describe('a cache is not believed', () => {
  const doubts: readonly (readonly [string, (record: string) => void])[] = [
    ['that others may look into', () => chmodSync(cache, 0o755)],
    ['whose folder of digests others may look into', () => chmodSync(join(cache, 'digests'), 0o755)],
    ['whose files others may read', (record) => chmodSync(record, 0o644)],
    ['that is a link', () => moved(cache)],
    ['whose folder of digests is a link', () => moved(join(cache, 'digests'))],
    ['whose file is a link', (record) => moved(record)],
    ['of another run of the kernel', (record) => rewritten(record, { boot: 'another' })],
    ['of another file', (record) => rewritten(record, { identity: '1 2 3 4 5' })],
    ['of a reading in the same tick', (record) => rewritten(record, { began: Date.now() })],
    ['that is not whole', (record) => truncateSync(record, 60)],
    ['that is empty', (record) => truncateSync(record, 0)],
    ['that is too large', (record) => rewritten(record, { filler: 'x'.repeat(1024 * 1024) })],
  ];
  test.each(doubts)('%s', (_, work) => {
    work(hashOnce());
    expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  });

  test('with any byte of it damaged', () => {
    const record = hashOnce();
    const whole = readFileSync(record);
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(whole.readUInt8(at) ^ 1, at);
      writeFileSync(record, damaged);
      expect(hashedAs(archive, keepingIn(cache)), `byte ${at}`).toBe('now');
    }
    expect(hashedAs(archive, keepingIn(cache))).toBe('before');
  });

  test('of another user', () => {
    const keeping = keepingIn(cache, { uid: 1 + (process.getuid?.() ?? 0) });
    for (const _ of [1, 2]) expect(hashedAs('/etc/passwd', keeping)).toBe('now');
  });

  test('on file systems whose times prove nothing', () => {
    for (const _ of [1, 2]) expect(hashedAs(archive, keepingIn(cache, { fileSystems: new Set([1]) }))).toBe('now');
    const { fileSystems: _, ...usual } = keepingIn(cache);
    const onTmpfs = join(mkdtempSync('/dev/shm/seawall-kept-'), 'image.tar');
    try {
      cpSync(archive, onTmpfs);
      for (const __ of [1, 2]) expect(hashedAs(onTmpfs, usual)).toBe('now');
    } finally {
      rmSync(join(onTmpfs, '..'), { recursive: true });
    }
  });

  function moved(path: string): void {
    renameSync(path, `${path}-moved`);
    symlinkSync(`${path}-moved`, path);
  }

  function rewritten(record: string, changes: object): void {
    const body = Buffer.from(
      JSON.stringify({ ...JSON.parse(readFileSync(record).subarray(32).toString('utf8')), ...changes }),
    );
    writeFileSync(record, Buffer.concat([createHash('sha256').update(body).digest(), body]));
  }
});

test('a cache holds so many files, the newest', () => {
  const digests = join(cache, 'digests');
  mkdirSync(digests, { mode: 0o700 });
  for (let at = 0; at < 510; at += 1) {
    writeFileSync(join(digests, `1-${at}`), '');
    utimesSync(join(digests, `1-${at}`), at, at);
  }
  expect(hashedAs(archive, keepingIn(cache))).toBe('now');
  expect(readdirSync(digests)).toHaveLength(500);
  expect(readdirSync(digests)).not.toContain('1-10');
  expect(hashedAs(archive, keepingIn(cache))).toBe('before');
});

test('a cache that cannot be written makes files be hashed', () => {
  writeFileSync(join(cache, 'unfinished'), '');
  for (const _ of [1, 2]) expect(hashedAs(archive, keepingIn(cache))).toBe('now');
});
