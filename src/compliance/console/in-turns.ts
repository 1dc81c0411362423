import { inTurns } from '#rules/console/index.ts';

/** Nobody waits who could leave. */
const unending = new AbortController().signal;

/** Maps many items as `flatMap` does, with pauses for others. */
export async function flatMapInTurns<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => readonly Made[],
): Promise<readonly Made[]> {
  const made: Made[] = [];
  await inTurns(items, unending, (item) => {
    made.push(...make(item));
  });
  return made;
}
