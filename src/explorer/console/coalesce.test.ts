import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coalesce, type Schedule } from './coalesce.ts';

/** A clock that moves only when a test moves it. */
function clockwork(): { readonly schedule: Schedule; forward(milliseconds: number): void; now(): number } {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    schedule: (callback, milliseconds) => {
      const timer = { at: now + milliseconds, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    forward: (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.at <= end).toSorted((left, right) => left.at - right.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
  };
}

test('sends the first at once, and of a burst the newest when the period is over', () => {
  const time = clockwork();
  const sent: string[] = [];
  const burst = coalesce<string>({
    keyOf: (item) => item.slice(0, 1),
    send: (item) => sent.push(`${time.now()} ${item}`),
    milliseconds: 250,
    schedule: time.schedule,
  });
  for (const item of ['a1', 'a2', 'b1', 'a3']) burst.add(item);
  time.forward(100);
  burst.add('a4');
  time.forward(1_000);
  burst.add('a5');
  expect(sent).toEqual(['0 a1', '0 b1', '250 a4', '1100 a5']);
});

test('sends nothing after it was stopped', () => {
  const time = clockwork();
  const sent: string[] = [];
  const burst = coalesce<string>({
    keyOf: (item) => item,
    send: (item) => sent.push(item),
    milliseconds: 250,
    schedule: time.schedule,
  });
  burst.add('a');
  burst.add('a');
  burst.stop();
  time.forward(1_000);
  expect(sent).toEqual(['a']);
});

test('never sends two of one key within a period, and never forgets the newest', () => {
  const arrivals = fc.array(fc.record({ wait: fc.nat(400), key: fc.constantFrom('a', 'b') }), { maxLength: 40 });
  fc.assert(
    fc.property(arrivals, (items) => {
      const time = clockwork();
      const sent: { readonly at: number; readonly key: string; readonly number: number }[] = [];
      const burst = coalesce<{ readonly key: string; readonly number: number }>({
        keyOf: (item) => item.key,
        send: (item) => sent.push({ at: time.now(), ...item }),
        milliseconds: 250,
        schedule: time.schedule,
      });
      items.forEach(({ wait, key }, number) => {
        time.forward(wait);
        burst.add({ key, number });
      });
      time.forward(1_000);
      for (const key of ['a', 'b']) {
        const mine = sent.filter((one) => one.key === key);
        expect(mine.every((one, at) => at === 0 || one.at - (mine[at - 1]?.at ?? 0) >= 250)).toBe(true);
        expect(mine.at(-1)?.number ?? -1).toBe(items.findLastIndex((item) => item.key === key));
      }
    }),
  );
});
