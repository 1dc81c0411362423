import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { isAppError } from '#base/index.ts';
import { type ChildPool, type ChildPoolOptions, openChildPool } from './child-pool.ts';
import { compute, crash, double, environment, hold, keep, loop, parse, refuse, wait } from './fixtures/tasks.ts';

/** An array of empty arrays: 60 MB of text, gigabytes of objects. */
const bomb = (): Buffer => Buffer.from(`[${'[],'.repeat(20_000_000)}[]]`);
const ann = { caller: 'user ann' };
const ben = { caller: 'user ben' };
const codeOf = (error: unknown): unknown => (isAppError(error) ? error.code : error);

describe('the pool of child processes', () => {
  let pool: ChildPool;
  afterEach(() => pool.close());

  const open = (more: Partial<ChildPoolOptions> = {}): void => {
    const entry = new URL('./fixtures/tasks.ts', import.meta.url);
    const usual = { size: 2, heapMegabytes: 64, memoryMegabytes: 256, timeout: 20_000, turn: 300, queuePerCaller: 4 };
    pool = openChildPool({ entry, ...usual, ...more });
  };

  it('brings values there and back as structured cloning does, buffers and dates among them', async () => {
    open();
    expect(await pool.run(double, { n: 21, bytes: Buffer.from('ab') }, ann)).toEqual({
      n: 42,
      bytes: Buffer.from('abab'),
      at: new Map([['n', new Date(21)]]),
    });
    expect(await pool.run(parse, Buffer.from('[1,2,3]'), ann)).toBe(3);
  });

  it('hands over the error of a task as it was thrown, with code and what to do next', async () => {
    open();
    await expect(pool.run(refuse, 'bad-request', ann)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'No.',
      next: 'Ask again.',
    });
    const bug = await pool.run(refuse, 'bug', ann).catch((error: unknown) => error);
    expect([isAppError(bug), String(bug)]).toEqual([false, 'Error: a bug']);
  });

  it('gives a child nothing of the environment, which may hold secrets', async () => {
    process.env['SEAWALL_SECRET_OF_TEST'] = 'x';
    open();
    const names = (await pool.run(environment, null, ann)).filter((name) => name.includes('SEAWALL'));
    // What the child's own start says to it.
    expect(names.filter((name) => name !== 'SEAWALL_ENDED_BY_KERNEL')).toEqual([]);
  });

  it('leaves no child behind that computes when the console is killed', async () => {
    open();
    const urlOf = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
    const program = `import { openChildPool } from ${urlOf('./child-pool.ts')};
      import { loop, wait } from ${urlOf('./fixtures/tasks.ts')};
      const entry = new URL(${urlOf('./fixtures/tasks.ts')});
      setInterval(() => undefined, 1000);
      const pool = openChildPool({ entry, size: 1, heapMegabytes: 64, memoryMegabytes: 256, timeout: 60_000, queuePerCaller: 4 });
      console.log(await pool.run(wait, 0, { caller: 'user ann' }));
      await pool.run(loop, null, { caller: 'user ann' });`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = Number((await once(owner.stdout, 'data'))[0]);
    await pause(1000);
    expect(existsSync(`/proc/${child}`)).toBe(true);
    owner.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 10_000 }).toBe(false);
  });

  it('ends a bomb as an error of that task alone, and hardly stalls meanwhile', async () => {
    open();
    const text = bomb();
    await pool.run(wait, 0, ann);
    const idle = await longestStall(() => pause(700));
    const stall = await longestStall(async () => {
      const failure = await pool.run(parse, text, ann).catch((error: unknown) => error);
      expect(codeOf(failure)).toBe('too-costly');
    });
    const whole = performance.now();
    JSON.parse(`[${'[],'.repeat(2_000_000)}[]]`);
    const tenth = performance.now() - whole;
    // A tenth of the bomb, parsed here, would hold everybody up for so long; the whole of it aborts the process.
    expect(stall).toBeLessThan(Math.max(idle * 10, tenth));
    expect(await pool.run(wait, 0, ann)).toBeGreaterThan(0);
  });

  it('ends a task that never ends, and one that fills memory outside the heap', async () => {
    open({ timeout: 1500 });
    await pool.run(wait, 0, ann);
    expect(await failureOf(pool.run(loop, null, ann))).toMatchObject({
      code: 'too-costly',
      message: 'The request took more than 1.5 s.',
    });
    expect(await failureOf(pool.run(hold, 2_000_000_000, { ...ann, timeout: 20_000 }))).toMatchObject({
      code: 'too-costly',
      message: 'The request took more than 256 MiB of memory.',
    });
  });

  it('ends the task of a client that left, and forgets one that waited', async () => {
    open();
    const pid = await pool.run(wait, 0, ann);
    const gone = new AbortController();
    const running = failureOf(pool.run(loop, null, { ...ann, signal: gone.signal }));
    const waiting = failureOf(pool.run(loop, null, { ...ann, signal: gone.signal }));
    await pause(50);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    gone.abort(new Error('left'));
    expect([String(await running), String(await waiting)]).toEqual(['Error: left', 'Error: left']);
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
    expect(String(await failureOf(pool.run(wait, 0, { ...ann, signal: gone.signal })))).toBe('Error: left');
    expect(await pool.run(wait, 0, ann)).not.toBe(pid);
  });

  it('lets callers take turns, and keeps a child for others than the one who sends most', async () => {
    open();
    const done: string[] = [];
    const note = async (name: string, caller: string, milliseconds: number): Promise<void> => {
      await pool.run(wait, milliseconds, { caller });
      done.push(name);
    };
    await pool.run(wait, 0, ann);
    await Promise.all([pool.run(wait, 50, ann), pool.run(wait, 50, ben)]);
    const flood = Promise.all([1, 2, 3, 4, 5].map((n) => note(`ann ${n}`, 'user ann', 400)));
    await note('ben', 'user ben', 10);
    expect(done).toEqual(['ben']);
    await Promise.all(['eve', 'kim', 'lea'].map((name) => note(name, `user ${name}`, 50)));
    expect(done).not.toContain('ann 4');
    await flood;
    expect(done.filter((name) => name.startsWith('ann'))).toEqual(['ann 1', 'ann 2', 'ann 3', 'ann 4', 'ann 5']);
  });

  it('serves others while two callers keep all children busy, and brings their tasks to their end', async () => {
    open();
    const pids = await Promise.all([pool.run(wait, 0, ann), pool.run(wait, 0, ben)]);
    expect(new Set(pids).size).toBe(2);
    const done: string[] = [];
    const note = async (name: string, work: Promise<unknown>): Promise<void> => {
      await work;
      done.push(name);
    };
    const busy = ['ann', 'ben'].map((name) => note(name, pool.run(compute, 2_000, { caller: `user ${name}` })));
    await pause(100);
    await note('eve', pool.run(wait, 0, { caller: 'user eve' }));
    await note('kim', pool.run(wait, 0, { caller: 'user kim' }));
    expect(done).toEqual(['eve', 'kim']);
    await Promise.all(busy);
    expect(done.toSorted()).toEqual(['ann', 'ben', 'eve', 'kim']);
  });

  it('ends a task that gave way when its client leaves', async () => {
    open({ timeout: 60_000 });
    await Promise.all([pool.run(wait, 0, ann), pool.run(wait, 0, ben)]);
    const gone = new AbortController();
    const loops = [ann, ben].map((caller) => failureOf(pool.run(loop, null, { ...caller, signal: gone.signal })));
    await pool.run(wait, 0, { caller: 'user eve' });
    gone.abort(new Error('left'));
    expect((await Promise.all(loops)).map(String)).toEqual(['Error: left', 'Error: left']);
    expect(await Promise.all([pool.run(wait, 0, ann), pool.run(wait, 0, ben)])).toHaveLength(2);
  });

  it('refuses what one caller sends beyond his queue, and nothing of others', async () => {
    open({ queuePerCaller: 2 });
    const ofAnn = [1, 2, 3, 4].map(async () => codeOf(await pool.run(wait, 50, ann).catch((error: unknown) => error)));
    const ofBen = await pool.run(wait, 0, ben);
    const [first, second, third, fourth] = await Promise.all(ofAnn);
    expect([typeof first, typeof second, typeof third, fourth, typeof ofBen]).toEqual([
      'number',
      'number',
      'number',
      'busy',
      'number',
    ]);
  });

  it('refuses what all callers together send beyond the queue of all', async () => {
    open({ size: 1, queueTotal: 3 });
    const callers = ['1', '2', '3', '4', '5'].map((caller) => ({ caller }));
    const results = callers.map((one) => pool.run(wait, 20, one).then(() => 'done', codeOf));
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done', 'busy']);
  });

  it('uses a child again that keeps little, and replaces one that keeps much', async () => {
    open();
    const pids: number[] = [];
    for (const bytes of [1, 1, 150_000_000, 1]) pids.push(await pool.run(keep, bytes, ann));
    expect(pids[1]).toBe(pids[0]);
    expect(pids[3]).not.toBe(pids[2]);
  });

  it('goes on after twenty crashes', async () => {
    open();
    for (let n = 0; n < 20; n++) expect(codeOf(await failureOf(pool.run(crash, null, ann)))).toBe('too-costly');
    expect(await pool.run(parse, Buffer.from('[1]'), ann)).toBe(1);
  }, 60_000);

  it('fails what is under way when it is closed, and leaves no child behind', async () => {
    open();
    const pid = await pool.run(wait, 0, ann);
    const failures = [failureOf(pool.run(loop, null, ann)), failureOf(pool.run(loop, null, ann))];
    await pause(20);
    pool.close();
    expect((await Promise.all(failures)).every((error) => error instanceof Error)).toBe(true);
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });

  it('says so when the program of the children is not there, and does not start it for ever', async () => {
    open({ entry: new URL('./fixtures/none.ts', import.meta.url) });
    expect(String(await failureOf(pool.run(wait, 0, ann)))).toContain('ended before it was ready');
  });
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Milliseconds that the event loop stood still at most. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
}
