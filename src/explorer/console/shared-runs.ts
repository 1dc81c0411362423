/** Runs work by key. */
export type ShareRuns = (key: string, work: () => Promise<void>) => Promise<void>;

/**
 * Lets work of one key run once at a time. Whoever asks while it runs shares the one run that follows, since what that
 * reads is newer than what he asks for: of a storm of changes, each run answers all that came before it.
 */
export function shareRuns(): ShareRuns {
  const under = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();

  function start(key: string, work: () => Promise<void>): Promise<void> {
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
