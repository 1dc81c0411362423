import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { type Line, openPasswordQueue, type PasswordQueue } from './password-queue.ts';

let queue: PasswordQueue;
let ran: string[];
/** Ends of what runs or waits, in the order in which it started. */
let ends: (() => void)[];

beforeEach(() => {
  queue = openPasswordQueue();
  ran = [];
  ends = [];
});

function join(line: Line, lane: string): Promise<string> {
  return queue
    .run({ line, lane }, async () => {
      ran.push(lane);
      await new Promise<void>((resolve) => ends.push(resolve));
      return 'done';
    })
    .catch(({ code }: { readonly code: string }) => code);
}

const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** Ends one after another until nothing runs. */
async function drain(): Promise<void> {
  for (;;) {
    await settle();
    const end = ends.shift();
    if (end === undefined) return;
    end();
  }
}

/** All places of the unknown. */
function fill(): readonly Promise<string>[] {
  const most = limits.waitingPasswordsInAll.value * 1.5 + limits.passwordChecks.value;
  return Array.from({ length: most }, (_, at) => join('unknown', `network ${at}`));
}

describe('the queue of passwords', () => {
  it('has places for the known that the unknown do not fill, however many they are', async () => {
    const guesses = fill();
    await settle();
    for (let more = 0; more < 40; more += 1) expect(await join('unknown', `further ${more}`)).toBe('busy');
    const known = Array.from({ length: limits.waitingKnownPasswords.value }, (_, at) => join('known', `user ${at}`));
    expect(await join('known', 'one more')).toBe('busy');
    await drain();
    expect(await Promise.all([...guesses, ...known])).toEqual([...guesses, ...known].map(() => 'done'));
  });

  it('lets the known fill no places of the unknown', async () => {
    const [first, ...known] = Array.from({ length: limits.waitingKnownPasswords.value + 1 }, (_, at) =>
      join('known', `user ${at}`),
    );
    expect(await join('known', 'one more')).toBe('busy');
    const unknown = join('unknown', 'network');
    await drain();
    expect(await Promise.all([first, ...known, unknown])).not.toContain('busy');
  });

  it('lets both lines take turns, each in its order', async () => {
    for (const lane of ['a', 'b', 'c', 'd']) void join('unknown', lane);
    for (const lane of ['1', '2', '3']) void join('known', lane);
    await drain();
    expect(ran).toEqual(['a', '1', 'b', '2', 'c', '3', 'd']);
  });

  it.each(['known', 'unknown'] as const)('gives one lane of the %s its places and no more', async (line) => {
    const own = Array.from({ length: limits.waitingPasswords.value }, () => join(line, 'same'));
    expect(await join(line, 'same')).toBe('busy');
    const other = join(line, 'other');
    await drain();
    expect(await Promise.all([...own, other])).toEqual([...own, other].map(() => 'done'));
    const again = join(line, 'same');
    await drain();
    expect(await again).toBe('done');
  });
});
