import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '#base/index.ts';
import { type ChildPool } from '#http/console/index.ts';
import { checkRulesTask, readPolicyTask, replayTask } from '#policy/console/tasks.ts';
import { policyFromYaml as policyFromYamlEndpoint, replayPolicy } from '#policy/contract.ts';
import { replayAdmissionRule } from '#admission/contract.ts';
import { replayRuntimeRule } from '#runtime/contract.ts';
import { rolePermissions } from '#access/contract.ts';
import { packJson } from '#store/packed-json.ts';
import { openChildren } from './children.ts';

/** 150 characters of one replacement in the other. */
const nested = `finding.id${'.replace("0", "0000000000")'.repeat(5)} == ""`;
const withRule = (expression: string): string =>
  [
    'name: Gate',
    'rules:',
    '  - kind: custom',
    '    on: finding',
    '    message: m',
    '    effect: block',
    `    expression: ${JSON.stringify(expression)}`,
  ].join('\n');
const dear = 'image.packages.map(p, p.name).exists(n, n == "none")';

describe('policies of attackers, in child processes', () => {
  let pool: ChildPool;
  beforeAll(async () => {
    pool = openChildren();
    await pool.run(readPolicyTask, withRule('true'), { caller: 'user 1' });
  });
  afterAll(() => pool.close());

  /** The longest pause of this process, in longest pauses while it waits for nothing. */
  async function pausesOf(work: () => Promise<unknown>): Promise<number> {
    const idle = await longestPause(() => new Promise((resolve) => void setTimeout(resolve, 500)));
    return (await longestPause(work)) / Math.max(idle, 25);
  }

  test.each([
    ['an expression that is nested deeply', withRule(nested), 'stand upon each other'],
    ['40,000 keys', Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n'), 'larger than'],
    [
      'as many keys as are read',
      `name: a\nrules: []\n${Array.from({ length: 9900 }, (_, n) => `k${n}: 1`).join('\n')}`,
      'k0 is not a known field',
    ],
    ['[], 20 million times', '[],'.repeat(20_000_000), 'larger than'],
    [
      'a bomb of aliases',
      Array.from({ length: 30 }, (_, n) => `x${n}: &x${n} [*x${n - 1}, *x${n - 1}]`).join('\n'),
      '',
    ],
    ['keys without end', `${'? '.repeat(15)}a\n`.repeat(700), ''],
  ])('%s: refused, and nobody else waits', async (_, yaml, message) => {
    let read: unknown;
    const pauses = await pausesOf(async () => {
      read = await pool.run(readPolicyTask, yaml, { caller: 'user 1' });
    });
    expect(read).toMatchObject({ state: 'refused' });
    expect(JSON.stringify(read)).toContain(message);
    expect(pauses).toBeLessThan(20);
  });

  test('an expression that a rule of kind custom is to be saved with is read there too', async () => {
    const rule = { kind: 'custom', on: 'finding', message: 'm', effect: 'block', expression: nested } as const;
    const [problem] = await pool.run(checkRulesTask, [rule], { caller: 'user 1' });
    expect(problem).toMatchObject({ path: ['rules', 0, 'expression'], message: expect.stringContaining('stand upon') });
  });

  test('a replay ends when the client leaves', async () => {
    const leaving = new AbortController();
    const began = performance.now();
    const replayed = pool.run(replayTask, await dearBatch(40), {
      caller: 'user 1',
      signal: leaving.signal,
      timeout: 60_000,
    });
    setTimeout(() => leaving.abort(new Error('left')), 300);
    await expect(replayed).rejects.toThrow('left');
    const untilLeft = performance.now() - began;
    const next = await pool.run(readPolicyTask, withRule('true'), { caller: 'user 1' });
    expect(next).toMatchObject({ state: 'read' });
    expect(untilLeft).toBeLessThan(5000);
  });

  test('what is over its budget there cannot be judged', async () => {
    const [first] = await pool.run(replayTask, await dearBatch(1), { caller: 'user 1' });
    expect(first).toMatchObject({ before: { kind: 'pass' }, after: { kind: 'cannot-judge' } });
    expect(first?.added[0]?.message).toContain('costs more steps than it may take');
  });

  test('a replay that takes too long is ended, and says so', async () => {
    const failure = await pool.run(replayTask, await dearBatch(40), { caller: 'user 1', timeout: 500 }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isAppError(failure) && failure.code).toBe('too-costly');
  });
});

test('developers and auditors may not ask for what costs', () => {
  const endpoints = [policyFromYamlEndpoint, replayPolicy, replayAdmissionRule, replayRuntimeRule];
  for (const { needs } of endpoints) {
    const roles = Object.entries(rolePermissions).filter(([, may]) => may.includes(needs));
    expect(roles.map(([role]) => role)).toEqual(['administrator', 'operator']);
  }
});

/** Scans whose every judging takes the whole budget of a policy. */
async function dearBatch(count: number): Promise<Parameters<typeof replayTask.run>[0]> {
  const packages = Array.from({ length: 20_000 }, (_, n) => ({ type: 'deb', name: `p${n}`, version: '1', layer: 0 }));
  const facts = {
    scan: { state: 'done', scannedAt: '2026-11-24T12:00:00Z', faults: [] },
    database: { state: 'ready', builtAt: '2026-11-24T12:00:00Z', feeds: [] },
    image: { labels: {}, packages },
    components: [],
    findings: [],
  };
  const packed = await packJson({ format: 2, facts });
  const scans = Array.from({ length: count }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  const rule = { kind: 'custom', on: 'image', message: 'm', effect: 'block', expression: dear } as const;
  const policy = { id: 'production', version: 1, name: 'Dear', rules: [rule] };
  const row = { environment: 'prod', places: [{ images: ['shop:1'], labels: {}, environment: 'prod' }], key: '' };
  return {
    rulebook: { policies: [{ ...policy, rules: [] }], collections: [], exceptions: [] },
    policy,
    now: new Date('2026-11-24T12:00:00Z'),
    inUse: undefined,
    facts: scans.map((scan) => ({ scan: scan as never, packed, changes: [] })),
    rows: scans.map((scan) => ({
      row: { ...row, scan, kind: 'pass', violations: 0, stale: false, renew_at: new Date(0), factsKey: '' } as never,
      provenance: { facts: {}, key: '' },
    })),
  };
}

async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await work();
  longest = Math.max(longest, performance.now() - last);
  clearInterval(timer);
  return longest;
}
