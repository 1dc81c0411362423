import { AppError } from '#base/index.ts';

/** Runs one piece of work of each caller at once. A second one is refused with `busy`. */
export function oneAtATime(): <Value>(caller: string, work: () => Promise<Value>) => Promise<Value> {
  const busy = new Set<string>();
  return async (caller, work) => {
    if (busy.has(caller)) throw new AppError('busy', 'A package of evidence is being made for you.');
    busy.add(caller);
    try {
      return await work();
    } finally {
      busy.delete(caller);
    }
  };
}
