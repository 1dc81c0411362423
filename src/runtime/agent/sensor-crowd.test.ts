import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MappingWorld, openMappingWorld } from '../../../test/make/mapping-world.ts';

let at: MappingWorld;

beforeAll(async () => {
  at = await openMappingWorld();
}, 180_000);
afterAll(async () => await at?.close());

test('a container that makes the sensor wait for its memory opens no way for code', async () => {
  await at.start('crowd');
  await at.start('beside');
  await at.inside('crowd', 'echo data >/tmp/data; echo "echo ran" >/tmp/dropped.sh');
  const before = at.agent.frames.length;
  const crowding = at.inside('crowd', 'map-code crowding /tmp/data');
  const tries = 'i=0; while [ $i -lt 300 ]; do sh /tmp/dropped.sh; i=$((i+1)); done 2>/dev/null; echo tried';
  const [tried, beside] = await Promise.all([at.inside('crowd', tries), longestOpen('beside'), crowding]);
  expect(tried.stdout).toBe('tried');
  process.stdout.write(`longest open in another container: ${beside} ms\n`);
  const lost = at.agent.frames.slice(before).filter((one) => one.kind === 'loss' && one.cgroup === 0n);
  expect(lost, 'the guard was given up').toEqual([]);
}, 120_000);

/** Longest of many opens of data, each of a program of its own, ms. */
async function longestOpen(name: string): Promise<number> {
  await at.inside(name, 'echo data >/tmp/data');
  let longest = 0;
  for (let open = 0; open < 40; open += 1) {
    const since = performance.now();
    await at.inside(name, 'cat /tmp/data');
    longest = Math.max(longest, performance.now() - since);
  }
  return Math.round(longest);
}
