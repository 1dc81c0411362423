/** Runs work by key; all work of one key answers the same. */
export type ShareRuns<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/**
 * Lets work of one key run once at a time. Whoever asks while it runs shares the one run that follows, since what that
 * reads is newer than what he asks for: of a storm of changes, each run answers all that came before it.
 */
export function shareRuns<Value>(): ShareRuns<Value> {
  const under = new Map<string, { readonly running: Promise<Value>; next?: Promise<Value> }>();

  function start(key: string, work: () => Promise<Value>): Promise<Value> {
    const running = work().finally(() => {
      if (under.get(key)?.next === undefined) under.delete(key);
    });
    under.set(key, { running });
    return running;
  }

  return (key, work) => {
    const known = under.get(key);
    if (known === undefined) return start(key, work);
    known.next ??= known.running.catch(() => undefined).then(() => start(key, work));
    return known.next;
  };
}

/**
 * Lets whoever asks while work of one key runs have its answer, which may be as old as its start. Runs of one owner are
 * apart from those of another.
 */
export function joinRuns<Value>(): (owner: object, key: string, work: () => Promise<Value>) => Promise<Value> {
  const running = new WeakMap<object, Map<string, Promise<Value>>>();
  return async (owner, key, work) => {
    const own = running.get(owner) ?? new Map<string, Promise<Value>>();
    running.set(owner, own);
    const run = own.get(key) ?? work().finally(() => own.delete(key));
    own.set(key, run);
    return await run;
  };
}
