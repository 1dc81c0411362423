import { setImmediate as immediate } from 'node:timers/promises';

/** Items that are worked on without a pause: a few milliseconds. */
const together = 100;

/** Maps many items as `flatMap` does; between two portions of them others are answered. */
export async function flatMapInTurns<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => readonly Made[],
): Promise<readonly Made[]> {
  const made: Made[] = [];
  for (const [at, item] of items.entries()) {
    if (at > 0 && at % together === 0) await immediate();
    made.push(...make(item));
  }
  return made;
}
