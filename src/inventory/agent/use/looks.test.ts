import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog, type SubjectId } from '#base/index.ts';
import { createReporter } from '../reporter.ts';
import { recordFacts } from '../testing.ts';
import { pauseAfter, UseWatch } from './use-watch.ts';

const hostSubject = 'host:pier-1' as SubjectId;
const minute = 60_000;
const pace = { pause: 60 * minute, budget: minute, again: 5 * minute, repeat: 360 * minute };

describe('how often a process is looked into', () => {
  let proc: string;
  let watch: UseWatch;
  const facts = recordFacts();

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    proc = mkdtempSync(join(tmpdir(), 'seawall-proc-'));
    put(process.pid, { name: 'agent' });
    const reporter = createReporter(facts, silentLog);
    watch = new UseWatch({ reporter, running: () => [], hostSubject, log: silentLog, proc, pace });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await watch.close();
    rmSync(proc, { recursive: true });
  });

  function put(pid: number, { name, size = 1000, start = 7 }: FakeProcess): void {
    const folder = join(proc, String(pid));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'ns'), { recursive: true });
    const before = Array.from({ length: 18 }, () => '0').join(' ');
    writeFileSync(join(folder, 'stat'), `${pid} (${name}) S ${before} ${start} ${size} 0 0\n`);
    writeFileSync(join(folder, 'cgroup'), '0::/\n');
    writeFileSync(join(folder, 'maps'), `1000-2000 r-xp 00000000 08:01 9 /lib/${name}-${size}.so\n`);
    writeFileSync(join(folder, 'mountinfo'), '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
    symlinkSync(`/bin/${name}`, join(folder, 'exe'));
    symlinkSync('mnt:[1]', join(folder, 'ns/mnt'));
  }

  /** How many were looked into, so many milliseconds later. */
  async function openedAfter(milliseconds: number): Promise<number> {
    vi.advanceTimersByTime(milliseconds);
    return (await watch.pass()).opened;
  }

  test('one that grows at first at once, and later the less often the longer it runs', async () => {
    put(100, { name: 'grows' });
    expect(await openedAfter(0)).toBe(2);
    const looked: boolean[] = [];
    for (let pass = 1; pass <= 16; pass++) {
      put(100, { name: 'grows', size: 1000 + pass });
      looked.push((await openedAfter(15_000)) > 0);
    }
    const times = looked.flatMap((isLooked, at) => (isLooked ? [(at + 1) * 15] : []));
    expect(times).toEqual([15, 30, 60, 120, 180, 240]);
    expect(facts.of('use').flatMap(({ files }) => files)).toContain('lib/grows-1016.so');
  });

  test('one that runs another program at once, and so one that took its number', async () => {
    put(100, { name: 'shell' });
    await openedAfter(0);
    put(100, { name: 'shell', size: 1001 });
    await openedAfter(20_000);
    put(100, { name: 'server', size: 1002 });
    expect(await openedAfter(1000)).toBe(1);
    put(100, { name: 'server', size: 1002, start: 8 });
    expect(await openedAfter(1000)).toBe(1);
    expect(await openedAfter(1000)).toBe(0);
  });

  test('one that does not change each five minutes', async () => {
    await openedAfter(0);
    expect(await openedAfter(4 * minute)).toBe(0);
    expect(await openedAfter(minute)).toBe(1);
  });

  test('threads of the kernel never; what takes the number of one is met in five minutes', async () => {
    put(100, { name: 'kworker', size: 0 });
    expect(await openedAfter(0)).toBe(1);
    put(100, { name: 'server' });
    expect(await openedAfter(minute)).toBe(0);
    expect(await openedAfter(5 * minute)).toBe(2);
  });
});

interface FakeProcess {
  readonly name: string;
  readonly size?: number;
  readonly start?: number;
}

describe('the pause between two passes', () => {
  test.each([
    [0, 15_000],
    [7, 15_000],
    [8, 30_000],
    [20, 45_000],
    [30, 60_000],
    [1000, 60_000],
  ])('after one of %d ms is %d ms', (took, pause) => {
    expect(pauseAfter(took, { pause: 15_000 })).toBe(pause);
  });
});
