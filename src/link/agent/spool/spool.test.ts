import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { openSpool, type Spool } from './spool.ts';

const factOf = (n: number, size = 0) => ({
  kind: 'count',
  at: '2026-01-01T00:00:00.000Z',
  body: { n, fill: 'x'.repeat(size) },
});

describe('the spool', () => {
  let folder: string;
  let spool: Spool;
  const changes: string[] = [];
  /** Milliseconds. */
  let now = 0;
  /** Those before stand for killed programs: they are only left. */
  const left: Spool[] = [];
  const open = async (limit = 256 * 1024 * 1024): Promise<Spool> => {
    spool = await openSpool({
      folder,
      limit,
      log: silentLog,
      changed: (what) => void changes.push(what),
      now: () => now,
    });
    left.push(spool);
    return spool;
  };
  const all = async (): Promise<readonly unknown[]> => {
    const seen: unknown[] = [];
    for (let batch = await spool.take(); batch !== undefined; batch = await spool.take()) {
      expect(batch.sequence).toBe(spool.position().acknowledged + 1);
      seen.push(...batch.facts.map(({ kind, body }) => (kind === 'count' ? (body as { n: number }).n : kind)));
      await spool.acknowledge(batch.epoch, batch.sequence + batch.facts.length - 1);
    }
    return seen;
  };
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const files = async (): Promise<string[]> =>
    (await readdir(folder))
      .filter((name) => name.endsWith('.spool'))
      .toSorted()
      .map((name) => join(folder, name));

  beforeEach(async () => {
    changes.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'seawall-spool-'));
  });
  afterEach(async () => {
    await Promise.allSettled(left.splice(0).map((one) => one.close()));
    await rm(folder, { recursive: true });
  });

  it('gives facts in order, and the same ones again until they are acknowledged', async () => {
    await open();
    await Promise.all(numbers(2500).map((n) => spool.append(factOf(n))));
    const first = await spool.take();
    expect(first?.facts).toHaveLength(1000);
    expect(await spool.take()).toEqual(first);
    expect(await all()).toEqual(numbers(2500));
    expect(await spool.take()).toBeUndefined();
  });

  it('goes on after its program was killed, with what was not acknowledged', async () => {
    await open();
    await Promise.all(numbers(30).map((n) => spool.append(factOf(n))));
    const { epoch } = spool.position();
    await spool.acknowledge(epoch, 10);
    await open();
    expect(spool.position()).toMatchObject({ epoch, last: 30, acknowledged: 10 });
    await spool.acknowledge(epoch, 10);
    await spool.acknowledge(epoch, 4);
    await spool.acknowledge('another', 20);
    await spool.append(factOf(31));
    expect(await all()).toEqual(numbers(31).slice(10));
  });

  it('cuts off what was torn at the end, wherever it was torn', async () => {
    await open();
    for (const n of numbers(5)) await spool.append(factOf(n, 300));
    const [file = ''] = await files();
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: whole.indexOf(10) + 1, max: whole.length }),
        fc.uint8Array({ maxLength: 60 }),
        async (length, noise) => {
          await writeFile(file, Buffer.concat([whole.subarray(0, length), noise]));
          // Of the round before, which acknowledged its own.
          await rm(join(folder, 'acknowledged'), { force: true });
          await open();
          const kept = spool.position().last;
          await spool.append(factOf(100));
          expect(await all()).toEqual([...numbers(kept), 100]);
          await spool.close();
          for (const name of await files()) if (name !== file) await rm(name);
        },
      ),
      { numRuns: 60 },
    );
    await writeFile(file, whole);
    await open();
    expect(spool.position().last).toBe(5);
  });

  it('gives up and begins anew when a file inside is damaged or missing', async () => {
    await open(1024 * 1024);
    for (const n of numbers(60)) await spool.append(factOf(n, 4000));
    const { epoch } = spool.position();
    const [first = '', ...others] = await files();
    expect(others.length).toBeGreaterThan(0);
    const bytes = await readFile(first);
    bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1;
    await writeFile(first, bytes);
    await spool.close();
    await open(1024 * 1024);
    expect(spool.position()).toMatchObject({ last: 0, acknowledged: 0 });
    expect(spool.position().epoch).not.toBe(epoch);
    expect(spool.position().lost).toBeGreaterThan(30);
    expect(await files()).toHaveLength(1);
  });

  it('gives up all that waits when it is full, counts it, and goes on', async () => {
    await open(400_000);
    const { epoch } = spool.position();
    for (const n of numbers(150)) await spool.append(factOf(n, 3900));
    const { lost, last } = spool.position();
    expect(changes).toContain('epoch');
    expect(spool.position().epoch).not.toBe(epoch);
    expect(lost + last).toBe(150);
    expect(await all()).toEqual(numbers(150).slice(lost));
    expect(spool.position().bytes).toBeLessThan(400_000);
    await open(400_000);
    expect(spool.position().lost).toBe(lost);
  });

  it('lets a newer fact take the place of those of its key, and makes room by that', async () => {
    await open(400_000);
    const { epoch } = spool.position();
    for (const n of numbers(200)) await spool.append(factOf(n, 3900), `container ${n % 3}`);
    expect(spool.position()).toMatchObject({ epoch, last: 200, lost: 0 });
    const seen = await all();
    expect(seen).toHaveLength(200);
    expect(seen.filter((one) => one !== 'superseded')).toEqual([198, 199, 200]);
  });

  it('takes no more room for what the console has had for ten minutes', async () => {
    await open();
    for (const round of numbers(20)) {
      now += 10 * 60_000;
      await Promise.all(numbers(50).map((n) => spool.append(factOf(n, 3000))));
      const { epoch, last } = spool.position();
      expect(last).toBe(round * 50);
      await spool.acknowledge(epoch, last);
    }
    const sizes = await Promise.all((await files()).map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(500_000);
  });

  it('keeps what the console has for ten minutes, and gives it again from where the console is', async () => {
    await open(4 * 1024 * 1024);
    for (const n of numbers(400)) await spool.append(factOf(n, 3900));
    expect(await all()).toEqual(numbers(400));
    const { epoch } = spool.position();
    now += 10 * 60_000 - 1;
    await spool.acknowledge(epoch, 400);
    await spool.rewind('another', 5);
    await spool.rewind(epoch, 400);
    expect(await spool.take()).toBeUndefined();
    await spool.rewind(epoch, 37);
    expect(spool.position()).toMatchObject({ epoch, acknowledged: 37, last: 400, lost: 0 });
    await spool.append(factOf(401));
    expect(await all()).toEqual(numbers(401).slice(37));
    // It had all of it again just now.
    now += 10 * 60_000 - 1;
    await spool.acknowledge(epoch, 401);
    await spool.rewind(epoch, 37);
    expect(await all()).toEqual(numbers(401).slice(37));
    now += 10 * 60_000;
    await spool.acknowledge(epoch, 401);
    await spool.rewind(epoch, 0);
    expect(spool.position().acknowledged).toBeGreaterThan(200);
    const { acknowledged } = spool.position();
    expect(await all()).toEqual(numbers(401).slice(acknowledged));
  });

  it('knows after a restart what the console had, and keeps it again', async () => {
    await open();
    for (const n of numbers(20)) await spool.append(factOf(n));
    const { epoch } = spool.position();
    await spool.acknowledge(epoch, 12);
    await spool.close();
    await open();
    expect(spool.position()).toMatchObject({ epoch, acknowledged: 12, last: 20 });
    await spool.rewind(epoch, 3);
    await open();
    expect(spool.position()).toMatchObject({ epoch, acknowledged: 3 });
    // A mark of another epoch, or that cannot be true, says nothing.
    for (const mark of [{ epoch: 'x', sequence: 5 }, { epoch, sequence: 21 }, { epoch, sequence: '5' }, 'torn']) {
      await writeFile(join(folder, 'acknowledged'), JSON.stringify(mark));
      await open();
      expect(spool.position()).toMatchObject({ epoch, acknowledged: 0, last: 20 });
    }
  });

  it('lets what waits have the room of what the console has', async () => {
    await open(400_000);
    const { epoch } = spool.position();
    for (const n of numbers(40)) await spool.append(factOf(n, 3900));
    expect(await all()).toEqual(numbers(40));
    for (const n of numbers(85)) await spool.append(factOf(100 + n, 3900));
    expect(spool.position()).toMatchObject({ epoch, acknowledged: 40, last: 125, lost: 0 });
    expect(await all()).toEqual(numbers(85).map((n) => 100 + n));
    // At most half of it is kept of what the console has.
    for (const round of numbers(4)) {
      for (const n of numbers(40)) await spool.append(factOf(round * 1000 + n, 3900));
      await all();
      expect(spool.position().bytes).toBeLessThan(200_000 + 60_000);
    }
    await spool.rewind(epoch, 0);
    expect(spool.position().last - spool.position().acknowledged).toBeGreaterThan(30);
  });

  it('tells of the epoch before how far it went', async () => {
    await open();
    expect(spool.position()).not.toHaveProperty('before');
    for (const n of numbers(7)) await spool.append(factOf(n));
    const { epoch } = spool.position();
    await spool.acknowledge(epoch, 3);
    await spool.endEpoch(epoch, 'test');
    expect(spool.position()).toMatchObject({ before: { epoch, last: 7 }, lost: 4, acknowledged: 0, last: 0 });
    await open();
    expect(spool.position()).toMatchObject({ before: { epoch, last: 7 }, lost: 4 });
  });

  it('keeps a large fact packed and hands it out alone', async () => {
    await open();
    await spool.append(factOf(1, 20_000_000));
    await spool.append(factOf(2));
    expect((await spool.take())?.facts).toHaveLength(1);
    expect(spool.position().bytes).toBeLessThan(100_000);
    expect(await all()).toEqual([1, 2]);
  });

  it('refuses what does not fit, and says so', async () => {
    await open(100_000);
    const noise = Buffer.from(Array.from({ length: 90_000 }, (_, n) => (n * n * 31) % 251)).toString('latin1');
    await expect(
      spool.append({
        ...factOf(1),
        body: noise
          .split('')
          .toSorted(() => Math.random() - 0.5)
          .join(''),
      }),
    ).rejects.toMatchObject({
      code: 'too-large',
    });
    await spool.append(factOf(2));
    expect(await all()).toEqual([2]);
  });

  it('says when it cannot write, and keeps what it had', async () => {
    await open();
    await spool.append(factOf(1));
    const { epoch } = spool.position();
    await spool.close();
    await expect(spool.append(factOf(2))).rejects.toMatchObject({ code: 'state-unwritable' });
    await open();
    expect(spool.position()).toMatchObject({ epoch, last: 1 });
  });
});
