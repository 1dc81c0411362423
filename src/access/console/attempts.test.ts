import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { createTestStore } from '#store/testing.ts';
import { attemptOf, countAttempt } from './attempts.ts';
import { accessSchema } from './schema.ts';

const now = new Date('2026-01-01T00:00:00Z');

it('lets no more passwords through at once than one after another', async () => {
  const store = await createTestStore([accessSchema]);
  try {
    const dependencies = { store, clock: () => now, log: silentLog, random: randomBytes };
    const tries = async (ips: readonly string[]): Promise<number> => {
      const all = ips.map(async (ip, n) => await countAttempt(dependencies, attemptOf({ ip, name: `name ${n}` })));
      return (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await tries(Array.from({ length: 40 }, () => '203.0.113.9'))).toBe(6);
    expect(await tries(Array.from({ length: 60 }, (_, n) => `2001:db8:7:${n.toString(16)}::1`))).toBe(31);
    // Of one account, from everywhere, in every order.
    expect(await tries(Array.from({ length: 60 }, (_, n) => `198.51.100.${n % 30}`))).toBe(60);
  } finally {
    await store.close();
  }
});
